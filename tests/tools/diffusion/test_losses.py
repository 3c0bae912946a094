"""MotionDirector's debiased loss weighs what frames share 0.17 and what they do not 3."""

from __future__ import annotations

import math

import pytest
import torch

from limner.tools.diffusion.losses import appearance_debiased, debiased, diffusion


def test_a_common_error_is_damped_and_an_independent_one_amplified() -> None:
    generator = torch.Generator().manual_seed(0)
    common = torch.randn(1, 4, 1, 8, 8, generator=generator).expand(1, 4, 16, 8, 8)
    gain = (debiased(common, anchor=3).square().mean() / common.square().mean()).item()
    assert gain == pytest.approx((math.sqrt(2) - 1) ** 2, rel=1e-5)
    independent = torch.randn(1, 64, 16, 16, 16, generator=generator)
    moved = debiased(independent, anchor=3)
    others = [frame for frame in range(16) if frame != 3]
    assert moved[:, :, others].square().mean().item() == pytest.approx(3.0, rel=0.02)
    assert moved[:, :, 3].square().mean().item() == pytest.approx(0.172, rel=0.05)


def test_beta_0_is_the_plain_loss_twice() -> None:
    said, target = torch.randn(1, 2, 4, 3, 3), torch.randn(1, 2, 4, 3, 3)
    assert torch.isclose(appearance_debiased(said, target, 0, beta=0.0), 2 * diffusion(said, target))


def test_a_mask_leaves_the_rest_out() -> None:
    said, target = torch.zeros(1, 1, 2, 2), torch.tensor([[[[1.0, 5.0], [5.0, 5.0]]]])
    mask = torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]]])
    assert diffusion(said, target, mask).item() == 1.0
