"""DECOR takes out what a word says wherever it stands, and little of what other words say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from limner.tools import Engine, GenerateSpec, make_tool
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.concept_tokens import Concepts
from limner.tools.diffusion.text_conditioning import project_out
from limner.tools.edit.decor import directions, others

OTHERS = ("dog", "cat", "lion", "horse", "cow", "pig", "rabbit", "bear", "panda", "frog", "owl", "turtle", "whale")


@pytest.fixture(scope="module")
def shipped() -> Iterator[Backbone]:
    """What words say only a trained text encoder knows."""
    yield Engine.load("sticker", device="cpu").still()[0]


@torch.no_grad()
def differing(backbone: Backbone, sentence: str, word: str) -> Tensor:
    """What a word says in a sentence, less what a dozen others say there."""
    said = backbone.encode_text([sentence.format(one) for one in (word, *OTHERS)]).embeds.double()
    return (said[0] - said[1:].mean(0))[1:]


def left(rows: Tensor, basis: Tensor) -> float:
    """The share of a difference that lies outside the directions."""
    return float((rows - rows @ basis.T @ basis).norm() ** 2 / rows.norm() ** 2)


@pytest.mark.parametrize(
    "sentence", ["a picture in the forest in {} style", "a {} on a pink background", "a robot beside a {}"]
)
def test_a_word_is_taken_out_of_sentences_it_was_not_heard_in(shipped: Backbone, sentence: str) -> None:
    basis = directions(shipped, ("fox",))
    fox, wanted = differing(shipped, sentence, "fox"), differing(shipped, sentence, "robot")
    assert left(fox, basis) < 0.3 and left(wanted, basis) > 0.85
    alone = torch.nn.functional.normalize(shipped.encode_text(["fox"]).embeds[:, 1].detach().double())
    assert left(fox, basis) < left(fox, alone)


def test_no_word_drowns_another(shipped: Backbone) -> None:
    both = directions(shipped, ("fox", "night sky"))
    for word in ("fox", "night sky"):
        own = directions(shipped, (word,))
        assert torch.allclose(own @ both.T @ both, own, atol=1e-6)
    assert torch.allclose(both @ both.T, torch.eye(len(both), dtype=both.dtype), atol=1e-9)


def test_a_place_is_told_from_places_and_a_thing_from_things(shipped: Backbone) -> None:
    family = shipped.family
    assert {"beach", "snow", "red background"} <= set(others(family, "the night sky"))
    assert "night sky" not in others(family, "the night sky")
    assert "dog" in others(family, "fox") and "fox" not in others(family, "fox")


def test_in_a_picture_nothing_is_left_of_the_directions(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    backbone, _ = engine.still()
    seen: list[Tensor] = []
    stock = type(engine.pipe).__call__

    def watch(pipe: object, *given: object, **named: Tensor) -> object:
        seen.append(named["prompt_embeds"])
        return stock(pipe, *given, **named)

    monkeypatch.setattr(type(engine.pipe), "__call__", watch)
    engine.generate(GenerateSpec(prompt="a dog in the snow", tools=(make_tool("decor", unwanted=("cat",)),), steps=1))
    basis = directions(backbone, ("cat",))
    plain = backbone.encode_text(["a cartoon of a dog in the snow"], Concepts()).embeds.detach()
    assert (seen[0][:, 1:].double() @ basis.T).abs().max() < 1e-5
    assert torch.allclose(seen[0], project_out(plain, basis, 1.0), atol=1e-6)
    assert torch.equal(seen[0][:, :1], plain[:, :1])
