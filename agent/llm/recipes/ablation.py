"""What the number and the breadth of the written requests are worth: short trainings that differ in nothing else."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import torch
from pydantic import BaseModel

from limner.agent.llm.recipes import train, vocabulary
from limner.agent.llm.recipes.authored import Row, rows
from limner.agent.llm.recipes.mixture import INTENTS, INVENTED
from limner.agent.llm.recipes.train import Pair, Settings, Student

TITLE = "# What the planner's training data is worth\n\n"
MEASURED = "<!-- measured: what follows is written by the recipe's stage `ablation` -->"
LAST = 10  # steps whose mean loss is told; that of one step says nothing


@dataclass(frozen=True)
class Arm:
    """A choice among the written requests; everything else is the same for every arm."""

    name: str
    about: str
    steps: int
    share: float = 1.0
    author: str = "*"
    seeds: Sequence[int] = (1,)

    def rows(self) -> tuple[Row, ...]:
        return tuple(row for row in rows(self.author) if not row.held and place(row) < self.share)


class Run(NamedTuple):
    """One training: with other rows, steps or held-out requests it is another."""

    arm: str
    seed: int
    rows: int
    steps: int
    held: str


class Result(BaseModel):
    run: Run
    loss: float | None
    held_out: dict[str, float]


Measure = Callable[[Arm, int], tuple[float | None, dict[str, float]]]


def ablation(work: Path, numbers: dict[str, Any], recipe: dict[str, Any], evaluation: list[str], page: Path) -> None:
    """Train every arm that is not in work/ablation.jsonl yet; the page is written after each."""
    settings, arms = Settings(**numbers | recipe["settings"]), [Arm(**arm) for arm in recipe["arms"]]
    tokenizer = vocabulary.load(work / "tokenizer.json")
    held = train.held_out(tokenizer, settings, evaluation, recipe["authored"], recipe["invented"])
    held = {kind: sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1])) for kind, pairs in held.items()}
    # The guard has a say in what is held out: losses from before it changed cannot stand beside those from after.
    held_sum = hashlib.sha256(json.dumps(held).encode()).hexdigest()[:12]

    def measure(arm: Arm, seed: int) -> tuple[float | None, dict[str, float]]:
        own = replace(settings, seed=seed)
        torch.manual_seed(seed)
        # Not on from work/adapter.pt: it has met the written requests, the weights without it have not.
        student = Student(work, own)
        pairs = train.encoded(tokenizer, own, evaluation, only=() if arm.share else INVENTED, written=arm.rows())
        losses = trained(student, pairs, own, arm.steps)
        return round(fmean(losses[-LAST:]), 4) if losses else None, train.held_losses(student, held)

    for results in measured(arms, work / "ablation.jsonl", held_sum, measure):
        notes = page.read_text(encoding="utf-8").partition(MEASURED)[0] if page.exists() else TITLE
        page.write_text(f"{notes}{MEASURED}\n\n{document(arms, results, settings, held)}", encoding="utf-8")


def place(row: Row) -> float:
    """Where a row stands between 0 and 1, whatever others there are: a smaller part lies within a larger one."""
    return int.from_bytes(hashlib.sha256(row.request.encode()).digest()[:4], "big") / 2**32


def trained(student: Student, pairs: Iterator[Pair], settings: Settings, steps: int) -> list[float]:
    """Train so many steps, to the end of the learning rate; the loss of each."""
    optimizer, source = train.adamw(student, settings), train.batches(pairs, settings, random.Random(settings.seed))
    return [
        train.learn(student, optimizer, batch, train.rate_at(settings, step, step, steps))
        for step, batch in enumerate(itertools.islice(source, steps))
    ]


def measured(arms: Sequence[Arm], log: Path, held: str, measure: Measure) -> Iterator[list[Result]]:
    """The results so far, after each: of the log, or measured and logged now. Every arm comes before more seeds."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    known = {one.run: one for one in map(Result.model_validate_json, lines)}
    found, runs = [], [(arm, seed) for arm in arms for seed in arm.seeds]
    for arm, seed in sorted(runs, key=lambda run: run[1]):
        run = Run(arm.name, seed, len(arm.rows()), arm.steps, held)
        if run not in known:
            loss, losses = measure(arm, seed)
            known[run] = Result(run=run, loss=loss, held_out=losses)
            with log.open("a", encoding="utf-8") as file:
                print(known[run].model_dump_json(), file=file)
        found.append(known[run])
        yield found


def document(arms: Sequence[Arm], results: Sequence[Result], settings: Settings, held: Mapping[str, Sized]) -> str:
    """The table of the arms that have a result, and how to read it."""
    share = INTENTS["authored"][1] / sum(weight for _, weight in INTENTS.values())
    text = f"""Short trainings by `python -m limner.agent.llm.recipes ablation`, all from the two files of weights that
        ship, without their adapter (batches of {settings.batch}, rate {settings.rate:g}, {settings.warmup} steps of
        warm-up, a cosine to its end). They compare what is learnt from and are no finished trainings, whose losses are
        lower. Only the requests written by hand differ: they stay {share:.0%} of the stream, fewer of them are drawn
        more often, and names come from the same lists. Losses are over the tokens of plans, of {len(held["authored"])}
        held-out written requests and of {len(held["invented"])} in held-out phrasings, the same for every arm; of
        several seeds the mean (least-most): what differs by no more than seeds do may be chance."""
    heads = ["arm", "written requests it learns from", "how many", "each drawn", "steps", "seeds", "loss in training"]
    heads += ["held out: written", "held out: invented"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for arm in arms:
        if found := [result for result in results if result.run.arm == arm.name]:
            number, drawn = found[0].run.rows, arm.steps * settings.batch * share
            losses = [[one.loss for one in found if one.loss is not None]]
            losses += [[one.held_out[kind] for one in found] for kind in ("authored", "invented")]
            cells = [
                arm.name,
                arm.about,
                f"{number:,}",
                f"{drawn / number:.2g}" if number else "-",
                arm.steps,
                len(found),
            ]
            lines.append(f"| {' | '.join(map(str, [*cells, *map(spread, losses)]))} |")
    return "\n".join([textwrap.fill(" ".join(text.split()), 120, break_on_hyphens=False), "", *lines, ""])


def spread(values: Sequence[float]) -> str:
    if len(values) < 2:
        return f"{values[0]:.3f}" if values else "-"
    return f"{fmean(values):.3f} ({min(values):.3f}-{max(values):.3f})"
