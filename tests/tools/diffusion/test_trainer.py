"""Training keeps its last good values, hears a stop, and runs its phases in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch

from limner.tools.base import Cancelled, ToolError, never, silent
from limner.tools.diffusion.keeping import FILE, Keeping, save_tensors
from limner.tools.diffusion.trainer import Group, Phase, Shares, train


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


class Killed(BaseException):
    """The process is gone; nothing catches it."""


def lesson(folder: Path, killed_at: int | None) -> tuple[torch.Tensor, list[float], int]:
    """A noisy fit of 50 steps, kept every 10, with a second optimizer stepped inside the loss."""
    weight, looks = torch.ones(3, requires_grad=True), torch.ones(2, requires_grad=True)
    other = torch.optim.AdamW([looks], 0.01)
    generator = torch.Generator().manual_seed(5)

    def loss(step: int) -> torch.Tensor:
        if step == killed_at:
            raise Killed
        other.zero_grad()
        torch.autograd.backward((looks * torch.randn(2, generator=generator)).square().sum())
        other.step()
        return (weight * torch.randn(3, generator=generator) - looks.detach().sum()).square().sum()

    keeping = Keeping(folder, generator, ([looks], other), every=10)
    trace = train([Phase(50, [Group([weight], 0.05)], loss)], "learning", silent, never, keeping)
    return weight.detach(), trace.losses, trace.resumed_at


def test_a_killed_training_goes_on_to_the_very_same_result(tmp_path: Path) -> None:
    whole, losses, resumed = lesson(tmp_path / "whole", None)
    assert resumed == 0
    with pytest.raises(Killed):
        lesson(tmp_path / "cut", 37)
    again, same, resumed = lesson(tmp_path / "cut", None)
    assert resumed == 30
    assert torch.equal(again, whole) and same == losses


def test_a_damaged_checkpoint_starts_over_and_a_full_disk_costs_only_the_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _, _ = lesson(tmp_path / "whole", None)
    with pytest.raises(Killed):
        lesson(tmp_path / "cut", 37)
    (tmp_path / "cut" / FILE).write_bytes(b"half of it")
    again, _, resumed = lesson(tmp_path / "cut", None)
    assert resumed == 0 and torch.equal(again, whole)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    again, _, _ = lesson(tmp_path / "full", None)
    assert torch.equal(again, whole)
    assert not list((tmp_path / "full").iterdir())


def test_a_file_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"could not save adapter\.safetensors: .*Free some space"):
        save_tensors({"weight": torch.ones(1)}, tmp_path / "gone" / "adapter.safetensors")


def test_shares_of_a_batch_are_averaged() -> None:
    """To the slopes of the whole batch, whichever thread a share is computed in."""
    seen = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    ways: list[list[torch.Tensor]] = [[seen], list(seen.chunk(2)), list(seen.chunk(3))]
    ends, threads = [], set[int]()
    for shares in ways:
        weight, other = torch.ones(3, requires_grad=True), torch.ones(1, requires_grad=True)

        def one(share: torch.Tensor, weight: torch.Tensor = weight) -> torch.Tensor:
            threads.add(threading.get_ident())
            return (share @ weight).square().mean()

        def loss(step: int, shares: list[torch.Tensor] = shares, one: Callable[..., torch.Tensor] = one) -> Shares:
            return [partial(one, share) for share in shares]

        train([Phase(12, [Group([weight, other], 0.05)], loss)], "learning", silent, never)
        assert other.grad is None and other.item() == 1  # no share depends on it
        ends.append(weight.detach())
    assert len(threads) > 1
    torch.testing.assert_close(ends[1], ends[0])
    torch.testing.assert_close(ends[2], ends[0])


def test_a_share_that_fails_ends_the_training() -> None:
    weight = torch.ones(1, requires_grad=True)

    def broken() -> torch.Tensor:
        raise ToolError("out of memory")

    def loss(step: int) -> Shares:
        return [lambda: weight.sum(), broken]

    with pytest.raises(ToolError, match="out of memory"):
        train([Phase(3, [Group([weight], 0.1)], loss)], "learning", silent, never)
