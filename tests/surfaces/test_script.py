"""Scripted conversations: what passes, what is reported, and that a run goes on where it stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from limner.agent.plan import parse_plan
from limner.agent.surfaces.cli import app
from limner.agent.surfaces.script import PlansOfTurns

WEEK = """
name: week
seed: 7
planner: scripted
start: 2026-11-16T10:00:00Z
turns:
  - session: monday
    user: This is my dog Biscuit, remember him
    attach: [photo-0.png, photo-1.png, photo-2.png]
    plan: learn_subject(name="Biscuit", class_noun="dog")
    expect: {tools: learn_subject, handles: "@biscuit", text_contains: [Biscuit, dog]}
  - user: Draw Biscuit on the beach as a line drawing
    plan: generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["line"])
    expect: {images: 1, size: [64, 64], arguments: {styles: [line], prompt: beach}}
  - like: last
  - user: make him hop
    plan: animate(prompt="Biscuit hopping", motion="hop")
    expect: {frames: 16, arguments: {subjects: [Biscuit]}, asks: false}
  - session: later
    advance: 7 days
    user: draw him in the snow in the style I liked last time
    plan: generate_image(prompt="Biscuit in the snow", subjects=["Biscuit"])
    expect: {arguments: {styles: [line]}, handles: img-2}
  - user: draw Rex
    plan: generate_image(prompt="Rex", subjects=["Rex"])
    expect: {asks: Rex, images: 0}
"""


def run(file: Path, text: str, *flags: str) -> Result:
    file.write_text(text, "utf-8")
    return CliRunner().invoke(app, ["run", str(file), *flags])


def test_a_whole_week_passes_and_leaves_a_contact_sheet(home: Path, photos: list[Path]) -> None:
    result = run(home / "week.yaml", WEEK)
    assert result.exit_code == 0, result.output
    assert "all as expected" in result.output and "contact sheet" in result.output
    made = sorted(one.name for one in (home / "outputs").rglob("*") if one.suffix in (".png", ".gif"))
    assert made == ["ana-clip-1-seed7.gif", "ana-img-1-seed7.png", "ana-img-2-seed7.png", "week-sheet.png"]


def test_the_same_script_makes_the_same_bytes(home: Path, photos: list[Path]) -> None:
    outputs = []
    for place in ("a", "b"):
        # The fake engine's colours depend on where the adapters lie, so both runs get the same place.
        shutil.rmtree(home / "own", ignore_errors=True)
        result = run(home / "week.yaml", WEEK, "--data", str(home / "own"), "--out", str(home / f"out-{place}"))
        assert result.exit_code == 0, result.output
        files = sorted((home / f"out-{place}").rglob("ana-*.png"))
        outputs.append([one.read_bytes() for one in files])
    assert outputs[0] == outputs[1] and len(outputs[0]) == 2


def test_what_is_not_as_expected_is_said_and_exits_with_one(home: Path, photos: list[Path]) -> None:
    result = run(home / "week.yaml", WEEK.replace("handles: img-2", "handles: img-9, images: 3"), "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    misses = [miss for turn in report["turns"] for miss in turn["misses"]]
    assert not report["ok"] and len(misses) == 2 and "img-9" in misses[0] and "expected 3, got 1" in misses[1]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("turns:\n  - user: [unclosed\n", 3, "not readable as YAML"),
        ("turns:\n  - user: hello\n    atach: a.png\n", 3, "no such key"),
        ("turns:\n  - user: hello\n  - advance: soon\n", 3, "no length of time"),
        ("turns:\n  - user: hello\n    expect:\n      images: many\n", 4, "valid integer"),
        ("turns: []\n", 1, "at least 1"),
        ("- user: hello\n", 1, "mapping with `turns:`"),
        ("turns:\n  - {}\n", 2, "needs one of"),
        ("turns:\n  - user: hello\n    user: again\n", 3, "already in line 2"),
        ('turns:\n  - user: "hello\n', 3, "in line 2"),
    ],
)
def test_a_mistake_in_the_file_has_its_line_and_exits_with_two(home: Path, text: str, line: int, said: str) -> None:
    result = run(home / "bad.yaml", text)
    assert result.exit_code == 2
    assert f"bad.yaml:{line}:" in result.stderr and said in result.stderr, result.stderr


def test_one_mistake_is_one_complaint(home: Path) -> None:
    result = run(home / "bad.yaml", "turns:\n  - user: hello\n    atach: a.png\n")
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("wrong", [("--planner", "nope"), ("--family", "nope"), ("--offline", "--planner", "openai:m")])
def test_settings_that_cannot_be_used_exit_with_two(home: Path, wrong: tuple[str, ...]) -> None:
    assert run(home / "one.yaml", "turns:\n  - user: hello\n", *wrong).exit_code == 2


def test_a_size_or_score_of_nothing_is_not_as_expected(home: Path) -> None:
    turn = 'planner: scripted\nturns:\n  - user: hello\n    plan: reply(text="hi")\n    expect: '
    for expected in ("{size: [64, 64]}", '{subject_score_above: {"@biscuit": 0.5}}'):
        result = run(home / "one.yaml", turn + expected + "\n")
        assert result.exit_code == 1 and "nothing was made" in result.output


def test_a_question_that_nothing_answers_is_not_as_expected(home: Path) -> None:
    ask = 'planner: scripted\nturns:\n  - user: draw Rex\n    plan: ask_user(question="Who is Rex?")\n'
    result = run(home / "one.yaml", ask)
    assert result.exit_code == 1 and "nothing answers the question 'Who is Rex?'" in result.output
    assert run(home / "two.yaml", ask + "    expect: {asks: true}\n").exit_code == 0
    assert run(home / "three.yaml", ask + '  - user: a dog\n    plan: reply(text="ah")\n').exit_code == 0
    other = '  - session: next\n    user: hello\n    plan: reply(text="ah")\n'
    assert run(home / "four.yaml", ask + other).exit_code == 1


def test_a_bug_ends_the_run_with_a_report_and_the_next_run_goes_on_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'planner: scripted\nturns:\n  - user: a fox\n    plan: generate_image(prompt="a fox")\n'
    text += '  - user: a cat\n    plan: generate_image(prompt="a cat")\n'
    with monkeypatch.context() as patch:
        patch.setattr(
            PlansOfTurns, "plan", lambda self, context, text: parse_plan(self._plans[0]) if not self.turn else 1 / 0
        )
        result = run(home / "one.yaml", text, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1 and report["stopped"] and len(report["files"]) == 1
    assert "this should not happen" in report["turns"][1]["misses"][0]
    again = json.loads(run(home / "one.yaml", text, "--json").stdout)
    assert again["ok"] and again["files"][0] == report["files"][0] and len(again["files"]) == 2


def test_a_missing_file_and_a_missing_photo_are_told_apart(home: Path) -> None:
    assert CliRunner().invoke(app, ["run", "gone.yaml"]).exit_code == 2
    result = run(home / "week.yaml", WEEK)
    assert result.exit_code == 1 and "no file photo-0.png" in result.output


def test_killed_in_the_middle_it_goes_on_and_does_nothing_twice(home: Path, photos: list[Path]) -> None:
    slow = WEEK.replace('styles=["line"])', 'styles=["line"], count=12)').replace("images: 1, size", "images: 12, size")
    slow = (
        slow.replace("as a line drawing", "as twelve line drawings")
        .replace("- like: last", "- like: img-1")
        .replace("img-2}", "img-13}")
    )
    (home / "week.yaml").write_text(slow, "utf-8")
    command = [sys.executable, "-m", "limner.agent", "run", "week.yaml"]
    process = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    folder = home / "outputs" / "2026-11-16"
    until = time.monotonic() + 60
    while len(list(folder.glob("ana-img-*.png"))) < 3 and time.monotonic() < until and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {one.name: one.stat().st_mtime_ns for one in folder.glob("ana-img-*.png")}
    assert 3 <= len(before) < 12
    result = CliRunner().invoke(app, ["run", "week.yaml"])
    assert result.exit_code == 0, result.output
    after = {one.name: one.stat().st_mtime_ns for one in folder.glob("ana-img-*.png")}
    assert len(after) == 12 and before.items() <= after.items()
    again = CliRunner().invoke(app, ["run", "week.yaml"])
    assert again.exit_code == 0 and len(list(folder.glob("ana-img-*.png"))) == 24, "a finished run starts anew"


def test_a_dry_run_makes_nothing(home: Path, photos: list[Path]) -> None:
    result = run(home / "week.yaml", WEEK, "--dry-run")
    assert result.exit_code == 0 and "planned only" in result.output
    assert not (home / "outputs").exists()
