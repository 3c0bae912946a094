"""`Make it my default` among other orders is a wish that is kept."""

from __future__ import annotations

import pytest

from limner.agent.plan import PlanContext, parse_plan, render_plan
from limner.agent.standing import with_usual_style

CONTEXT = PlanContext(subjects={"Evander": "man"}, styles=("batik",), attachments="4 images")
LEARN = 'learn_style(name="stitch")'
SHOW = 'generate_image(prompt="Evander at sea", subjects=["Evander"], styles=["stitch"])'
WISH = 'set_preference(text="Always use the style {}")'


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("learn it as stitch, make it my default from now on, and show me Evander at sea", [LEARN, WISH, SHOW]),
        ("learn these as stitch, make stitch my standard, and try Evander at sea with it", [LEARN, WISH, SHOW]),
        ("learn it as stitch, Evander at sea in it, and keep that as my usual style", [LEARN, SHOW, WISH]),
    ],
)
def test_the_wish_is_added_where_it_is_said(text: str, steps: list[str]) -> None:
    plan = parse_plan("\n".join([LEARN, SHOW]))
    made = with_usual_style(plan, CONTEXT, text)
    assert made is not None
    assert render_plan(made).splitlines() == [step.format("stitch") for step in steps]


@pytest.mark.parametrize(
    "text",
    [
        "learn it as stitch and show me Evander at sea",
        "learn it as stitch, make four my default count, and show me Evander at sea",
        "learn it as stitch and make it hop",
    ],
)
def test_nothing_is_added_otherwise(text: str) -> None:
    assert with_usual_style(parse_plan("\n".join([LEARN, SHOW])), CONTEXT, text) is None


def test_a_wish_that_is_planned_is_not_planned_again() -> None:
    plan = parse_plan("\n".join([LEARN, WISH.format("stitch"), SHOW]))
    assert with_usual_style(plan, CONTEXT, "learn it as stitch, make it my default, show me Evander at sea") is None
