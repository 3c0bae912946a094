"""Which directions of a text encoder's output modular subjects may listen to, each its own, and how their words begin.

Any orthogonal directions keep weight changes apart (`orthogonal`), but not what they answer to: every prompt has a part
in every direction, so that each merged subject answers a little to all of them. Here a slot's word begins a way of its
own, and its directions are those in which that word speaks the most beside all other prompts. Of many ways the first
slots get those that are told apart the best. All this follows from the base and the number of the slot alone, so
subjects learned apart agree on it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from limner.tools.base import ToolError
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.binding import ordinary_rows
from limner.tools.diffusion.captioning import said
from limner.tools.diffusion.concept_tokens import Concepts
from limner.tools.diffusion.orthogonal import SharedBasis
from limner.tools.phrasing import placeholder

MOST_SLOTS = 16
FIRST_SLOTS = 8  # slots are given out in turn: these are told apart among themselves, later ones from all
# What every slot's word begins from, whatever its subject is: from nouns of their own they would speak in as many ways
# as there are nouns.
ORDINARY = "dog"
KINDS = ("dog", "cat", "woman", "man", "car", "robot")  # what a made-up word may stand before
VOICE = 2.0  # how far a word begins from the ordinary one, in that one's length
WAYS = 48  # in which a word may begin, to choose from
PROMPTS, EACH = 480, 20  # ordinary prompts; prompts of each word before each kind
LOUDEST = 12.0  # a direction that hardly says anything is not made louder than that
CALM = 1e-4  # of a mean direction's energy, added to each: what is never heard is no reason to listen


def beginning(ordinary_rows: Tensor, way: int) -> Tensor:
    """The rows (count, width) that a slot's word is learned from: the ordinary word's, each moved its own way."""
    own = SharedBasis().factor(ordinary_rows.shape[1], way, len(ordinary_rows)).to(ordinary_rows)
    moved: Tensor = ordinary_rows + VOICE * ordinary_rows.norm(dim=1, keepdim=True) * own
    return moved


@dataclass(frozen=True)
class Hearing:
    """What each slot listens to: `rows` (slots, rank, width), orthogonal to one another within a slot and between.
    `ways`: how the word of each slot begins, and further ones that no slot has."""

    rows: Tensor
    ways: tuple[int, ...]

    def factor(self, width: int, slot: int, rank: int) -> Tensor:
        """The frozen down factor (rank, width) of a layer that reads the text encoder's output as it is; any other
        layer's is the shared basis's."""
        if width != self.rows.shape[2]:
            return SharedBasis().factor(width, slot, rank)
        self.way(slot)
        return self.rows[slot].float().contiguous()

    def way(self, slot: int) -> int:
        """How the word of this slot begins.

        Raises:
            ToolError: there is no such slot.
        """
        if slot >= len(self.rows):
            raise ToolError(f"this base holds {len(self.rows)} modular subjects; forget one to add another")
        return self.ways[slot]


def hearing(backbone: Backbone, rank: int, tokens: int) -> Hearing:
    """Asked of the bare base once."""
    return backbone.once(("hearing", rank, tokens), lambda: _hearing(backbone, rank, tokens))


@torch.no_grad()
def energy(backbone: Backbone, prompts: Sequence[str], words: Concepts | None = None) -> Tensor:
    """The mean outer product (width, width) of the rows that these prompts are read as."""
    heard = backbone.encode_text(prompts, words).embeds.double().flatten(0, 1).cpu()
    mean: Tensor = heard.T @ heard / len(heard)
    return mean


@torch.no_grad()
def _hearing(backbone: Backbone, rank: int, tokens: int) -> Hearing:
    family, rng = backbone.family, random.Random(0)
    frames, grounds = [*family.styles.values(), "{}"], ["", *family.grounds]
    nouns = family.nouns or KINDS

    ordinary = energy(
        backbone, [said(rng.choice(frames), rng.choice(nouns), rng.choice(grounds)) for _ in range(PROMPTS)]
    )
    word = placeholder("slot")
    prompts = [said(rng.choice(frames), f"{word} {kind}", rng.choice(grounds)) for kind in KINDS for _ in range(EACH)]
    rows = ordinary_rows(backbone, ORDINARY, tokens)
    spoken = [
        energy(backbone, prompts, Concepts({word: [beginning(row, way) for row in rows]}))
        for way in range(min(WAYS, *(row.shape[1] // tokens for row in rows)))
    ]
    ways = clearest(ordinary, spoken, rank)
    slots = min(MOST_SLOTS, len(ordinary) // rank, len(ways))
    return Hearing(listening(ordinary, [spoken[way] for way in ways[:slots]], rank), tuple(ways))


def clearest(ordinary: Tensor, spoken: Sequence[Tensor], rank: int) -> list[int]:
    """The numbers of these energies (width, width), first of the word that stands out the most in its `rank` loudest
    directions beside ordinary prompts and all these words together."""
    noise = (ordinary + sum(spoken, torch.zeros_like(ordinary)) / len(spoken)) / 2
    whitened = _whitened(noise, ordinary)
    clear = [
        float(torch.linalg.eigvalsh(whitened @ own @ whitened.T)[-rank:].clamp_min(1e-12).log().mean())
        for own in spoken
    ]
    return sorted(range(len(spoken)), key=lambda number: -clear[number])


def _whitened(noise: Tensor, ordinary: Tensor) -> Tensor:
    """What makes this noise (inputs, inputs) the same in each direction, calmed by a mean direction's energy."""
    calm = CALM * ordinary.trace() / len(ordinary) * torch.eye(len(noise), dtype=noise.dtype)
    whitened: Tensor = torch.linalg.inv(torch.linalg.cholesky(noise + calm))
    return whitened


def listening(ordinary: Tensor, spoken: Sequence[Tensor], rank: int) -> Tensor:
    """Directions (slots, rank, width) from energies (width, width): of what is left, slot by slot, those in which its
    own word is the loudest beside ordinary prompts and the other words, each as loud as a mean direction is. The first
    slots need not hear past words that only the later ones have."""
    width = len(ordinary)
    mean = ordinary.trace() / width
    left = torch.eye(width, dtype=torch.float64)
    found = []
    for slot, own in enumerate(spoken):
        beside = spoken[:FIRST_SLOTS] if slot < FIRST_SLOTS else spoken
        others = [energy for energy in beside if energy is not own]
        rest = (ordinary + sum(others, torch.zeros_like(own)) / max(1, len(others))) / 2
        whitened = _whitened(left.T @ rest @ left, ordinary)
        _, loudest = torch.linalg.eigh(whitened @ (left.T @ own @ left) @ whitened.T)
        chosen, _ = torch.linalg.qr(whitened.T @ loudest[:, -rank:], mode="complete")
        basis = left @ chosen[:, :rank]
        left = left @ chosen[:, rank:]
        loud, axes = torch.linalg.eigh(basis.T @ own @ basis)
        gain = (mean / loud.clamp_min(1e-12)).sqrt().clamp(max=LOUDEST)
        found.append((basis @ axes * gain).T)
    return torch.stack(found)
