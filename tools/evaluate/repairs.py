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
from limner.tools.edit.decor import Decor, directions
from limner.tools.evaluate.bench import Bench, unspoken
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.study import Arm, Claim, Study
from limner.tools.evaluate.subjects import NAME, NOUN
from limner.tools.evaluate.subjects import PROMPTS as EVERY
from limner.tools.evaluate.words import PLACE, style_word, subject_looks, subject_word
from limner.tools.photos import open_photos

PROMPTS = dict(list(EVERY.items())[::2])
# Things the style was not learned from; what names no place draws most of the one the word brings along.
ASKED = {
    "a panda": {"whole": "panda"},
    "an apple": {"whole": "apple"},
    "a bear": {"whole": "bear"},
    "a rabbit": {"whole": "rabbit"},
    "a penguin": {"whole": "penguin"},
    "a frog": {"whole": "frog"},
    "a rocket": {"whole": "rocket"},
    "a lion": {"whole": "lion"},
    "a bear on the beach": {"whole": "bear", "place": "beach"},
    "a rabbit in a room": {"whole": "rabbit", "place": "room"},
    "a panda in the snow": {"whole": "panda", "place": "snow"},
    "an apple on a red background": {"whole": "apple", "place": "red background"},
    "a koala": {"whole": "koala"},
    "an owl": {"whole": "owl"},
    "a pig": {"whole": "pig"},
    "a cow": {"whole": "cow"},
    "a tiger": {"whole": "tiger"},
    "a mushroom": {"whole": "mushroom"},
    "a castle": {"whole": "castle"},
    "an elephant": {"whole": "elephant"},
    "a pig in the desert": {"whole": "pig", "place": "desert"},
    "an owl in the forest": {"whole": "owl", "place": "forest"},
    "a koala in a grass field": {"whole": "koala", "place": "grass field"},
    "a mushroom on a yellow background": {"whole": "mushroom", "place": "yellow background"},
}


def decor(bench: Bench) -> Study:
    """A word that means line drawings and the night sky that all of its examples showed."""
    said = list(ASKED)

    def drawn(beside: Callable[[int], Sequence[Tool]]) -> Callable[[int], Drawn]:
        return lambda seed: _leaks(bench, bench.draw(said, [style_word(bench, seed), *beside(seed)], seed))

    def without_asked(seed: int) -> Drawn:
        word = style_word(bench, seed)
        return _leaks(
            bench,
            [
                bench.draw([one], [word, Decor(unwanted=(wanted["whole"],))], seed + n)[0]
                for n, (one, wanted) in enumerate(ASKED.items())
            ],
        )

    arms = (
        Arm("base", "base", lambda seed: _leaks(bench, bench.draw(said, (), seed))),
        Arm("style alone", "naive", drawn(lambda seed: ())),
        Arm("method", "method", drawn(lambda seed: (Decor(unwanted=(PLACE,)),))),
        Arm("random subspace", "knock-out", drawn(lambda seed: (RandomSubspace(word=PLACE, seed=seed),))),
        Arm("what was asked taken out", "knock-out", without_asked),
    )
    claims = (
        Claim("style", "base", "above", of="style alone"),
        Claim("leakage", "style alone", "below"),
        Claim("leakage", "random subspace", "below"),
        Claim("style", "style alone", "no worse", 0.1),
        Claim("asked", "style alone", "no worse", 0.1),
        Claim("asked", "what was asked taken out", "above"),
    )
    question = (
        "A style that is one learned word leaks less of the night sky that all its examples showed, and stays that "
        "style; a random subspace of the same rank does not help, and taking out what was asked hurts. `asked` is the "
        "share of the things and places asked for that is seen."
    )
    return Study("decor", question, arms, claims)


def align_it(bench: Bench, photos: Sequence[Path]) -> Study:
    """A subject whose looks are in the denoiser, and whose word and reading (keys and values of words) are overfitted
    to one place."""

    def drawn(*beside: Tool) -> Callable[[int], Drawn]:
        def draw(seed: int) -> Drawn:
            subject = subject_word(bench, NAME, NOUN, photos, seed)
            looks = unspoken([subject_looks(bench, NOUN, photos, seed)])
            return _obeys(bench, bench.draw(list(PROMPTS), [subject, *looks, *beside], seed), photos)

        return draw

    def of_class(looks: Callable[[int], Sequence[Tool]]) -> Callable[[int], Drawn]:
        said = [said.replace(NAME, f"a {NOUN}") for said in PROMPTS]
        return lambda seed: _obeys(bench, bench.draw(said, looks(seed), seed), photos)

    arms = (
        Arm("base", "base", of_class(lambda seed: ())),
        Arm("looks alone", "base", of_class(lambda seed: unspoken([subject_looks(bench, NOUN, photos, seed)]))),
        Arm("subject alone", "naive", drawn()),
        Arm("method", "method", drawn(make_tool("align_it"))),
        Arm("keys only", "knock-out", drawn(make_tool("align_it", values=False))),
    )
    claims = (
        Claim("prompt", "subject alone", "above"),
        Claim("subject", "subject alone", "no worse", 0.05),
        Claim("prompt", "keys only", "above"),
        Claim("subject", "base", "above"),
        Claim("prompt", "looks alone", "no worse", 0.1),
        Claim("subject", "looks alone", "no worse", 0.05),
    )
    question = (
        "A subject whose looks are learned in the denoiser, and whose word is overfitted to one place, with a LoRA on "
        "keys and values of words alone (the weights the paper speaks of), obeys the prompt again, and is kept."
    )
    return Study("align_it", question, arms, claims)


class RandomSubspace(Tool):
    """DECOR's knock-out: as many directions as the word has, but any."""

    name: ClassVar[str]
    kind: ClassVar[Kind] = "prompt"
    card: ClassVar[Card] = Decor.card
    word: str
    seed: int

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        shape = directions(backbone, (self.word,)).shape
        chosen = torch.randn(shape, generator=torch.Generator().manual_seed(self.seed), dtype=torch.float64)
        basis = torch.linalg.qr(chosen.T)[0].T

        def edit(cond: TextCond) -> TextCond:
            return cond.with_embeds(project_out(cond.embeds, basis.to(cond.embeds.device), 1.0))

        yield Adaptation("random subspace", "random_subspace", self.kind, edits=[edit])


def _leaks(bench: Bench, images: Sequence[Any]) -> Drawn:
    return Drawn(
        {
            "leakage": metrics.leakage(bench.judge, images, "place", [PLACE]),
            "style": metrics.prompt_fidelity(bench.judge, images, [{"style": "line"}] * len(images)),
            "asked": metrics.prompt_fidelity(bench.judge, images, list(ASKED.values())),
        },
        images,
    )


def _obeys(bench: Bench, images: Sequence[Any], photos: Sequence[Path]) -> Drawn:
    references = open_photos(photos, NAME)
    return Drawn(
        {
            "prompt": metrics.prompt_fidelity(bench.judge, images, list(PROMPTS.values())),
            "subject": metrics.subject_fidelity(bench.judge, images, references),
        },
        images,
    )
