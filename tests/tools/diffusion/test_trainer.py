"""Training keeps its last good values, hears a stop, and runs its phases in order."""

from __future__ import annotations

import pytest
import torch

from limner.tools.base import Cancelled, ToolError, never, silent
from limner.tools.diffusion.trainer import Group, Phase, train


def test_the_last_good_values_are_kept_when_the_loss_explodes() -> None:
    weight = torch.ones(1, requires_grad=True)

    def loss(step: int) -> torch.Tensor:
        return weight.square().sum() * (float("nan") if step >= 25 else 1.0)

    trace = train([Phase(40, [Group([weight], 0.01)], loss)], "learning", silent, never)
    assert torch.isfinite(weight).all() and weight.item() < 1
    assert "nan at step 25; the last good state was kept" in trace.stopped
    assert trace.summary()["steps"] == 25


def test_a_first_loss_that_is_no_number_is_an_error() -> None:
    weight = torch.ones(1, requires_grad=True)
    phase = Phase(3, [Group([weight], 0.1)], lambda step: weight.sum() * float("inf"))
    with pytest.raises(ToolError, match="breaks at its first step"):
        train([phase], "learning", silent, never)


def test_a_stop_is_heard_between_steps() -> None:
    weight = torch.ones(1, requires_grad=True)
    steps: list[int] = []

    def loss(step: int) -> torch.Tensor:
        steps.append(step)
        return weight.square().sum()

    with pytest.raises(Cancelled):
        train([Phase(9, [Group([weight], 0.1)], loss)], "learning", silent, lambda: len(steps) == 4)
    assert steps == [0, 1, 2, 3]


def test_phases_train_only_their_own_groups() -> None:
    first, second = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    phases = [
        Phase(5, [Group([first], 0.1)], lambda step: (first + second).square().sum()),
        Phase(5, [Group([second], 0.0)], lambda step: (first + second).square().sum()),
    ]
    train(phases, "learning", silent, never)
    assert first.item() < 1 and second.item() == 1
