"""The encoded prompt, and pure functions on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from limner.tools.diffusion.concept_tokens import Span


@dataclass(frozen=True)
class TextCond:
    """What a denoiser reads instead of words. `spans` tells at which positions each placeholder stands."""

    embeds: Tensor  # (batch, length, width)
    pooled: Tensor | None = None
    ids: Tensor | None = None  # of the first encoder
    spans: tuple[dict[str, Span], ...] = ()

    def repeat(self, times: int) -> TextCond:
        """Each row `times` times: what a motion model wants, one per frame."""
        pooled = None if self.pooled is None else self.pooled.repeat_interleave(times, 0)
        return TextCond(self.embeds.repeat_interleave(times, 0), pooled)

    def rows(self, index: Tensor) -> TextCond:
        return TextCond(self.embeds[index], None if self.pooled is None else self.pooled[index])

    def with_embeds(self, embeds: Tensor) -> TextCond:
        return replace(self, embeds=embeds)


def joined(conds: Sequence[TextCond]) -> TextCond:
    """Several encoded prompts as one batch."""
    pooled = [c.pooled for c in conds if c.pooled is not None]
    return TextCond(torch.cat([c.embeds for c in conds]), torch.cat(pooled) if pooled else None)


def subspace(rows: Tensor, keep: float = 0.05) -> Tensor:
    """An orthonormal basis (rank, width) of what the rows say, without directions weaker than `keep` of the first."""
    _, sizes, directions = torch.linalg.svd(rows.double(), full_matrices=False)
    kept: Tensor = directions[sizes > keep * sizes[0].clamp_min(1e-12)]
    return kept


def project_out(embeds: Tensor, basis: Tensor, alpha: float, first: int = 1, last: int | None = None) -> Tensor:
    """DECOR's X' = X - alpha X P (arXiv:2412.09169) on rows `first` to `last`; the start token stays as it is."""
    last = last or embeds.shape[1]
    moved = embeds[:, first:last].double()
    moved = moved - alpha * (moved @ basis.T) @ basis
    return torch.cat([embeds[:, :first], moved.to(embeds.dtype), embeds[:, last:]], 1)
