"""Weights in four bits, as ggml's Q4_0: a core reads each of them once a token, so fewer bytes are a faster plan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 32  # weights that share a scale
LEAST, MOST = -8, 7  # what four bits hold
# Where a block's furthest weight may come to lie: -8 is the only step that far out, but the others may fit better
# when it is cut off a little or does not use all of it.
TRIES = [-(8 + 0.1 * by) for by in range(-9, 10)]
CHUNK = 1024  # blocks at a time: what is in between stays in the processor's cache
Floats = NDArray[np.float32]


def scales(weights: Floats) -> NDArray[np.float16]:
    """The scale of each block with the least error, where a weight's error counts by its square: of 19 tries the best.

    Sums are made in the order of PyTorch's, so that a training through this rounding can be repeated in either.
    """
    blocks = _blocks(weights)
    found = np.empty(len(blocks), dtype=np.float16)
    # Blocks of nothing but zeros, or nearly, have no inverse; none of their tries is better than a scale of zero.
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        for part in _parts(len(blocks)):
            found[part] = _scales(np.ascontiguousarray(blocks[part].T))
    return found


def rounded(weights: Floats, by: NDArray[np.float16]) -> Floats:
    """What is left of the weights with these scales, in their own shape."""
    blocks, found = _blocks(weights), np.empty(weights.shape, dtype=np.float32)
    values = found.reshape(-1, BLOCK)
    for part in _parts(len(blocks)):
        each = by[part].astype(np.float32)[:, None]
        np.multiply(_steps(blocks[part], each), each, out=values[part])
    return found


def packed(weights: Floats) -> NDArray[np.uint8]:
    """Rows of bytes: of each block its scale, then two weights a byte, the first half of them in the low four bits."""
    blocks, found = _blocks(weights), scales(weights)
    data = np.empty((len(blocks), 2 + BLOCK // 2), dtype=np.uint8)
    data[:, :2] = found[:, None].view(np.uint8)
    for part in _parts(len(blocks)):
        steps = (_steps(blocks[part], found[part].astype(np.float32)[:, None]) - LEAST).astype(np.uint8)
        data[part, 2:] = steps[:, : BLOCK // 2] | steps[:, BLOCK // 2 :] << 4
    return data.reshape(*weights.shape[:-1], -1)


def _blocks(weights: Floats) -> Floats:
    if weights.shape[-1] % BLOCK:
        raise ValueError(f"rows of {weights.shape[-1]} weights are no whole blocks of {BLOCK}")
    return weights.reshape(-1, BLOCK)


def _parts(blocks: int) -> Iterator[slice]:
    return (slice(at, at + CHUNK) for at in range(0, blocks, CHUNK))


def _steps(blocks: Floats, each: Floats) -> Floats:
    steps = np.divide(blocks, np.where(each == 0, np.float32(1), each))
    return _cut(np.rint(steps, out=steps))


def _scales(weights: Floats) -> Floats:
    """Of blocks that are columns: rows across many blocks are long enough for the processor's wide instructions."""
    furthest = np.take_along_axis(weights, np.abs(weights).argmax(axis=0, keepdims=True), axis=0)[0]
    inverse = 1 / np.where(furthest == 0, np.float32(1), furthest)
    importance = weights * weights + np.float32(1e-12)
    weighted = importance * weights
    steps, terms = np.empty_like(weights), np.empty_like(weights)
    along, square = (np.empty((len(TRIES), weights.shape[1]), dtype=np.float32) for _ in range(2))
    for at, to in enumerate(TRIES):
        np.multiply(weights, inverse * np.float32(to), out=steps)
        _cut(np.rint(steps, out=steps))
        _sum(np.multiply(weighted, steps, out=terms), along[at])
        np.multiply(importance, steps, out=terms)
        _sum(np.multiply(terms, steps, out=terms), square[at])
    some, divisor = square > 0, np.maximum(square, np.float32(1e-30))
    best = np.where(some, along * along / divisor, 0).argmax(axis=0, keepdims=True)
    found: Floats = np.take_along_axis(np.where(some, along / divisor, 0), best, axis=0)[0]
    return found


def _cut(steps: Floats) -> Floats:
    return np.minimum(np.maximum(steps, np.float32(LEAST), out=steps), np.float32(MOST), out=steps)


def _sum(terms: Floats, total: Floats) -> None:
    """Down each column, in eight lanes first: sums of floats depend on their order."""
    lanes = terms[:8]
    for at in range(8, BLOCK, 8):
        lanes += terms[at : at + 8]
    np.add(lanes[0], lanes[1], out=total)
    for lane in lanes[2:]:
        total += lane
