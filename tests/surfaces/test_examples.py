"""Every example runs."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from limner.agent import load_planner
from limner.agent.surfaces.script import run_file

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_quickstart_draws_a_picture(home: Path) -> None:
    replies = runpy.run_path(str(EXAMPLES / "quickstart.py"))["main"](True, home)
    assert [reply.status for reply in replies] == ["done", "done"]
    assert all(file.is_file() for reply in replies for file in reply.files)


def test_a_tool_can_be_added_in_one_class() -> None:
    assert runpy.run_path(str(EXAMPLES / "add_a_tool.py"))["main"]() == "a dog on the beach, joyful mood"


def _runs(home: Path, name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a scripted example shows with the fake family, which draws smaller; the rest is the same."""
    text = (EXAMPLES / f"{name}.yaml").read_text("utf-8")
    text = text.replace("[128, 128]", "[64, 64]").replace("biscuit/", f"{EXAMPLES}/biscuit/")
    (home / f"{name}.yaml").write_text(text, "utf-8")
    # Patient, so that a busy machine does not fail what is about the plans.
    code = run_file(home / f"{name}.yaml", {}, planner=load_planner(timeout=600))
    shown = capsys.readouterr().out
    assert code == 0 and "all as expected" in shown, shown
    return shown


def test_the_demo_is_planned_as_expected_by_the_shipped_planner(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _runs(home, "biscuit", capsys)
    assert (home / "outputs/2026-11-16/biscuit-sheet.png").is_file()


@pytest.mark.slow
def test_what_is_remembered_corrected_and_forgotten_in_a_week(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _runs(home, "memory", capsys)
    # Only the question asked afterwards still says the name; what was known of him is in no file.
    left = [one.name for one in home.rglob("*") if one.is_file() and b"whippet" in one.read_bytes()]
    assert left == ["memory.yaml"]
