"""A subject is usable at once by reference; its training replaces the reference only if it pays."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from limner.tools import Engine, GenerateSpec, Library, ToolError
from limner.tools.apprentice import Apprentice
from tests.tools.snapshots import Snapshot


@pytest.fixture
def four(photos: list[Path], tmp_path: Path) -> list[Path]:
    Image.open(photos[0]).rotate(20).save(tmp_path / "photo-4.png")
    return [*photos, tmp_path / "photo-4.png"]


@pytest.mark.usefixtures("short_lessons")
def test_it_is_drawn_at_once_from_one_photo(engine: Engine, library: Library, photos: list[Path]) -> None:
    before = Snapshot(engine.pipe)
    made = engine.refer("Rex", photos[:1], owner="ann", library=library, class_noun="dog")
    assert (made.tool, made.recipe["photos"]) == ("ip_adapter", 1)
    rex = engine.choose("subject", "rex", library, "ann")
    drawn = engine.generate(GenerateSpec(prompt="Rex in the snow", tools=(rex,), steps=1))[0]
    assert drawn.applied[0].tool == "ip_adapter" and drawn.applied[0].effect > 0
    assert drawn.settings["prompt"] == "a cartoon of a dog in the snow"
    with pytest.raises(ToolError, match="already is a subject"):
        engine.refer("Rex", photos, owner="ann", library=library)
    engine.release()
    before.check()


@pytest.mark.parametrize(("settings", "tool"), [({}, "dreambooth_lora"), ({"lr": 30.0}, "ip_adapter")])
@pytest.mark.usefixtures("short_lessons")
def test_training_replaces_it_only_if_it_scores_better_on_the_held_photo(
    settings: dict[str, float], tool: str, engine: Engine, library: Library, four: list[Path]
) -> None:
    """Two gentle steps do less harm than a random IP-Adapter, two wild ones more."""
    before = Snapshot(engine.pipe)
    engine.refer("Rex", four, owner="ann", library=library, class_noun="dog")
    after = engine.learn("subject", "Rex", four, owner="ann", library=library, class_noun="dog", settings=settings)
    assert after.tool == tool == library.get("ann", "subject", "Rex").tool
    assert (after.scores["held"] > after.scores["held_by_reference"]) == (tool == "dreambooth_lora")
    assert not list(library.folder.glob(".staging-*")) and not list(library.folder.glob(".work-*"))
    if tool == "dreambooth_lora":
        assert after.recipe["photos"] == 3  # the fourth was held back
    else:
        assert after.recipe["tried"] == "dreambooth_lora"
    before.check()


@pytest.mark.usefixtures("short_lessons")
def test_an_apprentice_learns_while_the_engine_draws(engine: Engine, library: Library, photos: list[Path]) -> None:
    engine.refer("Rex", photos, owner="ann", library=library, class_noun="dog")
    with Apprentice(engine.twin) as apprentice:
        lesson = apprentice.learn("Rex", photos, owner="ann", library=library, class_noun="dog")
        rex = engine.choose("subject", "Rex", library, "ann")
        assert engine.generate(GenerateSpec(prompt="Rex", tools=(rex,), steps=1))[0].applied[0].effect > 0
        assert lesson.result(timeout=900).tool == "dreambooth_lora"
    assert library.get("ann", "subject", "Rex").tool == "dreambooth_lora"
