"""Training through the rounding: it computes with what a machine keeps, and learns as if nothing were rounded."""

from __future__ import annotations

import itertools
import tomllib
from functools import partial
from importlib.resources import files
from typing import Any

import gguf
import pytest
import torch
from gguf.quants import dequantize
from peft import LoraConfig, inject_adapter_in_model
from torch.nn import functional

from limner.agent.llm.fourbit import packed
from limner.agent.llm.recipes.rounded import Rounded, Rounding, straight, summed
from limner.agent.llm.recipes.train import Pair, Predicted, adamw, direct, learn

RECIPE = tomllib.loads(files("limner.agent.llm.recipes").joinpath("recipe.toml").read_text(encoding="utf-8"))
PAIRS: list[Pair] = [([1], [2]), ([3], [4]), ([5], [6])]


class Small(Rounded):
    """One layer instead of 210: what it says before each token are its products with that token's row."""

    def __init__(self, settings: Rounding) -> None:
        torch.nn.Module.__init__(self)
        torch.manual_seed(3)
        self.model = torch.nn.Sequential(torch.nn.Linear(64, 12, bias=False))
        config = LoraConfig(r=4, lora_alpha=8, target_modules=["0"], init_lora_weights=False)
        inject_adapter_in_model(config, self.model)
        layer: Any = self.model[0]
        self.layer, self.layers, self.scales = layer, [layer], {}
        self.table = torch.randn(8, 64)
        self.settings, self.dtype = settings, torch.float32
        layer.forward = partial(straight, layer)
        whole = summed(layer)
        self.teacher = lambda pairs: (functional.linear(self.rows(pairs), whole), self.rows(pairs))

    def rows(self, pairs: list[Pair]) -> torch.Tensor:
        return self.table[[target[0] for _, target in pairs]]

    def predicted(self, pairs: list[Pair]) -> Predicted:
        return self.model(self.rows(pairs)), self.rows(pairs)


@pytest.fixture
def student() -> Small:
    return Small(Rounding())


def kept(student: Small) -> torch.Tensor:
    """The layer as a machine would keep it."""
    data = packed(summed(student.layer).numpy())
    return torch.from_numpy(dequantize(data, gguf.GGMLQuantizationType.Q4_0))


def test_a_layer_says_what_its_rounded_weights_do_and_learns_what_its_change_would(student: Small) -> None:
    student.before(0)
    seen, asked = torch.randn(3, 5, 64, requires_grad=True), torch.randn(3, 5, 12)
    factors = [factor["default"].weight for factor in (student.layer.lora_A, student.layer.lora_B)]
    said = student.layer(seen)
    torch.testing.assert_close(said, seen @ kept(student).T)
    (to_seen, *ours) = torch.autograd.grad(said, [seen, *factors], asked)
    torch.testing.assert_close(to_seen, asked @ kept(student))
    peft = torch.autograd.grad(direct(student.layer, seen), factors, asked)
    for one, other in zip(ours, peft, strict=True):
        torch.testing.assert_close(one, other)


def test_the_loss_is_how_far_it_is_from_the_teacher(student: Small) -> None:
    student.before(0)
    divergence, differs = student.compared(PAIRS)
    (told, _), (said, _) = student.teacher(PAIRS), student.predicted(PAIRS)
    ratio = said.log_softmax(-1) - told.log_softmax(-1)
    torch.testing.assert_close(divergence, -(told.softmax(-1) * ratio).sum(-1).mean())
    assert student.loss(PAIRS) == divergence > 0
    assert 0 <= differs <= 1
    student.layer.rounded = summed(student.layer)
    assert student.compared(PAIRS).abs().max() < 1e-6


def test_it_comes_nearer_to_the_teacher(student: Small) -> None:
    optimizer, losses = adamw(student, student.settings), []
    for step in range(120):
        student.before(step)
        losses.append(learn(student, optimizer, PAIRS, 3e-3))
    assert sum(losses[-20:]) < 0.5 * sum(losses[:20])


def test_weights_and_scales_are_found_anew_as_often_as_the_recipe_says() -> None:
    student = Small(Rounding(scales=4, weights=2))
    seen = []
    for step in range(1, 6):  # gone on with: nothing was rounded before
        student.before(step)
        seen.append((student.scales[0].copy(), student.layer.rounded.clone()))
        student.layer.lora_B["default"].weight.data *= 1.5
    scales = [bool((now[0] != then[0]).any()) for then, now in itertools.pairwise(seen)]
    weights = [bool((now[1] != then[1]).any()) for then, now in itertools.pairwise(seen)]
    assert scales == [False, False, True, False]
    assert weights == [True, False, True, False]


def test_it_is_measured_as_a_machine_would_keep_it(student: Small) -> None:
    student.before(0)
    student.layer.lora_B["default"].weight.data *= 1.5
    told = student.measured({"authored": PAIRS * 3})
    torch.testing.assert_close(student.layer.rounded, kept(student))
    assert told.keys() == {"held_out_kl", "held_out_differs"}
    assert told["held_out_kl"]["authored"] > 0


def test_the_recipe_has_its_numbers() -> None:
    settings = Rounding(**RECIPE["train"] | RECIPE["rounded"])
    assert (settings.minutes, settings.scales, settings.weights, settings.pieces) == (70, 60, 2, False)
