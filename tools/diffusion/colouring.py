"""Gives pictures the colours of others: one affine map of colours for all of them, the least that does it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Matrix = NDArray[np.float64]
SIDE = 64  # colours are counted at this size
_FLAT = 4.0  # variance that even pictures of one colour are taken to have


def coloured_like(pictures: Sequence[Image.Image], others: Sequence[Image.Image]) -> list[Image.Image]:
    """The pictures with the mean and the covariance of the others' colours, each taken over all of them, so that the
    pictures stay as different from each other as they were. (Monge-Kantorovich: the map that moves colours least.)"""
    (middle, spread), (wanted, aim) = _statistics(pictures), _statistics(others)
    root = _power(spread, 0.5)
    back = _power(spread, -0.5)
    turn = back @ _power(root @ aim @ root, 0.5) @ back
    mapped = [(np.asarray(picture.convert("RGB"), np.float64) - middle) @ turn + wanted for picture in pictures]
    return [Image.fromarray(one.clip(0, 255).round().astype(np.uint8)) for one in mapped]


def _statistics(pictures: Sequence[Image.Image]) -> tuple[Matrix, Matrix]:
    small = [np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float64).reshape(-1, 3) for picture in pictures]
    colours = np.concatenate(small)
    return colours.mean(0), np.cov(colours.T) + _FLAT * np.eye(3)


def _power(symmetric: Matrix, exponent: float) -> Matrix:
    sizes, directions = np.linalg.eigh(symmetric)
    made: Matrix = (directions * sizes**exponent) @ directions.T
    return made
