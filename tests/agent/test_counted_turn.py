"""What the picture showed that a request counts back to."""

from __future__ import annotations

import pytest

from limner.agent.counted_turn import of_the_counted
from limner.agent.plan import PastTurn, PlanContext, parse_plan, render_plan

FORGE = 'generate_image(prompt="Ada at a forge", subjects=["Ada"], styles=["felt"])'
FAIR = 'generate_image(prompt="Bo at a fair", subjects=["Bo"], styles=["ink"])'
CONTEXT = PlanContext(
    subjects={"Ada": "woman", "Bo": "robot"},
    styles=("felt", "ink"),
    motions=("zoom",),
    history=(PastTurn(user="a", calls=(FORGE,), result="img-1"), PastTurn(user="b", calls=(FAIR,), result="img-2")),
)


def test_it_is_drawn_once_more_or_set_in_motion() -> None:
    again = parse_plan('generate_image(prompt="Bo at a fair", subjects=["Bo"], styles=["ink"], count=4)')
    plan = of_the_counted(again, CONTEXT, "Redo the one before the last one, four copies this time, its style stays")
    assert plan and render_plan(plan) == FORGE.replace(")", ", count=4)")
    plan = of_the_counted(again, CONTEXT, "repeat the one before the last one in ink")
    assert plan and render_plan(plan) == FORGE.replace("felt", "ink").replace(")", ", count=4)")
    clip = parse_plan('animate(prompt="Bo at a fair", subjects=["Bo"], motion="zoom", image_ref="img-2")')
    plan = of_the_counted(clip, CONTEXT, "not the newest picture but the one before it: make that one zoom")
    assert plan and render_plan(plan) == (
        'animate(prompt="Ada at a forge", subjects=["Ada"], styles=["felt"], motion="zoom", image_ref="img-1")'
    )


@pytest.mark.parametrize("text", ["redo the last one", "redo the one before the last one with Bo", "draw a forge"])
def test_anything_else_is_the_planners(text: str) -> None:
    assert of_the_counted(parse_plan(FAIR), CONTEXT, text) is None


@pytest.mark.parametrize("text", ["the forge one afresh, please", "the one in the forge, from scratch"])
def test_a_described_picture_is_drawn_once_more(text: str) -> None:
    plan = of_the_counted(parse_plan(FAIR), CONTEXT, text)
    assert plan and render_plan(plan) == FORGE
    for other in ("the forge one", "the forge one again, with Bo", "the red one afresh"):
        assert of_the_counted(parse_plan(FAIR), CONTEXT, other) is None


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("the forge one again, but at night", None),
        ("the forge one again, with snow", None),
        ("the forge one again but bigger", None),
        ("the forge one again, but in ink", "ink"),
        ("the forge one again, with two copies", "felt"),
        ("the forge one again, with seed 4", "felt"),
    ],
)
def test_a_described_picture_that_is_to_change_is_the_planners(text: str, style: str | None) -> None:
    plan = of_the_counted(parse_plan(FAIR), CONTEXT, text)
    assert (plan and render_plan(plan)) == (style and FORGE.replace("felt", style))


def test_of_two_clips_the_counted_one_is_made() -> None:
    ada = 'animate(prompt="Ada", subjects=["Ada"], motion="zoom", image_ref="img-1")'
    bo = 'animate(prompt="Bo", subjects=["Bo"], motion="zoom", image_ref="img-2")'
    text = "the older of the two, make it zoom"
    plan = of_the_counted(parse_plan(f"{bo}\n{ada}"), CONTEXT, text)
    assert plan and render_plan(plan) == (
        'animate(prompt="Ada at a forge", subjects=["Ada"], styles=["felt"], motion="zoom", image_ref="img-1")'
    )
    for others in (f"{bo}\n{ada.replace('zoom', 'pan')}", f"{FAIR}\n{ada}"):
        assert of_the_counted(parse_plan(others), CONTEXT, text) is None
