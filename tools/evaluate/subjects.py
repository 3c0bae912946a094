"""Studies of what learns a subject: does it look like it, does it obey, and is the class still the class?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limner.tools.base import Tool
from limner.tools.diffusion import metrics
from limner.tools.evaluate.bench import Bench, unspoken
from limner.tools.evaluate.material import cousins
from limner.tools.evaluate.study import Arm, Claim, Drawn, Study
from limner.tools.photos import open_photos

NAME, NOUN, WRONG_NOUN = "Biscuit", "dog", "car"
PROMPTS = {
    "Biscuit on the beach": {"place": "beach"},
    "Biscuit in the snow": {"place": "snow"},
    "Biscuit in the forest": {"place": "forest"},
    "Biscuit on a red background": {"place": "red background"},
    "a flat illustration of Biscuit in the desert": {"place": "desert", "style": "flat"},
    "a line drawing of Biscuit": {"style": "line"},
}


def dreambooth(bench: Bench, photos: Sequence[Path]) -> Study:
    def learned(settings: dict[str, Any], noun: str = NOUN) -> Any:
        return lambda seed: _subject(bench, photos, "dreambooth_lora", seed, noun, settings)

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, photos, (), seed, NOUN)),
        Arm("no prior", "naive", learned({"prior_every": 0})),
        Arm("method", "method", learned({})),
        Arm("wrong noun", "knock-out", learned({}, WRONG_NOUN)),
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
        Arm("word untrained", "knock-out", learned({"token_lr": 1e-9})),
    )
    claims = (Claim("subject", "base", "above"), Claim("subject", "word untrained", "above"))
    return Study("textual_inversion", "A learned word alone brings the subject nearer.", arms, claims)


def orthogonal(bench: Bench, photos: Sequence[Path], sizes: Sequence[int] = (2, 4, 8)) -> Study:
    """So many cousins learned alone and merged; each is drawn while all are switched on."""
    families = cousins(photos, max(sizes), bench.folder)

    def merged(method: str, shared_basis: bool) -> Any:
        def draw(seed: int) -> Drawn:
            made = [
                # Another owner starts at slot 0 again: the same directions for all, the paper's worst case.
                bench.learn(
                    "subject", f"Cousin {n}", mine, method, seed, noun=NOUN, owner=f"study-{n if shared_basis else 0}"
                )
                for n, mine in enumerate(families)
            ]
            return _together(bench, [bench.tool(one) for one in made], families, sizes, seed)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _together(bench, [], families, sizes, seed)),
        Arm("LoRA sum", "naive", merged("dreambooth_lora", False)),
        Arm("method", "method", merged("orthogonal_adaptation", False)),
        Arm("shared basis", "knock-out", merged("orthogonal_adaptation", True)),
    )
    claims = [Claim(f"kept at {k}", other, "above") for k in sizes for other in ("LoRA sum", "shared basis")]
    question = "Subjects learned alone keep their looks when merged: `kept` is fidelity among k minus fidelity alone."
    return Study("orthogonal_adaptation", question, arms, claims, trainings=max(sizes))


def _together(
    bench: Bench, tools: Sequence[Tool], families: Sequence[Sequence[Path]], sizes: Sequence[int], seed: int
) -> Drawn:
    """Each of the first two cousins alone, then with all others of a group on but unnamed."""
    scores: dict[str, list[float]] = {}
    pictures = []
    for number in range(2):
        prompts = [f"Cousin {number} on the beach", f"Cousin {number} in the snow"]
        references = open_photos(families[number], "cousin")
        if not tools:
            base = bench.draw([f"a {NOUN} on the beach", f"a {NOUN} in the snow"], (), seed)
            scores.setdefault("alone", []).extend(metrics.subject_fidelity(bench.judge, base, references))
            continue
        alone = metrics.subject_fidelity(bench.judge, bench.draw(prompts, [tools[number]], seed), references)
        scores.setdefault("alone", []).extend(alone)
        for size in sizes:
            # The others' weights act although nobody names them.
            silent = unspoken([tool for tool in tools[:size] if tool is not tools[number]])
            drawn = bench.draw(prompts, [tools[number], *silent], seed)
            among = metrics.subject_fidelity(bench.judge, drawn, references)
            scores.setdefault(f"kept at {size}", []).extend(b - a for a, b in zip(alone, among, strict=True))
            pictures += drawn[:1]
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
    of_class = bench.draw([f"a {NOUN}"] * len(asked), unspoken(tools), 1000 + seed)
    return Drawn(
        {
            "subject": metrics.subject_fidelity(bench.judge, drawn, references),
            "prompt": metrics.prompt_fidelity(bench.judge, drawn, list(PROMPTS.values())),
            "prior drift": metrics.prior_drift(bench.judge, of_class, references),
            "class diversity": [metrics.diversity(bench.judge, of_class)],
        },
        drawn,
    )
