"""What attention looked at, as maps over the picture, and regions of the picture as what attention may look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from limner.tools.diffusion.attention import EditedAttention, Site, hooked
from limner.tools.diffusion.concept_tokens import Span

Box = tuple[float, float, float, float]  # left, top, right, bottom, as shares of the picture


@dataclass
class AttentionStore:
    """Probabilities (batch, heads, queries, keys) of each site, gradients kept, one entry per pass of the denoiser."""

    seen: dict[Site, list[Tensor]] = field(default_factory=dict)

    def tell(self, site: Site, looked: Tensor) -> None:
        self.seen.setdefault(site, []).append(looked)

    def cross(self, span: Span, side: int, row: int = 0) -> Tensor:
        """(side, side), the mean over sites, passes, heads and the words of a span, for one row of the batch. Rows are
        named, not halved: with guidance the asked prompt is not always the second half."""
        found = [
            _square(looked[row, :, :, span[0] : span[1]].mean((0, 2)).unsqueeze(0), side)[0]
            for site, passes in self.seen.items()
            if site.kind == "cross"
            for looked in passes
        ]
        return torch.stack(found).mean(0)

    def self_(self, side: int, row: int = 0) -> Tensor:
        """(side * side, side * side): how much each cell looks at each other one, where maps have that size."""
        found = [
            looked[row].mean(0)
            for site, passes in self.seen.items()
            if site.kind == "self"
            for looked in passes
            if looked.shape[2] == side * side
        ]
        return torch.stack(found).mean(0)


@contextmanager
def watched(model: Any) -> Iterator[AttentionStore]:
    """Within, every spatial attention of a UNet tells what it looks at."""
    store = AttentionStore()
    with hooked(model, EditedAttention(seen=store.tell), lambda site: site.kind != "temporal"):
        yield store


def propagated(cross: Tensor, affinity: Tensor, power: int = 4) -> Tensor:
    """A word's map spread along what belongs together (AttenCraft, arXiv:2405.17965): affinity^power times map."""
    spread = torch.linalg.matrix_power(scaled(affinity), power) @ scaled(cross).flatten()
    return scaled(spread).reshape(cross.shape)


def to_mask(maps: Mapping[str, Tensor], margin: float = 0.1) -> dict[str, Tensor]:
    """Each cell to the word whose map beats all others there by `margin`; undecided cells to none."""
    names = list(maps)
    stacked = torch.stack([scaled(maps[name]) for name in names])
    best, owner = stacked.topk(min(2, len(names)), 0)
    sure = best[0] > margin if len(names) == 1 else best[0] - best[1] > margin
    return {name: sure & (owner[0] == number) for number, name in enumerate(names)}


def scaled(values: Tensor) -> Tensor:
    """To 0..1."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low).clamp_min(1e-8)


@dataclass(frozen=True)
class BoxLayout:
    """Regions of a picture by name, at any resolution."""

    boxes: Mapping[str, Box]

    def masks(self, side: int) -> dict[str, Tensor]:
        """(side, side) bools. Edges are rounded outwards, so that no box vanishes on a coarse map."""
        found = {}
        for name, (left, top, right, bottom) in self.boxes.items():
            mask = torch.zeros(side, side, dtype=torch.bool)
            rows = slice(int(top * side), max(int(top * side) + 1, -int(-bottom * side // 1)))
            columns = slice(int(left * side), max(int(left * side) + 1, -int(-right * side // 1)))
            mask[rows, columns] = True
            found[name] = mask
        return found

    def soft(self, name: str, side: int, edge: float = 0.08) -> Tensor:
        """(side, side) from 0 to 1, falling off over `edge` of the picture: a gate without a seam."""
        left, top, right, bottom = self.boxes[name]
        at = (torch.arange(side) + 0.5) / side

        def within(low: float, high: float) -> Tensor:
            return (torch.minimum(at - low, high - at) / edge + 0.5).clamp(0, 1)

        return within(top, bottom)[:, None] * within(left, right)[None, :]

    def words_stay(self, spans: Mapping[str, Span], length: int, cells: int) -> Tensor:
        """(cells, length) to add before the softmax of cross-attention: each word is heard only in its own box."""
        side = round(cells**0.5)
        bias = torch.zeros(cells, length)
        for name, mask in self.masks(side).items():
            if name in spans:
                first, last = spans[name]
                bias[~mask.flatten(), first:last] = -1e4
        return bias

    def apart(self, cells: int) -> Tensor:
        """(cells, cells) to add before the softmax of self-attention: boxes do not look into each other."""
        side = round(cells**0.5)
        masks = [mask.flatten() for mask in self.masks(side).values()]
        bias = torch.zeros(cells, cells)
        for one, mine in enumerate(masks):
            for two, other in enumerate(masks):
                if one != two:
                    bias[(mine & ~other)[:, None] & (other & ~mine)[None, :]] = -1e4
        return bias


def _square(cells: Tensor, side: int) -> Tensor:
    """(n, cells) to (n, side, side)."""
    own = round(cells.shape[-1] ** 0.5)
    return interpolate(cells.reshape(-1, 1, own, own), (side, side), mode="bilinear").squeeze(1)
