"""Praise and news are no orders; what shall be kept is kept."""

from __future__ import annotations

import pytest

from limner.agent.plan import Answer, parse_plan, render_plan
from limner.agent.remarks import ELSEWHERE, GLAD, HEARD, in_fitting_words, without_a_wish

DRAWN = parse_plan('generate_image(prompt="Nero")')


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("haha you got her ears exactly right", GLAD),
        ("well done!", GLAD),
        ("we buried old Nero under the pear tree. I miss him", HEARD),
        ("I went to the sea yesterday", HEARD),
        ("thank you for painting Nero by the lake, he looks lovely and I would not change a thing", GLAD),
        ("On Monday you drew Nero as a king and my gran still laughs about it", HEARD),
        ("we walked Nero to school, there he tried to draw on a teacher with his paw", HEARD),
        ("Nero should dance, draw it, my boss says. No need to do anything, just sharing", HEARD),
    ],
)
def test_nothing_is_drawn_for_a_remark(text: str, answer: str) -> None:
    plan = without_a_wish(DRAWN, text)
    assert plan is not None and render_plan(plan) == f'reply(text="{answer}")'


@pytest.mark.parametrize(
    "text",
    [
        "we went to the sea, draw Nero there",
        "I lost my dog. a picture of him in the grass would be nice",
        "Nero walked on the moon",
        "thanks for drawing Nero, now draw him asleep",
        "you made the sky too dark",
        "you got the ears right, now the tail",
        "Bear has a white spot on his chest",
    ],
)
def test_a_wish_is_none(text: str) -> None:
    assert without_a_wish(DRAWN, text) is None


def test_what_shall_be_kept_in_mind_is() -> None:
    plan = without_a_wish(DRAWN, "I can't get enough of lighthouses, please put that on file")
    assert plan is not None and render_plan(plan) == 'set_preference(text="I can\'t get enough of lighthouses")'


def test_other_plans_are_left() -> None:
    assert without_a_wish(parse_plan('recall(query="Nero")'), "well done!") is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Rumi has to hop on one leg, poor thing", HEARD),
        ("explain the offside rule like I'm a goose", ELSEWHERE),
        ("are you a morning person?", ELSEWHERE),
        ("I might want Nero in a hat tomorrow", "I'll draw it whenever you like."),
    ],
)
def test_nothing_is_promised_that_nobody_put_off(text: str, answer: str) -> None:
    assert in_fitting_words(Answer(text="I'll draw it whenever you like."), text) == Answer(text=answer)


def test_other_replies_stay() -> None:
    said = Answer(text="You're welcome!")
    assert in_fitting_words(said, "what a picture") == said
