"""A subject is usable at once by reference; its training replaces the reference only if it pays."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from limner.tools import Engine, GenerateSpec, Library, ToolError
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


@pytest.mark.usefixtures("short_lessons")
def test_training_replaces_it_if_it_scores_better_on_the_held_photo(
    engine: Engine, library: Library, four: list[Path]
) -> None:
    """Two gentle steps do less harm than a random IP-Adapter."""
    before = Snapshot(engine.pipe)
    engine.refer("Rex", four, owner="ann", library=library, class_noun="dog")
    after = engine.learn("subject", "Rex", four, owner="ann", library=library, class_noun="dog")
    assert after.tool == "dreambooth_lora" == library.get("ann", "subject", "Rex").tool
    assert after.scores["held"] > after.scores["held_by_reference"]
    assert after.recipe["photos"] == 3  # the fourth was held back
    assert not list(library.folder.glob(".staging-*")) and not list(library.folder.glob(".work-*"))
    before.check()
