"""What the same sentence puts beside somebody is in the same picture."""

from __future__ import annotations

import pytest

from limner.agent.leftovers import without_leftovers
from limner.agent.plan import Plan, PlanContext, parse_plan, render_plan

CONTEXT = PlanContext(subjects={"Ada": "woman", "Bo": "boy"}, styles=("felt",))
CHAIR = 'generate_image(prompt="Ada in her chair", subjects=["Ada"])'
LAP = 'generate_image(prompt="Bo on her lap", subjects=["Bo"])'


def left(text: str, *planned: str) -> list[str]:
    steps = without_leftovers(parse_plan("\n".join(planned)).steps, CONTEXT, text, False)
    return render_plan(Plan(steps=tuple(steps))).splitlines()


@pytest.mark.parametrize("text", ["Ada in her chair with Bo on her lap", "Ada in her chair and Bo on her lap"])
def test_who_is_on_her_lap_is_in_her_picture(text: str) -> None:
    both = 'generate_image(prompt="Ada in her chair with Bo on her lap", subjects=["Ada", "Bo"])'
    assert left(text, CHAIR, LAP) == [both]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Ada in her chair, and Bo on her lap", LAP),
        ("Ada in her chair. Bo on her lap", LAP),
        ("Ada in her chair, then Bo on her lap", LAP),
        ("Ada in her chair with Bo at sea", LAP.replace("on her lap", "at sea")),
        ("Ada in her chair and Bo on her lap in felt", LAP.replace("])", '], styles=["felt"])')),
        ("Ada in her chair and Bo on her lap twice", LAP.replace("])", "], count=2)")),
    ],
)
def test_a_picture_of_its_own_stays_one(text: str, second: str) -> None:
    assert left(text, CHAIR, second) == [CHAIR, second]


def test_the_same_said_once_more_is_no_second_picture() -> None:
    again = CHAIR.replace("chair", "chair, on the left")
    assert left("Ada in her chair and keep Ada left", CHAIR, again) == [CHAIR]
    for text in ("Ada in her chair. Ada in her chair, on the left", "Ada in her chair, then another on the left"):
        assert left(text, CHAIR, again) == [CHAIR, again], text
