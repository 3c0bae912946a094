"""Studies of what learns a subject: does it look like it, does it obey, and is the class still the class?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from limner.tools.base import Tool
from limner.tools.diffusion import metrics
from limner.tools.evaluate.bench import Bench, unspoken
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.study import Arm, Claim, Study
from limner.tools.library import Artifact
from limner.tools.photos import open_photos
from limner.tools.subject.dreambooth_lora import NUMBERS

NAME, NOUN, WRONG_NOUN = "Biscuit", "dog", "car"
NEVER = 10**9
# Shares of the steps on the photos after which the prior's absence is looked at.
STOPS = tuple(percent / 100 for percent in range(40, 91, 5))
PICTURES = 2  # of each prompt
SHORT = 100  # steps in which a wrong noun has not yet been overcome
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
    comes on top of each; and without it also in fewer, until the likeness is the same."""
    steps = bench.steps or NUMBERS.steps
    on_photos = steps - steps // NUMBERS.prior_every
    short = min(SHORT, steps)

    def learn(seed: int, noun: str = NOUN, **settings: Any) -> Artifact:
        return bench.learn("subject", NAME, photos, "dreambooth_lora", seed, noun=noun, settings=settings)

    def without(seed: int, share: float = 1.0) -> Artifact:
        # The class is drawn all the same, and the subject put before it: only its share in the loss is left out.
        return learn(seed, steps=round(share * on_photos), prior_every=NEVER)

    def stopped(seed: int) -> Artifact:
        """The likest of those that are no liker than the method's, on pictures of which none is in the table."""
        said, references = list(PROMPTS), open_photos(photos, NAME)

        def likeness(made: Artifact) -> float:
            drawn = bench.draw(said, (bench.tool(made),), 5000 + seed)
            return mean(metrics.subject_fidelity(bench.judge, drawn, references))

        wanted = likeness(learn(seed, steps=steps))
        found = {share: likeness(without(seed, share)) for share in STOPS}
        passed = [share for share in STOPS if found[share] <= wanted]
        return without(seed, max(passed, key=found.__getitem__) if passed else min(STOPS))

    def drawn(made: Callable[[int], Artifact], noun: str = NOUN) -> Callable[[int], Drawn]:
        return lambda seed: _drawn(bench, photos, (bench.tool(made(seed)),), seed, noun)

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, photos, (), seed, NOUN)),
        Arm("no prior", "naive", drawn(without)),
        Arm("no prior, stopped at equal likeness", "naive", drawn(stopped)),
        Arm("method", "method", drawn(lambda seed: learn(seed, steps=steps))),
        Arm("wrong noun", "knock-out", drawn(lambda seed: learn(seed, WRONG_NOUN, steps=steps), WRONG_NOUN)),
        Arm(f"method, {short} steps", "method", drawn(lambda seed: learn(seed, steps=short))),
        Arm(
            f"wrong noun, {short} steps",
            "knock-out",
            drawn(lambda seed: learn(seed, WRONG_NOUN, steps=short), WRONG_NOUN),
        ),
    )
    equal = arms[2].name
    claims = (
        Claim("subject", "base", "above"),
        Claim("subject", equal, "no worse", 0.05),
        Claim("subject", "method", "no worse", 0.05, of=equal),
        Claim("prior drift", equal, "below"),
        Claim("class diversity", equal, "above"),
        Claim("prior drift", "no prior", "below"),
        Claim("class diversity", "no prior", "above"),
        Claim("subject", "no prior", "no worse", 0.05),
        Claim("subject", "wrong noun", "above"),
        Claim("subject", arms[6].name, "above", of=arms[5].name),
    )
    question = (
        "The subject is learned; the prior keeps its class as it was, at equal likeness; a wrong noun loses. Without "
        f"the prior: as many steps on the photos, and of {', '.join(f'{share:g}' for share in STOPS)} of them that "
        "whose likeness on other pictures comes nearest to the method's without passing it."
    )
    return Study("dreambooth_lora", question, arms, claims)


def textual_inversion(bench: Bench, photos: Sequence[Path]) -> Study:
    def learned(settings: dict[str, Any]) -> Any:
        def draw(seed: int) -> Drawn:
            made = bench.learn("subject", NAME, photos, "textual_inversion", seed, noun=NOUN, settings=settings)
            return _drawn(bench, photos, (bench.tool(made),), seed, NOUN)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, photos, (), seed, NOUN)),
        Arm("one vector", "naive", learned({"tokens": 1})),
        Arm("method", "method", learned({})),
        Arm("word untrained", "knock-out", learned({"token_lr": 1e-9, "steps": 1})),
    )
    claims = (Claim("subject", "base", "above"), Claim("subject", "word untrained", "above"))
    return Study("textual_inversion", "A learned word alone brings the subject nearer.", arms, claims)


def _drawn(bench: Bench, photos: Sequence[Path], tools: Sequence[Tool], seed: int, noun: str) -> Drawn:
    references = open_photos(photos, NAME)
    asked = [said if tools else said.replace(NAME, f"a {noun}") for said in PROMPTS] * PICTURES
    drawn = bench.draw(asked, tools, seed)
    # The class noun alone, with the adapter on: what the prior has become.
    of_class = bench.draw(CLASS, unspoken(tools), 1000 + seed)
    return Drawn(
        {
            "subject": metrics.subject_fidelity(bench.judge, drawn, references),
            "prompt": metrics.prompt_fidelity(bench.judge, drawn, list(PROMPTS.values()) * PICTURES),
            "prior drift": metrics.prior_drift(bench.judge, of_class, references),
            "class diversity": metrics.diversity(bench.judge, of_class),
        },
        [*drawn[: len(PROMPTS) : 2], *of_class[::3]],
    )
