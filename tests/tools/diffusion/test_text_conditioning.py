"""DECOR's projection: its identities hold exactly."""

from __future__ import annotations

import torch

from limner.tools.diffusion.text_conditioning import project_out, subspace


def rows(count: int, seed: int) -> torch.Tensor:
    return torch.randn(count, 32, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_nothing_of_the_unwanted_is_left_and_twice_is_once() -> None:
    basis = subspace(rows(3, 1))
    embeds = rows(10, 2).unsqueeze(0)
    moved = project_out(embeds, basis, 1.0)
    assert (moved[:, 1:] @ basis.T).abs().max() < 1e-12
    assert torch.allclose(project_out(moved, basis, 1.0), moved, atol=1e-12)


def test_alpha_0_changes_nothing_and_half_removes_half() -> None:
    basis = subspace(rows(2, 1))
    embeds = rows(10, 2).unsqueeze(0)
    assert torch.allclose(project_out(embeds, basis, 0.0), embeds, atol=1e-14)
    half = project_out(embeds, basis, 0.5)
    assert torch.allclose(half[:, 1:] @ basis.T, 0.5 * embeds[:, 1:] @ basis.T, atol=1e-12)


def test_the_start_token_and_what_is_orthogonal_stay() -> None:
    unwanted = rows(2, 1)
    basis = subspace(unwanted)
    embeds = rows(10, 2).unsqueeze(0)
    clean = project_out(embeds, basis, 1.0)
    assert torch.equal(clean[:, :1], embeds[:, :1])
    assert torch.allclose(project_out(clean, basis, 1.0)[:, 1:], clean[:, 1:], atol=1e-12)


def test_weak_directions_are_not_called_unwanted() -> None:
    strong = rows(1, 1)
    assert len(subspace(torch.cat([strong, strong + 1e-4 * rows(1, 2)]))) == 1


def test_rows_behind_the_last_one_stay() -> None:
    basis, embeds = subspace(rows(2, 1)), rows(10, 2).unsqueeze(0)
    moved = project_out(embeds, basis, 1.0, last=7)
    assert torch.equal(moved[:, 7:], embeds[:, 7:])
    assert (moved[:, 1:7] @ basis.T).abs().max() < 1e-12
