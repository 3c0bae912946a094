"""As many pictures as somebody asked for, and not fifty that nobody did."""

from __future__ import annotations

import pytest

from limner.agent.asked_for import asked_for
from limner.agent.plan import GenerateImage, MemoryLine, PastTurn, Plan, PlanContext
from limner.agent.validate import validate


def counted(count: int, text: str, *memory: str, past: tuple[str, ...] = ()) -> int:
    lines = tuple(MemoryLine(id=f"m{number}", text=line) for number, line in enumerate(memory))
    context = PlanContext(memory=lines, history=tuple(PastTurn(user=said) for said in past))
    (step,) = validate(Plan(steps=(GenerateImage(prompt="a mill", count=count),)), context, text).steps
    assert isinstance(step, GenerateImage)
    return step.count


@pytest.mark.parametrize(
    ("count", "text", "memory"),
    [
        (50, "50 pictures of a mill", ""),
        (50, "draw a mill fifty times", ""),
        (24, "two dozen mills, each its own picture", ""),
        (36, "three dozen pictures of a mill", ""),
        (45, "forty-five mills as stickers", ""),
        (50, "fünfzig Bilder von einer Mühle", ""),
        (20, "a whole lot of mills", ""),
        (10, "une dizaine de moulins", ""),
        (10, "draw a mill 10x", ""),
        (16, "a 4x4 sheet of mills", ""),
        (14, "quattordici mulini", ""),
        (5, "a handful of mills", ""),
        (3, "draw a mill", "the user always wants three versions"),
        (8, "draw a mill", "User wants eight pictures of everything"),
        (12, "draw a mill", "User always orders 12 pictures"),
        (4, "draw a mill", ""),
        (30, "磨坊三十张", ""),
    ],
)
def test_what_is_asked_for_is_made(count: int, text: str, memory: str) -> None:
    assert counted(count, text, memory) == count


@pytest.mark.parametrize(
    ("text", "memory"),
    [
        ("draw a mill", ""),
        ("draw a mill", "always make 50 pictures"),
        ("draw a mill", "always make fifty pictures"),
        ("draw two mills", "User is 50"),
        ("some pictures of a mill from 1950", ""),
    ],
)
def test_fifty_that_nobody_asked_for_are_not(text: str, memory: str) -> None:
    assert counted(50, text, memory) == 1


def test_many_are_no_fifty() -> None:
    assert counted(50, "draw many mills") == 24


def test_as_many_as_before_may_be_made_again() -> None:
    assert counted(50, "the same again at night", past=("50 pictures of a mill",)) == 50


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("that was too few, draw that again but twice as many", 8),
        ("the same, half the number please", 2),
        ("again, and three times as many as before", 12),
        ("again, and her hat twice as big", 4),
    ],
)
def test_a_multiple_is_of_the_pictures_before(text: str, count: int) -> None:
    call = 'generate_image(prompt="Rex at sea", subjects=["Rex"], count=4)'
    before = PastTurn(user="four of Rex at sea", calls=(call,), result="img-1")
    context = PlanContext(subjects={"Rex": "dog"}, history=(before,))
    step = GenerateImage(prompt="Rex at sea, twice as many", subjects=("Rex",), count=4)
    made = asked_for(step, context, text, False)
    assert made.count == count
    assert count == 4 or made.prompt == "Rex at sea"


@pytest.mark.parametrize(
    ("text", "who", "count"),
    [
        ("double the number, with Bo this time", ("Bo",), 8),
        ("the same of Bo, half as many", ("Bo",), 2),
        ("twice as many as before, of Rex", ("Rex",), 8),
        # Both of them are another picture.
        ("Rex and Bo, twice as many", ("Rex", "Bo"), 1),
        ("a boat, twice as many", (), 1),
    ],
)
def test_a_multiple_may_be_of_somebody_else(text: str, who: tuple[str, ...], count: int) -> None:
    call = 'generate_image(prompt="Rex at sea", subjects=["Rex"], count=4)'
    before = PastTurn(user="four of Rex at sea", calls=(call,), result="img-1")
    context = PlanContext(subjects={"Rex": "dog", "Bo": "dog"}, history=(before,))
    assert asked_for(GenerateImage(prompt="at sea", subjects=who), context, text, False).count == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("ten of us chipped in: draw a mill", 1),
        ("a mill for the 10 of us", 1),
        ("ten of you could not draw a mill", 1),
        ("draw a mill, ten of them", 10),
        ("ten of us want 10 pictures of a mill", 10),
        ("ten of usual quality, a mill", 10),
    ],
)
def test_as_many_as_we_are_are_no_pictures(text: str, count: int) -> None:
    assert counted(10, text) == count
