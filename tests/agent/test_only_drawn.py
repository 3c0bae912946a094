"""Whom the only picture of a plan shows: who was corrected to, who is named, and nobody who is turned down."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.plan import GenerateImage, PlanContext, parse_plan

CONTEXT = PlanContext(subjects={"Odile": "woman", "Pogo": "dog", "Basil": "man"}, styles=("line",))


def who(text: str, *planned: str, scene: str = "at sea") -> list[str]:
    names = ", ".join(f'"{name}"' for name in planned)
    plan = parse_plan(f'generate_image(prompt="{" and ".join(planned)} {scene}", subjects=[{names}])')
    (step,) = settled(plan, CONTEXT, text).steps
    assert isinstance(step, GenerateImage)
    return list(step.subjects)


@pytest.mark.parametrize(
    ("text", "planned", "drawn"),
    [
        ("Basil and Odile at sea, no wait, not Basil, rather Pogo", ["Pogo"], ["Odile", "Pogo"]),
        ("Basil and Odile at sea. Sorry, not Odile but Pogo", ["Pogo"], ["Pogo", "Basil"]),
        # Only one of them was named before.
        ("Basil at sea, no wait, not Basil, rather Pogo", ["Pogo"], ["Pogo"]),
        # Nobody is taken back by name.
        ("Basil and Odile at sea, no wait, at home with Pogo", ["Pogo"], ["Pogo"]),
        ("Basil and Odile at sea, not Basil's boat but, wait, Pogo's", ["Odile"], ["Odile"]),
    ],
)
def test_who_was_not_corrected_stays_with_who_comes(text: str, planned: list[str], drawn: list[str]) -> None:
    assert who(text, *planned) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Odile at sea", ["Odile"]),
        ("Odile in the rain at the old harbour by night, no umbrella", ["Odile"]),
        ("not Odile at sea", ["Pogo"]),
        ("no, not Odile at sea", ["Pogo"]),
    ],
)
def test_who_is_named_is_drawn_unless_turned_down_close_by(text: str, drawn: list[str]) -> None:
    assert who(text, "Pogo") == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Basil in a boat, just him", ["Basil"]),
        ("a drawing of only him, Basil in a boat", ["Basil"]),
        ("Basil in a boat, just him and Odile", ["Basil", "Odile"]),
        ("Basil in a boat, just him and his wife", ["Basil", "Odile"]),
        ("Basil in a boat with Odile, just him rowing", ["Basil", "Odile"]),
    ],
)
def test_just_him_is_who_alone_is_named(text: str, drawn: list[str]) -> None:
    assert who(text, "Basil", "Odile", scene="in a boat") == drawn
