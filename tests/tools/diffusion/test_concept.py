"""What a named concept is learned beside: the class as it was, also when it is called by words of nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from limner.tools import Engine, Library
from limner.tools.diffusion.concept import beside_strangers
from limner.tools.diffusion.latents import Examples


def test_the_class_is_told_with_words_of_nobodys_too() -> None:
    prior = Examples.of(
        torch.zeros(2, 1, 1, 1), range(2), [["a cartoon of a dog in the snow"], ["a 3d render of a dog"]]
    )
    told = beside_strangers(prior, "dog", 2)
    assert [told.captions[n] for n in told.choices[told.pictures[0]]] == [
        "a cartoon of a dog in the snow",
        "a cartoon of a <stranger-0> dog in the snow",
        "a cartoon of a <stranger-1> dog in the snow",
    ]
    assert torch.equal(told.latents, prior.latents)


@pytest.mark.usefixtures("short_lessons")
def test_strangers_are_not_kept(engine: Engine, library: Library, photos: list[Path]) -> None:
    rex = engine.learn(
        "subject",
        "Rex",
        photos,
        owner="ann",
        library=library,
        class_noun="dog",
        settings={"steps": 4, "prior_every": 2, "strangers": 2},
    )
    assert rex.tokens is not None
    assert set(load_file(rex.tokens)) == {"<rex>"}
