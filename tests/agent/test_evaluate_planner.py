"""The suite evaluation counts what it says it counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from limner.agent.evaluate import (
    MEASURED,
    SHIPPED,
    Outcome,
    Report,
    document,
    evaluate,
    evaluate_planner,
    fits,
    read_suite,
    share,
    spell,
)
from limner.agent.plan import PlanError
from limner.agent.planner import ScriptedPlanner

CONTEXT = {"subjects": {"Mo": "cat"}, "styles": [], "motions": [], "attachments": "", "memory": [], "history": []}
DRAW = {"tool": "generate_image", "args": {"prompt": {"has": ["Mo", ["tea", "coffee"]]}, "subjects": ["Mo"]}}
ASK = {"tool": "ask_user", "args": {}}


def suite(folder: Path, *expected: Mapping[str, object]) -> Path:
    path = folder / "s.jsonl"
    rows = [
        {"id": n, "request": "r", "context": CONTEXT, "expected": [one], "tags": []} for n, one in enumerate(expected)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_exact_wrong_and_needless_are_told_apart(tmp_path: Path) -> None:
    plans = [
        'generate_image(prompt="Mo with coffee", subjects=["Mo"])',
        'generate_image(prompt="Mo with coffee", subjects=["Mo"], count=2)',
        'ask_user(question="Who?")',
        'generate_image(prompt="Mo")',
    ]
    report = evaluate(ScriptedPlanner(plans), suite(tmp_path, DRAW, DRAW, DRAW, ASK))
    numbers = report.numbers()
    assert numbers["exact"]["percent"] == 25.0
    assert numbers["tools"]["percent"] == 50.0
    assert numbers["wrong_actions"]["percent"] == 25.0
    assert numbers["asked_needlessly"]["of"] == 3
    assert numbers["asked_rightly"]["percent"] == 0.0
    assert "| 1 | r |" in report.markdown()
    assert "| s | 4 | 25.0 (5-70) |" in document("scripted", [report])


def test_matchers() -> None:
    assert fits("subjects", ["A", "b"], ["B", "a"])
    assert fits("count", [1, None], None)
    assert not fits("count", 2, 3)
    assert fits("layout", {"A": "left"}, {"a": "left"})


def test_a_share_carries_its_interval() -> None:
    assert share(58, 63) == {"percent": 92.1, "low": 82.7, "high": 96.6, "of": 63}


def test_an_unreadable_suite_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"request": "x"}\n', encoding="utf-8")
    with pytest.raises(PlanError, match="line 1"):
        read_suite(path)


def test_the_shipped_suite_can_be_read() -> None:
    assert len(read_suite(SHIPPED)) == 63
    assert spell(share(58, 63)) == "92.1 % (95 %: 82.7 to 96.6) of 63"


def test_a_page_keeps_the_notes_above_what_is_measured(tmp_path: Path) -> None:
    page = tmp_path / "planner.md"
    page.write_text(f"# Planner\n\nMind the tongues.\n\n{MEASURED}\n\nold numbers\n", encoding="utf-8")
    lines = evaluate_planner("embedded:planner", [suite(tmp_path, DRAW)], page)
    written = page.read_text(encoding="utf-8")
    assert written.startswith("# Planner\n\nMind the tongues.\n\n" + MEASURED)
    assert "old numbers" not in written and "| s | 1 |" in written and "MB" in written
    assert lines["planner"] == "embedded:planner"


def test_reading_ahead_is_told_apart_from_planning(tmp_path: Path) -> None:
    (item,) = read_suite(suite(tmp_path, DRAW))
    outcomes = [Outcome(item, None, seconds, 0.1, ("tools",), 1, ahead) for seconds, ahead in ((0.2, 1.0), (0.4, 0.0))]
    numbers = Report("s", (*outcomes, outcomes[0])).numbers()
    assert (numbers["seconds_median"], numbers["seconds_p95"]) == (0.2, 0.4)
    assert numbers["seconds_with_reading_ahead_median"] == numbers["seconds_with_reading_ahead_p95"] == 1.2
    assert "| seconds with reading ahead, median | 1.2 | | |" in Report("s", (outcomes[0],)).markdown()
    # What nobody read ahead takes as long as its plan.
    numbers = Report("s", (outcomes[1],)).numbers()
    assert numbers["seconds_with_reading_ahead_median"] == numbers["seconds_median"] == 0.4
    assert Report("s", ()).numbers()["seconds_with_reading_ahead_p95"] == 0.0


def test_each_request_is_read_ahead_with_what_was_known_before_it(tmp_path: Path) -> None:
    planner = ScriptedPlanner(['generate_image(prompt="Mo with tea", subjects=["Mo"])', 'ask_user(question="Who?")'])
    report = evaluate(planner, path := suite(tmp_path, DRAW, ASK))
    assert planner.expected == [item.context for item in read_suite(path)]
    assert all(one.ahead >= 0 and one.exact for one in report.outcomes)
    page = document("scripted", [report])
    head, rule, row = page.splitlines()[4:7]
    assert "median s with reading ahead" in head and head.count("|") == rule.count("|") == row.count("|")
