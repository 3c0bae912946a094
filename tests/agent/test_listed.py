"""What is said of a whole list is true of each picture in it, and what is said of the clip of the clip alone."""

from __future__ import annotations

import pytest

from limner.agent.listed import as_listed
from limner.agent.plan import Animate, GenerateImage, parse_plan, render_plan

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


SWING = 'generate_image(prompt="Inga on a swing", subjects=["Inga"]{})'
TREE = 'generate_image(prompt="Kuba in a tree", subjects=["Kuba"]{})'
FELT = ', styles=["felt"]'


def as_steps(text: str, *planned: str) -> list[str]:
    return render_plan(as_listed(parse_plan("\n".join(planned)), STYLES, text)).splitlines()


@pytest.mark.parametrize(
    ("wish", "styles"),
    [
        ("from here on always draw in felt", FELT),
        ("use felt by default", FELT),
        ("always draw Inga in felt", FELT),
        ("everything in felt, always, no matter what", FELT),
        ("from now on never use felt", ""),
        ("do not always use felt", ""),
        ("always draw Kuba in felt", ""),
        ("Inga always wears felt hats", ""),
        ("always use felt or use vhs", ""),
        ("likes to use felt", ""),
    ],
)
def test_what_holds_from_here_on_holds_here(wish: str, styles: str) -> None:
    kept = f'set_preference(text="{wish}")'
    assert as_steps(f"{wish}. Inga on a swing", kept, SWING.format("")) == [kept, SWING.format(styles)]
    # Not of what was drawn before, nor of what has a style of its own.
    assert as_steps(f"Inga on a swing. {wish}", SWING.format(""), kept) == [SWING.format(""), kept]
    own = SWING.format(', styles=["vhs"]')
    assert as_steps(f"{wish}. Inga in vhs", kept, own) == [kept, own]


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("Bin the felt style for good. Then Inga on a swing", ""),
        ("forget felt and draw Inga on a swing", ""),
        ("Inga on a swing, and delete felt please", ""),
        ("Bin felt for good. Then Inga on a swing, one last time in felt", FELT),
        ("Inga on a swing in felt, then forget that style", FELT),
        ("Inga using felt on a swing. Now erase it", FELT),
    ],
)
def test_nothing_is_drawn_in_what_is_erased(text: str, styles: str) -> None:
    gone = 'forget(what="felt")'
    assert as_steps(text, gone, SWING.format(FELT)) == [gone, SWING.format(styles)]
    other = 'forget(what="Kuba")'
    assert as_steps(text, other, SWING.format(FELT)) == [other, SWING.format(FELT)]


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("Kuba in felt in a tree, and Inga, no style for her, on a swing", ("felt", "")),
        ("Kuba in felt in a tree and Inga on a swing, no style for Inga", ("felt", "")),
        ("Kuba in a tree, with no style for him, and Inga on a swing in felt", ("", "felt")),
        ("Kuba in felt in a tree and Inga, who has no style, on a swing", ("felt", "felt")),
        ("no style for Otto. Kuba in a tree in felt, Inga on a swing", ("felt", "felt")),
    ],
)
def test_one_of_them_is_plain(text: str, styles: tuple[str, str]) -> None:
    kuba, inga = (f', styles=["{style}"]' if style else "" for style in styles)
    assert as_steps(text, TREE.format(FELT), SWING.format(FELT)) == [TREE.format(kuba), SWING.format(inga)]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Two of Inga on a swing, three of Kuba in a tree", (2, 3)),
        ("twenty of Inga on a swing, a single one of Kuba", (20, 1)),
        ("a picture of Inga on a swing and four of Kuba in a tree", (1, 4)),
        ("Inga on a swing, 3 of Kuba in a tree", (5, 3)),
        ("two of Inga, no wait, make that three, and Kuba", (5, 5)),
        ("two of Inga on a swing, later two of Inga, and Kuba", (5, 5)),
        ("Inga with two of her cats and Kuba", (5, 5)),
    ],
)
def test_each_is_drawn_as_often_as_is_said_before_the_name(text: str, counts: tuple[int, int]) -> None:
    inga, kuba = (f", count={count}" if count > 1 else "" for count in counts)
    planned = (SWING.format(", count=5"), TREE.format(", count=5"))
    assert as_steps(text, *planned) == [SWING.format(inga), TREE.format(kuba)]


def test_a_single_one_keeps_its_number() -> None:
    assert as_steps("two of Inga on a swing", SWING.format(", count=5")) == [SWING.format(", count=5")]


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("Inga on a swing, Kuba in a tree, all of them felt", FELT),
        ("Inga on a swing, Kuba in a tree. both vhs please", ', styles=["vhs"]'),
        ("Inga on a swing, Kuba in a tree, all of them felt sick", ""),
        ("Inga on a swing, Kuba in a tree, both felt hats", ""),
        ("Inga on a swing, Kuba in a tree. They both felt happy", ""),
    ],
)
def test_a_style_behind_all_of_them_is_no_verb(text: str, style: str) -> None:
    assert as_steps(text, SWING.format(""), TREE.format("")) == [SWING.format(style), TREE.format(style)]
