"""A style is taken at its word: named, negated, corrected, the other one."""

from __future__ import annotations

import pytest

from limner.agent.plan import GenerateImage
from limner.agent.styles_said import in_said_style

STYLES = ("flat", "charcoal")


@pytest.mark.parametrize(
    ("text", "planned", "styles"),
    [
        ("Rose in a boat. Not charcoal, the other style", ("charcoal",), ("flat",)),
        ("Rose in a boat, not charcoal", ("charcoal",), ()),
        ("Rose in charcoal, actually make it flat", ("charcoal",), ("flat",)),
        ("Rose in charcoal.. no wait, and flat", ("charcoal", "flat"), ("flat",)),
        ("Rose in a boat, charcoal", (), ("charcoal",)),
        ("Rose in a boat, charcoal styl pls", ("flat",), ("charcoal",)),
        ("mix charcoal and flat for Rose", ("charcoal", "flat"), ("charcoal", "flat")),
    ],
)
def test_the_style_that_is_asked_for(text: str, planned: tuple[str, ...], styles: tuple[str, ...]) -> None:
    assert in_said_style(GenerateImage(prompt="Rose", styles=planned), STYLES, text).styles == styles


@pytest.mark.parametrize("text", ["a flat tyre", "Rose with a lump of charcoal in her hand", "Rose in flat shoes"])
def test_a_word_of_the_scene_is_no_style(text: str) -> None:
    assert in_said_style(GenerateImage(prompt="Rose"), STYLES, text).styles == ()


def test_nobody_waits_in_a_style() -> None:
    assert in_said_style(GenerateImage(prompt="Rose"), ("line",), "Rose waiting in line").styles == ()
