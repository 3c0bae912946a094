"""Modular subjects that are on together do not answer to one another's words, and are left as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from limner.tools import Engine, GenerateSpec, Library, Tool
from limner.tools.diffusion.deafness import narrowed, wiener


def said(directions: list[int], width: int = 12) -> Tensor:
    """What a word says that speaks in these directions alone."""
    energy = torch.zeros(width, dtype=torch.float64)
    energy[directions] = 1.0
    return energy.diag()


def loud(factor: Tensor, energy: Tensor) -> float:
    return float((factor.double() @ energy @ factor.double().T).trace())


def test_what_only_the_own_word_says_passes_and_what_others_say_does_not() -> None:
    passing = wiener(said([0, 1]), [said([2]), said([3])])
    assert torch.allclose(passing[:2, :2], torch.eye(2, dtype=torch.float64), atol=1e-5)
    assert passing[2:].abs().max() < 1e-5


def test_a_factor_hears_its_own_word_as_loud_and_the_others_less() -> None:
    own, other = said([0, 1, 2]), said([2, 3, 4])
    factor = torch.randn(6, 12, generator=torch.Generator().manual_seed(1))
    deaf = narrowed(factor, wiener(own, [other]), own)
    assert deaf.dtype == factor.dtype
    assert loud(deaf, own) == pytest.approx(loud(factor, own), rel=1e-4)
    assert loud(deaf, other) < loud(factor, other) / 2


def test_with_nobody_else_nothing_is_filtered() -> None:
    own = said(list(range(12)))
    factor = torch.randn(6, 12, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(narrowed(factor, wiener(own, []), own), factor, atol=1e-5)


@pytest.mark.usefixtures("short_lessons")
def test_two_on_together_are_narrowed_and_put_back_also_after_an_error(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    for name in ("Rex", "Tom"):
        engine.learn(
            "subject", name, photos, owner="ann", library=library, class_noun="dog", method="orthogonal_adaptation"
        )
    rex, tom = (engine.choose("subject", name, library, "ann") for name in ("Rex", "Tom"))

    def factors(*tools: Tool) -> dict[str, Tensor]:
        with engine.scene(GenerateSpec(prompt="Rex on the beach", tools=tools, seed=1)) as scene:
            layers = [layer for layer in scene.residents.layers if hasattr(layer, "lora_A")]
            return {
                f"{number} {name}": part.weight.detach().clone()
                for number, layer in enumerate(layers)
                for name, part in layer.lora_A.items()
            }

    alone, together = factors(rex), factors(rex, tom)
    changed = [key for key in alone if not torch.equal(alone[key], together[key])]
    assert changed
    with (
        pytest.raises(RuntimeError, match="stopped"),
        engine.scene(GenerateSpec(prompt="Rex", tools=(rex, tom), seed=1)),
    ):
        raise RuntimeError("stopped")
    again = factors(rex)
    assert all(torch.equal(alone[key], again[key]) for key in alone)
