"""Procedural motions: how one object moves over a clip, as a pose for each moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True)
class Pose:
    """Shift in units of the object's side, clockwise degrees, and stretch."""

    dx: float = 0.0
    dy: float = 0.0
    angle: float = 0.0
    wide: float = 1.0
    high: float = 1.0


def _bounce(t: float) -> Pose:
    p = (2 * t) % 1
    height = 4 * p * (1 - p)
    squash = 0.2 * (1 - height) ** 4
    return Pose(dy=0.12 - 0.42 * height + squash / 2, wide=1 + squash, high=1 - squash)


def _hop(t: float) -> Pose:
    return Pose(dx=-0.4 + 0.8 * t, dy=0.1 - 0.26 * abs(math.sin(3 * math.pi * t)))


def _sway(t: float) -> Pose:
    swing = math.sin(2 * math.pi * t)
    return Pose(dx=0.14 * swing, angle=14 * swing)


_MOTIONS: dict[str, Callable[[float], Pose]] = {
    "bounce": _bounce,
    "hop": _hop,
    "spin": lambda t: Pose(angle=360 * t),
    "wobble": lambda t: Pose(angle=20 * math.sin(4 * math.pi * t)),
    "slide left": lambda t: Pose(dx=0.45 - 0.9 * t),
    "slide right": lambda t: Pose(dx=-0.45 + 0.9 * t),
    "zoom": lambda t: Pose(wide=0.6 + 0.65 * t, high=0.6 + 0.65 * t),
    "shake": lambda t: Pose(dx=0.09 * math.sin(8 * math.pi * t)),
    "sway": _sway,
    # Held out: no model sees these in training; `learn_motion` is tested on them.
    "float": lambda t: Pose(dy=0.2 * math.sin(2 * math.pi * t)),
    "pulse": lambda t: Pose(wide=1 + 0.2 * math.sin(4 * math.pi * t), high=1 + 0.2 * math.sin(4 * math.pi * t)),
    "tumble": lambda t: Pose(dy=-0.4 + 0.8 * t, angle=-360 * t),
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
    size = max(8, round(side * at.wide)), max(8, round(side * at.high))
    drawn = sprite.resize(size, Image.Resampling.BILINEAR)
    if at.angle:
        drawn = drawn.rotate(-at.angle, Image.Resampling.BILINEAR, expand=True)
    x = left + side / 2 + at.dx * side - drawn.width / 2
    y = top + side / 2 + at.dy * side - drawn.height / 2
    canvas.paste(drawn, (round(x), round(y)), drawn)
