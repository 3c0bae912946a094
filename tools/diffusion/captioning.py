"""Captions photos with the base model's own ears: the phrase under which it predicts a photo's noise best."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from limner.tools.diffusion import losses
from limner.tools.diffusion.backbone import Backbone
from limner.tools.photos import squared
from limner.tools.phrasing import with_article

MOMENTS = (0.75, 0.9)
SHAPES = (0.5, 0.75)  # where colours say nothing: the noisiest leave only them


def caption(backbone: Backbone, photos: Sequence[Image.Image], noun: str) -> list[tuple[str, str]]:
    """(style frame, ground) of each photo, chosen among the phrases of the family. A diffusion classifier: no other
    model is needed. What is said about a photo is not blamed on the subject, so it can change later."""
    family = backbone.family
    if not family.styles:
        return [("a photo of {}", "")] * len(photos)
    frames = list(family.styles.values())
    found = []
    for photo in photos:
        ground = _where(backbone, photo, f"a sticker of {with_article(noun)}")
        frame = _best(backbone, photo, frames, [said(frame, noun, ground) for frame in frames])
        found.append((frame, ground))
    return found


def told(backbone: Backbone, photos: Sequence[Image.Image], words: str, noun: str) -> list[list[str]]:
    """The captions of each photo, with `words` for the subject: in its own style first, then in every style the family
    can say. A likeness told in one style only hangs on that style's word."""
    styles = tuple(backbone.family.styles.values())
    return [
        [said(style, words, ground) for style in dict.fromkeys((frame, *styles))]
        for frame, ground in caption(backbone, photos, noun)
    ]


def content(backbone: Backbone, pictures: Sequence[Image.Image], noun: str, *, any_colours: bool = False) -> list[str]:
    """What each picture shows, whatever its style: "a fox in the snow". `noun` is said if all show one thing. With
    `any_colours` a style may have changed them all: snow may be pink."""
    nouns = [noun] if noun else list(backbone.family.nouns) or ["thing"]
    found = []
    for picture in pictures:
        prompts = [f"a picture of {with_article(noun)}" for noun in nouns]
        what = _best(backbone, picture, nouns, prompts, any_colours)
        where = _where(backbone, picture, f"a picture of {with_article(what)}", any_colours)
        found.append(f"{with_article(what)} {where}".strip())
    return found


def places(backbone: Backbone, pictures: Sequence[Image.Image]) -> list[str]:
    """Where each picture of a style is, of the phrases of the family: "in the snow", or nothing."""
    return [_where(backbone, picture, "a picture", any_colours=True) for picture in pictures]


def _where(backbone: Backbone, picture: Image.Image, said: str, any_colours: bool = False) -> str:
    grounds = ["", *backbone.family.grounds]
    return _best(backbone, picture, grounds, [f"{said} {ground}".strip() for ground in grounds], any_colours)


def said(frame: str, noun: str, ground: str) -> str:
    return f"{frame.format(with_article(noun))} {ground}".strip()


def _best(
    backbone: Backbone,
    picture: Image.Image,
    phrases: Sequence[str],
    prompts: Sequence[str],
    any_colours: bool = False,
) -> str:
    """The phrase whose prompt makes the base predict the picture best. One phrase needs no question."""
    if len(phrases) == 1:
        return phrases[0]
    looks = hashlib.sha256(picture.tobytes()).hexdigest()
    question = (looks, any_colours, *prompts)
    return phrases[backbone.once(question, lambda: _nearest(backbone, picture, prompts, any_colours))]


@torch.no_grad()
def _nearest(backbone: Backbone, picture: Image.Image, prompts: Sequence[str], any_colours: bool) -> int:
    latent = backbone.encode_images([squared(picture, backbone.family.resolution)])
    cond = backbone.encode_text(prompts)
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros(len(prompts))
    for moment in SHAPES if any_colours else MOMENTS:
        # The same noise for every phrase: only the words differ.
        noise = torch.randn(latent.shape, generator=generator).to(latent)
        t = torch.full((len(prompts),), int(moment * backbone.timesteps), device=latent.device)
        z0 = latent.expand(len(prompts), -1, -1, -1)
        z_t = backbone.add_noise(z0, noise.expand_as(z0), t)
        clean = backbone.x0_hat(backbone.predict(z_t, t, cond), z_t, t)
        if any_colours:
            clean = recoloured(clean, z0)
        total += torch.stack([losses.diffusion(one, true) for one, true in zip(clean, z0, strict=True)]).cpu()
    return int(total.argmin())


def recoloured(latents: Tensor, like: Tensor) -> Tensor:
    """(n, channels, height, width): each with its channels mixed and shifted, the same way everywhere, to be as near as
    can be to `like`. What differs then is shape."""
    rows, wanted = (one.flatten(2).transpose(1, 2).float() for one in (latents, like))
    rows = torch.cat([rows, torch.ones_like(rows[..., :1])], -1)
    mixed: Tensor = rows @ torch.linalg.lstsq(rows, wanted).solution
    return mixed.transpose(1, 2).reshape(like.shape).to(latents)
