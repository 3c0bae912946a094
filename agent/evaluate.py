"""`limner evaluate planner`: any suite of requests against any planner, with intervals and a table of failures."""

from __future__ import annotations

import json
import math
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limner.agent.plan import MemoryLine, PastTurn, Plan, PlanContext, PlanError, render_plan
from limner.agent.planner import Planner, load_planner

# Tools that change nothing and run nothing: to use one where another was expected is no wrong action.
HARMLESS = {"ask_user", "reply", "recall"}


@dataclass(frozen=True)
class Item:
    """One request of a suite and the calls it should become."""

    id: str
    request: str
    context: PlanContext
    expected: tuple[dict[str, Any], ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What a planner made of one item."""

    item: Item
    plan: Plan | None
    seconds: float
    cpu: float  # seconds of processor time: what a plan costs on a core of its own, however busy the machine was
    wrong: tuple[str, ...]  # the arguments that do not fit, or "tools"
    arguments: int
    ahead: float = 0.0  # seconds of reading what was known before the request, which a person spends typing it
    error: str = ""

    @property
    def exact(self) -> bool:
        return not self.wrong

    @property
    def tools(self) -> tuple[str, ...]:
        return tuple(step.tool for step in self.plan.steps) if self.plan else ()

    @property
    def asks(self) -> bool:
        return "ask_user" in self.tools

    @property
    def should_ask(self) -> bool:
        return any(step["tool"] == "ask_user" for step in self.item.expected)

    @property
    def wrong_action(self) -> bool:
        run = Counter(tool for tool in self.tools if tool not in HARMLESS)
        return bool(run - Counter(step["tool"] for step in self.item.expected))


@dataclass(frozen=True)
class Report:
    """The outcomes of one suite."""

    suite: str
    outcomes: tuple[Outcome, ...]

    def numbers(self) -> dict[str, Any]:
        total = len(self.outcomes)
        seconds, cpu = sorted(one.seconds for one in self.outcomes), sorted(one.cpu for one in self.outcomes)
        whole = sorted(one.ahead + one.seconds for one in self.outcomes)
        arguments = sum(one.arguments for one in self.outcomes)
        missed = sum(one.arguments if one.wrong == ("tools",) else len(one.wrong) for one in self.outcomes)
        asked = [one for one in self.outcomes if one.should_ask]
        rest = [one for one in self.outcomes if not one.should_ask]
        return {
            "suite": self.suite,
            "n": total,
            "parsed": share(sum(one.plan is not None for one in self.outcomes), total),
            "exact": share(sum(one.exact for one in self.outcomes), total),
            "tools": share(sum(one.wrong != ("tools",) for one in self.outcomes), total),
            "arguments": share(max(0, arguments - missed), arguments),
            "asked_rightly": share(sum(one.asks for one in asked), len(asked)),
            "asked_needlessly": share(sum(one.asks for one in rest), len(rest)),
            "wrong_actions": share(sum(one.wrong_action for one in self.outcomes), total),
            "seconds_median": round(statistics.median(seconds), 3) if seconds else 0.0,
            "seconds_p95": round(seconds[math.ceil(0.95 * total) - 1], 3) if seconds else 0.0,
            "seconds_with_reading_ahead_median": round(statistics.median(whole), 3) if whole else 0.0,
            "seconds_with_reading_ahead_p95": round(whole[math.ceil(0.95 * total) - 1], 3) if whole else 0.0,
            "cpu_seconds_median": round(statistics.median(cpu), 3) if cpu else 0.0,
            "cpu_seconds_p95": round(cpu[math.ceil(0.95 * total) - 1], 3) if cpu else 0.0,
        }

    def markdown(self) -> str:
        numbers = self.numbers()
        lines = [
            f"## {self.suite} (n = {numbers['n']})",
            "",
            "| measure | value | 95 % interval | of |",
            "|---|---|---|---|",
        ]
        for name, value in numbers.items():
            if isinstance(value, dict):
                interval = f"{value['low']:.1f} to {value['high']:.1f}" if value["of"] else "-"
                lines.append(f"| {name.replace('_', ' ')} | {value['percent']:.1f} % | {interval} | {value['of']} |")
        lines += [
            f"| seconds, median | {numbers['seconds_median']} | | |",
            f"| seconds, p95 | {numbers['seconds_p95']} | | |",
            f"| seconds with reading ahead, median | {numbers['seconds_with_reading_ahead_median']} | | |",
            f"| seconds with reading ahead, p95 | {numbers['seconds_with_reading_ahead_p95']} | | |",
            f"| processor seconds, median | {numbers['cpu_seconds_median']} | | |",
            f"| processor seconds, p95 | {numbers['cpu_seconds_p95']} | | |",
        ]
        tags = sorted({tag for one in self.outcomes for tag in one.item.tags})
        if tags:
            lines += ["", "| tag | exact | of |", "|---|---|---|"]
        for tag in tags:
            tagged = [one for one in self.outcomes if tag in one.item.tags]
            lines.append(f"| {tag} | {sum(one.exact for one in tagged)} | {len(tagged)} |")
        failures = [one for one in self.outcomes if not one.exact]
        if failures:
            lines += ["", "| id | request | plan | wrong |", "|---|---|---|---|"]
        for one in failures:
            plan = render_plan(one.plan) if one.plan else one.error
            cells = (one.item.id, one.item.request, plan.replace("\n", " ; "), ", ".join(one.wrong))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return "\n".join(lines) + "\n"


SHIPPED = Path(__file__).parent / "planner_suite.jsonl"


# What stands above this line of a report was written by people, and stays when it is measured again.
MEASURED = "<!-- measured: what follows is written by `limner evaluate planner --report` -->"


def evaluate_planner(spec: str, suites: Sequence[Path] = (), page: Path | None = None) -> dict[str, str]:
    """One line a measure, then one a failure: what `limner evaluate planner` prints; and a page of it all."""
    planner = load_planner(spec)
    notes = page.read_text(encoding="utf-8").partition(MEASURED)[0] if page and page.exists() else ""
    reports = []
    for suite in suites or [SHIPPED]:
        reports.append(evaluate(planner, suite))
        if page:  # after each suite: hours of a slow planner are not lost with the last one
            page.write_text(f"{notes}{MEASURED}\n\n{document(spec, reports)}", encoding="utf-8")
    lines = {"planner": spec}
    for report in reports:
        before = f"{report.suite} " if len(reports) > 1 else ""
        for name, value in report.numbers().items():
            lines[before + name] = spell(value) if isinstance(value, dict) else str(value)
        for one in report.outcomes:
            if not one.exact:
                plan = render_plan(one.plan).replace("\n", " ; ") if one.plan else one.error
                wrong = ", ".join(one.wrong)
                lines[f"{before}failure {one.item.id}"] = f"{one.item.request} -> {plan} (wrong: {wrong})"
    return lines


def spell(share: dict[str, Any]) -> str:
    return f"{share['percent']} % (95 %: {share['low']} to {share['high']}) of {share['of']}" if share["of"] else "none"


def evaluate(planner: Planner, suite: Path, progress: Callable[[int, int], None] | None = None) -> Report:
    """Run every request of a suite file through the planner."""
    items = read_suite(suite)
    outcomes = []
    for number, item in enumerate(items):
        outcomes.append(_run(planner, item))
        if progress:
            progress(number + 1, len(items))
    return Report(suite.stem, tuple(outcomes))


def document(planner: str, reports: Sequence[Report]) -> str:
    """The reports as one page, the summary first."""
    names = ("exact", "tools", "arguments", "parsed", "asked_rightly", "asked_needlessly", "wrong_actions")
    lines = [f"## Measured: {planner}", ""]
    lines += [f"Shares are percent with their 95 % Wilson interval. Peak memory of the process: {_peak()}.", ""]
    lines += [
        "| suite | n | "
        + " | ".join(name.replace("_", " ") for name in names)
        + " | median s | p95 s | median s with reading ahead | p95 s with it | cpu median s | cpu p95 s |"
    ]
    lines += ["|" + "---|" * (len(names) + 8)]
    for report in reports:
        numbers = report.numbers()
        cells = [f"{numbers[n]['percent']:.1f} ({numbers[n]['low']:.0f}-{numbers[n]['high']:.0f})" for n in names]
        ahead = "seconds_with_reading_ahead"
        times = (
            "seconds_median",
            "seconds_p95",
            f"{ahead}_median",
            f"{ahead}_p95",
            "cpu_seconds_median",
            "cpu_seconds_p95",
        )
        row = [report.suite, str(numbers["n"]), *cells, *(str(numbers[name]) for name in times)]
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n\n" + "\n".join(report.markdown() for report in reports)


def _peak() -> str:
    try:
        import resource
    except ImportError:  # Windows
        return "not measured"
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes on Linux, bytes on a Mac.
    return f"{most // (1024**2 if sys.platform == 'darwin' else 1024)} MB"


def read_suite(path: Path) -> list[Item]:
    """The items of a JSON-lines suite; PlanError names the line that cannot be read."""
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            tags = tuple(row.get("tags", ()))
            items.append(
                Item(str(row.get("id", number)), row["request"], _context(row["context"]), tuple(row["expected"]), tags)
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PlanError(
                f"{path}, line {number} is not a suite item (request, context, expected): {error}"
            ) from error
    return items


def share(hits: int, of: int) -> dict[str, Any]:
    """A percentage with its 95 % Wilson interval."""
    if not of:
        return {"percent": 0.0, "low": 0.0, "high": 100.0, "of": 0}
    z, p = 1.96, hits / of
    middle, spread = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    scale = 100 / (1 + z * z / of)
    return {
        "percent": round(100 * p, 1),
        "low": max(0.0, round((middle - spread) * scale, 1)),
        "high": round((middle + spread) * scale, 1),
        "of": of,
    }


def mismatches(expected: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """The arguments of one call that do not fit what was expected."""
    wrong = [key for key, wanted in expected.items() if not fits(key, wanted, got.get(key))]
    wrong += [key for key in ("seed", "layout", "frames") if key not in expected and got.get(key) not in (None, {}, "")]
    return wrong + (["count"] if "count" not in expected and got.get("count") not in (None, 1) else [])


def fits(key: str, wanted: Any, value: Any) -> bool:
    """`{"has": [...]}` needs each word, or one of each inner list; subjects and styles are sets; a list is a choice."""
    if isinstance(wanted, dict) and "has" in wanted:
        said = str(value or "").lower()
        return all(
            any(w.lower() in said for w in (words if isinstance(words, list) else [words])) for words in wanted["has"]
        )
    if key in ("subjects", "styles"):
        return sorted(str(name).lower() for name in value or ()) == sorted(name.lower() for name in wanted)
    if isinstance(wanted, dict):
        return isinstance(value, dict) and _lower(value) == _lower(wanted)
    if isinstance(wanted, list):
        return any(value is None if one is None else str(value).lower() == str(one).lower() for one in wanted)
    return str(value).lower() == str(wanted).lower()


def _run(planner: Planner, item: Item) -> Outcome:
    arguments = sum(len(step["args"]) for step in item.expected)
    begun = time.perf_counter()
    planner.expect(item.context)
    started, worked = time.perf_counter(), time.process_time()
    ahead = started - begun
    try:
        plan, failure = planner.plan(item.context, item.request), ""
    except PlanError as error:
        plan, failure = None, str(error)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    if plan is None:
        return Outcome(item, None, seconds, cpu, ("tools",), arguments, ahead, failure)
    if [step.tool for step in plan.steps] != [step["tool"] for step in item.expected]:
        return Outcome(item, plan, seconds, cpu, ("tools",), arguments, ahead)
    wrong = [
        name
        for wanted, step in zip(item.expected, plan.steps, strict=True)
        for name in mismatches(wanted["args"], step.model_dump(mode="json"))
    ]
    return Outcome(item, plan, seconds, cpu, tuple(wrong), arguments, ahead)


def _context(row: dict[str, Any]) -> PlanContext:
    lines: Iterable[Any] = row.get("memory", ())
    memory = tuple(
        MemoryLine(id=f"m{n}", text=line) if isinstance(line, str) else MemoryLine.model_validate(line)
        for n, line in enumerate(lines, 1)
    )
    history = tuple(PastTurn.model_validate({**turn, "calls": tuple(turn["calls"])}) for turn in row.get("history", ()))
    return PlanContext.model_validate({**row, "memory": memory, "history": history})


def _lower(mapping: dict[str, Any]) -> dict[str, str]:
    return {str(key).lower(): str(value).lower() for key, value in mapping.items()}
