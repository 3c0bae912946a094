"""Studies of what learns a subject: does it look like it, does it obey, and is the class still the class?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limner.tools.base import Tool
from limner.tools.diffusion import metrics
from limner.tools.evaluate.bench import Bench, unspoken
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.study import Arm, Claim, Study
from limner.tools.photos import open_photos
from limner.tools.subject.dreambooth_lora import NUMBERS

NAME, NOUN, WRONG_NOUN = "Biscuit", "dog", "car"
NEVER = 10**9
PROMPTS = {
    "Biscuit on the beach": {"place": "beach"},
    "Biscuit in the snow": {"place": "snow"},
    "Biscuit in the forest": {"place": "forest"},
    "Biscuit at sunset": {"place": "sunset"},
    "Biscuit on a city street": {"place": "city street"},
    "Biscuit in the desert": {"place": "desert"},
    "Biscuit in the ocean": {"place": "ocean"},
    "Biscuit in the night sky": {"place": "night sky"},
    "Biscuit in a grass field": {"place": "grass field"},
    "Biscuit in a room": {"place": "room"},
    "Biscuit on a red background": {"place": "red background"},
    "Biscuit on a blue background": {"place": "blue background"},
    "Biscuit on a yellow background": {"place": "yellow background"},
    "Biscuit on a purple background": {"place": "purple background"},
    "a flat illustration of Biscuit in the desert": {"place": "desert", "style": "flat"},
    "a flat illustration of Biscuit on the beach": {"place": "beach", "style": "flat"},
    "a flat illustration of Biscuit on a pink background": {"place": "pink background", "style": "flat"},
    "a flat illustration of Biscuit": {"style": "flat"},
    "a 3d render of Biscuit in the snow": {"place": "snow", "style": "3d"},
    "a 3d render of Biscuit in the forest": {"place": "forest", "style": "3d"},
    "a 3d render of Biscuit on a grey background": {"place": "grey background", "style": "3d"},
    "a line drawing of Biscuit on a green background": {"place": "green background", "style": "line"},
    "a line drawing of Biscuit on the beach": {"place": "beach", "style": "line"},
    "a line drawing of Biscuit": {"style": "line"},
}
# The class as widely as the base can say it: nearly the same picture comes at every seed of one prompt.
CLASS = [
    f"{frame.format(f'a {NOUN}')} {ground}".strip()
    for frame in ("a 3d render of {}", "a flat illustration of {}", "a line drawing of {}", "a cartoon of {}")
    for ground in ("", "in the snow", "on a red background")
]


def dreambooth(bench: Bench, photos: Sequence[Path]) -> Study:
    """With the prior and without it the photos are seen in equally many steps, as in the paper, where the prior's share
    comes on top of each."""

    def learned(prior: bool = True, noun: str = NOUN) -> Any:
        def draw(seed: int) -> Drawn:
            every, steps = NUMBERS.prior_every, bench.steps or NUMBERS.steps
            # Drawn all the same: only its share in the loss is left out.
            settings = {} if prior else {"prior_every": NEVER, "steps": steps - steps // every}
            return _subject(bench, photos, "dreambooth_lora", seed, noun, settings)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, photos, (), seed, NOUN)),
        Arm("no prior", "naive", learned(prior=False)),
        Arm("method", "method", learned()),
        Arm("wrong noun", "knock-out", learned(noun=WRONG_NOUN)),
    )
    claims = (
        Claim("subject", "base", "above"),
        Claim("prior drift", "no prior", "below"),
        Claim("class diversity", "no prior", "above"),
        Claim("subject", "no prior", "no worse", 0.05),
        Claim("subject", "wrong noun", "above"),
    )
    question = "The subject is learned; the prior keeps its class as it was; a wrong noun loses."
    return Study("dreambooth_lora", question, arms, claims)


def textual_inversion(bench: Bench, photos: Sequence[Path]) -> Study:
    def learned(settings: dict[str, Any]) -> Any:
        return lambda seed: _subject(bench, photos, "textual_inversion", seed, NOUN, settings)

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, photos, (), seed, NOUN)),
        Arm("one vector", "naive", learned({"tokens": 1})),
        Arm("method", "method", learned({})),
        Arm("word untrained", "knock-out", learned({"token_lr": 1e-9, "steps": 1})),
    )
    claims = (Claim("subject", "base", "above"), Claim("subject", "word untrained", "above"))
    return Study("textual_inversion", "A learned word alone brings the subject nearer.", arms, claims)


def _subject(
    bench: Bench, photos: Sequence[Path], method: str, seed: int, noun: str, settings: dict[str, Any]
) -> Drawn:
    made = bench.learn("subject", NAME, photos, method, seed, noun=noun, settings=settings)
    return _drawn(bench, photos, (bench.tool(made),), seed, noun)


def _drawn(bench: Bench, photos: Sequence[Path], tools: Sequence[Tool], seed: int, noun: str) -> Drawn:
    references = open_photos(photos, NAME)
    asked = [said if tools else said.replace(NAME, f"a {noun}") for said in PROMPTS]
    drawn = bench.draw(asked, tools, seed)
    # The class noun alone, with the adapter on: what the prior has become.
    of_class = bench.draw(CLASS, unspoken(tools), 1000 + seed)
    return Drawn(
        {
            "subject": metrics.subject_fidelity(bench.judge, drawn, references),
            "prompt": metrics.prompt_fidelity(bench.judge, drawn, list(PROMPTS.values())),
            "prior drift": metrics.prior_drift(bench.judge, of_class, references),
            "class diversity": metrics.diversity(bench.judge, of_class),
        },
        [*drawn[::2], *of_class[::3]],
    )
