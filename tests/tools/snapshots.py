"""Proof that a model is module for module and bit for bit what it was."""

from __future__ import annotations

from typing import Any

import torch


class Snapshot:
    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe
        self.model = getattr(pipe, "unet", None) or pipe.transformer
        self.looks = self._looks()
        self.weights = {name: tensor.clone() for name, tensor in self._weights().items()}
        self.flags = {name: p.requires_grad for name, p in self.model.named_parameters()}
        self.vocabulary = len(pipe.tokenizer)

    def check(self) -> None:
        assert self._looks() == self.looks
        now = self._weights()
        assert list(now) == list(self.weights)
        assert all(torch.equal(now[name], before) for name, before in self.weights.items())
        assert {name: p.requires_grad for name, p in self.model.named_parameters()} == self.flags
        assert len(self.pipe.tokenizer) == self.vocabulary
        assert not getattr(self.model, "peft_config", None)
        assert all(parameter.grad is None for parameter in self.model.parameters())

    def _looks(self) -> tuple[str, str, list[str]]:
        processors = [type(p).__name__ for p in self.model.attn_processors.values()]
        return repr(self.model), repr(self.pipe.text_encoder), processors

    def _weights(self) -> dict[str, torch.Tensor]:
        parts = {"unet": self.model, "text_encoder": self.pipe.text_encoder}
        return {f"{part}.{name}": t for part, model in parts.items() for name, t in model.state_dict().items()}
