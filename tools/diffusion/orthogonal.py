"""The algebra of Orthogonal Adaptation (arXiv:2312.02432): concepts that cannot hear each other, merged and un-merged.

A change is dW = B A with A (rank, inputs) frozen and B trained. All concepts take their A from one shared orthogonal
matrix per input width; disjoint rows make dW_i dW_j^T zero, and each concept can be read back from the sum exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from limner.tools.base import ToolError

Deltas = dict[str, Tensor]  # layer -> (outputs, inputs)


class Basis(Protocol):
    def factor(self, width: int, slot: int, rank: int) -> Tensor:
        """The frozen down factor (rank, width) of concept number `slot`: orthogonal rows, across slots too."""


@dataclass(frozen=True)
class SharedBasis:
    """One orthogonal matrix per input width, the same for everyone who knows the seed."""

    seed: int = 2312

    def matrix(self, width: int) -> Tensor:
        generator = torch.Generator().manual_seed(self.seed + width)
        square = torch.randn(width, width, generator=generator, dtype=torch.float64)
        orthogonal, upper = torch.linalg.qr(square)
        # Signs fixed, or the result would depend on the LAPACK build.
        fixed: Tensor = orthogonal * torch.sign(torch.diagonal(upper))
        return fixed

    def factor(self, width: int, slot: int, rank: int) -> Tensor:
        """The frozen down factor (rank, width) of concept number `slot`."""
        if (slot + 1) * rank > width:
            raise ToolError(f"a layer {width} wide holds {width // rank} modular subjects; forget one to add another")
        return self.matrix(width)[:, slot * rank : (slot + 1) * rank].T.float().contiguous()


def deltas(state: Mapping[str, Tensor], scale: float = 1.0) -> Deltas:
    """The weight change a LoRA means, layer by layer."""
    layers = {key.rpartition(".lora_")[0] for key in state}
    return {
        # A convolution hears its whole window.
        layer: scale
        * (state[f"{layer}.lora_B.weight"].double().flatten(1) @ state[f"{layer}.lora_A.weight"].double().flatten(1))
        for layer in sorted(layers)
    }


def merged(parts: Sequence[Deltas]) -> Deltas:
    """The exact sum. PEFT's "linear" combination sums the factors instead, which adds cross terms."""
    total: Deltas = {}
    for part in parts:
        for layer, change in part.items():
            total[layer] = total[layer] + change if layer in total else change.clone()
    return total


def extracted(total: Deltas, basis: Basis, slot: int, rank: int) -> Deltas:
    """One concept read back out of a sum."""
    found = {}
    for layer, change in total.items():
        factor = torch.nn.functional.normalize(basis.factor(change.shape[1], slot, rank).double())
        found[layer] = change @ factor.T @ factor
    return found


def crosstalk(one: Deltas, two: Deltas) -> float:
    """How much two changes answer to the same inputs: 0 not at all, 1 as much as one to itself."""
    shared = [layer for layer in one if layer in two]
    heard = sum(float((one[layer] @ two[layer].T).norm()) for layer in shared)
    own = sum(float(one[layer].norm() * two[layer].norm()) for layer in shared)
    return heard / max(own, 1e-12)
