"""A given picture as the start of another: part of its noise back, and from there the prompt's way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image

from limner.tools.diffusion.sampler import classifier_free, noised, sample
from limner.tools.diffusion.scene import Scene
from limner.tools.photos import open_photo, squared

USUAL_STRENGTH = 0.6


@torch.no_grad()
def changed(
    scene: Scene,
    picture: Path,
    strength: float | None,
    negative_prompt: str,
    steps: int,
    guidance: float,
    seed: int,
    on_step: Callable[[int, int], None],
) -> Image.Image:
    """Draws the share `strength` of it anew (arXiv:2108.01073)."""
    backbone = scene.backbone
    generator = torch.Generator().manual_seed(seed)
    clean = backbone.encode_images([squared(open_photo(picture), backbone.family.resolution)])
    negative = backbone.encode_text([negative_prompt])
    policy = classifier_free(scene.cond(), negative, guidance, backbone.family.guidance_rescale)
    start = 1 - (USUAL_STRENGTH if strength is None else strength)
    latent = noised(backbone, clean, steps, start, generator)
    latent = sample(backbone, policy, latent, steps, start=start, generator=generator, on_step=on_step)
    return backbone.decode_images(latent)[0]
