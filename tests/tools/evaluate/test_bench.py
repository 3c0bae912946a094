"""What a study works with: lessons told apart by all that makes them differ; drawing side by side is drawing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limner.tools import Engine
from limner.tools.base import silent
from limner.tools.evaluate.bench import Bench
from tests.tools.evaluate.test_method import ColourJudge


@pytest.fixture
def bench(engine: Engine, tmp_path: Path) -> Bench:
    return Bench(engine, ColourJudge(), tmp_path, silent)


def slots(bench: Bench, families: list[list[Path]], apart: bool) -> list[int]:
    made = [
        bench.learn(
            "subject", f"Rex {n}", files, "orthogonal_adaptation", n, noun="dog", together=str(n if apart else 0)
        )
        for n, files in enumerate(families)
    ]
    return [one.recipe["slot"] for one in made]


@pytest.mark.usefixtures("short_lessons")
def test_what_is_learned_together_shares_out_its_directions(bench: Bench, photos: list[Path]) -> None:
    families = [photos, photos[:2]]  # more have no room in the tiny base
    assert slots(bench, families, apart=False) == [0, 1]
    assert slots(bench, families, apart=True) == [0, 0]


@pytest.mark.usefixtures("short_lessons")
def test_the_same_name_learned_from_other_pictures_is_another_lesson(bench: Bench, photos: list[Path]) -> None:
    one, two, again = (
        bench.learn("subject", "Rex", files, "dreambooth_lora", 0, noun="dog") for files in (photos, photos[:2], photos)
    )
    assert one.owner != two.owner
    assert again == one


def test_pictures_drawn_side_by_side_are_those_drawn_one_by_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = ["a dog", "a dog in the snow", "a cat"]
    together = bench.draw(prompts, (), 5)
    monkeypatch.setattr("limner.tools.evaluate.bench.AT_ONCE", 1)
    alone = bench.draw(prompts, (), 5)

    def far(one: Image.Image, two: Image.Image) -> int:
        return int(np.abs(np.asarray(one).astype(int) - np.asarray(two)).max())

    assert all(far(one, two) <= 1 for one, two in zip(together, alone, strict=True))
    assert far(together[0], together[1]) > 1
