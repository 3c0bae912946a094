"""The evaluation runs every arm on the same prompts and seeds and tells differences with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from limner.tools import Engine, ToolError
from limner.tools.evaluate.method import arms, evaluate_method, paired_interval


class BrightnessJudge:
    """Finds bright pictures alike, and everything on the beach."""

    def likeness(self, images: Sequence[Image.Image], references: Sequence[Image.Image]) -> list[float]:
        return [float(image.convert("L").resize((1, 1)).getpixel((0, 0))) / 255 for image in images]  # type: ignore[arg-type]

    def look(self, images: Sequence[Image.Image]) -> dict[str, list[str]]:
        return {"place": ["beach"] * len(images)}


@pytest.mark.usefixtures("short_lessons")
def test_every_arm_is_measured_and_compared_in_pairs(engine: Engine, photos: list[Path]) -> None:
    report = evaluate_method("dreambooth_lora", engine=engine, judge=BrightnessJudge(), photos=photos, seeds=(0,))
    assert {f"{arm.name}: subject" for arm in arms("dreambooth_lora")} <= set(report)
    assert report["base: prompt"] == 0.25
    assert report["method - naive: prompt"] == "+0.0000 [+0.0000, +0.0000]"


def test_only_subject_methods_are_evaluated_here(engine: Engine) -> None:
    with pytest.raises(ToolError, match=r"'decor' is not a subject method.*dreambooth_lora"):
        evaluate_method("decor", engine=engine, judge=BrightnessJudge())


def test_a_clear_difference_excludes_zero_and_noise_does_not() -> None:
    assert paired_interval([0.3, 0.2, 0.4, 0.3]).startswith("+0.3000 [+0.2")
    low, high = paired_interval([1.0, -1.0, 1.0, -1.0]).partition("[")[2].rstrip("]").split(", ")
    assert float(low) < 0 < float(high)
