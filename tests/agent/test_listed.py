"""What is said of a whole list is true of each picture in it, and what is said of the clip of the clip alone."""

from __future__ import annotations

import pytest

from limner.agent.listed import as_listed
from limner.agent.plan import Animate, GenerateImage, parse_plan

STYLES = ("felt", "vhs")
PLAN = """generate_image(prompt="Inga on a swing"{})
generate_image(prompt="Kuba in a tree", styles=["felt"])
animate(prompt="Kuba", styles=["felt"], motion="stomp")"""


def listed(text: str, first: str = "") -> list[tuple[tuple[str, ...], int]]:
    steps = as_listed(parse_plan(PLAN.format(first)), STYLES, text).steps
    return [
        (step.styles, step.count if isinstance(step, GenerateImage) else 1)
        for step in steps
        if isinstance(step, GenerateImage | Animate)
    ]


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        (
            "Inga on a swing, then Kuba in a tree, both pictures in vhs, then a clip of Kuba stomping",
            ("vhs", "vhs", "felt"),
        ),
        ("Inga on a swing, then Kuba in a tree. vhs on both drawings. And Kuba stomping", ("vhs", "vhs", "felt")),
        ("Inga on a swing. Kuba in a tree in felt. And a clip with no style where Kuba stomps", ("", "felt", "")),
        ("Inga on a swing, no style. Kuba in a tree and stomping in a clip, both in felt", ("felt", "felt", "felt")),
        ("Inga on a swing, Kuba in a tree in felt, Kuba stomping", ("", "felt", "felt")),
    ],
)
def test_styles(text: str, styles: tuple[str, ...]) -> None:
    assert [style for style, _ in listed(text)] == [(one,) if one else () for one in styles]


def test_three_things_are_not_three_of_the_first() -> None:
    text = "I need three things: Inga on a swing, Kuba in a tree, and a clip of Kuba stomping"
    assert [count for _, count in listed(text, ", count=3")] == [1, 1, 1]
    assert [count for _, count in listed("three of Inga on a swing, then Kuba", ", count=3")] == [3, 1, 1]


def test_a_single_picture_is_no_list() -> None:
    plan = parse_plan('generate_image(prompt="a mill", count=3)')
    assert as_listed(plan, STYLES, "three things: a mill, all in felt") == plan
