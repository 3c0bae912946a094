"""Numbers in words are the numbers they are."""

from __future__ import annotations

import pytest

from limner.agent.plan import PlanContext, parse_plan, render_plan
from limner.agent.spelled import in_digits, seeds_in_digits
from limner.agent.validate import validate


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("thirty two frames", "32 frames"),
        ("thirty-two and forty", "32 and 40"),
        ("seventeen of them, one each", "17 of them, 1 each"),
        ("number fifty eight for the seed", "seed 58"),
        ("someone often tenses", "someone often tenses"),
    ],
)
def test_words_become_digits(text: str, digits: str) -> None:
    assert in_digits(text) == digits


def test_only_seeds_and_frames_are_put_so_for_the_planner() -> None:
    assert seeds_in_digits("two cats and one dog, seed seven") == "two cats and one dog, seed 7"
    assert seeds_in_digits("two cats, twenty-four frames") == "two cats, 24 frames"


@pytest.mark.parametrize(
    ("planned", "text", "made"),
    [
        ('generate_image(prompt="a crane")', "a crane, seed forty-two", 'generate_image(prompt="a crane", seed=42)'),
        (
            'generate_image(prompt="a crane", count=21, seed=12)',
            "seed 12. no sorry, read it wrong off the sticky note, 21. a crane",
            'generate_image(prompt="a crane", seed=21)',
        ),
        (
            'generate_image(prompt="a crane", seed=12)',
            "seed 12, no hat, 3 cranes",
            'generate_image(prompt="a crane", seed=12)',
        ),
        (
            'animate(prompt="a crane", motion="spin", frames=2)',
            "a crane, spin, thirty two frames",
            'animate(prompt="a crane", motion="spin", frames=32)',
        ),
    ],
)
def test_the_guard_reads_them(planned: str, text: str, made: str) -> None:
    assert render_plan(validate(parse_plan(planned), PlanContext(motions=("spin",)), text)) == made


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("three hundred and four", "304"),
        ("a hundred frames", "100 frames"),
        ("seven hundred forty-two", "742"),
        ("seed nine hundred", "seed 900"),
        ("one hundred and twenty", "120"),
        ("five hundred and Ada", "500 and Ada"),
        ("a few hundred candles", "a few hundred candles"),
        ("hundreds of kites", "hundreds of kites"),
        ("the hundred acre wood", "the hundred acre wood"),
    ],
)
def test_hundreds_become_digits(text: str, digits: str) -> None:
    assert in_digits(text) == digits


def test_only_a_seed_of_hundreds_is_put_so_for_the_planner() -> None:
    assert seeds_in_digits("seed two hundred and six") == "seed 206"
    assert seeds_in_digits("a hundred and one candles, seed nine") == "a hundred and one candles, seed 9"
