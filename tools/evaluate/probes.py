"""Small independent judges of the sticker world: what, in which style, where, which instance, moving how.

They are trained apart on composed pictures (`tools/recipes/sticker/probes.py`) and never used as a loss.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from limner.tools.base import ToolError

WEIGHTS = Path(__file__).parent / "weights"
REGIONS = {
    "whole": (slice(0, 8), slice(0, 8)),
    "left": (slice(0, 8), slice(0, 4)),
    "right": (slice(0, 8), slice(4, 8)),
    "top": (slice(0, 4), slice(0, 8)),
    "bottom": (slice(4, 8), slice(0, 8)),
}


@dataclass(frozen=True)
class Labels:
    """The answers the probes can give, in the order of their outputs."""

    nouns: tuple[str, ...]
    styles: tuple[str, ...]
    places: tuple[str, ...]
    motions: tuple[str, ...]


class Trunk(nn.Module):
    """(n, 3, 128, 128) in [-1, 1] to (n, 160, 8, 8)."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 64, 96, 128)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.SiLU()]
        self.body = nn.Sequential(*layers, nn.Conv2d(128, 160, 3, 1, 1), nn.GroupNorm(8, 160), nn.SiLU())

    def forward(self, pixels: Tensor) -> Tensor:
        features: Tensor = self.body(pixels)
        return features


def pooled(grid: Tensor) -> Tensor:
    """Mean and maximum over the grid: (n, c, h, w) to (n, 2c)."""
    return torch.cat([grid.mean((2, 3)), grid.amax((2, 3))], 1)


class Attributes(nn.Module):
    """Noun per region, style and place of a picture."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.noun = nn.Linear(320, len(labels.nouns))
        self.style = nn.Linear(320, len(labels.styles))
        self.place = nn.Linear(320, len(labels.places))

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """Logits: `whole`, `left`, `right`, `top`, `bottom` over nouns; `style`; `place`."""
        grid = self.trunk(pixels)
        answers = {name: self.noun(pooled(grid[:, :, rows, columns])) for name, (rows, columns) in REGIONS.items()}
        whole = pooled(grid)
        return answers | {"style": self.style(whole), "place": self.place(whole)}


class Instance(nn.Module):
    """An embedding in which two pictures of the same thing are near, whatever the ground ("toy-DINO")."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.head = nn.Sequential(nn.Linear(320, 256), nn.SiLU(), nn.Linear(256, 128))

    def forward(self, pixels: Tensor) -> Tensor:
        """Unit vectors (n, 128)."""
        return nn.functional.normalize(self.head(pooled(self.trunk(pixels))), dim=-1)


class Motion(nn.Module):
    """Which motion a clip of 16 frames shows, from how the frames differ from their mean."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv3d(3, 24, 3, (1, 2, 2), 1),
            nn.SiLU(),
            nn.Conv3d(24, 48, 3, (2, 2, 2), 1),
            nn.SiLU(),
            nn.Conv3d(48, 64, 3, (2, 2, 2), 1),
            nn.SiLU(),
        )
        self.head = nn.Linear(64 * 4 * 4 * 4, len(labels.motions))

    def forward(self, frames: Tensor) -> Tensor:
        """(n, 3, 16, 32, 32) to logits over motions."""
        logits: Tensor = self.head(self.body(frames - frames.mean(2, keepdim=True)).flatten(1))
        return logits


@dataclass(frozen=True)
class Probes:
    """The trained judges with their labels."""

    labels: Labels
    attributes: Attributes
    instance: Instance
    motion: Motion

    @torch.no_grad()
    def look(self, images: Sequence[Image.Image]) -> dict[str, list[str]]:
        """The likeliest answer for each picture: noun of each region, style, place."""
        answers = self.attributes(pixels(images))
        named = {"style": self.labels.styles, "place": self.labels.places}
        return {
            key: [named.get(key, self.labels.nouns)[i] for i in logits.argmax(1).tolist()]
            for key, logits in answers.items()
        }

    @torch.no_grad()
    def embed(self, images: Sequence[Image.Image]) -> Tensor:
        vectors: Tensor = self.instance(pixels(images))
        return vectors

    def likeness(self, images: Sequence[Image.Image], references: Sequence[Image.Image]) -> list[float]:
        """For each picture, the mean cosine to the reference pictures: subject fidelity."""
        return (self.embed(images) @ self.embed(references).T).mean(1).tolist()

    @torch.no_grad()
    def watch(self, clips: Sequence[Sequence[Image.Image]]) -> list[str]:
        """The likeliest motion of each clip of 16 frames."""
        small = [np.stack([np.asarray(f.convert("RGB").resize((32, 32))) for f in clip]) for clip in clips]
        frames = torch.from_numpy(np.stack(small)).permute(0, 4, 1, 2, 3).float().div(127.5).sub(1)
        return [self.labels.motions[i] for i in self.motion(frames).argmax(1).tolist()]


def pixels(images: Sequence[Image.Image]) -> Tensor:
    """(n, 3, 128, 128) in [-1, 1]; other sizes are resized."""
    arrays = [np.asarray(im.convert("RGB").resize((128, 128), Image.Resampling.LANCZOS)) for im in images]
    return torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float().div(127.5).sub(1)


@cache
def load_probes(folder: Path = WEIGHTS) -> Probes:
    """Reads the shipped judges."""
    if not (folder / "motion.safetensors").exists():
        raise ToolError(
            f"the probes are missing from {folder}; train them: python -m limner.tools.recipes.sticker probes"
        )
    named = json.loads((folder / "labels.json").read_text("utf-8"))
    labels = Labels(*(tuple(named[k]) for k in ("nouns", "styles", "places", "motions")))
    probes = Probes(labels, Attributes(labels), Instance(), Motion(labels))
    for name in ("attributes", "instance", "motion"):
        module: nn.Module = getattr(probes, name)
        module.load_state_dict({k: v.float() for k, v in load_file(folder / f"{name}.safetensors").items()})
        module.eval()
    return probes
