"""`limner evaluate method NAME`: what a method is worth against the base, the naive way and its own knock-out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from limner.tools.base import Progress, ToolError, silent
from limner.tools.engine import Engine
from limner.tools.evaluate import modular, motions, repairs, styles, subjects
from limner.tools.evaluate.bench import Bench, Judge
from limner.tools.evaluate.kept import kept
from limner.tools.evaluate.material import PHOTOS
from limner.tools.evaluate.study import Study, conduct, report

EVIDENCE = Path("docs") / "evidence"
STUDIED = Path(".studies")  # what has been learned and drawn; removed, a study begins anew
STEP_SECONDS = 0.35  # of the sticker family on one core
FEWEST_STEPS, MOST_STEPS = 40, 320
STUDIES: dict[str, Callable[[Bench, Sequence[Path]], Study]] = {
    "dreambooth_lora": subjects.dreambooth,
    "textual_inversion": subjects.textual_inversion,
    "styleforge_multi": lambda bench, photos: styles.styleforge(bench),
    "motion_director": lambda bench, photos: motions.motion_director(bench),
    "orthogonal_adaptation": modular.orthogonal,
    "decor": lambda bench, photos: repairs.decor(bench),
    "align_it": repairs.align_it,
}


def evaluate_method(
    name: str,
    family: str = "sticker",
    device: str = "auto",
    *,
    weights: Path | None = None,
    engine: Engine | None = None,
    judge: Judge | None = None,
    photos: Sequence[Path] | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    seconds: float | None = None,
    steps: int | None = None,
    out: Path = EVIDENCE,
    studied: Path = STUDIED,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Runs the study of one method, or of all, and writes its table and sheet to `out`. `seconds` bounds each arm,
    roughly: trainings are cut to what fits, and no further seed is begun that would not end in time. `steps` sets the
    length of every training, in every arm. A study that is stopped goes on where it was when it is asked for again."""
    if name != "all" and name not in STUDIES:
        raise ToolError(f"there is no study of {name!r}; choose from all, {', '.join(STUDIES)}")
    if judge is None:
        from limner.tools.evaluate.probes import load_probes

        judge = load_probes()
    engine = engine or Engine.load(family, device, folder=weights)
    told: dict[str, Any] = {}
    # What the check finds is not what is measured here, and it may move scales.
    engine.check_effects, checked = False, engine.check_effects
    try:
        for one in STUDIES if name == "all" else (name,):
            found = photos or PHOTOS
            length = f"{steps} steps" if seconds is None or steps else f"{seconds} s, {len(seeds)} seeds"
            keep = kept(studied, one, engine.base_hash(), found, length)
            keep.folder.mkdir(parents=True, exist_ok=True)
            bench = Bench(engine, judge, keep.folder, progress, steps)
            study = STUDIES[one](bench, found)
            if seconds is not None and steps is None:
                bench.steps = affordable(seconds, study.trainings * len(seeds))
            findings = conduct(study, seeds, seconds, progress, keep)
            engine.release()
            report(findings, engine.describe(), bench.steps, out)
            table = findings.table()
            told |= table if name != "all" else {f"{one}, {key}": value for key, value in table.items()}
    finally:
        engine.check_effects = checked
    return told


def affordable(seconds: float, trainings: int) -> int | None:
    """Steps of each training so that all of them take about two thirds of the time; None where all can be whole."""
    steps = int(seconds * 2 / 3 / trainings / STEP_SECONDS)
    return None if steps >= MOST_STEPS else max(FEWEST_STEPS, steps)
