"""Modular subjects that are on together, made deaf to one another's words.

What a subject hears was chosen before its word was learned (`hearing`), and a word moves while it is learned: others
still answer to it a little, and seven little answers are a blur. Once it is known who is on, the best linear filter of
what each hears is known too (Wiener): what its own word says passes, what the other words say does not. It takes the
text encoder alone, changes copies of the small factors, and is gone with the scene.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from limner.tools.base import Adaptation
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.captioning import said
from limner.tools.diffusion.concept_tokens import Concepts
from limner.tools.diffusion.hearing import energy
from limner.tools.diffusion.lora import Residents, resident_name

PROMPTS = 24  # in which each word is heard
STRICT = 0.5  # what another's word weighs beside the own one
CALM = 1e-6  # of a mean direction's energy, added to each


@contextmanager
def deaf_to_each_other(backbone: Backbone, residents: Residents, adaptations: Sequence[Adaptation]) -> Iterator[None]:
    """While inside, every modular subject hears its own word and as little as may be of the others' that are on."""
    modular = [adaptation for adaptation in adaptations if adaptation.word and adaptation.adapters]
    untouched: list[tuple[Tensor, Tensor]] = []
    try:
        for one in modular if len(modular) > 1 else ():
            own = _said(backbone, one)
            filtered = _filter(backbone, one, [other for other in modular if other is not one])
            name = resident_name(one.adapters[0])
            for layer in residents.layers:
                if name in layer.lora_A and layer.lora_A[name].weight.shape[1] == len(own):
                    weight = layer.lora_A[name].weight
                    untouched.append((weight, weight.data))
                    weight.data = narrowed(weight.data, filtered, own)
        yield
    finally:
        for weight, data in untouched:
            weight.data = data


def wiener(own: Tensor, others: Sequence[Tensor]) -> Tensor:
    """The filter (inputs, inputs), to be applied from the right, that passes what is said by the own word and not by
    the others, from mean outer products (inputs, inputs) of what each says."""
    noise = STRICT * sum(others, torch.zeros_like(own))
    calm = CALM * own.trace() / len(own) * torch.eye(len(own), dtype=own.dtype)
    passing: Tensor = own @ torch.linalg.inv(own + noise + calm)
    return passing


def narrowed(factor: Tensor, filtered: Tensor, own: Tensor) -> Tensor:
    """A down factor (rank, inputs) behind the filter, its own word as loud as before."""
    rows = factor.to(own)
    through = rows @ filtered
    gain = _loudness(rows, own) / _loudness(through, own).clamp_min(1e-12)
    return (gain.sqrt() * through).to(factor)


def _loudness(rows: Tensor, said: Tensor) -> Tensor:
    return (rows @ said @ rows.T).trace()


def _filter(backbone: Backbone, one: Adaptation, others: Sequence[Adaptation]) -> Tensor:
    known = ("deaf", _key(one), *sorted(_key(other) for other in others))
    return backbone.once(known, lambda: wiener(_said(backbone, one), [_said(backbone, other) for other in others]))


def _said(backbone: Backbone, adaptation: Adaptation) -> Tensor:
    """What prompts with this word are read as, as an energy (width, width)."""

    def ask() -> Tensor:
        family, rng = backbone.family, random.Random(0)
        frames, grounds = [*family.styles.values(), "{}"], ["", *family.grounds]
        prompts = [said(rng.choice(frames), adaptation.word, rng.choice(grounds)) for _ in range(PROMPTS)]
        return energy(backbone, prompts, Concepts.load(adaptation.spoken))

    return backbone.once(("said", _key(adaptation)), ask)


def _key(adaptation: Adaptation) -> str:
    return f"{adaptation.adapters[0].sha256} {adaptation.word}"
