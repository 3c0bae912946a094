"""Which directions of a text encoder's output modular subjects may listen to, each its own, and how their words begin.

Any orthogonal directions keep weight changes apart (`orthogonal`), but not what they answer to: every prompt has a part
in every direction, so that each merged subject answers a little to all of them. Here a slot's word begins a way of its
own, and its directions are those in which that word speaks the most beside all other prompts. Both follow from the base
and the number of the slot alone, so subjects learned apart agree on them.
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
# What every slot's word begins from, whatever its subject is: from nouns of their own they would speak in as many ways
# as there are nouns.
ORDINARY = "dog"
KINDS = ("dog", "cat", "woman", "man", "car", "robot")  # what a made-up word may stand before
VOICE = 2.0  # how far a word begins from the ordinary one, in that one's length
PROMPTS, EACH = 480, 12  # ordinary prompts; prompts of each word before each kind
LOUDEST = 12.0  # a direction that hardly says anything is not made louder than that
CALM = 1e-4  # of a mean direction's energy, added to each: what is never heard is no reason to listen


def beginning(ordinary_rows: Tensor, slot: int) -> Tensor:
    """The rows (count, width) that a slot's word is learned from: the ordinary word's, each moved its own way."""
    own = SharedBasis().factor(ordinary_rows.shape[1], slot, len(ordinary_rows)).to(ordinary_rows)
    moved: Tensor = ordinary_rows + VOICE * ordinary_rows.norm(dim=1, keepdim=True) * own
    return moved


@dataclass(frozen=True)
class Hearing:
    """What each slot listens to: `rows` (slots, rank, width), orthogonal to one another within a slot and between."""

    rows: Tensor

    def factor(self, width: int, slot: int, rank: int) -> Tensor:
        """The frozen down factor (rank, width) of a layer that reads the text encoder's output as it is; any other
        layer's is the shared basis's."""
        if width != self.rows.shape[2]:
            return SharedBasis().factor(width, slot, rank)
        if slot >= len(self.rows):
            raise ToolError(f"this base holds {len(self.rows)} modular subjects; forget one to add another")
        return self.rows[slot].float().contiguous()


def hearing(backbone: Backbone, rank: int, tokens: int) -> Hearing:
    """Asked of the bare base once."""
    return backbone.once(("hearing", rank, tokens), lambda: _hearing(backbone, rank, tokens))


@torch.no_grad()
def _hearing(backbone: Backbone, rank: int, tokens: int) -> Hearing:
    family, rng = backbone.family, random.Random(0)
    frames, grounds = [*family.styles.values(), "a {}"], ["", *family.grounds]
    nouns = family.nouns or KINDS

    def energy(prompts: Sequence[str], words: Concepts | None = None) -> Tensor:
        """The mean outer product (width, width) of the rows that these prompts are read as."""
        heard = backbone.encode_text(prompts, words).embeds.double().flatten(0, 1).cpu()
        return heard.T @ heard / len(heard)

    ordinary = energy([said(rng.choice(frames), rng.choice(nouns), rng.choice(grounds)) for _ in range(PROMPTS)])
    places = [(rng.choice(frames), rng.choice(grounds)) for _ in range(EACH * len(KINDS))]
    word = placeholder("slot")
    prompts = [
        said(frame, f"{word} {kind}", ground) for (frame, ground), kind in zip(places, KINDS * EACH, strict=True)
    ]
    rows, slots = ordinary_rows(backbone, ORDINARY, tokens), min(MOST_SLOTS, len(ordinary) // rank)
    spoken = [energy(prompts, Concepts({word: [beginning(row, slot) for row in rows]})) for slot in range(slots)]
    return Hearing(listening(ordinary, spoken, rank))


def listening(ordinary: Tensor, spoken: Sequence[Tensor], rank: int) -> Tensor:
    """Directions (slots, rank, width) from energies (width, width): of what is left, slot by slot, those in which its
    own word is the loudest beside ordinary prompts and the other words, each as loud as a mean direction is."""
    width = len(ordinary)
    mean = ordinary.trace() / width
    left = torch.eye(width, dtype=torch.float64)
    found = []
    for slot, own in enumerate(spoken):
        others = [energy for number, energy in enumerate(spoken) if number != slot]
        rest = (ordinary + sum(others, torch.zeros_like(own)) / max(1, len(others))) / 2
        noise = left.T @ rest @ left + CALM * mean * torch.eye(left.shape[1], dtype=torch.float64)
        whitened = torch.linalg.inv(torch.linalg.cholesky(noise))
        _, loudest = torch.linalg.eigh(whitened @ (left.T @ own @ left) @ whitened.T)
        chosen, _ = torch.linalg.qr(whitened.T @ loudest[:, -rank:], mode="complete")
        basis = left @ chosen[:, :rank]
        left = left @ chosen[:, rank:]
        loud, axes = torch.linalg.eigh(basis.T @ own @ basis)
        gain = (mean / loud.clamp_min(1e-12)).sqrt().clamp(max=LOUDEST)
        found.append((basis @ axes * gain).T)
    return torch.stack(found)
