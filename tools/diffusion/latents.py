"""Pictures as cached latents: encoded once, in several places of the canvas; no step touches the autoencoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from PIL import Image
from torch import Tensor

from limner.tools.base import Progress
from limner.tools.canvas import arrangements
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.text_conditioning import TextCond


@dataclass(frozen=True)
class Examples:
    """Latents of pictures, and the captions under which each picture may be shown."""

    latents: Tensor
    pictures: tuple[int, ...]  # for each latent, its picture
    captions: tuple[str, ...]
    choices: tuple[tuple[int, ...], ...]  # for each picture, its captions

    @classmethod
    def of(cls, latents: Tensor, pictures: Sequence[int], told: Sequence[Sequence[str]]) -> Examples:
        """`pictures` has the picture of each latent, `told` the captions of each picture."""
        captions = tuple(dict.fromkeys(text for row in told for text in row))
        number = {text: n for n, text in enumerate(captions)}
        choices = tuple(tuple(number[text] for text in row) for row in told)
        return cls(latents, tuple(pictures), captions, choices)

    def repeated(self, times: int) -> Examples:
        """Each latent so many times as likely."""
        return replace(self, latents=torch.cat([self.latents] * times), pictures=self.pictures * times)

    def joined(self, other: Examples) -> Examples:
        """Both, as if they had been one from the start."""
        told = [[one.captions[n] for n in row] for one in (self, other) for row in one.choices]
        pictures = (*self.pictures, *(len(self.choices) + number for number in other.pictures))
        return Examples.of(torch.cat([self.latents, other.latents]), pictures, told)

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Random latents, and for each the number of one of its captions."""
        picked = torch.randint(0, len(self.latents), (count,), generator=generator)
        luck = torch.rand(count, generator=generator).tolist()
        told = [self.choices[self.pictures[n]] for n in picked.tolist()]
        said = [row[int(share * len(row))] for row, share in zip(told, luck, strict=True)]
        return self.latents[picked], torch.tensor(said)


def cached(
    backbone: Backbone,
    photos: Sequence[Image.Image],
    told: Sequence[Sequence[str]],
    variants: int,
    seed: int,
    progress: Progress,
    flip: bool = False,
    subject: bool = True,
) -> Examples:
    """`variants` latents per photo; `told` has the captions of each. A `subject` is put where the family draws one."""
    family = backbone.family
    latents, pictures = [], []
    for number, photo in enumerate(photos):
        places = family.placements if subject else ()
        seen = arrangements(photo, family.resolution, places, variants, seed + number, flip)
        latents.append(backbone.encode_images(seen))
        pictures += [number] * len(seen)
        progress("looking at the photos", number + 1, len(photos))
    return Examples.of(torch.cat(latents), pictures, told)


def sampled(
    backbone: Backbone,
    prompts: Sequence[str],
    seed: int,
    steps: int,
    progress: Progress,
    label: str,
    told: Sequence[str] = (),
) -> Examples:
    """What the base model itself draws for `prompts`, as latents: the memory of its prior. Captioned with the
    prompts, or as `told`."""
    latents = backbone.once((*prompts, seed, steps), lambda: _drawn(backbone, prompts, seed, steps, progress, label))
    return Examples.of(latents, range(len(prompts)), [[caption] for caption in told or prompts])


@torch.no_grad()
def _drawn(backbone: Backbone, prompts: Sequence[str], seed: int, steps: int, progress: Progress, label: str) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    latents = []
    for first in range(0, len(prompts), 8):
        batch = prompts[first : first + 8]
        cond, negative = backbone.encode_text(batch), backbone.encode_text([""] * len(batch))
        latents.append(backbone.draw(cond, negative, steps, generator, output_type="latent"))
        progress(label, min(first + 8, len(prompts)), len(prompts))
    return torch.cat(latents)


def conditioned(cond: TextCond, drop: Tensor, empty: TextCond) -> TextCond:
    """Dropped rows get the empty prompt, so guidance keeps working."""
    if not drop.any():
        return cond
    drop = drop.to(cond.embeds.device)
    embeds = torch.where(drop.reshape(-1, 1, 1), empty.embeds.expand_as(cond.embeds), cond.embeds)
    if cond.pooled is None or empty.pooled is None:
        return TextCond(embeds)
    return TextCond(embeds, torch.where(drop.reshape(-1, 1), empty.pooled.expand_as(cond.pooled), cond.pooled))
