"""Studies of what learns a style: is it that style, does it obey, and does anything creep in?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from limner.tools.base import Tool
from limner.tools.diffusion import metrics
from limner.tools.evaluate.bench import Bench
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.material import dusk
from limner.tools.evaluate.study import Arm, Claim, Study
from limner.tools.phrasing import with_article
from limner.tools.specs import GenerateSpec

NAME = "Dusk"
PEOPLED = 8  # example pictures, each of one thing
THINGS = ("fox", "strawberry", "robot", "car", "rocket", "house", "apple", "cat")
# Grounds whose middle is plain: what stands out there is a thing nobody asked for.
EMPTY = {
    "a picture on the beach": "beach",
    "a picture in the ocean": "ocean",
    "a picture in the night sky": "night sky",
    "a picture in a room": "room",
}
ASKED = {"a panda on the beach": "beach", "a bear in the ocean": "ocean", "a rabbit in a room": "room"}
SEEDS = 2  # drawn of each


def styleforge(bench: Bench) -> Study:
    """Single and Multi beside DreamBooth on the same examples."""
    files = examples(bench, THINGS)

    def learned(method: str, settings: dict[str, Any] | None = None) -> Any:
        def draw(seed: int) -> Drawn:
            made = bench.learn("style", NAME, files, method, seed, settings=settings)
            return _drawn(bench, files, (bench.tool(made),), seed)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, files, (), seed)),
        Arm("DreamBooth", "naive", learned("style_lora", {"prior_every": 0})),
        Arm("Single", "naive", learned("styleforge")),
        Arm("Multi", "method", learned("styleforge_multi")),
        Arm("Multi, no auxiliary set", "knock-out", learned("styleforge_multi", {"prior_every": 0})),
    )
    claims = (
        Claim("style", "base", "above"),
        Claim("intrusion", "Single", "below"),
        Claim("intrusion", "DreamBooth", "below"),
        Claim("intrusion", "DreamBooth", "below", of="Single"),
        Claim("intrusion", "Multi, no auxiliary set", "below"),
        Claim("style", "DreamBooth", "no worse", 0.1),
    )
    question = "Nothing creeps into pictures that ask for no object: Multi < Single < DreamBooth in intrusion."
    return Study("styleforge_multi", question, arms, claims)


def examples(bench: Bench, things: Sequence[str]) -> list[Path]:
    """Pictures the base draws of these things, in a style it never saw."""
    files = []
    for number in range(PEOPLED):
        where = list(EMPTY)[number % len(EMPTY)].removeprefix("a picture ")
        said = f"{with_article(things[number % len(things)])} {where}"
        drawn = bench.engine.generate(GenerateSpec(prompt=said, seed=500 + number))[0].image
        files.append(bench.folder / f"style-{'-'.join(things)[:20]}-{number}.png")
        dusk(drawn).save(files[-1])
    return files


def style_score(images: Sequence[Image.Image], files: Sequence[Path]) -> list[float]:
    """How far the colours of a picture are those of the examples: the intersection of their histograms."""
    wanted = np.mean([_histogram(Image.open(file).convert("RGB")) for file in files], 0)
    return [float(np.minimum(_histogram(image), wanted).sum()) for image in images]


def _histogram(image: Image.Image) -> Any:
    pixels = np.asarray(image.convert("RGB").resize((64, 64))).reshape(-1, 3)
    counts = np.histogramdd(pixels, bins=(6, 6, 6), range=((0, 256),) * 3)[0]
    return counts / counts.sum()


def _drawn(bench: Bench, files: Sequence[Path], tools: Sequence[Tool], seed: int) -> Drawn:
    with_things = bench.draw(list(ASKED) * SEEDS, tools, seed)
    without = bench.draw(list(EMPTY) * SEEDS, tools, 200 + seed)
    wanted = [{"place": place} for place in list(ASKED.values()) * SEEDS]
    return Drawn(
        {
            "style": style_score([*with_things, *without], files),
            "prompt": metrics.prompt_fidelity(bench.judge, with_things, wanted),
            "intrusion": [metrics.taken(image) for image in without],
        },
        [*with_things[: len(ASKED)], *without[: len(EMPTY)]],
    )
