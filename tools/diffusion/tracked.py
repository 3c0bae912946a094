"""Where the subject of a clip is in each frame, so that another subject can be put through the same poses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from limner.tools.canvas import Found, cut_out, find_subject
from limner.tools.families.poses import Pose

TURN = 15  # degrees between the turns that are told apart
CLEARLY = 0.85  # a turn explains a frame this much better than none, or there is none
LOST = 0.25  # of the frames; with more, nothing is said
_LOOK = 32


@dataclass(frozen=True)
class Seen:
    """The subject of one frame: where it was found; middle of its mask and root of its area, in pixels; and its looks
    around that middle, the same size however large it is."""

    found: Found
    x: float
    y: float
    size: float
    looks: Image.Image

    @property
    def wide(self) -> int:
        return self.found.box[2] - self.found.box[0]

    @property
    def high(self) -> int:
        return self.found.box[3] - self.found.box[1]


def tracked(frames: Sequence[Image.Image]) -> list[Pose]:
    """A pose for each frame, in units of the subject's side in the first: sideways from the middle of its way, upwards
    from its lowest place. Empty where no subject can be followed."""
    seen = [_seen(frame) for frame in frames]
    known = [one for one in seen if one is not None]
    if not known or seen[0] is None or len(known) < (1 - LOST) * len(frames):
        return []
    first = last = seen[0]
    _, (left, top, side) = cut_out(frames[0], first.found)
    lean = first.x - (left + side / 2), first.y - (top + side / 2)  # from the middle of its box to that of its mask
    poses, places = [], []
    for one in seen:
        last = one = one or last
        angle = _turn(first.looks, one.looks)
        if angle:
            wide = high = one.size / first.size
        else:
            wide, high = one.wide / first.wide, one.high / first.high
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        across, down = lean[0] * wide, lean[1] * high
        places.append((one.x - (cos * across - sin * down), one.y - (sin * across + cos * down)))
        poses.append((float(angle), wide, high))
    xs, ys = zip(*places, strict=True)
    middle, floor = (min(xs) + max(xs)) / 2, max(ys)
    return [
        Pose(_step((x - middle) / side), _step((y - floor) / side), angle, _step(wide), _step(high))
        for (x, y), (angle, wide, high) in zip(places, poses, strict=True)
    ]


def _step(value: float) -> float:
    """Twelfths of the side: what the family's own motions go by (see `poses`), and less is noise."""
    return round(value * 12) / 12


def _seen(frame: Image.Image) -> Seen | None:
    found = find_subject(frame)
    if found is None:
        return None
    rows, columns = np.nonzero(found.mask)
    scale = frame.width / found.mask.shape[1]
    x, y, size = columns.mean(), rows.mean(), math.sqrt(len(rows))
    alone = Image.fromarray(np.where(found.mask[..., None], np.asarray(_small(frame, found.mask)), 0).astype(np.uint8))
    around = tuple(round(v) for v in (x - size, y - size, x + size, y + size))
    looks = alone.crop(around).resize((_LOOK, _LOOK), Image.Resampling.BILINEAR)
    return Seen(found, x * scale, y * scale, size * scale, looks)


def _small(frame: Image.Image, mask: NDArray[np.bool_]) -> Image.Image:
    return frame.convert("RGB").resize((mask.shape[1], mask.shape[0]), Image.Resampling.BILINEAR)


def _turn(before: Image.Image, after: Image.Image) -> int:
    """Degrees clockwise that make `before` look like `after`, of the turns told apart."""
    wanted = np.asarray(after, dtype=np.float32)
    away = {
        angle: float(np.abs(np.asarray(before.rotate(-angle, Image.Resampling.BILINEAR)) - wanted).mean())
        for angle in range(0, 360, TURN)
    }
    best = min(away, key=lambda angle: away[angle])
    return best if away[best] < CLEARLY * away[0] else 0
