"""What stands on which stream."""

from __future__ import annotations

import pytest

from limner.agent.messages import Failed, PlanMade, Reply, Said
from limner.agent.surfaces.show import Screen

PLAN = PlanMade(plan='generate_image(prompt="a fox")', estimate_s=3)
REPLY = Reply(request_id="r", turn_id="t", status="done", text="")


def test_a_failure_is_told_once_and_not_among_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().show([Failed(text="no room"), Said(text="img-1: a fox\nThis did not work: no room."), REPLY])
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("no room") == 1 and "img-1" in shown.err
    Screen().show([Failed(text="a crash"), REPLY])
    assert capsys.readouterr().err.count("a crash") == 1


def test_the_plan_is_a_note_and_of_a_dry_run_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().show([PLAN, REPLY])
    shown = capsys.readouterr()
    assert shown.out == "" and "plan: generate_image" in shown.err and "about 3 s" in shown.err
    Screen(dry_run=True).show([PLAN, REPLY])
    shown = capsys.readouterr()
    assert "plan: generate_image" in shown.out and shown.err == ""
