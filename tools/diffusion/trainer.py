"""Trains a few parameters for a few hundred steps: progress, cancel, and the last good values when a loss explodes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from limner.tools.base import Cancel, Cancelled, Progress, ToolError


@dataclass
class Group:
    """Parameters that share a learning rate."""

    params: Sequence[Tensor]
    lr: float
    weight_decay: float = 0.0


@dataclass
class Phase:
    """`steps` optimizer steps on `groups`; `loss(step)` builds the graph. Anything else stays as it is."""

    steps: int
    groups: Sequence[Group]
    loss: Callable[[int], Tensor]
    warmup: int = 10
    after: Callable[[int], None] = lambda step: None


@dataclass
class Trace:
    """What happened: one loss per step, and whether training stopped early and why."""

    losses: list[float] = field(default_factory=list)
    stopped: str = ""

    def summary(self) -> dict[str, Any]:
        tail = self.losses[-50:]
        return {
            "steps": len(self.losses),
            "loss": round(sum(tail) / max(1, len(tail)), 5),
            **({"stopped": self.stopped} if self.stopped else {}),
        }


def train(phases: Sequence[Phase], label: str, progress: Progress, cancel: Cancel) -> Trace:
    """Runs the phases in order. Learning rates rise over the warm-up and fall as a cosine to a tenth."""
    trace = Trace()
    total = sum(phase.steps for phase in phases)
    for phase in phases:
        params = [param for group in phase.groups for param in group.params]
        optimizer = torch.optim.AdamW(
            [{"params": list(g.params), "lr": g.lr, "weight_decay": g.weight_decay} for g in phase.groups],
            betas=(0.9, 0.99),
            foreach=True,
        )
        good = [param.detach().clone() for param in params]
        for step in range(phase.steps):
            if cancel():
                raise Cancelled("learning was stopped; nothing was saved")
            for settings, group in zip(optimizer.param_groups, phase.groups, strict=True):
                settings["lr"] = group.lr * _schedule(step, phase)
            loss = phase.loss(step)
            value = loss.item()
            if not math.isfinite(value) or value > 1e4:
                _restore(params, good)
                trace.stopped = f"the loss became {value} at step {len(trace.losses)}; the last good state was kept"
                if not trace.losses:
                    raise ToolError("training breaks at its first step: the pictures or the base model hold no numbers")
                return trace
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(params, 1.0)
            optimizer.step()
            phase.after(step)
            trace.losses.append(value)
            if step % 20 == 19:
                good = [param.detach().clone() for param in params]
            progress(label, len(trace.losses), total)
    return trace


def _schedule(step: int, phase: Phase) -> float:
    if step < phase.warmup:
        return (step + 1) / phase.warmup
    done = (step - phase.warmup) / max(1, phase.steps - phase.warmup)
    return 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * done))


@torch.no_grad()
def _restore(params: Sequence[Tensor], good: Sequence[Tensor]) -> None:
    for param, value in zip(params, good, strict=True):
        param.copy_(value)
