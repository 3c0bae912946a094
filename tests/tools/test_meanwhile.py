"""A subject is drawn after its photos at once and learned beside that; what is drawn meanwhile is what always is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from limner.tools import Engine, GenerateSpec, Library
from limner.tools.meanwhile import Meanwhile
from tests.tools.snapshots import Snapshot

PLAIN = GenerateSpec(prompt="a dog", seed=5, steps=1)


@pytest.mark.usefixtures("short_lessons")
def test_pictures_made_during_a_training_are_the_bytes_made_before_it(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    before, drawn = Snapshot(engine.pipe), engine.generate(PLAIN)[0].image.tobytes()
    both = Meanwhile(engine)
    made = both.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    assert made.tool == "ip_adapter"
    rex = both.choose("subject", "Rex", library, "ann")
    assert engine.generate(GenerateSpec(prompt="Rex", tools=(rex,), steps=1))[0].applied[0].tool == "ip_adapter"
    assert engine.generate(PLAIN)[0].image.tobytes() == drawn
    both.wait()
    learned = library.get("ann", "subject", "Rex")
    assert learned.tool == "dreambooth_lora" and len(learned.references) == 3
    rex = both.choose("subject", "Rex", library, "ann")
    assert engine.generate(GenerateSpec(prompt="Rex", tools=(rex,), steps=1))[0].applied[0].tool == "dreambooth_lora"
    engine.release()
    before.check()


@pytest.mark.usefixtures("short_lessons")
def test_what_is_learned_beside_is_what_is_learned_alone(
    engine: Engine, library: Library, photos: list[Path], tmp_path: Path
) -> None:
    alone = engine.learn("subject", "Rex", photos, owner="ann", library=Library(tmp_path / "two"), class_noun="dog")
    both = Meanwhile(engine)
    both.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    both.wait()
    one, two = (load_file(made.weights) for made in (alone, library.get("ann", "subject", "Rex")))
    assert one.keys() == two.keys() and all(torch.equal(one[key], two[key]) for key in one)


@pytest.mark.usefixtures("short_lessons")
def test_who_is_forgotten_meanwhile_stays_forgotten(engine: Engine, library: Library, photos: list[Path]) -> None:
    both = Meanwhile(engine)
    both.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    library.erase("ann", "subject", "Rex")
    both.wait()
    assert not library.list("ann") and not list(library.folder.glob(".*"))


@pytest.mark.usefixtures("short_lessons")
def test_a_training_that_was_cut_off_goes_on_when_the_subject_is_next_drawn(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    engine.refer("Rex", photos, owner="ann", library=library, class_noun="dog")
    after = Meanwhile(engine)
    after.choose("subject", "rex", library, "ann")
    after.wait()
    assert library.get("ann", "subject", "Rex").tool == "dreambooth_lora"


def test_a_training_that_cannot_be_leaves_the_reference_and_is_not_tried_again(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    """Two copies of one photo are one photo."""
    both = Meanwhile(engine)
    engine.refer("Rex", photos[:2], owner="ann", library=library, class_noun="dog")
    known = library.get("ann", "subject", "Rex")
    known.references[1].write_bytes(known.references[0].read_bytes())
    both.choose("subject", "Rex", library, "ann")
    both.wait()
    kept = library.get("ann", "subject", "Rex")
    assert kept.tool == "ip_adapter" and "one photo is not enough" in kept.recipe["tried"]
    both.choose("subject", "Rex", library, "ann")
    assert both._thread is None
