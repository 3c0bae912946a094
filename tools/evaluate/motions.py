"""The study of what learns a motion: does it move so, and does it bring the looks of the clip along?"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from limner.tools.base import Tool
from limner.tools.diffusion import metrics
from limner.tools.evaluate.bench import Bench
from limner.tools.evaluate.kept import Drawn
from limner.tools.evaluate.material import held_out_clip
from limner.tools.evaluate.study import Arm, Claim, Study
from limner.tools.motion.motion_director import NUMBERS
from limner.tools.specs import AnimateSpec

MOTION, WORD = "tumble", "tumbling"
PROMPTS = ("a strawberry on a white background", "a car on a white background", "a robot on a white background")
DRAWING_STEPS = 8  # half of what a person gets; the same in every arm


def motion_director(bench: Bench) -> Study:
    file = bench.folder / "tumble.gif"
    reference = held_out_clip(MOTION, file, bench.engine.family.frames, bench.engine.family.resolution)
    mixed = _shuffled(reference, bench.folder / "shuffled.gif")

    def learned(method: str, source: Path, alone: bool = False) -> Any:
        def draw(seed: int) -> Drawn:
            settings = {"steps": bench.steps or NUMBERS.steps}  # as many in every arm
            made = bench.learn("motion", WORD, [source], method, seed, noun="dog", settings=settings)
            tool = bench.tool(made)
            return _drawn(bench, reference, (tool.model_copy(update={"path": ()}) if alone else tool,), seed)

        return draw

    arms = (
        Arm("base", "base", lambda seed: _drawn(bench, reference, (), seed)),
        Arm("coupled LoRA alone", "naive", learned("motion_lora", file, alone=True)),
        Arm("method", "method", learned("motion_director", file)),
        Arm("method's LoRA alone", "knock-out", learned("motion_director", file, alone=True)),
        Arm("shuffled frames", "knock-out", learned("motion_director", mixed)),
        Arm("shuffled frames' LoRA alone", "knock-out", learned("motion_director", mixed, alone=True)),
    )
    claims = (
        Claim("agreement", "base", "above"),
        Claim("agreement", "shuffled frames", "above"),
        Claim("agreement", "coupled LoRA alone", "no worse", 0.1),
        Claim("looks leaked", "coupled LoRA alone", "below"),
        Claim("agreement", "method's LoRA alone", "above"),
        Claim("agreement", "shuffled frames' LoRA alone", "above", of="method's LoRA alone"),
        Claim("looks leaked", "coupled LoRA alone", "below", of="method's LoRA alone"),
    )
    question = (
        "A motion no model was trained on is followed; the looks of its clip are left behind. `alone`: drawn from "
        "noise by the LoRA, as in the paper; otherwise a still's subject first goes the way of the clip's."
    )
    return Study("motion_director", question, arms, claims)


def _shuffled(frames: Sequence[Image.Image], file: Path) -> Path:
    mixed = list(frames)
    random.Random(1).shuffle(mixed)
    mixed[0].save(file, save_all=True, append_images=mixed[1:], duration=125, loop=0)
    return file


def _drawn(bench: Bench, reference: Sequence[Image.Image], tools: Sequence[Tool], seed: int) -> Drawn:
    clips = [
        bench.engine.animate(
            AnimateSpec(
                prompt=f"{said}, {WORD}",
                tools=tuple(tools),
                frames=len(reference),
                seed=10 * seed + n,
                steps=DRAWING_STEPS,
            )
        ).frames
        for n, said in enumerate(PROMPTS)
    ]
    return Drawn(
        {
            "agreement": [metrics.motion_agreement(clip, reference) for clip in clips],
            "amplitude": [metrics.motion_amplitude(clip, reference) for clip in clips],
            "looks leaked": [metrics.appearance_leakage(clip, reference) for clip in clips],
        },
        [frame for clip in clips for frame in clip[:: max(1, len(clip) // 4)]],
    )
