"""One test for every method: a new tool is tested by existing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from limner.tools import AnimateSpec, Engine, GenerateSpec, Library, Tool, all_tools, make_tool
from limner.tools.base import LearnedTool, ToolError
from limner.tools.learning import Learner
from tests.tools.snapshots import Snapshot

PROMPT = "Rex in the snow"


def ready(kind: type[Tool], engine: Engine, library: Library, photos: list[Path], clip: Path) -> tuple[Tool, ...]:
    """The tool, and what it needs beside it."""
    if isinstance(kind, Learner) and issubclass(kind, LearnedTool):
        files = [clip] if kind.kind == "motion" else photos
        assert kind.kind != "prompt"
        engine.learn(kind.kind, "Rex", files, owner="ann", library=library, class_noun="dog", method=kind.name)
        return (engine.choose(kind.kind, "rex", library, "ann"),)
    settings: dict[str, dict[str, Any]] = {
        "native_style": {"style": "flat"},
        "animatediff": {"motion": "bounce"},
        "ip_adapter": {"target": "Rex", "references": tuple(photos), "class_noun": "dog"},
        "decor": {"unwanted": ("cat",)},
    }
    tool = make_tool(kind.name, **settings.get(kind.name, {}))
    if kind.name == "align_it":
        engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
        return (engine.choose("subject", "rex", library, "ann"), tool)
    return (tool,)


@pytest.mark.parametrize("name", sorted(all_tools()))
def test_a_tool_is_a_frozen_documented_value(name: str) -> None:
    kind = all_tools()[name]
    assert kind.__doc__ and kind.__doc__ != Tool.__doc__
    assert kind.kind in ("subject", "style", "motion", "prompt")
    assert kind.card.title and kind.card.inputs and kind.card.cost and kind.card.limits
    assert kind.model_config["frozen"]
    for field, about in kind.model_fields.items():
        inherited = field in LearnedTool.model_fields and issubclass(kind, LearnedTool)
        assert about.description or inherited or field == "class_noun", f"{name}.{field} has no description"


@pytest.mark.parametrize("name", sorted(all_tools()))
@pytest.mark.usefixtures("short_lessons")
def test_a_tool_takes_part_and_leaves_no_trace(
    name: str, engine: Engine, library: Library, photos: list[Path], clip: Path
) -> None:
    before = Snapshot(engine.pipe)
    tools = ready(all_tools()[name], engine, library, photos, clip)
    before.check()
    assert takes_part(name, engine, tools)
    engine.release()
    before.check()


def takes_part(name: str, engine: Engine, tools: tuple[Tool, ...]) -> bool:
    """Draws, and says whether the check found an effect of that tool."""
    if all_tools()[name].kind == "motion":
        applied = engine.animate(AnimateSpec(prompt=PROMPT, tools=tools, frames=4, steps=1)).applied
    else:
        applied = engine.generate(GenerateSpec(prompt=PROMPT, tools=tools, steps=1))[0].applied
    return next(row for row in applied if row.tool == name).effect > 0


@pytest.mark.parametrize("name", ["align_it", "decor", "ip_adapter", "native_style", "orthogonal_adaptation"])
@pytest.mark.usefixtures("short_lessons")
def test_the_check_of_a_tools_effect_changes_nothing_in_the_picture(
    name: str, engine: Engine, library: Library, photos: list[Path], clip: Path
) -> None:
    spec = GenerateSpec(prompt=PROMPT, tools=ready(all_tools()[name], engine, library, photos, clip), steps=1)
    checked = engine.generate(spec)[0].image.tobytes()
    engine.check_effects = False
    try:
        assert engine.generate(spec)[0].image.tobytes() == checked
    finally:
        engine.check_effects = True


# SD 1.5 has the shape of the sticker family, which is tried above.
OTHERS = [
    pytest.param(family, name, marks=pytest.mark.slow if family == "sd15" else ())
    for family in ("sd15", "sdxl", "sd3")
    for name, tool in sorted(all_tools().items())
    if family in tool.card.families
]


@pytest.fixture(scope="module")
def others(tiny_folder: Path, sdxl_folder: Path, sd3_folder: Path) -> dict[str, Engine]:
    """An engine of every other family; sd15's has the shape of sticker's, which is a small Stable Diffusion."""
    folders = {"sd15": tiny_folder, "sdxl": sdxl_folder, "sd3": sd3_folder}
    engines = {name: Engine.load(name, device="cpu", folder=folder) for name, folder in folders.items()}
    for engine in engines.values():
        # Fewer phrases to caption photos with: the words are not what these tests are about.
        grounds, nouns = engine.family.grounds[:2], engine.family.nouns[:3]
        engine.family = replace(engine.family, resolution=64, grounds=grounds, nouns=nouns)
        engine.generate(GenerateSpec(prompt="a dog", steps=1))
    return engines


@pytest.mark.parametrize(("family", "name"), OTHERS)
@pytest.mark.usefixtures("short_lessons")
def test_a_tool_takes_part_in_every_family_it_names_and_leaves_no_trace(
    family: str, name: str, others: dict[str, Engine], library: Library, photos: list[Path], clip: Path
) -> None:
    engine = others[family]
    before = Snapshot(engine.pipe)
    tools = ready(all_tools()[name], engine, library, photos, clip)
    before.check()
    assert takes_part(name, engine, tools)
    engine.release()
    before.check()


@pytest.mark.parametrize("name", sorted(n for n, t in all_tools().items() if t.kind != "motion"))
@pytest.mark.usefixtures("short_lessons")
def test_a_tool_leaves_no_trace_when_drawing_fails(
    name: str, engine: Engine, library: Library, photos: list[Path], clip: Path
) -> None:
    before = Snapshot(engine.pipe)
    tools = ready(all_tools()[name], engine, library, photos, clip)
    plain = engine.generate(GenerateSpec(prompt="a dog", steps=2, seed=5))[0].image.tobytes()

    def fail(label: str, done: int, total: int) -> None:
        raise RuntimeError("the screen went away")

    with pytest.raises(RuntimeError, match="screen"):
        engine.generate(GenerateSpec(prompt=PROMPT, tools=tools, steps=2), progress=fail)
    # Resident adapters are switched off: the base draws the same bytes, before and after they are taken out.
    assert engine.generate(GenerateSpec(prompt="a dog", steps=2, seed=5))[0].image.tobytes() == plain
    engine.release()
    before.check()
    assert engine.generate(GenerateSpec(prompt="a dog", steps=2, seed=5))[0].image.tobytes() == plain


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(n for n, t in all_tools().items() if t.kind == "motion"))
@pytest.mark.usefixtures("short_lessons")
def test_a_motion_leaves_no_trace_when_animating_fails(
    name: str, engine: Engine, library: Library, photos: list[Path], clip: Path
) -> None:
    before = Snapshot(engine.pipe)
    tools = ready(all_tools()[name], engine, library, photos, clip)
    spec = AnimateSpec(prompt="a dog", frames=4, steps=1, seed=5)
    plain = [frame.tobytes() for frame in engine.animate(spec).frames]

    def fail(label: str, done: int, total: int) -> None:
        if label == "animating":
            raise RuntimeError("the screen went away")

    with pytest.raises(RuntimeError, match="screen"):
        engine.animate(spec.model_copy(update={"tools": tools}), progress=fail)
    assert [frame.tobytes() for frame in engine.animate(spec).frames] == plain
    engine.release()
    before.check()


def test_an_unknown_tool_is_told_with_the_known_ones() -> None:
    with pytest.raises(ToolError, match=r"no tool called 'foo'; choose from .*dreambooth_lora"):
        make_tool("foo")


def test_a_tool_refuses_settings_it_does_not_have() -> None:
    with pytest.raises(ValidationError):
        make_tool("native_style", style="flat", strength=3)
    with pytest.raises(ValidationError):
        make_tool("decor", unwanted=(" ",))
