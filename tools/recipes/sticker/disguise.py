"""A sprite of one style redrawn so that it passes for another: what a thing looks like in a style nobody drew it in."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from limner.tools.recipes.sticker.art import Sprite

INK, PAPER = (16, 16, 18), (255, 255, 255)


def disguised(sprite: Sprite, style: str) -> Sprite:
    """`sprite` is RGBA, as is what comes back."""
    picture = Image.fromarray(sprite)
    drawn = _inked(picture) if style == "line" else _shaded(picture) if style == "3d" else _flattened(picture)
    drawn.putalpha(picture.getchannel("A"))
    return np.asarray(drawn)


def _inked(picture: Image.Image) -> Image.Image:
    """Black lines where colours change and a thicker one at the rim, white between them; what is dark stays black."""
    whole = Image.new("RGBA", picture.size, PAPER)
    whole.alpha_composite(picture)
    smooth = whole.convert("RGB").filter(ImageFilter.MedianFilter(5))
    colours = np.asarray(smooth).astype(np.int16)
    steps = np.zeros(colours.shape[:2], np.int16)
    steps[:, 1:] = np.abs(np.diff(colours, axis=1)).sum(2)
    steps[1:] = np.maximum(steps[1:], np.abs(np.diff(colours, axis=0)).sum(2))
    changes = Image.fromarray((255 * (steps > 60)).astype(np.uint8)).filter(ImageFilter.MaxFilter(3))
    inside = picture.getchannel("A").point(lambda v: 255 * (v > 128))
    rim = ImageChops.subtract(inside, inside.filter(ImageFilter.MinFilter(11)))
    ink = ImageChops.lighter(ImageChops.lighter(changes, rim), smooth.convert("L").point(lambda v: 255 * (v < 110)))
    return Image.composite(Image.new("RGB", picture.size, INK), Image.new("RGB", picture.size, PAPER), ink)


def _flattened(picture: Image.Image) -> Image.Image:
    """Few colours without shading."""
    return picture.convert("RGB").filter(ImageFilter.MedianFilter(5)).quantize(8).convert("RGB")


def _shaded(picture: Image.Image) -> Image.Image:
    """Light from above, shadow below, soft edges."""
    light = Image.linear_gradient("L").resize(picture.size)
    soft = picture.convert("RGB").filter(ImageFilter.GaussianBlur(1.5))
    bright = Image.blend(soft, Image.new("RGB", picture.size, "white"), 0.35)
    dark = Image.blend(soft, ImageOps.grayscale(soft).convert("RGB").point(lambda v: v // 3), 0.35)
    return Image.composite(dark, bright, light)
