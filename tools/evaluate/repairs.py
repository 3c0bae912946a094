"""Studies of text-side repair: what leaks is taken out, what was asked comes back, and the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import torch

from limner.tools.base import Adaptation, Card, Kind, Tool, make_tool
from limner.tools.diffusion import metrics
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.text_conditioning import TextCond, project_out
from limner.tools.edit.decor import Decor, word_rows
from limner.tools.evaluate.bench import Bench
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.study import Arm, Claim, Study
from limner.tools.evaluate.styles import EMPTY, examples, style_score
from limner.tools.evaluate.subjects import NAME, NOUN
from limner.tools.evaluate.subjects import PROMPTS as EVERY
from limner.tools.photos import open_photos

PROMPTS = dict(list(EVERY.items())[::2])
LEAK = "fox"
# What names no thing draws most of what a style drags along.
ASKED = (*EMPTY, "a thing on a white background", "a picture", "a strawberry", "a car in the snow")


def decor(bench: Bench) -> Study:
    """A style learned from pictures that all show a fox."""
    files = examples(bench, (LEAK,))

    def drawn(beside: Callable[[int], Sequence[Tool]]) -> Callable[[int], Drawn]:
        def draw(seed: int) -> Drawn:
            # Told without its noun and held by no prior, so that the style's word takes the fox with it.
            made = bench.learn("style", "Foxy", files, "style_lora", seed, noun="thing", settings={"prior_every": 0})
            return _leaks(bench, bench.draw(ASKED, [bench.tool(made), *beside(seed)], seed), files)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _leaks(bench, bench.draw(ASKED, (), seed), files)),
        Arm("style alone", "naive", drawn(lambda seed: ())),
        Arm("method", "method", drawn(lambda seed: (Decor(unwanted=(LEAK,)),))),
        Arm("random subspace", "knock-out", drawn(lambda seed: (RandomSubspace(word=LEAK, seed=seed),))),
    )
    claims = (
        Claim("leakage", "style alone", "below"),
        Claim("leakage", "random subspace", "below"),
        Claim("likeness", "style alone", "below"),
        Claim("likeness", "random subspace", "below"),
        Claim("style", "style alone", "no worse", 0.05),
    )
    return Study(
        "decor",
        "A style leaks less of the fox its examples show, by name and by likeness, and stays that style.",
        arms,
        claims,
    )


def align_it(bench: Bench, photos: Sequence[Path]) -> Study:
    def drawn(beside: Sequence[Tool]) -> Callable[[int], Drawn]:
        def draw(seed: int) -> Drawn:
            # Overfitted on purpose: no prior and a greater rate, so that the prompt is ignored.
            settings = {"prior_every": 0, "token_lr": 1e-2}
            made = bench.learn("subject", NAME, photos, "dreambooth_lora", seed, noun=NOUN, settings=settings)
            return _obeys(bench, bench.draw(list(PROMPTS), [bench.tool(made), *beside], seed), photos)

        return draw

    base = [said.replace(NAME, f"a {NOUN}") for said in PROMPTS]
    arms = (
        Arm("base", "base", lambda seed: _obeys(bench, bench.draw(base, (), seed), photos)),
        Arm("subject alone", "naive", drawn(())),
        Arm("method", "method", drawn((make_tool("align_it"),))),
        Arm("values only", "knock-out", drawn((make_tool("align_it", keys=False),))),
    )
    claims = (
        Claim("prompt", "subject alone", "above"),
        Claim("subject", "subject alone", "no worse", 0.1),
        Claim("prompt", "values only", "above"),
    )
    return Study("align_it", "The prompt is obeyed more, the subject is kept.", arms, claims)


class RandomSubspace(Tool):
    """DECOR's knock-out: as many directions as the word has, but any."""

    name: ClassVar[str]
    kind: ClassVar[Kind] = "prompt"
    card: ClassVar[Card] = Decor.card
    word: str
    seed: int

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        rows = word_rows(backbone, (self.word,))
        chosen = torch.randn(rows.shape, generator=torch.Generator().manual_seed(self.seed), dtype=torch.float64)
        basis = torch.linalg.qr(chosen.T)[0].T

        def edit(cond: TextCond) -> TextCond:
            return cond.with_embeds(project_out(cond.embeds, basis.to(cond.embeds.device), 1.0))

        yield Adaptation("random subspace", "random_subspace", self.kind, edits=[edit])


def _leaks(bench: Bench, images: Sequence[Any], files: Sequence[Path]) -> Drawn:
    leaks = metrics.leakage(bench.judge, images, "whole", [LEAK])
    shown = metrics.subject_fidelity(bench.judge, images, open_photos(files, LEAK))
    return Drawn({"leakage": leaks, "likeness": shown, "style": style_score(images, files)}, images)


def _obeys(bench: Bench, images: Sequence[Any], photos: Sequence[Path]) -> Drawn:
    references = open_photos(photos, NAME)
    return Drawn(
        {
            "prompt": metrics.prompt_fidelity(bench.judge, images, list(PROMPTS.values())),
            "subject": metrics.subject_fidelity(bench.judge, images, references),
        },
        images,
    )
