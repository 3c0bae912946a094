"""Every study runs all its arms on the same prompts and seeds, and says what its intervals allow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from limner.tools import Engine, ToolError
from limner.tools.base import silent
from limner.tools.evaluate import bench, modular, motions, repairs, styles, subjects
from limner.tools.evaluate.kept import Drawn, Kept
from limner.tools.evaluate.material import cousins, dusk, held_out_clip
from limner.tools.evaluate.method import STUDIES, affordable, evaluate_method
from limner.tools.evaluate.study import Arm, Claim, Study, conduct, paired, report


class ColourJudge:
    """Finds pictures of one colour alike, and everything on the beach and a fox."""

    def embed(self, images: Sequence[Image.Image]) -> Tensor:
        means = torch.tensor([image.convert("RGB").resize((1, 1)).getpixel((0, 0)) for image in images]).float()
        return torch.nn.functional.normalize(means + 1, dim=1)

    def look(self, images: Sequence[Image.Image]) -> dict[str, list[str]]:
        return {q: [a] * len(images) for q, a in (("place", "beach"), ("style", "flat"), ("whole", "fox"))}


# Of many trainings, long ones, or clips.
LONG = (
    "motion_director", "orthogonal_adaptation", "decor", "styleforge_multi", "dreambooth_lora", "textual_inversion",
    "align_it",
)  # fmt: skip


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n in LONG else ()) for n in STUDIES])
@pytest.mark.usefixtures("short_lessons")
def test_a_study_draws_every_arm_and_writes_its_table_and_sheet(
    name: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bench, motions):
        monkeypatch.setattr(module, "DRAWING_STEPS", 1)
    few = dict(list(subjects.PROMPTS.items())[-3:])
    monkeypatch.setattr(subjects, "PICTURES", 1)
    for module, smaller in (
        (subjects, {"PROMPTS": few, "CLASS": subjects.CLASS[:2]}),
        (repairs, {"PROMPTS": few, "ASKED": dict(list(repairs.ASKED.items())[-2:])}),
        (styles, {"PEOPLED": 2, "SEEDS": 1}),
        (modular, {"SIZES": (2,), "PLACES": modular.PLACES[:1]}),
    ):
        for setting, value in smaller.items():
            monkeypatch.setattr(module, setting, value)
    judge = ColourJudge()
    found = evaluate_method(name, engine=engine, judge=judge, seeds=(0,), steps=2, out=tmp_path, studied=tmp_path)
    text = (tmp_path / f"method-{name}.md").read_text()
    assert "(base)" in text and "(naive)" in text and "(method)" in text and "(knock-out)" in text
    assert (tmp_path / f"method-{name}.png").exists()
    assert "nothing to compare" not in text and "nan" not in text
    assert found["seeds"] == 1
    assert engine.check_effects


def test_an_unknown_study_names_the_known_ones(engine: Engine) -> None:
    with pytest.raises(ToolError, match="no study of 'foo'; choose from all, dreambooth_lora"):
        evaluate_method("foo", engine=engine, judge=ColourJudge())


def study(method: Sequence[float], other: Sequence[float]) -> Study:
    arms = (
        Arm("naive", "naive", lambda seed: Drawn({"subject": other})),
        Arm("method", "method", lambda seed: Drawn({"subject": method})),
    )
    claims = (Claim("subject", "naive", "above"), Claim("subject", "naive", "no worse", 0.05))
    return Study("some", "?", arms, claims)


def test_a_claim_holds_only_if_its_interval_says_so(tmp_path: Path) -> None:
    clear = conduct(study([0.8, 0.9, 0.7], [0.1, 0.2, 0.3]), (0, 1, 2), None, lambda *_: None)
    assert [clear.holds(claim) for claim in clear.study.claims] == [True, True]
    noise = conduct(study([0.9, 0.1, 0.5], [0.1, 0.9, 0.5]), (0, 1, 2), None, lambda *_: None)
    assert [noise.holds(claim) for claim in noise.study.claims] == [False, False]
    report(clear, {"hash": "abc", "family": "sticker"}, None, tmp_path)
    assert "| subject above naive | +0.6000" in (tmp_path / "method-some.md").read_text()


def test_a_claim_may_be_about_another_arm_than_the_method(tmp_path: Path) -> None:
    arms = study([0.5, 0.5, 0.5], [0.1, 0.2, 0.3]).arms
    third = Arm("third", "knock-out", lambda seed: Drawn({"subject": [0.0, 0.1, 0.1]}))
    claim = Claim("subject", "third", "above", of="naive")
    found = conduct(Study("some", "?", (*arms, third), (claim,)), (0, 1, 2), None, silent)
    assert found.holds(claim)
    report(found, {}, None, tmp_path)
    assert "| naive subject above third | +0.1333" in (tmp_path / "method-some.md").read_text()


def test_a_stopped_study_goes_on_at_the_arm_it_was_at(tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []

    def drawing(name: str, fails: bool = False) -> Arm:
        def draw(seed: int) -> Drawn:
            if fails:
                raise KeyboardInterrupt
            asked.append((name, seed))
            return Drawn({"subject": [float(seed), 0.5]}, [Image.new("RGB", (8, 8), "red")])

        return Arm(name, "method" if name == "method" else "naive", draw)

    kept = Kept(tmp_path)
    stopped = Study("some", "?", (drawing("naive"), drawing("method", fails=True)), ())
    with pytest.raises(KeyboardInterrupt):
        conduct(stopped, (0, 1), None, silent, kept)
    found = conduct(Study("some", "?", (drawing("naive"), drawing("method")), ()), (0, 1), None, silent, kept)
    assert asked == [("naive", 0), ("method", 0), ("naive", 1), ("method", 1)]
    assert found.values["naive"]["subject"] == [0.0, 0.5, 1.0, 0.5]
    assert found.sheets["naive"][0].getpixel((0, 0)) == (255, 0, 0)


def test_no_seed_is_begun_that_would_not_end_in_time() -> None:
    one = conduct(study([1.0], [0.0]), (0, 1, 2), 0.0, lambda *_: None)
    assert one.seeds == 1 and len(one.values["method"]["subject"]) == 1
    assert affordable(1000, 1) is None
    assert affordable(60, 3) == 40
    assert affordable(210, 2) == 200


def test_a_clear_difference_excludes_zero_and_noise_does_not() -> None:
    assert paired([0.3, 0.2, 0.4, 0.3]).low > 0
    noise = paired([1.0, -1.0, 1.0, -1.0])
    assert noise.low < 0 < noise.high


def test_the_material_differs_as_it_should(tmp_path: Path, photos: list[Path]) -> None:
    judge = ColourJudge()
    families = cousins(photos, 3, tmp_path)
    seen = judge.embed([Image.open(family[0]) for family in families])
    assert float((seen[0] @ seen[1]).item()) < 0.99
    clip = held_out_clip("tumble", tmp_path / "tumble.gif")
    assert len(clip) == 16 and clip[0].tobytes() != clip[8].tobytes()
    night = dusk(Image.new("RGB", (64, 64), "black")).getpixel((0, 0))
    assert isinstance(night, tuple) and night[2] > night[0] > night[1]
