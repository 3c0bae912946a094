"""A training step computes what PEFT would, only sooner."""

from __future__ import annotations

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer

from limner.agent.llm.recipes.train import direct


def test_a_layer_says_and_learns_what_it_would_in_peft() -> None:
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(6, 5, bias=False))
    config = LoraConfig(r=2, lora_alpha=4, target_modules=["0"], init_lora_weights=False)
    inject_adapter_in_model(config, model)
    layer = model[0]
    assert isinstance(layer, LoraLayer)
    seen = torch.randn(3, 4, 6)
    told: list[tuple[torch.Tensor, ...]] = []
    for way in (layer, lambda x: direct(layer, x)):
        model.zero_grad()
        said = way(seen)
        said.square().sum().backward()
        grads = [factors["default"].weight.grad for factors in (layer.lora_A, layer.lora_B)]
        told.append((said.detach(), *(grad.clone() for grad in grads)))
    for peft, ours in zip(*told, strict=True):
        torch.testing.assert_close(ours, peft)
