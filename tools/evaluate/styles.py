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
from limner.tools.style.styleforge import NUMBERS

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
SEEDS = 3  # drawn of each
BINS = 8  # of each colour channel


def styleforge(bench: Bench) -> Study:
    """Single and Multi beside DreamBooth on the same examples, which all see in equally many steps: what is learned of
    the auxiliary set comes on top of them, as in the paper."""
    files = examples(bench, THINGS)
    steps = bench.steps or NUMBERS.steps
    on_examples = steps - steps // NUMBERS.prior_every

    def learned(method: str, auxiliary: bool = True) -> Any:
        settings = {"steps": steps} if auxiliary else {"steps": on_examples, "prior_every": 0}

        def draw(seed: int) -> Drawn:
            made = bench.learn("style", NAME, files, method, seed, settings=settings)
            return _drawn(bench, (bench.tool(made),), seed)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, (), seed)),
        Arm("DreamBooth", "naive", learned("style_lora", auxiliary=False)),
        Arm("Single", "naive", learned("styleforge")),
        Arm("Multi", "method", learned("styleforge_multi")),
        Arm("Multi, no auxiliary set", "knock-out", learned("styleforge_multi", auxiliary=False)),
    )
    claims = (
        Claim("style", "base", "above"),
        Claim("intrusion", "Single", "below"),
        Claim("intrusion", "DreamBooth", "below"),
        Claim("intrusion", "DreamBooth", "below", of="Single"),
        Claim("intrusion", "Multi, no auxiliary set", "below"),
        Claim("style", "DreamBooth", "no worse", 0.1),
    )
    question = (
        "Nothing creeps into pictures that ask for no object: Multi < Single < DreamBooth in intrusion. `style` is how "
        "far a picture's colours went from the base's of the same words and seed the way that the style takes those: "
        f"0 as they were, 1 all the way. Every arm sees the examples in {on_examples} steps."
    )
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


def style_score(images: Sequence[Image.Image], plain: Sequence[Image.Image]) -> list[float]:
    """How far the colours of each picture went from those of the plain one beside it, along the way that the style
    takes the plain ones on average: pictures that show other things, but are not in the style, average 0; the plain
    ones in the style average 1."""
    starts = np.array([_colours(before) for before in plain])
    way = np.mean([_colours(dusk(before)) for before in plain], 0) - starts.mean(0)
    gone = np.array([_colours(image) for image in images]) - starts
    shares: list[float] = ((gone * way).sum((1, 2, 3)) / (way * way).sum()).tolist()
    return shares


def _colours(image: Image.Image) -> Any:
    """A histogram in which near colours are near, in square roots: common colours do not drown the others."""
    pixels = np.asarray(image.convert("RGB").resize((64, 64))).reshape(-1, 3)
    counts = np.histogramdd(pixels, bins=(BINS,) * 3, range=((0, 256),) * 3)[0]
    for axis in range(3):
        padded = np.pad(counts, [(1, 1) if n == axis else (0, 0) for n in range(3)], mode="edge")
        before, after = (np.take(padded, range(k, k + BINS), axis) for k in (0, 2))
        counts = (before + 2 * counts + after) / 4
    return np.sqrt(counts / counts.sum())


def _drawn(bench: Bench, tools: Sequence[Tool], seed: int) -> Drawn:
    asked, empty = list(ASKED) * SEEDS, list(EMPTY) * SEEDS
    with_things, without = bench.draw(asked, tools, seed), bench.draw(empty, tools, 200 + seed)
    plain = [*bench.draw(asked, (), seed), *bench.draw(empty, (), 200 + seed)] if tools else [*with_things, *without]
    wanted = [{"place": place} for place in list(ASKED.values()) * SEEDS]
    return Drawn(
        {
            "style": style_score([*with_things, *without], plain),
            "prompt": metrics.prompt_fidelity(bench.judge, with_things, wanted),
            "intrusion": [metrics.taken(image) for image in without],
        },
        [*with_things[: len(ASKED)], *without[: len(EMPTY)]],
    )
