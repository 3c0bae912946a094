"""Pictures as cached latents: encoded once, in many variations, so that no training step touches the autoencoder."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from limner.tools.base import Progress
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.text_conditioning import TextCond
from limner.tools.photos import shifted, squared


@dataclass(frozen=True)
class Examples:
    """Latents with the number of the caption that describes each."""

    latents: Tensor
    captions: tuple[str, ...]
    which: Tensor  # for each latent, its caption

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        picked = torch.randint(0, len(self.latents), (count,), generator=generator)
        return self.latents[picked], self.which[picked]


def varied(photo: Image.Image, side: int, count: int, rng: random.Random, flip: bool = False) -> list[Image.Image]:
    """The photo itself, then shifted and resized versions; edges are continued. Flips only for what has no sides."""
    whole = squared(photo, side)
    pictures = [whole]
    while len(pictures) < count:
        size = round(side * rng.uniform(0.62, 1.12))
        slack = side - size
        left = slack // 2 + round(side * rng.uniform(-0.08, 0.08))
        # Smaller versions sink: things stand on the ground.
        top = slack // 2 + round(max(0, slack) * rng.uniform(-0.1, 0.45))
        resized = whole.resize((size, size), Image.Resampling.LANCZOS)
        if flip and rng.random() < 0.5:
            resized = resized.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        pictures.append(shifted(resized, side, left, top))
    return pictures


def cached(
    backbone: Backbone,
    photos: Sequence[Image.Image],
    captions: Sequence[str],
    variants: int,
    seed: int,
    progress: Progress,
    flip: bool = False,
) -> Examples:
    """`variants` latents per photo, one caption per photo."""
    rng = random.Random(seed)
    latents, which = [], []
    for number, photo in enumerate(photos):
        latents.append(backbone.encode_images(varied(photo, backbone.family.resolution, variants, rng, flip)))
        which += [number] * variants
        progress("looking at the photos", number + 1, len(photos))
    return Examples(torch.cat(latents), tuple(captions), torch.tensor(which))


@torch.no_grad()
def sampled(
    backbone: Backbone, prompts: Sequence[str], seed: int, steps: int, progress: Progress, label: str
) -> Examples:
    """What the base model itself draws for `prompts`, as latents: the memory of its prior. Never decoded."""
    generator = torch.Generator().manual_seed(seed)
    latents = []
    for first in range(0, len(prompts), 8):
        batch = prompts[first : first + 8]
        cond, negative = backbone.encode_text(batch), backbone.encode_text([""] * len(batch))
        out = backbone.pipe(
            **backbone.call_arguments(cond, negative),
            num_inference_steps=steps,
            guidance_scale=backbone.family.guidance,
            height=backbone.family.resolution,
            width=backbone.family.resolution,
            generator=generator,
            output_type="latent",
        )
        latents.append(out.images)
        progress(label, min(first + 8, len(prompts)), len(prompts))
    return Examples(torch.cat(latents), tuple(prompts), torch.arange(len(prompts)))


def conditioned(cond: TextCond, which: Tensor, drop: Tensor | None = None, empty: TextCond | None = None) -> TextCond:
    """The encoded caption of each row; dropped rows get the empty prompt, so guidance keeps working."""
    rows = cond.rows(which)
    if drop is None or empty is None or not drop.any():
        return rows
    embeds = torch.where(drop.reshape(-1, 1, 1), empty.embeds.expand_as(rows.embeds), rows.embeds)
    return rows.with_embeds(embeds)
