"""A study of one method: the same prompts and seeds through several arms, paired intervals, a table and a sheet."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from limner.tools.base import Progress
from limner.tools.evaluate.kept import Drawn, Kept

Role = Literal["base", "naive", "method", "knock-out"]


@dataclass(frozen=True)
class Arm:
    """One way to make the pictures; `draw` is told the training seed."""

    name: str
    role: Role
    draw: Callable[[int], Drawn]


@dataclass(frozen=True)
class Claim:
    """The method, or the arm `of`, is above or below another arm in one measure, or no worse than it by more than
    `within`."""

    measure: str
    other: str
    sign: Literal["above", "below", "no worse"]
    within: float = 0.0
    of: str = ""

    def __str__(self) -> str:
        sign = f"no worse, by {self.within}, than" if self.sign == "no worse" else self.sign
        return " ".join(filter(None, (self.of, self.measure, sign, self.other)))


@dataclass(frozen=True)
class Study:
    """What is to be shown. A claim holds only if its interval says so."""

    method: str
    question: str
    arms: Sequence[Arm]
    claims: Sequence[Claim]
    trainings: int = 1  # of each arm with each seed


@dataclass
class Findings:
    """Values by arm and measure, and how the study was run."""

    study: Study
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    sheets: dict[str, list[Image.Image]] = field(default_factory=dict)
    seeds: int = 0
    seconds: float = 0.0

    def mean(self, arm: str, measure: str) -> float:
        found = [value for value in self.values[arm].get(measure, []) if not math.isnan(value)]
        return sum(found) / len(found) if found else float("nan")

    def difference(self, claim: Claim) -> Difference | None:
        """The method, or the arm it is about, minus the other, in pairs of the same prompt and seed."""
        mine = self.values[claim.of or self.method_arm].get(claim.measure, [])
        theirs = self.values[claim.other].get(claim.measure, [])
        if len(mine) != len(theirs) or not mine:
            return None
        return paired([one - two for one, two in zip(mine, theirs, strict=True)])

    @property
    def method_arm(self) -> str:
        return next(arm.name for arm in self.study.arms if arm.role == "method")

    def holds(self, claim: Claim) -> bool | None:
        """None where there is nothing to compare."""
        found = self.difference(claim)
        if found is None:
            return None
        if claim.sign == "no worse":
            return found.low > -claim.within
        return found.low > 0 if claim.sign == "above" else found.high < 0

    def table(self) -> dict[str, Any]:
        measures = list(dict.fromkeys(name for row in self.values.values() for name in row))
        rows: dict[str, Any] = {"method": self.study.method, "seeds": self.seeds}
        for arm in self.study.arms:
            for measure in measures:
                rows[f"{arm.name}: {measure}"] = round(self.mean(arm.name, measure), 4)
        for claim in self.study.claims:
            said = self.difference(claim)
            verdict = {True: "holds", False: "does not hold", None: "nothing to compare"}[self.holds(claim)]
            rows[str(claim)] = f"{said}: {verdict}"
        return rows


@dataclass(frozen=True)
class Difference:
    """A mean of paired differences with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


def paired(differences: Sequence[float], draws: int = 2000, seed: int = 0) -> Difference:
    rng = random.Random(seed)
    count = len(differences)
    means = sorted(sum(rng.choices(differences, k=count)) / count for _ in range(draws))
    return Difference(sum(differences) / count, means[int(0.025 * draws)], means[int(0.975 * draws) - 1])


def conduct(
    study: Study, seeds: Sequence[int], seconds: float | None, progress: Progress, kept: Kept | None = None
) -> Findings:
    """Every arm with one seed, then with the next; no further seed is begun that would not end within `seconds` an
    arm. One seed is always done. What `kept` holds from an earlier run is not drawn again."""
    findings = Findings(study)
    for number, seed in enumerate(seeds):
        for place, arm in enumerate(study.arms):
            progress(
                f"{study.method}: {arm.name}, seed {seed}",
                number * len(study.arms) + place,
                len(seeds) * len(study.arms),
            )
            drawn = kept.find(arm.name, seed) if kept else None
            if drawn is None:
                began = time.monotonic()
                drawn = arm.draw(seed)
                drawn.seconds = time.monotonic() - began
                if kept:
                    kept.keep(arm.name, seed, drawn)
            values = findings.values.setdefault(arm.name, {})
            for measure, found in drawn.scores.items():
                values.setdefault(measure, []).extend(found)
            findings.sheets.setdefault(arm.name, list(drawn.pictures))
            findings.seconds += drawn.seconds
        findings.seeds = number + 1
        a_round = findings.seconds / findings.seeds
        if seconds is not None and findings.seconds + a_round > seconds * len(study.arms):
            break
    return findings


def report(findings: Findings, facts: Mapping[str, Any], steps: int | None, folder: Path) -> None:
    """Writes `method-<name>.md` and its sheet: a row of pictures for each arm, in the table's order."""
    study, name = findings.study, f"method-{findings.study.method}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [pictures for arm in study.arms if (pictures := findings.sheets.get(arm.name))]
    if rows:
        sheet(rows).save(folder / f"{name}.png")
    measures = list(dict.fromkeys(measure for row in findings.values.values() for measure in row))
    length = f"every training cut to {steps} steps" if steps else "trainings of their own length"
    pairs = {measure: len(found) for measure, found in findings.values[findings.method_arm].items()}
    counted = ", ".join(f"{count} of {measure}" for measure, count in pairs.items())
    lines = [
        f"# {study.method}, measured",
        "",
        study.question,
        "",
        f"Made by `limner evaluate method {study.method}`: {findings.seeds} training seed(s), the same prompts and "
        f"drawing seeds in each arm, {findings.seconds:.0f} s; {length}. Base `{facts.get('hash', '')[:16]}`, "
        f"{facts.get('family', '')} family, {facts.get('threads', '?')} thread(s). Intervals: 95 %, paired bootstrap "
        f"over the values of each arm: {counted}.",
        "",
        "| arm | " + " | ".join(measures) + " |",
        "|---|" + "---|" * len(measures),
        *(
            f"| {arm.name} ({arm.role}) | "
            + " | ".join(f"{findings.mean(arm.name, measure):.3f}" for measure in measures)
            + " |"
            for arm in study.arms
        ),
        "",
        "| claim about the method, or the arm named first | difference | holds |",
        "|---|---|---|",
        *(
            f"| {claim} | {findings.difference(claim)} "
            f"| {({True: 'yes', False: 'no', None: 'nothing to compare'})[findings.holds(claim)]} |"
            for claim in study.claims
        ),
    ]
    if rows:
        lines += ["", f"![one row for each arm, in the order of the table]({name}.png)"]
    (folder / f"{name}.md").write_text("\n".join([*lines, ""]), "utf-8")


def sheet(rows: Sequence[Sequence[Image.Image]], side: int = 96) -> Image.Image:
    gap, columns = 2, max(len(row) for row in rows)
    made = Image.new("RGB", (columns * (side + gap), len(rows) * (side + gap)), "white")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            made.paste(picture.resize((side, side), Image.Resampling.LANCZOS), (x * (side + gap), y * (side + gap)))
    return made
