"""Weights in four bits: ggml reads what was meant, the error is less than its own rounding's, and PyTorch agrees."""

from __future__ import annotations

import gguf
import numpy as np
import pytest
import torch
from gguf.quants import dequantize, quantize

from limner.agent.llm.fourbit import TRIES, Floats, packed, rounded, scales
from limner.agent.llm.shipped import FOLDER

Q4 = gguf.GGMLQuantizationType.Q4_0


def by_chance(*shape: int, spread: float = 0.05) -> Floats:
    return np.random.default_rng(4).standard_normal(shape, dtype=np.float32) * np.float32(spread)


def shipped(part: str) -> Floats:
    reader = gguf.GGUFReader(FOLDER / "planner-00002-of-00002.gguf")
    tensor = next(tensor for tensor in reader.tensors if tensor.name == f"blk.29.{part}.weight")
    return np.asarray(dequantize(tensor.data[:64], tensor.tensor_type))


def uneven() -> Floats:
    """More blocks than are rounded at once, some of them of nothing, next to nothing, one weight, or equal ones."""
    weights = by_chance(90, 640)
    weights[0] = 0
    weights[1, 5::32] = 3
    weights[2] *= np.float32(1e-7)
    weights[3] *= np.float32(1e-38)
    weights[4] = np.sign(weights[4])
    weights[5, ::2] = 0
    return weights


ROWS = {
    "by chance": lambda: by_chance(64, 576),
    "large": lambda: by_chance(8, 64, spread=900),
    "attn_q": lambda: shipped("attn_q"),
    "ffn_down": lambda: shipped("ffn_down"),
    "uneven": uneven,
}


@pytest.fixture(params=list(ROWS.values()), ids=list(ROWS))
def weights(request: pytest.FixtureRequest) -> Floats:
    made: Floats = request.param()
    return made


def test_what_is_packed_is_what_was_rounded(weights: Floats) -> None:
    data = packed(weights)
    assert data.shape == (len(weights), weights.shape[1] // 32 * 18)
    np.testing.assert_array_equal(dequantize(data, Q4), rounded(weights, scales(weights)))


def test_the_error_is_less_than_that_of_ggmls_own_rounding(weights: Floats) -> None:
    with np.errstate(over="ignore", invalid="ignore"):  # of blocks that are next to nothing
        theirs = np.square(dequantize(quantize(weights, Q4), Q4) - weights).sum()
    assert np.square(rounded(weights, scales(weights)) - weights).sum() < theirs


def test_blocks_of_zeros_stay_zeros() -> None:
    nothing = np.zeros((3, 64), dtype=np.float32)
    assert not scales(nothing).any()
    assert not dequantize(packed(nothing), Q4).any()


def in_torch(weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The same, written down as plainly as can be; the scales, and the values."""
    blocks = weights.reshape(-1, 32)
    furthest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    best, found = torch.full_like(furthest, -1), torch.zeros_like(furthest)
    importance = blocks * blocks + 1e-12
    for to in TRIES:
        inverse = to / torch.where(furthest == 0, 1, furthest)
        steps = (blocks * inverse).round().clamp(-8, 7)
        along = (importance * blocks * steps).sum(1, keepdim=True)
        square = (importance * steps * steps).sum(1, keepdim=True)
        score = torch.where(square > 0, along * along / square.clamp_min(1e-30), 0)
        scale = torch.where(square > 0, along / square.clamp_min(1e-30), 0)
        best, found = torch.where(score > best, score, best), torch.where(score > best, scale, found)
    found = found.half().float()
    steps = (blocks / torch.where(found == 0, 1, found)).round().clamp(-8, 7)
    return found[:, 0], (steps * found).reshape(weights.shape)


def test_torch_finds_the_same(weights: Floats) -> None:
    each, values = in_torch(torch.from_numpy(weights))
    # Where the processor adds in other lanes than these eight, a last bit may differ before a scale is cut to sixteen.
    same = scales(weights) == each.numpy().astype(np.float16)
    assert same.mean() > 0.999
    kept = np.repeat(same, 32).reshape(weights.shape)
    np.testing.assert_array_equal(rounded(weights, scales(weights))[kept], values.numpy()[kept])


def test_rows_that_are_no_whole_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="48"):
        packed(by_chance(2, 48))
