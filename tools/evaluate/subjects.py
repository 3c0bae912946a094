"""Studies of what learns a subject: does it look like it, does it obey, and is the class still the class?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limner.tools.base import Tool
from limner.tools.diffusion import metrics
from limner.tools.evaluate.bench import Bench, unspoken
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.material import cousins
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


def orthogonal(bench: Bench, photos: Sequence[Path], sizes: Sequence[int] = (2, 4, 8)) -> Study:
    """So many cousins learned alone, each with a training seed of its own, and merged; a drawing seed looks at the next
    two of them, alone and among others."""
    families = cousins(photos, max(sizes), bench.folder)

    def merged(method: str, shared_basis: bool = False) -> Any:
        def draw(seed: int) -> Drawn:
            # Owners of their own all begin at the first directions: the same for all, the paper's worst case.
            made = [
                bench.learn(
                    "subject", f"Cousin {n}", mine, method, n, noun=NOUN, together=f"{n if shared_basis else 0}"
                )
                for n, mine in enumerate(families)
            ]
            return _together(bench, [bench.tool(one) for one in made], families, sizes, seed)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _together(bench, [], families, sizes, seed)),
        Arm("LoRA sum", "naive", merged("dreambooth_lora")),
        Arm("method", "method", merged("orthogonal_adaptation")),
        Arm("shared basis", "knock-out", merged("orthogonal_adaptation", shared_basis=True)),
    )
    others = ("LoRA sum", "shared basis")
    claims = (
        Claim("alone", "base", "above"),
        *(
            Claim(f"{measure} {k}", other, "above")
            for measure in ("kept at", "subject at")
            for k in sizes
            for other in others
        ),
    )
    question = (
        "Subjects learned alone keep their looks when merged. `subject at k` is fidelity among k merged subjects of "
        "one class, `kept at k` that minus fidelity alone, `recognised at k` how often a picture is nearer to its own "
        "subject than to any other."
    )
    return Study("orthogonal_adaptation", question, arms, claims, trainings=-(-max(sizes) // 3))


def _together(
    bench: Bench, tools: Sequence[Tool], families: Sequence[Sequence[Path]], sizes: Sequence[int], seed: int
) -> Drawn:
    """Two cousins alone, then each with all others of a group on but unnamed."""
    scores: dict[str, list[float]] = {}
    pictures = []
    photos = [open_photos(files, "cousin") for files in families]
    count = len(families)
    for number in ((2 * seed) % count, (2 * seed + 1) % count):
        places = ("on the beach", "in the snow", "on a white background")
        named = f"Cousin {number}" if tools else f"a {NOUN}"
        prompts = [f"{named} {place}" for place in places]
        group = [(number + step) % count for step in range(max(sizes))]
        drawn = bench.draw(prompts, [tools[number]] if tools else (), seed)
        alone = metrics.subject_fidelity(bench.judge, drawn, photos[number])
        scores.setdefault("alone", []).extend(alone)
        pictures += drawn[:2]
        for size in sizes:
            if tools:
                # The others' weights act although nobody names them.
                silent = unspoken([tools[n] for n in group[1:size]])
                drawn = bench.draw(prompts, [tools[number], *silent], seed)
            among = metrics.subject_fidelity(bench.judge, drawn, photos[number])
            told = metrics.recognised(bench.judge, drawn, 0, [photos[n] for n in group[:size]])
            scores.setdefault(f"subject at {size}", []).extend(among)
            scores.setdefault(f"kept at {size}", []).extend(b - a for a, b in zip(alone, among, strict=True))
            scores.setdefault(f"recognised at {size}", []).extend(told)
            pictures += drawn[:2]
    return Drawn(scores, pictures)


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
