"""Binds made-up words to pictures: LoRA and token rows trained together, the base's own pictures held in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from limner.tools.base import Cancel, Progress, ignore
from limner.tools.diffusion import losses
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.concept_tokens import Concepts, initial_rows
from limner.tools.diffusion.hands import hands
from limner.tools.diffusion.keeping import Keeping
from limner.tools.diffusion.latents import Examples, conditioned
from limner.tools.diffusion.text_conditioning import TextCond
from limner.tools.diffusion.trainable import TrainableLora, trainable_lora
from limner.tools.diffusion.trainer import Group, Phase, Shares, Trace, train
from limner.tools.learning import Lesson
from limner.tools.library import TOKENS, WEIGHTS
from limner.tools.phrasing import placeholder
from limner.tools.training import Numbers


@dataclass(frozen=True)
class Beginnings:
    """As which ordinary word a learned one begins, and how it and words of nobody's differ from that one's rows
    (count, width)."""

    word: str
    own: Callable[[Tensor], Tensor]
    strangers: Sequence[Callable[[Tensor], Tensor]]


def bind(
    lesson: Lesson,
    numbers: Numbers,
    words: Mapping[str, str],
    backbone: Backbone,
    examples: Examples,
    prior: Examples | None,
    staged: Path,
    progress: Progress,
    cancel: Cancel,
    targets: str = "",
    prepare: Callable[[TrainableLora], None] = ignore,
    beginnings: Beginnings | None = None,
) -> Trace:
    """Writes `adapter.safetensors` and `tokens.safetensors` into `staged`. `words` says as which ordinary word each
    made-up one begins, if not `beginnings`; without those strangers lie as far from it as another learned one may."""
    generator = torch.Generator().manual_seed(lesson.seed)
    begins = beginnings or Beginnings("", lambda rows: rows, [partial(_astray, generator)] * numbers.strangers)
    nouns = {token: ordinary_rows(backbone, begins.word or word, numbers.tokens) for token, word in words.items()}
    concepts = Concepts(
        {token: [begins.own(row).requires_grad_(True) for row in rows] for token, rows in nouns.items()}
    )
    rows = [row for encoders in concepts.rows.values() for row in encoders]
    with torch.no_grad():
        empty = backbone.encode_text([""])
        # Nothing learns on the prior's words, so they are encoded once.
        first = next(iter(nouns.values()))
        strangers = Concepts(
            {
                placeholder(f"stranger-{number}"): [other(row) for row in first]
                for number, other in enumerate(begins.strangers)
            }
        )
        prior_cond = backbone.encode_text(prior.captions, strangers) if prior else None

    count = hands(backbone.device)
    shares = torch.arange(numbers.batch).chunk(count if numbers.batch % count == 0 else 1)

    def loss(step: int) -> Shares:
        on_prior = prior and numbers.prior_every and step % numbers.prior_every == numbers.prior_every - 1
        seen = prior if on_prior and prior else examples
        z0, said = seen.draw(numbers.batch, generator)
        noise = torch.randn(z0.shape, generator=generator).to(z0)
        t = torch.randint(0, backbone.timesteps, (len(z0),), generator=generator)
        drop = torch.rand(len(z0), generator=generator) < numbers.drop_caption
        works = []
        for rows in shares:
            if on_prior and prior_cond:
                cond = prior_cond.rows(said[rows])
            else:  # a graph of its own for each share, so that they can be walked at once
                cond = _heard(backbone, seen, said[rows], concepts)
            cond = conditioned(cond, drop[rows], empty)
            works.append(partial(denoising, backbone, z0[rows], noise[rows], t[rows], cond))
        return works

    adapters = {"concept": targets or backbone.family.lora_targets} if numbers.rank else {}
    with trainable_lora(backbone, adapters, numbers.rank, lesson.seed) as lora:
        prepare(lora)
        groups = [Group(rows, numbers.token_lr)] if numbers.token_lr else []
        if numbers.rank:
            groups.append(Group([p for p in lora.params("concept") if p.requires_grad], numbers.lr))
        keeping = Keeping(lesson.work, generator) if lesson.work else None
        trace = train([Phase(numbers.steps, groups, loss)], f"learning {lesson.name}", progress, cancel, keeping)
        if numbers.rank:
            trigger = " ".join(words)
            lora.save("concept", staged / WEIGHTS, {"trigger": trigger, "family": backbone.family.name})
    concepts.save(staged / TOKENS)
    return trace


def _astray(generator: torch.Generator, rows: Tensor) -> Tensor:
    way = torch.randn(rows.shape, generator=generator).to(rows)
    moved: Tensor = rows + way * rows.norm() / rows.numel() ** 0.5
    return moved


def denoising(backbone: Backbone, z0: Tensor, noise: Tensor, t: Tensor, cond: TextCond) -> Tensor:
    """The loss of the base's own training on a batch of cached latents."""
    said = backbone.predict(backbone.add_noise(z0, noise, t), t.to(z0.device), cond)
    return losses.diffusion(said, backbone.target(z0, noise, t))


def _heard(backbone: Backbone, seen: Examples, said: Tensor, concepts: Concepts) -> TextCond:
    """Only what is said, and once: the text encoder costs as much per caption as the denoiser per picture."""
    distinct = sorted(set(said.tolist()))
    place = torch.tensor([distinct.index(number) for number in said.tolist()])
    return backbone.encode_text([seen.captions[n] for n in distinct], concepts).rows(place)


def ordinary_rows(backbone: Backbone, word: str, count: int) -> list[Tensor]:
    """What a word of `count` vectors begins as: one (count, width) tensor per text encoder that reads placeholders."""
    return [
        initial_rows(tokenizer, encoder, word, count).to(backbone.device) for tokenizer, encoder in backbone.encoders
    ]
