"""What a way to draw a subject is worth on photos it never saw: how much of their noise it explains beyond the base."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from limner.tools.base import Tool
from limner.tools.canvas import arrangements
from limner.tools.diffusion import losses
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.captioning import caption
from limner.tools.diffusion.lora import Residents
from limner.tools.diffusion.scene import Scene, laid_out

MOMENTS = (0.3, 0.5, 0.7, 0.9)
NOTHING = -1e6  # what a model that no longer says numbers explains


@torch.no_grad()
def explained(
    backbone: Backbone,
    residents: Residents,
    tool: Tool,
    name: str,
    photos: Sequence[Image.Image],
    noun: str,
    seed: int,
) -> float:
    """1 - (loss with the tool) / (loss with the class noun alone), over held photos; 0 is the base, more is better.

    The base's own measure, so it needs no other model and fits every family.
    """
    family = backbone.family
    with_tool, without = 0.0, 0.0
    frames = caption(backbone, photos, noun or "thing")
    for photo, (frame, ground) in zip(photos, frames, strict=True):
        shown = arrangements(photo, family.resolution, family.placements, 1, seed)
        latent = backbone.encode_images(shown)
        with laid_out(backbone, residents, [tool], f"{frame.format(name)} {ground}".strip()) as scene:
            with_tool += _loss(scene, latent, seed, on=True)
            without += _loss(scene, latent, seed, on=False)
    found = 1 - with_tool / max(without, 1e-9)
    return found if math.isfinite(found) else NOTHING


def _loss(scene: Scene, latent: Tensor, seed: int, on: bool) -> float:
    backbone, left_out = scene.backbone, () if on else tuple(scene.adaptations)
    scene.residents.activate(scene.scales(left_out))
    cond = scene.cond(left_out)
    generator = torch.Generator().manual_seed(seed)
    total = 0.0
    for moment in MOMENTS:
        # The same noise with and without: only the subject differs.
        noise = torch.randn(latent.shape, generator=generator).to(latent)
        t = torch.tensor([int(moment * backbone.timesteps)], device=latent.device)
        said = backbone.predict(backbone.add_noise(latent, noise, t), t, cond)
        total += float(losses.diffusion(said, backbone.target(latent, noise, t)))
    return total
