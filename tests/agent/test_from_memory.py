"""A line of memory is erased in other words than `forget`."""

from __future__ import annotations

import pytest

from limner.agent.from_memory import line_erased
from limner.agent.plan import MemoryLine, PlanContext, parse_plan, render_plan

CONTEXT = PlanContext(
    subjects={"Ada": "woman"},
    memory=(MemoryLine(id="m1", text="The user hates yellow"), MemoryLine(id="m2", text="The user lives in Lille")),
)
NOTED = 'set_preference(text="hates yellow")'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("can you scrap that thing about me hating yellow? it's not true any more", "me hating yellow"),
        ("drop the note about yellow", "yellow"),
        ("I never said I can't stand yellow. Wipe that from your memory.", "The user hates yellow"),
    ],
)
def test_the_line_is_erased(text: str, what: str) -> None:
    plan = line_erased(parse_plan(NOTED), CONTEXT, text)
    assert plan and render_plan(plan) == f'forget(what="{what}")'


@pytest.mark.parametrize(
    "text",
    [
        "don't forget that about yellow",
        "scrap that thing about the moon",
        "I hate yellow. Note that",
        "yellow. Keep it",
    ],
)
def test_what_is_not_in_memory_or_not_to_be_erased_stays(text: str) -> None:
    assert line_erased(parse_plan(NOTED), CONTEXT, text) is None


def test_a_picture_erases_nothing() -> None:
    drawn = parse_plan('generate_image(prompt="Ada")')
    assert line_erased(drawn, CONTEXT, "scrap that thing about yellow") is None
