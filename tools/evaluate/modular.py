"""The study of subjects that are learned apart and merged: does each stay itself while the others are on?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from safetensors.torch import load_file

from limner.tools.base import Tool
from limner.tools.diffusion import metrics
from limner.tools.diffusion.orthogonal import Deltas, crosstalk, deltas
from limner.tools.evaluate.bench import Bench, Unfiltered, unspoken
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.material import cousins
from limner.tools.evaluate.study import Arm, Claim, Study
from limner.tools.library import Artifact
from limner.tools.photos import open_photos

NOUN = "dog"
SIZES = (2, 4, 8)
ROUNDS = 3
SCALE = 1.0  # in every arm: what a subject needs to be itself
PLACES = (
    "on the beach",
    "in the snow",
    "on a white background",
    "in the forest",
    "on a red background",
    "on a city street",
    "in a grass field",
    "at sunset",
    "in the desert",
    "in a room",
    "on a green background",
    "on a yellow background",
)


def orthogonal(bench: Bench, photos: Sequence[Path]) -> Study:
    """So many cousins learned alone, each with a training seed of its own, and merged; each round looks at other
    cousins, alone and among others."""
    families = cousins(photos, max(SIZES), bench.folder)

    def merged(method: str, shared_basis: bool = False, filtered: bool = True) -> Any:
        def draw(seed: int) -> Drawn:
            # Owners of their own all begin at the first directions: the same for all, the paper's worst case.
            made = [
                bench.learn(
                    "subject", f"Cousin {n}", mine, method, n, noun=NOUN, together=f"{n if shared_basis else 0}"
                )
                for n, mine in enumerate(families)
            ]
            return _together(bench, made, families, seed, filtered)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _together(bench, [], families, seed)),
        Arm("LoRA sum", "naive", merged("dreambooth_lora")),
        Arm("method", "method", merged("orthogonal_adaptation")),
        Arm("shared basis", "knock-out", merged("orthogonal_adaptation", shared_basis=True, filtered=False)),
        # One of the two that keep subjects apart, without the other.
        Arm("own directions, no filter", "knock-out", merged("orthogonal_adaptation", filtered=False)),
        Arm("shared basis, filter", "knock-out", merged("orthogonal_adaptation", shared_basis=True)),
    )
    others = ("LoRA sum", "shared basis")
    claims = (
        Claim("alone", "base", "above"),
        *(
            Claim(f"{measure} {k}", other, "above")
            for measure in ("kept at", "subject at")
            for k in SIZES
            for other in others
        ),
    )
    question = (
        "Subjects learned alone keep their looks when merged. `subject at k` is fidelity among k merged subjects of "
        "one class, `kept at k` that minus fidelity alone, `recognised at k` how often a picture is nearer to its own "
        f"subject than to any other; every scale is {SCALE:g}. `crosstalk` is how much the others' weight changes "
        "answer to the same inputs, 0 to 1, told from the weights before anything is drawn. Two things keep subjects "
        "apart: directions of their own, from the paper, and while they are on together a filter of what each hears "
        "(`tools/diffusion/deafness.py`), which is ours; the shared basis has neither, the last two arms have one each."
    )
    return Study("orthogonal_adaptation", question, arms, claims, trainings=-(-max(SIZES) // ROUNDS))


def _together(
    bench: Bench, made: Sequence[Artifact], families: Sequence[Sequence[Path]], seed: int, filtered: bool = True
) -> Drawn:
    """Every third cousin alone, then with all others of a group on but unnamed."""
    scores: dict[str, list[float]] = {}
    pictures = []
    photos = [open_photos(files, "cousin") for files in families]
    changes = [deltas(load_file(one.weights)) for one in made]
    tools: list[Tool] = [bench.tool(one, SCALE) for one in made]
    count = len(families)
    for number in range(seed % ROUNDS, count, ROUNDS):
        named = f"Cousin {number}" if tools else f"a {NOUN}"
        prompts = [f"{named} {place}" for place in PLACES]
        group = [(number + step) % count for step in range(max(SIZES))]
        drawn = bench.draw(prompts, [tools[number]] if tools else (), seed)
        alone = metrics.subject_fidelity(bench.judge, drawn, photos[number])
        scores.setdefault("alone", []).extend(alone)
        pictures += drawn[:1]
        for size in SIZES:
            if tools:
                # The others' weights act although nobody names them.
                on = [tools[number], *unspoken([tools[n] for n in group[1:size]])]
                drawn = bench.draw(prompts, on if filtered else [Unfiltered(of=tool) for tool in on], seed)
            among = metrics.subject_fidelity(bench.judge, drawn, photos[number])
            told = metrics.recognised(bench.judge, drawn, 0, [photos[n] for n in group[:size]])
            scores.setdefault(f"subject at {size}", []).extend(among)
            scores.setdefault(f"kept at {size}", []).extend(b - a for a, b in zip(alone, among, strict=True))
            scores.setdefault(f"recognised at {size}", []).extend(told)
            pictures += drawn[:1]
        scores.setdefault("crosstalk", []).append(_heard(changes, number) if made else 0.0)
    return Drawn(scores, pictures)


def _heard(changes: Sequence[Deltas], number: int) -> float:
    return mean(crosstalk(changes[number], other) for n, other in enumerate(changes) if n != number)
