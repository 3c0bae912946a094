"""Losses on predictions and latents; each works as a training loss and as guidance."""

from __future__ import annotations

import math

from torch import Tensor


def diffusion(said: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean squared error of the denoiser, only where `mask` is, if there is one."""
    wrong = (said.float() - target.float()).square()
    if mask is None:
        return wrong.mean()
    mask = mask.expand_as(wrong)
    return (wrong * mask).sum() / mask.sum().clamp_min(1.0)


def debiased(prediction: Tensor, anchor: int, beta: float = 1.0) -> Tensor:
    """MotionDirector's phi (arXiv:2310.08465): frames seen from one of them, so that what all share counts little.

    For beta = 1 an error common to all frames weighs (sqrt 2 - 1)^2 = 0.17, an independent one 3.
    """
    frame = prediction[:, :, anchor : anchor + 1]
    return math.sqrt(beta**2 + 1) * prediction - beta * frame


def appearance_debiased(said: Tensor, target: Tensor, anchor: int, beta: float = 1.0) -> Tensor:
    """Plain loss plus the loss of the debiased prediction, over (batch, channels, frames, height, width)."""
    return diffusion(said, target) + diffusion(debiased(said, anchor, beta), debiased(target, anchor, beta))
