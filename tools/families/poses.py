"""Procedural motions: how one object moves over a clip, as a pose for each moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True)
class Pose:
    """Shift in units of the object's side, clockwise degrees, and stretch."""

    dx: float = 0.0
    dy: float = 0.0
    angle: float = 0.0
    wide: float = 1.0
    high: float = 1.0


def _cells(count: float) -> float:
    """Whole twelfths of the side, which are whole cells of the latent grid.

    A sprite that is shifted by less than a cell has other latents: a small UNet cannot draw such frames at all.
    For the same reason turns and sizes come in few steps.
    """
    return round(count) / 12


def _bounce(t: float) -> Pose:
    p = (2 * t) % 1
    if p < 1 / 16:
        return Pose(dy=1 / 12, wide=14 / 12, high=10 / 12)
    return Pose(dy=_cells(1 - 16 * p * (1 - p)))


def _hop(t: float) -> Pose:
    return Pose(dx=_cells(5 * t - 2.4), dy=-3 / 12 if (4 * t) % 1 >= 0.5 else 0.0)


def _swing(turns: float, t: float) -> int:
    """-1, 0 or 1."""
    return round(math.sin(2 * math.pi * turns * t))


def _zoom(t: float) -> Pose:
    side = (6 + 2 * min(3, int(4 * t))) / 12
    return Pose(wide=side, high=side)


def _pulse(t: float) -> Pose:
    side = 1 + _swing(2, t) / 6
    return Pose(wide=side, high=side)


def _quarter(t: float) -> float:
    return 90.0 * int(4 * t)


_MOTIONS: dict[str, Callable[[float], Pose]] = {
    "bounce": _bounce,
    "hop": _hop,
    "spin": lambda t: Pose(angle=_quarter(t)),
    "wobble": lambda t: Pose(angle=20 * _swing(2, t)),
    "slide left": lambda t: Pose(dx=_cells(3.4 - 7 * t)),
    "slide right": lambda t: Pose(dx=_cells(7 * t - 3.4)),
    "zoom": _zoom,
    "shake": lambda t: Pose(dx=_swing(4, t) / 12),
    "sway": lambda t: Pose(dx=_swing(1, t) / 12, angle=14 * _swing(1, t)),
    # Held out: no model sees these in training; `learn_motion` is tested on them.
    "float": lambda t: Pose(dy=_cells(2 * math.sin(2 * math.pi * t) - 1)),
    "pulse": _pulse,
    "tumble": lambda t: Pose(dy=_cells(4 * t - 3), angle=-_quarter(t)),
}
HELD_OUT = ("float", "pulse", "tumble")
TRAINED = tuple(name for name in _MOTIONS if name not in HELD_OUT)
PHRASES = {
    "bounce": "bouncing",
    "hop": "hopping",
    "spin": "spinning",
    "wobble": "wobbling",
    "slide left": "sliding left",
    "slide right": "sliding right",
    "zoom": "zooming in",
    "shake": "shaking",
    "sway": "swaying",
    "float": "floating",
    "pulse": "pulsing",
    "tumble": "tumbling",
}


def pose(motion: str, moment: float) -> Pose:
    """`moment` runs from 0 to 1 over the clip."""
    return _MOTIONS[motion](moment)


def place_posed(canvas: Image.Image, sprite: Image.Image, left: int, top: int, side: int, at: Pose) -> None:
    """Pastes `sprite` (RGBA) where the pose says; feet stay on the ground when it is squashed."""
    from PIL.Image import Resampling

    size = max(8, round(side * at.wide)), max(8, round(side * at.high))
    drawn = sprite.resize(size, Resampling.BILINEAR)
    if at.angle:
        drawn = drawn.rotate(-at.angle, Resampling.BILINEAR, expand=True)
    x = left + side / 2 + at.dx * side - drawn.width / 2
    y = top + side / 2 + at.dy * side - drawn.height / 2
    canvas.paste(drawn, (round(x), round(y)), drawn)
