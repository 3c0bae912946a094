"""The engine draws what stock diffusers draws, proves that adapters act, and stops when told."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from limner.tools import AnimateSpec, Cancelled, Engine, GenerateSpec, Library, ToolError, make_tool
from limner.tools.diffusion.lora import resident_name
from limner.tools.families.poses import Pose
from tests.tools.snapshots import Snapshot


def test_a_plain_picture_is_byte_for_byte_the_stock_pipelines(engine: Engine) -> None:
    mine = engine.generate(GenerateSpec(prompt="a dog on the beach", seed=3, steps=3))[0]
    stock = engine.pipe(
        "a cartoon of a dog on the beach",  # what the family says when nobody names a style
        num_inference_steps=3,
        **engine.family.guided(),
        generator=torch.Generator().manual_seed(3),
    ).images[0]
    assert mine.image.tobytes() == stock.tobytes()
    assert mine.image.size == (128, 128)
    assert mine.applied == ()


def test_the_same_seed_draws_the_same_bytes_and_count_counts_seeds_up(engine: Engine) -> None:
    both = engine.generate(GenerateSpec(prompt="a dog", seed=7, steps=2, count=2))
    again = engine.generate(GenerateSpec(prompt="a dog", seed=8, steps=2))[0]
    assert [picture.seed for picture in both] == [7, 8]
    assert both[1].image.tobytes() == again.image.tobytes() != both[0].image.tobytes()


def test_the_settings_say_what_made_the_picture(engine: Engine) -> None:
    style = make_tool("native_style", style="flat")
    made = engine.generate(GenerateSpec(prompt="a dog", tools=(style,), steps=2))[0].settings
    assert made["prompt"] == "a flat illustration of a dog"
    assert made["num_inference_steps"] == 2
    assert len(made["hash"]) == 64
    assert set(made["libraries"]) == {"torch", "diffusers", "transformers", "peft"}


@pytest.mark.usefixtures("short_lessons")
def test_a_learned_subject_is_named_by_its_trigger(engine: Engine, library: Library, photos: list[Path]) -> None:
    learned = engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    assert learned.trigger == "<rex> dog"
    assert learned.recipe["steps"] == 2
    rex = engine.choose("subject", "REX", library, "ann")
    made = engine.generate(GenerateSpec(prompt="my dog Rex on the beach", tools=(rex,), steps=1))[0]
    assert made.settings["prompt"] == "a cartoon of a <rex> dog on the beach"
    assert made.applied[0].sha256 == learned.sha256


@pytest.mark.usefixtures("short_lessons")
def test_adapters_without_effect_or_without_a_matching_key_are_errors(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    learned = engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    state = load_file(learned.weights)
    silent = {key: torch.zeros_like(t) if "lora_B" in key else t for key, t in state.items()}
    save_file(silent, learned.weights)
    with pytest.raises(ToolError, match="'Rex' changes nothing"):
        rex = engine.choose("subject", "rex", library, "ann").model_copy(update={"sha256": "1" * 64})
        engine.generate(GenerateSpec(prompt="Rex", tools=(rex,), steps=1))
    save_file({key.replace("down_blocks", "elsewhere"): tensor for key, tensor in state.items()}, learned.weights)
    with pytest.raises(ToolError, match=r"of \d+ keys match.*no such layer"):
        rex = engine.choose("subject", "rex", library, "ann").model_copy(update={"sha256": "2" * 64})
        engine.generate(GenerateSpec(prompt="Rex", tools=(rex,), steps=1))
    with pytest.raises(ToolError, match="scale is 0"):
        save_file(state, learned.weights)
        rex = engine.choose("subject", "rex", library, "ann", scale=0.0).model_copy(update={"sha256": "3" * 64})
        engine.generate(GenerateSpec(prompt="Rex", tools=(rex,), steps=1))


@pytest.mark.usefixtures("short_lessons")
def test_two_adapters_act_together_and_their_interference_is_told(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    for name in ("Rex", "Tom"):
        engine.learn("subject", name, photos, owner="ann", library=library, class_noun="dog", seed=len(name))
    both = tuple(engine.choose("subject", name, library, "ann") for name in ("Rex", "Tom"))
    made = engine.generate(GenerateSpec(prompt="Rex and Tom", tools=both, steps=1))[0]
    assert [row.name for row in made.applied] == ["Rex", "Tom"]
    assert set(made.applied[0].interference) == {"Tom"}
    assert all(row.effect > 0 for row in made.applied)


@pytest.mark.usefixtures("short_lessons")
def test_a_subject_and_a_style_of_one_name_are_told_apart(engine: Engine, library: Library, photos: list[Path]) -> None:
    engine.learn("subject", "Cat", photos, owner="ann", library=library, class_noun="dog")
    cat = engine.choose("subject", "Cat", library, "ann")
    without = make_tool("decor", unwanted=("Cat",))
    made = engine.generate(GenerateSpec(prompt="Cat in the snow", tools=(cat, without), steps=1))[0]
    assert [row.name for row in made.applied] == ["Cat", "Cat (prompt)"]
    assert set(made.applied[0].interference) == {"Cat (prompt)"}
    engine.learn("style", "Cat", photos, owner="ann", library=library)
    style = engine.choose("style", "Cat", library, "ann")
    with pytest.raises(ToolError, match="both called <cat> by the model"):
        engine.generate(GenerateSpec(prompt="Cat", tools=(cat, style), steps=1))


@pytest.mark.slow
@pytest.mark.usefixtures("short_lessons")
def test_no_more_adapters_stay_resident_than_allowed(engine: Engine, library: Library, photos: list[Path]) -> None:
    _, residents = engine.still()
    residents.limit, before = 1, residents.limit
    try:
        for number, name in enumerate(("Rex", "Tom", "Kim")):
            engine.learn("subject", name, photos, owner="ann", library=library, class_noun="dog", seed=number)
        tools = [engine.choose("subject", name, library, "ann") for name in ("Rex", "Tom", "Kim")]
        for tool in tools:
            engine.generate(GenerateSpec(prompt="Rex", tools=(tool,), steps=1))
            assert list(residents.held) == [resident_name(tool.use())]  # type: ignore[attr-defined]
    finally:
        residents.limit = before


def test_a_clip_has_its_frames_and_a_longer_one_is_refused(engine: Engine) -> None:
    clip = engine.animate(AnimateSpec(prompt="a dog", motion="spin", frames=3, steps=1))
    assert len(clip.frames) == 3
    assert clip.settings["prompt"] == "a cartoon of a dog, spinning"
    with pytest.raises(ToolError, match="at most 16 frames"):
        engine.animate(AnimateSpec(prompt="a dog", frames=40))
    with pytest.raises(ToolError, match=r"no motion called 'fly'; it knows: bounce"):
        engine.animate(AnimateSpec(prompt="a dog", motion="fly"))


@pytest.mark.usefixtures("short_lessons")
def test_stopping_is_heard_and_leaves_nothing(engine: Engine, library: Library, photos: list[Path]) -> None:
    before = Snapshot(engine.pipe)
    with pytest.raises(Cancelled):
        engine.generate(GenerateSpec(prompt="a dog", steps=2), cancel=lambda: True)
    with pytest.raises(Cancelled):
        engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog", cancel=lambda: True)
    assert not library.list("ann")
    assert not list(library.folder.glob(".staging-*"))
    before.check()


def test_progress_counts_to_the_end(engine: Engine) -> None:
    heard: list[tuple[str, int, int]] = []
    engine.generate(GenerateSpec(prompt="a dog", steps=3), progress=lambda *what: heard.append(what))
    assert heard == [("drawing", 1, 3), ("drawing", 2, 3), ("drawing", 3, 3)]


def test_two_threads_draw_one_after_the_other(engine: Engine) -> None:
    alone = [engine.generate(GenerateSpec(prompt="a dog", seed=n, steps=2))[0].image.tobytes() for n in range(2)]
    together: dict[int, bytes] = {}

    def draw(seed: int) -> None:
        together[seed] = engine.generate(GenerateSpec(prompt="a dog", seed=seed, steps=2))[0].image.tobytes()

    threads = [threading.Thread(target=draw, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[n] for n in range(2)] == alone


def test_names_are_looked_up_at_home_first(engine: Engine, library: Library) -> None:
    assert engine.choose("style", "Flat", library, "ann").name == "native_style"
    assert engine.choose("motion", "hop", library, "ann").name == "animatediff"
    with pytest.raises(ToolError, match=r"ann has no style called 'oil'; known: 3d, flat, line, cartoon"):
        engine.choose("style", "oil", library, "ann")
    with pytest.raises(ToolError, match="ann has no subject called 'Rex'; known: none yet"):
        engine.choose("subject", "Rex", library, "ann")


def test_a_too_long_prompt_does_not_lose_the_subject_silently(
    engine: Engine, library: Library, photos: list[Path], short_lessons: None
) -> None:
    engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    rex = engine.choose("subject", "rex", library, "ann")
    with pytest.raises(ToolError, match="too long"):
        engine.generate(GenerateSpec(prompt="dog " * 40 + "and Rex", tools=(rex,), steps=1))


def test_a_style_the_prompt_names_is_kept(engine: Engine) -> None:
    for said in ("a line drawing of a dog", "a dog in 3d style", "an ink outline of a dog"):
        assert engine.generate(GenerateSpec(prompt=said, steps=1))[0].settings["prompt"] == said


def test_the_layout_is_said_in_words(engine: Engine) -> None:
    made = engine.generate(GenerateSpec(prompt="Rex and Tom", layout={"Rex": "left", "Tom": "right"}, steps=1))[0]
    assert made.settings["prompt"] == "a cartoon of Rex on the left and Tom on the right"


def test_a_style_or_motion_the_prompt_already_says_still_has_its_effect(engine: Engine) -> None:
    flat = make_tool("native_style", style="flat")
    for said in ("a flat illustration of a dog", "flat illustration of a dog"):
        assert engine.generate(GenerateSpec(prompt=said, tools=(flat,), steps=1))[0].applied[0].effect > 0
    clip = engine.animate(AnimateSpec(prompt="a dog, bouncing", motion="bounce", frames=2, steps=1))
    assert clip.applied[0].effect > 0


def test_a_named_motion_starts_from_poses_however_it_is_named(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The random model draws no subject, so one is handed in where the still picture is looked at."""
    from limner.tools.diffusion import posed as module

    asked: list[int] = []

    def rough(still: Image.Image, poses: Sequence[Pose], apart: Image.Image | None = None) -> list[Image.Image]:
        asked.append(len(set(poses)))
        return [still.rotate(10 * number) for number in range(len(poses))]

    monkeypatch.setattr(module, "posed", rough)
    by_name = engine.animate(AnimateSpec(prompt="a dog", motion="spin", frames=8, steps=8, seed=1))
    by_tool = engine.animate(
        AnimateSpec(prompt="a dog", tools=(make_tool("animatediff", motion="spin"),), frames=8, steps=8, seed=1)
    )
    assert asked == [4, 4]
    assert by_name.settings["strength"] == by_tool.settings["strength"] == module.STRENGTH
    assert [f.tobytes() for f in by_name.frames] == [f.tobytes() for f in by_tool.frames]
