"""Captions photos with the base model's own ears: the phrase under which it predicts a photo's noise best."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from limner.tools.diffusion import losses
from limner.tools.diffusion.backbone import Backbone
from limner.tools.photos import squared
from limner.tools.phrasing import with_article


@torch.no_grad()
def caption(backbone: Backbone, photos: Sequence[Image.Image], noun: str, seed: int) -> list[tuple[str, str]]:
    """(style frame, ground) of each photo, chosen among the phrases of the family. A diffusion classifier: no other
    model is needed. What is said about a photo is not blamed on the subject, so it can change later."""
    family = backbone.family
    if not family.styles:
        return [("a photo of {}", "")] * len(photos)
    found = []
    for photo in photos:
        latent = backbone.encode_images([squared(photo, family.resolution)])
        grounds = ["", *family.grounds]
        ground = _best(backbone, latent, [_said("a sticker of {}", noun, g) for g in grounds], seed)
        frames = list(family.styles.values())
        style = _best(backbone, latent, [_said(f, noun, grounds[ground]) for f in frames], seed)
        found.append((frames[style], grounds[ground]))
    return found


def told(backbone: Backbone, photos: Sequence[Image.Image], words: str, noun: str, seed: int) -> list[list[str]]:
    """The captions of each photo, with `words` for the subject: in its own style first, then in every style the family
    can say. A likeness told in one style only hangs on that style's word."""
    styles = tuple(backbone.family.styles.values())
    return [
        [_said(style, words, ground) for style in dict.fromkeys((frame, *styles))]
        for frame, ground in caption(backbone, photos, noun, seed)
    ]


@torch.no_grad()
def content(backbone: Backbone, pictures: Sequence[Image.Image], noun: str, seed: int) -> list[str]:
    """What each picture shows, whatever its style: "a fox in the snow". `noun` is said if all show one thing."""
    family = backbone.family
    nouns = [noun] if noun else list(family.nouns)
    grounds = ["", *family.grounds]
    found = []
    for picture in pictures:
        latent = backbone.encode_images([squared(picture, family.resolution)])
        what = (
            nouns[_best(backbone, latent, [_said("a picture of {}", n, "") for n in nouns], seed)] if nouns else "thing"
        )
        where = grounds[_best(backbone, latent, [_said("a picture of {}", what, g) for g in grounds], seed)]
        found.append(f"{with_article(what)} {where}".strip())
    return found


@torch.no_grad()
def places(backbone: Backbone, pictures: Sequence[Image.Image], seed: int) -> list[str]:
    """Where each picture is, of the phrases of the family: "in the snow", or nothing."""
    grounds = ["", *backbone.family.grounds]
    latents = [backbone.encode_images([squared(picture, backbone.family.resolution)]) for picture in pictures]
    prompts = [f"a picture {ground}".strip() for ground in grounds]
    return [grounds[_best(backbone, latent, prompts, seed)] for latent in latents]


def _said(frame: str, noun: str, ground: str) -> str:
    return f"{frame.format(with_article(noun))} {ground}".strip()


def _best(backbone: Backbone, latent: Tensor, prompts: Sequence[str], seed: int) -> int:
    cond = backbone.encode_text(prompts)
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(len(prompts))
    for moment in (0.75, 0.9):
        # The same noise for every phrase: only the words differ.
        noise = torch.randn(latent.shape, generator=generator).to(latent)
        t = torch.full((len(prompts),), int(moment * backbone.timesteps), device=latent.device)
        z0 = latent.expand(len(prompts), -1, -1, -1)
        z_t = backbone.add_noise(z0, noise.expand_as(z0), t)
        clean = backbone.x0_hat(backbone.predict(z_t, t, cond), z_t, t)
        total += torch.stack([losses.diffusion(one, true) for one, true in zip(clean, z0, strict=True)]).cpu()
    return int(total.argmin())
