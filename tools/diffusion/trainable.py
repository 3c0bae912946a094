"""A LoRA that is being trained: put into a bare denoiser, taken out again, the denoiser left as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from limner.tools.base import ToolError
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.keeping import save_tensors
from limner.tools.diffusion.lora import lora_state


@dataclass
class TrainableLora:
    """Named adapters in one denoiser, each with its own factors."""

    model: Any
    prefix: str

    def params(self, adapter: str) -> list[Tensor]:
        return [p for n, p in self.model.named_parameters() if f".{adapter}." in n and ".lora_" in n]

    def use(self, *adapters: str) -> None:
        """Only these take part. Unlike `set_adapters` this leaves `requires_grad` alone, so graphs stay whole."""
        from peft.tuners.lora import LoraLayer

        for module in self.model.modules():
            if isinstance(module, LoraLayer):
                module._active_adapter = [name for name in adapters if name in module.lora_A]

    def save(self, adapter: str, file: Path, facts: dict[str, str]) -> None:
        save_tensors(lora_state(self.model, adapter, self.prefix), file, facts)


@contextmanager
def trainable_lora(
    backbone: Backbone, adapters: dict[str, str], rank: int, seed: int, alpha: float | None = None
) -> Iterator[TrainableLora]:
    """Adds one LoRA per {name: regular expression of layers}; yields them trainable, everything else frozen."""
    from peft import LoraConfig
    from peft.tuners.lora import LoraLayer

    model = backbone.denoiser
    prefix = "unet" if hasattr(backbone.pipe, "unet") else "transformer"
    before = {name: param.requires_grad for name, param in model.named_parameters()}
    text_before = [(p, p.requires_grad) for _, encoder in backbone.encoders for p in encoder.parameters()]
    was_training = model.training
    model.requires_grad_(False)
    for param, _ in text_before:
        param.requires_grad_(False)
    lora = TrainableLora(model, prefix)
    try:
        for name, targets in adapters.items():
            if not any(re.fullmatch(targets, path) for path, _ in model.named_modules()):
                raise ToolError(f"no layer of the {backbone.family.name} family is called like {targets!r}")
            config = LoraConfig(r=rank, lora_alpha=alpha or rank, target_modules=targets, init_lora_weights="gaussian")
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                model.add_adapter(config, adapter_name=name)
        for name in adapters:
            for param in lora.params(name):
                param.requires_grad_(True)
        for module in model.modules():
            # Where a half base is trained by whole factors, PEFT's casts are needed.
            if isinstance(module, LoraLayer) and len({param.dtype for param in module.parameters()}) == 1:
                module.forward = _bare(module)  # goes with its module
        lora.use(*adapters)
        yield lora
    finally:
        if getattr(model, "peft_config", None):
            model.unload_lora()
        for name, param in model.named_parameters():
            param.requires_grad_(before[name])
            param.grad = None
        for param, flag in text_before:
            param.requires_grad_(flag)
        model.train(was_training)


def _bare(layer: Any) -> Callable[..., Tensor]:
    """PEFT's own sum without its casts, checks and product with a scale of 1, which take a tenth of a step."""
    base = layer.base_layer

    def forward(seen: Tensor, *_: Any, **__: Any) -> Tensor:
        said: Tensor = base(seen)
        for name in layer._active_adapter:
            change = layer.lora_B[name](layer.lora_A[name](seen))
            said = said + (change if layer.scaling[name] == 1 else change * layer.scaling[name])
        return said

    return forward
