"""Orthogonal Adaptation's algebra holds exactly, whatever was learned."""

from __future__ import annotations

import pytest
import torch

from limner.tools.base import ToolError
from limner.tools.diffusion.orthogonal import SharedBasis, crosstalk, deltas, extracted, merged

WIDTH, RANK = 64, 4


def concept(slot: int, seed: int, basis: SharedBasis | None = None) -> dict[str, torch.Tensor]:
    factor = (basis or SharedBasis()).factor(WIDTH, slot, RANK)
    up = torch.randn(WIDTH, RANK, generator=torch.Generator().manual_seed(seed))
    return {"layer.lora_A.weight": factor, "layer.lora_B.weight": up}


def test_the_basis_is_orthogonal_and_the_same_for_everyone() -> None:
    matrix = SharedBasis().matrix(WIDTH)
    assert torch.allclose(matrix.T @ matrix, torch.eye(WIDTH, dtype=torch.float64), atol=1e-12)
    assert torch.equal(matrix, SharedBasis().matrix(WIDTH))
    assert not torch.allclose(matrix, SharedBasis(seed=1).matrix(WIDTH))


def test_disjoint_concepts_do_not_hear_each_other_but_one_basis_for_all_does() -> None:
    one, two = deltas(concept(0, 1)), deltas(concept(1, 2))
    assert crosstalk(one, two) < 1e-6
    assert crosstalk(one, deltas(concept(0, 2))) > 0.1


def test_each_concept_is_read_back_from_the_merge_exactly() -> None:
    parts = [deltas(concept(slot, slot + 10), scale=0.6) for slot in range(4)]
    total = merged(parts)
    for slot, part in enumerate(parts):
        back = extracted(total, SharedBasis(), slot, RANK)
        assert torch.allclose(back["layer"], part["layer"], atol=1e-5)
        rest = total["layer"] - back["layer"]
        assert torch.allclose(rest, merged([p for p in parts if p is not part])["layer"], atol=1e-5)


def test_a_merge_is_the_sum_and_not_the_sum_of_factors() -> None:
    one, two = concept(0, 1), concept(1, 2)
    exact = merged([deltas(one), deltas(two)])["layer"]
    factors = (one["layer.lora_B.weight"] + two["layer.lora_B.weight"]) @ (
        one["layer.lora_A.weight"] + two["layer.lora_A.weight"]
    )
    assert float((exact - factors.double()).norm() / exact.norm()) > 0.5


def test_a_full_basis_says_so() -> None:
    with pytest.raises(ToolError, match="holds 16 modular subjects"):
        SharedBasis().factor(WIDTH, 16, RANK)
