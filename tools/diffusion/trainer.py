"""Trains a few parameters for a few hundred steps: progress, cancel, resume after a kill, and the last good values when
a loss explodes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from limner.tools.base import Cancel, Cancelled, Progress, ToolError
from limner.tools.diffusion.hands import Helpers, helpers
from limner.tools.diffusion.keeping import Keeping, State

Shares = Sequence[Callable[[], Tensor]]


@dataclass
class Group:
    """Parameters that share a learning rate."""

    params: Sequence[Tensor]
    lr: float
    weight_decay: float = 0.0


@dataclass
class Phase:
    """`steps` optimizer steps on `groups`; anything else stays as it is. `loss(step)` is the loss, or that of each of
    several equal shares of a batch, not yet computed: they are computed side by side and averaged."""

    steps: int
    groups: Sequence[Group]
    loss: Callable[[int], Tensor | Shares]
    warmup: int = 10

    @property
    def params(self) -> list[Tensor]:
        return [param for group in self.groups for param in group.params]

    def optimizer(self) -> torch.optim.AdamW:
        groups = [{"params": list(g.params), "lr": g.lr, "weight_decay": g.weight_decay} for g in self.groups]
        return torch.optim.AdamW(groups, betas=(0.9, 0.99), fused=True)


@dataclass
class Trace:
    """What happened: one loss per step, and whether training stopped early and why."""

    losses: list[float] = field(default_factory=list)
    stopped: str = ""
    resumed_at: int = 0

    def summary(self) -> dict[str, Any]:
        tail = self.losses[-50:]
        return {
            "steps": len(self.losses),
            "loss": round(sum(tail) / max(1, len(tail)), 5),
            **({"stopped": self.stopped} if self.stopped else {}),
            **({"resumed_at": self.resumed_at} if self.resumed_at else {}),
        }


def train(
    phases: Sequence[Phase], label: str, progress: Progress, cancel: Cancel, keeping: Keeping | None = None
) -> Trace:
    """Runs the phases in order. Learning rates rise over the warm-up and fall as a cosine to a tenth.

    With `keeping`, a training that was killed goes on where it was last kept, to the same result.
    """
    trace = Trace()
    total = sum(phase.steps for phase in phases)
    optimizers = [phase.optimizer() for phase in phases]
    state = State([p for phase in phases for p in phase.params], optimizers, trace.losses)
    if keeping:
        if keeping.beside:
            params, other = keeping.beside
            state.params, state.optimizers = [*state.params, *params], [*optimizers, other]
        trace.resumed_at = keeping.load(state)
    before = 0

    def tell(at: int) -> None:
        progress(label, at, total)

    with helpers() as beside:
        for phase, optimizer in zip(phases, optimizers, strict=True):
            keep = (lambda: keeping.keep(state)) if keeping else None
            every = keeping.every if keeping else 1
            if not _run(phase, before, optimizer, trace, beside, tell, cancel, keep, every):
                break
            before += phase.steps
    return trace


def _run(
    phase: Phase,
    before: int,
    optimizer: torch.optim.Optimizer,
    trace: Trace,
    beside: Helpers,
    tell: Callable[[int], None],
    cancel: Cancel,
    keep: Callable[[], None] | None,
    every: int,
) -> bool:
    """One phase from where it is, if it is not over; false if the loss exploded."""
    params = phase.params
    good = [param.detach().clone() for param in params]
    for step in range(len(trace.losses) - before, phase.steps):
        if cancel():
            raise Cancelled("learning was stopped; nothing was saved")
        for settings, group in zip(optimizer.param_groups, phase.groups, strict=True):
            settings["lr"] = group.lr * _schedule(step, phase)
        value, slopes = _sloped(phase.loss(step), params, beside)
        if not math.isfinite(value) or value > 1e4:
            _restore(params, good)
            if not trace.losses:
                raise ToolError("training breaks at its first step: the pictures or the base model hold no numbers")
            trace.stopped = f"the loss became {value} at step {len(trace.losses)}; the last good state was kept"
            return False
        for param, slope in zip(params, slopes, strict=True):
            param.grad = slope
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        trace.losses.append(value)
        if step % 20 == 19:
            good = [param.detach().clone() for param in params]
        if keep and len(trace.losses) % every == 0:
            keep()
        tell(len(trace.losses))
    return True


def _sloped(loss: Tensor | Shares, params: Sequence[Tensor], beside: Helpers) -> tuple[float, list[Tensor | None]]:
    """The loss, and its gradient for each parameter it depends on."""

    def one(share: Callable[[], Tensor]) -> tuple[float, Sequence[Tensor | None]]:
        said = share()
        return said.item(), torch.autograd.grad(said, params, allow_unused=True)

    found = beside.all([partial(one, share) for share in ([lambda: loss] if isinstance(loss, Tensor) else loss)])
    values, slopes = zip(*found, strict=True)
    return sum(values) / len(values), [_mean(each) for each in zip(*slopes, strict=True)]


def _mean(slopes: Sequence[Tensor | None]) -> Tensor | None:
    """A share that does not depend on a parameter has no slope there; nor has a parameter that none depends on."""
    there = [slope for slope in slopes if slope is not None]
    if len(slopes) == 1 or not there:
        return there[0] if there else None
    return torch.stack(there).sum(0) / len(slopes)


def _schedule(step: int, phase: Phase) -> float:
    if step < phase.warmup:
        return (step + 1) / phase.warmup
    done = (step - phase.warmup) / max(1, phase.steps - phase.warmup)
    return 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * done))


@torch.no_grad()
def _restore(params: Sequence[Tensor], good: Sequence[Tensor]) -> None:
    for param, value in zip(params, good, strict=True):
        param.copy_(value)
