"""Who is asked for alone is drawn alone."""

from __future__ import annotations

import pytest

from limner.agent.only_them import only_them
from limner.agent.plan import PlanContext, parse_plan, render_plan
from limner.agent.validate import validate

CONTEXT = PlanContext(subjects={"Tilda": "woman", "Marlow": "fox", "Pip": "penguin", "Gus": "dog", "Nell": "dog"})
ALONE = 'generate_image(prompt="Marlow in a library", subjects=["Marlow"])'


@pytest.mark.parametrize(
    "text",
    [
        "Don't put Tilda in, and not the penguin either. I want only the fox, in a library",
        "only Marlow please, in a library. not Tilda",
        "just the fox in a library, no Pip, no Tilda",
        "in a library, just Marlow, not the penguin",
        "Marlow alone in a library, without Tilda",
        "I don't want Tilda. I want just my fox, in a library",
        "neither Tilda nor Pip, only Marlow in a library",
        "the fox and nobody else, in a library",
        "a library, and please only the fox, not Tilda this time",
        "no wait, just the fox in a library",
    ],
)
@pytest.mark.parametrize(
    "planned",
    [
        'generate_image(prompt="Tilda in a library", subjects=["Tilda"])',
        'generate_image(prompt="Tilda and Marlow in a library", subjects=["Tilda", "Marlow"])',
        'generate_image(prompt="Marlow and Pip in a library", subjects=["Marlow", "Pip"])',
        ALONE,
    ],
)
def test_whoever_is_wanted_alone_is_drawn_alone(text: str, planned: str) -> None:
    assert render_plan(validate(parse_plan(planned), CONTEXT, text)) == ALONE


def test_two_may_be_wanted_alone_too() -> None:
    assert only_them(CONTEXT.subjects, "only Pip and Marlow, in a library") == ("Marlow", "Pip")
    assert only_them(CONTEXT.subjects, "just the dogs please") == ("Gus", "Nell")


@pytest.mark.parametrize(
    "text",
    [
        "Tilda sees only Marlow",
        "just Marlow in a hat, and Tilda beside him",
        "not only Marlow but Tilda as well",
        "it's only Marlow who is hiding from Pip",
        "only Marlow's hat is red",
        "just Marlow with my sister",
        "just the dog please",
        "only Marlow in a hat, everyone else without one",
        "if only Marlow could fly",
    ],
)
def test_others_may_be_meant_too(text: str) -> None:
    assert only_them(CONTEXT.subjects, text) == ()
