"""Binds a made-up word to pictures: LoRA and token rows trained together, the base's own pictures held in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from limner.tools.base import Cancel, Progress, ToolError, ignore
from limner.tools.diffusion import losses
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.concept_tokens import Concepts, initial_rows
from limner.tools.diffusion.latents import Examples, conditioned
from limner.tools.diffusion.text_conditioning import TextCond
from limner.tools.diffusion.trainable import TrainableLora, trainable_lora
from limner.tools.diffusion.trainer import Group, Phase, Trace, train
from limner.tools.learning import Lesson
from limner.tools.library import TOKENS, WEIGHTS


@dataclass(frozen=True)
class Binding:
    """The numbers of one training."""

    token: str
    word: str  # the ordinary word the token begins as
    tokens: int
    rank: int
    steps: int
    batch: int
    lr: float
    token_lr: float
    prior_every: int  # every n-th step is on the prior; 0 never
    seed: int
    drop_caption: float = 0.1

    @classmethod
    def of(cls, lesson: Lesson, **numbers: Any) -> Binding:
        """A method's own numbers, with what the lesson sets otherwise."""
        unknown = set(lesson.settings) - {field.name for field in fields(cls)}
        if unknown:
            raise ToolError(f"no such training setting: {', '.join(sorted(unknown))}")
        return cls(**{**numbers, **lesson.settings})

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def bind(
    backbone: Backbone,
    binding: Binding,
    examples: Examples,
    prior: Examples | None,
    staged: Path,
    label: str,
    progress: Progress,
    cancel: Cancel,
    targets: str = "",
    prepare: Callable[[TrainableLora], None] = ignore,
) -> Trace:
    """Writes `adapter.safetensors` and `tokens.safetensors` into `staged`."""
    generator = torch.Generator().manual_seed(binding.seed)
    rows = [
        initial_rows(tokenizer, encoder, binding.word, binding.tokens).to(backbone.device).requires_grad_(True)
        for tokenizer, encoder in backbone.encoders
    ]
    concepts = Concepts({binding.token: rows})
    with torch.no_grad():
        empty = backbone.encode_text([""])
        # Nothing learns on the prior's words, so they are encoded once.
        prior_cond = backbone.encode_text(prior.captions) if prior else None

    def loss(step: int) -> Tensor:
        if prior and prior_cond and binding.prior_every and step % binding.prior_every == binding.prior_every - 1:
            return denoising(backbone, prior, prior_cond, empty, binding, generator)
        return denoising(
            backbone, examples, backbone.encode_text(examples.captions, concepts), empty, binding, generator
        )

    # Rank 0 is textual inversion: the word alone is learned.
    adapters = {"concept": targets or backbone.family.lora_targets} if binding.rank else {}
    with trainable_lora(backbone, adapters, binding.rank, binding.seed) as lora:
        prepare(lora)
        groups = [Group(rows, binding.token_lr)] if binding.token_lr else []
        if binding.rank:
            groups.append(Group([p for p in lora.params("concept") if p.requires_grad], binding.lr))
        trace = train([Phase(binding.steps, groups, loss)], label, progress, cancel)
        if binding.rank:
            lora.save("concept", staged / WEIGHTS, {"trigger": binding.token, "family": backbone.family.name})
    concepts.save(staged / TOKENS)
    return trace


def denoising(
    backbone: Backbone,
    examples: Examples,
    cond: TextCond,
    empty: TextCond,
    binding: Binding,
    generator: torch.Generator,
) -> Tensor:
    """The loss of the base's own training on a batch of cached latents."""
    z0, which = examples.draw(binding.batch, generator)
    noise = torch.randn(z0.shape, generator=generator).to(z0)
    t = torch.randint(0, backbone.timesteps, (len(z0),), generator=generator)
    drop = torch.rand(len(z0), generator=generator) < binding.drop_caption
    z_t = backbone.add_noise(z0, noise, t)
    said = backbone.predict(z_t, t.to(z0.device), conditioned(cond, which, drop, empty))
    return losses.diffusion(said, backbone.target(z0, noise, t))
