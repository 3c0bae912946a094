"""The adapter trained through the rounding to four bits (a straight-through estimator, arXiv:1308.3432).

What each machine keeps is rounded (`agent/llm/merged.py`). The student computes with those weights and learns to say
what the unrounded ones say: it needs no better plans than theirs, and every token tells it of all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from limner.agent.llm import fourbit
from limner.agent.llm.recipes.base import load_base
from limner.agent.llm.recipes.train import Held, Pair, Predicted, Settings, Student, begin, held_means, run


@dataclass(frozen=True)
class Rounding(Settings):
    """How often, in steps, the scales of all blocks are found anew, and the weights rounded anew by those there are."""

    scales: int = 60
    weights: int = 2


def train_rounded(work: Path, out: Path, settings: Rounding, evaluation: list[str]) -> None:
    """Like `train`, time-boxed and resumable; what comes out is an adapter for the same weights."""
    torch.manual_seed(settings.seed)
    run(Rounded(work, settings, unrounded(work, settings)), work, out, settings, evaluation)


def unrounded(work: Path, settings: Settings) -> Callable[[list[Pair]], Predicted]:
    """What the model says with the adapter that training begins with, added to it."""
    teacher = Student(work, settings)
    begin(teacher, work)
    for layer in exact_layers(teacher, work):
        layer.base_layer.weight.data = summed(layer).to(teacher.dtype)
        layer.forward = layer.base_layer.forward
    return torch.no_grad()(teacher.predicted)


class Rounded(Student):
    """Computes with rounded weights; its loss is how far what it says is from what the teacher does."""

    def __init__(self, work: Path, settings: Rounding, teacher: Callable[[list[Pair]], Predicted]) -> None:
        super().__init__(work, settings)
        self.settings, self.teacher = settings, teacher
        self.layers = exact_layers(self, work)
        self.scales: dict[int, NDArray[np.float16]] = {}
        for layer in self.layers:
            layer.forward = partial(straight, layer)

    def before(self, step: int) -> None:
        if not self.scales or step % self.settings.scales == 0:
            self.scale()
        elif step % self.settings.weights == 0:
            self.round()

    def scale(self) -> None:
        for at, layer in enumerate(self.layers):
            self.scales[at] = fourbit.scales(summed(layer).numpy())
        self.round()

    def round(self) -> None:
        for at, layer in enumerate(self.layers):
            values = fourbit.rounded(summed(layer).numpy(), self.scales[at])
            layer.rounded = torch.from_numpy(values).to(self.dtype)

    def compared(self, pairs: list[Pair]) -> torch.Tensor:
        """The mean divergence from the teacher over plans' tokens; the share of them whose best guess is another."""
        (told, _), (said, _) = self.teacher(pairs), self.predicted(pairs)
        ours, theirs = functional.log_softmax(said, -1), functional.log_softmax(told, -1)
        divergence = functional.kl_div(ours, theirs, reduction="batchmean", log_target=True)
        return torch.stack([divergence, (said.argmax(-1) != told.argmax(-1)).float().mean()])

    def loss(self, pairs: list[Pair]) -> torch.Tensor:
        return self.compared(pairs)[0]

    def measured(self, held: Held) -> dict[str, dict[str, float]]:
        """As a machine would round what is learnt by now."""
        self.scale()
        means = held_means(self.compared, held)
        names = ("held_out_kl", "held_out_differs")
        return {name: {kind: values[at] for kind, values in means.items()} for at, name in enumerate(names)}


def exact_layers(student: Student, work: Path) -> list[Any]:
    """Every layer with a change, its own weights in full: what a machine rounds is the sum with those."""
    from peft.tuners.lora import LoraLayer

    whole, found = load_base(work, torch.float32), []
    for name, layer in student.model.base_model.model.named_modules():
        if isinstance(layer, LoraLayer):
            layer.base_layer.weight.data = whole.get_submodule(name).weight.data
            found.append(layer)
    return found


@torch.no_grad()
def summed(layer: Any) -> torch.Tensor:
    low, high = (factors["default"].weight for factors in (layer.lora_A, layer.lora_B))
    return torch.addmm(layer.base_layer.weight, high, low, alpha=layer.scaling["default"])


def straight(layer: Any, seen: torch.Tensor) -> torch.Tensor:
    """What a layer says with its rounded weights."""
    low, high = (factors["default"].weight.to(seen.dtype) for factors in (layer.lora_A, layer.lora_B))
    said: torch.Tensor = Straight.apply(seen, low, high, layer.rounded, layer.scaling["default"])  # type: ignore[no-untyped-call]
    return said


class Straight(torch.autograd.Function):
    """The product with the rounded sum; its gradient passes the rounding by, to the two factors of the change."""

    @staticmethod
    def forward(
        ctx: Any, seen: torch.Tensor, low: torch.Tensor, high: torch.Tensor, weight: torch.Tensor, scale: float
    ) -> torch.Tensor:
        ctx.save_for_backward(seen, low, high, weight)
        ctx.scale = scale
        return functional.linear(seen, weight)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,), (seen, low, high, weight) = gradients, ctx.saved_tensors
        rows, inputs = gradient.flatten(0, -2), seen.flatten(0, -2)
        to_low = (rows @ high).T @ inputs * ctx.scale
        to_high = rows.T @ (inputs @ low.T) * ctx.scale
        return gradient @ weight, to_low, to_high, None, None
