"""Single- and Multi-StyleForge: what each word is shown, and which words a prompt gets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from limner.tools import Engine, GenerateSpec, Library
from limner.tools.diffusion.concept_tokens import Concepts
from limner.tools.families.sd15 import SD15
from limner.tools.families.sticker import STICKER
from limner.tools.style.styleforge import auxiliary
from limner.tools.style.styleforge_multi import StyleForgeMulti


def test_the_auxiliary_set_is_half_grounds_without_objects_drawn_as_usual_and_told_as_style() -> None:
    family = replace(STICKER, nouns=("fox", "mug"), grounds=("in the snow",))
    assert auxiliary(family, 2) == [
        ("a cartoon of a picture in the snow", "a picture in the snow in style", True),
        ("a cartoon of a mug", "a mug in style", False),
    ]
    assert len(auxiliary(SD15, 2)) == 2  # families that list nothing get people and places


@pytest.mark.usefixtures("short_lessons")
def test_multi_learns_a_word_for_things_and_one_for_grounds(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    learned = engine.learn("style", "Inky", photos, owner="ann", library=library, method="styleforge_multi")
    assert learned.trigger == "<inky> <inky-ground>"
    assert learned.tokens is not None
    assert set(Concepts.load([learned.tokens]).rows) == {"<inky>", "<inky-ground>"}
    inky = engine.choose("style", "inky", library, "ann")

    def said(prompt: str) -> str:
        return str(engine.generate(GenerateSpec(prompt=prompt, tools=(inky,), steps=1))[0].settings["prompt"])

    noun = engine.family.nouns[0]
    assert said(f"a {noun} in the snow") == f"a {noun} in the snow in <inky> <inky-ground> style"
    assert said("a street in the snow") == "a street in the snow in <inky-ground> style"


def test_multi_that_found_no_grounds_is_single(engine: Engine, tmp_path: Path) -> None:
    tool = StyleForgeMulti(target="Inky", weights=tmp_path / "a.safetensors", trigger="<inky>")
    assert tool.words("a street", engine.family) == "<inky>"
