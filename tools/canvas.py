"""Puts photos on the canvas as a base family draws things: finds the subject, and scales and places it there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from limner.tools.photos import shifted, squared

Placement = tuple[float, float, float]  # left, top, side, as shares of the canvas
_SIDE = 128  # the subject is looked for at this size
_NEAR = 8.0  # RGB distance up to which a pixel of a drawing is still the ground beside it; more where there is grain
_SLIGHT = 0.12
_ALIEN = 0.08  # photos of one thing share more of their colours
_LEAST, _MOST = 0.015, 0.85  # a subject covers this much of its photo


@dataclass(frozen=True)
class Found:
    """A subject in a photo: its box (left, top, right, bottom) and its mask, both on a `_SIDE` square."""

    box: tuple[int, int, int, int]
    mask: NDArray[np.bool_]


def find_subject(photo: Image.Image) -> Found | None:
    """The largest thing that differs from the ground to its left and right; None when the photo is not that plain."""
    pixels = np.asarray(squared(photo, _SIDE), dtype=np.float32)
    behind = ground(pixels)
    far = np.linalg.norm(pixels - behind, axis=2)
    grain = float(np.percentile(np.concatenate([far[:, :6], far[:, -6:]], 1), 90))
    mask = _largest(_opened(_filled(far > _NEAR + 3 * grain)))
    if not _LEAST < mask.mean() < _MOST:
        return None
    # Rows and columns with next to nothing in them are a horizon's line or a whisker.
    rows, columns = (np.flatnonzero(mask.sum(axis) > _SLIGHT * mask.sum(axis).max()) for axis in (1, 0))
    return Found((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1), mask)


def ground(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is behind, row by row: from the left edge's colour to the right edge's. Horizons are kept."""
    edge = max(2, pixels.shape[1] // 32)
    left, right = np.median(pixels[:, :edge], 1), np.median(pixels[:, -edge:], 1)
    share = np.linspace(0, 1, pixels.shape[1], dtype=np.float32)[None, :, None]
    across: NDArray[np.float32] = left[:, None] * (1 - share) + right[:, None] * share
    return across


def odd_ones(photos: Sequence[Image.Image]) -> list[int]:
    """The photos whose subject shares next to no colour with any other's: perhaps of something else. Only subjects
    that stand out are compared."""
    seen = {number: colours(photo) for number, photo in enumerate(photos)}
    told = {number: row for number, row in seen.items() if row is not None}
    if len(told) < 3:
        return []
    shared = {
        one: max(float(np.minimum(mine, other).sum()) for two, other in told.items() if two != one)
        for one, mine in told.items()
    }
    return [number for number, most in shared.items() if most < _ALIEN]


def colours(photo: Image.Image) -> NDArray[np.float64] | None:
    """Share of the subject's pixels in each of 8 x 4 x 4 cells of hue, saturation and brightness; None without one."""
    found = find_subject(photo)
    if found is None:
        return None
    pixels = np.asarray(squared(photo, _SIDE).convert("HSV"))[found.mask].astype(float)
    counts = np.histogramdd(pixels, bins=(8, 4, 4), range=((0, 256),) * 3)[0]
    return np.asarray(counts / max(counts.sum(), 1.0))


def without_subject(photo: Image.Image, side: int) -> Image.Image | None:
    """The photo's ground alone, where a subject was found to take away."""
    return None if find_subject(photo) is None else bare_ground(squared(photo, side))


def bare_ground(picture: Image.Image) -> Image.Image:
    """`ground` as a picture."""
    return Image.fromarray(ground(np.asarray(picture, dtype=np.float32)).clip(0, 255).astype(np.uint8))


def masked(found: Found, picture: Image.Image) -> Image.Image:
    """The subject's mask at the picture's size: 255 inside, 0 outside."""
    return Image.fromarray(found.mask.astype(np.uint8) * 255).resize(picture.size)


def cut_out(picture: Image.Image, found: Found, soft: bool = False) -> tuple[Image.Image, tuple[int, int, int]]:
    """The subject alone (RGBA, square, standing on its lower edge), and its left, top and side in the picture. `soft`
    leaves the rim out, where a drawing's subject and ground are mixed, and fades the edge."""
    left, top, right, bottom = (value * picture.width // _SIDE for value in found.box)
    edge = masked(found, picture)
    if soft:
        fade = ImageFilter.GaussianBlur(picture.width / 256)
        edge = edge.filter(ImageFilter.MinFilter(2 * round(picture.width / 128) + 1)).filter(fade)
    side = max(right - left, bottom - top)
    across = (left + right - side) // 2
    whole = Image.merge("RGBA", (*picture.split(), edge))
    return whole.crop((across, bottom - side, across + side, bottom)), (across, bottom - side, side)


def transplanted(photo: Image.Image, found: Found, behind: Image.Image, placement: Placement) -> Image.Image:
    """The photo's subject alone, cut out and put at `placement` before another ground."""
    side = behind.width
    left, top, right, bottom = found.box
    inside = np.zeros_like(found.mask)
    inside[top:bottom, left:right] = found.mask[top:bottom, left:right]
    cut = Image.fromarray(inside.astype(np.uint8) * 255)
    mask = _placed(cut.convert("RGB"), side, found, placement).convert("L")
    return Image.composite(_placed(photo, side, found, placement), behind, mask)


def arrangements(
    photo: Image.Image, side: int, placements: Sequence[Placement], count: int, seed: int, flip: bool = False
) -> list[Image.Image]:
    """At most `count` pictures of the canvas's size: the subject at each placement in turn, its ground continued.

    Without placements, or where no subject is found, the whole photo, then shifted and resized. Flips only for what
    has no sides.
    """
    rng = random.Random(seed)
    found = find_subject(photo) if placements else None
    pictures = [] if found else [squared(photo, side)]
    while len(pictures) < count:
        if found:
            made = _placed(photo, side, found, placements[len(pictures) % len(placements)])
        else:
            made = _shaken(photo, side, rng)
        if flip and rng.random() < 0.5:
            made = made.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        pictures.append(made)
        if found and not flip and len(pictures) == len(placements):
            break  # more would be copies
    return pictures


def _placed(photo: Image.Image, side: int, found: Found, placement: Placement) -> Image.Image:
    """The longer side of the subject fills the placement; it stands on its lower edge, in its middle."""
    left, top, right, bottom = (value / _SIDE for value in found.box)
    at_left, at_top, wanted = placement
    scale = wanted / max(right - left, bottom - top)
    whole = max(8, round(side * scale))
    x = (at_left + wanted / 2 - (left + right) / 2 * scale) * side
    y = (at_top + wanted - bottom * scale) * side
    return shifted(squared(photo, whole), side, round(x), round(y))


def _shaken(photo: Image.Image, side: int, rng: random.Random) -> Image.Image:
    size = round(side * rng.uniform(0.62, 1.12))
    slack = side - size
    left = slack // 2 + round(side * rng.uniform(-0.08, 0.08))
    # Smaller versions sink: things stand on the ground.
    top = slack // 2 + round(max(0, slack) * rng.uniform(-0.1, 0.45))
    return shifted(squared(photo, size), side, left, top)


def _filled(differs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Holes closed: ground is only what is joined to the border."""
    outside = _parts(~np.pad(differs, 1))
    filled: NDArray[np.bool_] = (outside != outside[0, 0])[1:-1, 1:-1]
    return filled


def _opened(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without what is thinner than a few pixels, such as the line of a horizon."""
    thin = _painted(mask.astype(np.uint8) * 255).filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(5))
    opened: NDArray[np.bool_] = np.asarray(thin) > 0
    return opened


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected part."""
    parts = _parts(mask)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    largest: NDArray[np.bool_] = mask & (parts == sizes.argmax())
    return largest


def _parts(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A number for each part joined by edges, 0 outside of all."""
    numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        grown = numbers.copy()
        for into, of in ((np.s_[1:], np.s_[:-1]), (np.s_[:-1], np.s_[1:])):
            np.maximum(grown[into], numbers[of], out=grown[into])
            np.maximum(grown[:, into], numbers[:, of], out=grown[:, into])
        # A number is the place of a pixel: what that pixel has become meanwhile is taken over too.
        grown = np.where(mask, np.append(0, grown.ravel())[grown], 0)
        if np.array_equal(grown, numbers):
            return numbers
        numbers = grown


def _painted(pixels: NDArray[np.uint8]) -> Image.Image:
    # A copy: what fromarray gives shares the array and cannot be painted on.
    return Image.fromarray(pixels).copy()
