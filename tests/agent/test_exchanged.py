"""One in place of another in the last picture."""

from __future__ import annotations

import pytest

from limner.agent.exchanged import added, exchanged, joined
from limner.agent.plan import AskUser, PastTurn, Plan, PlanContext, parse_plan, render_plan

DRAWN = 'generate_image(prompt="Duke on a hill", subjects=["Duke"])'
CONTEXT = PlanContext(
    subjects={"Duke": "dog", "Tank": "dog", "Dana": "woman"},
    history=(PastTurn(user="Duke on a hill", calls=(DRAWN,), result="img-4"),),
)
ASKED = Plan(steps=(AskUser(question="Who?"),))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("can you swap Duke for Dana?", "Dana"),
        ("replace duke with tank", "Tank"),
        ("now the other dog", "Tank"),
        ("the same but with Dana instead of Duke", "Dana"),
        ("and that once more, with Tank in place of Duke", "Tank"),
    ],
)
def test_one_takes_the_place_of_the_other(text: str, name: str) -> None:
    plan = exchanged(ASKED, CONTEXT, text)
    assert plan is not None and render_plan(plan) == DRAWN.replace("Duke", name)


@pytest.mark.parametrize(
    "text",
    ["swap Tank for Dana", "the other cat", "draw Dana on a hill", "draw a cake with Dana instead of Duke on top"],
)
def test_nobody_else_is_exchanged(text: str) -> None:
    assert exchanged(ASKED, CONTEXT, text) is None


def test_what_else_is_otherwise_is_kept() -> None:
    planned = parse_plan('generate_image(prompt="Dana", subjects=["Dana"], styles=["flat"], count=3, seed=7)')
    plan = exchanged(planned, CONTEXT, "three of the same in flat, same seed, with Dana instead of Duke")
    assert plan is not None
    assert render_plan(plan) == (
        'generate_image(prompt="Dana on a hill", subjects=["Dana"], styles=["flat"], count=3, seed=7)'
    )


def test_without_a_picture_there_is_nobody_to_exchange() -> None:
    assert exchanged(ASKED, CONTEXT.model_copy(update={"history": ()}), "swap Duke for Dana") is None


def test_something_more_goes_into_the_last_picture() -> None:
    planned = parse_plan('generate_image(prompt="a red balloon")')
    for text in ("now with a red balloon", "same but with a red balloon."):
        plan = added(planned, CONTEXT, text)
        assert plan is not None
        assert render_plan(plan) == 'edit_image(image_ref="img-4", instruction="add a red balloon")'
    for text in ("now with Dana", "with a red balloon", "now a red balloon", "now with a dog like Tank"):
        assert added(planned, CONTEXT, text) is None, text
    assert added(planned, CONTEXT.model_copy(update={"history": ()}), "now with a red balloon") is None


def test_one_more_joins_the_last_picture() -> None:
    planned = parse_plan('generate_image(prompt="Dana on a hill", subjects=["Dana"])')
    plan = joined(planned, CONTEXT, "could you do that again with Dana standing behind him?")
    assert plan is not None
    assert render_plan(plan) == 'generate_image(prompt="Duke and Dana on a hill", subjects=["Duke", "Dana"])'
    for text in ("draw Dana next to him", "again with Duke next to her", "the same with Dana"):
        assert joined(planned, CONTEXT, text) is None, text
