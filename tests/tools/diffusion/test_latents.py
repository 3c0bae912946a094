"""Cached examples: joined and repeated they keep each picture's own captions."""

from __future__ import annotations

import torch

from limner.tools.diffusion.latents import Examples


def told(examples: Examples, number: int) -> set[str]:
    return {examples.captions[n] for n in examples.choices[examples.pictures[number]]}


def test_joined_examples_keep_their_captions_and_repeated_ones_their_pictures() -> None:
    one = Examples.of(torch.zeros(2, 1), (0, 1), [["a", "b"], ["c"]])
    two = Examples.of(torch.ones(1, 1), (0,), [["b", "d"]])
    both = one.repeated(2).joined(two)
    assert both.latents.flatten().tolist() == [0, 0, 0, 0, 1]
    assert [told(both, n) for n in range(5)] == [{"a", "b"}, {"c"}, {"a", "b"}, {"c"}, {"b", "d"}]
    assert len(both.captions) == 4
