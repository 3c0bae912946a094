"""What is asked for once in each of several styles is a picture in each."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.once_each import once_each, the_same_in
from limner.agent.plan import PlanContext, parse_plan, render_plan
from limner.agent.validate import validate

CONTEXT = PlanContext(subjects={"Rex": "dog"}, styles=("3d", "flat", "line", "sea glass"), motions=("wave",))
SCENE = 'generate_image(prompt="Rex on a hill", subjects=["Rex"], styles=["{}"])'


@pytest.mark.parametrize(
    "text",
    [
        "Rex on a hill, once flat, once in line, once 3d",
        "Rex on a hill: once in flat, once in line, once in 3d - one look each",
        "Rex on a hill: one in flat, one line drawing and one in 3d please",
        "Rex auf einem Hügel, einmal flat, einmal in line und einmal 3d",
    ],
)
@pytest.mark.parametrize(
    "planned",
    [
        'generate_image(prompt="Rex on a hill", subjects=["Rex"], styles=["flat", "line", "3d"])',
        'generate_image(prompt="Rex on a hill", subjects=["Rex"], styles=["flat"], count=3)',
        SCENE.format("flat"),
        "\n".join(SCENE.format(style) for style in ("flat", "line", "3d")),
    ],
)
def test_each_style_is_a_picture(text: str, planned: str) -> None:
    plan = validate(settled(parse_plan(planned), CONTEXT, text), CONTEXT, text)
    assert render_plan(plan).splitlines() == [SCENE.format(style) for style in ("flat", "line", "3d")]


@pytest.mark.parametrize(
    "text",
    ["Rex on a hill, once in flat", "Rex and one flat hat, one line of ants", "Rex in flat and line", "Rex once more"],
)
def test_other_requests_stay(text: str) -> None:
    assert once_each(parse_plan(SCENE.format("flat")), CONTEXT, text) is None


DIGS = 'generate_image(prompt="Rex digging a hole", subjects=["Rex"], styles=["{}"])'
PLAIN = 'generate_image(prompt="Rex digging a hole", subjects=["Rex"])'


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (
            "Rex digging a hole in flat, the same but in line, and a third one without a style",
            [DIGS.format("flat"), DIGS.format("line"), PLAIN],
        ),
        (
            "Rex digging a hole in flat, then the same picture in sea glass",
            [DIGS.format("flat"), DIGS.format("sea glass")],
        ),
        ("Rex digging a hole, that same scene again, but in 3d", [PLAIN, DIGS.format("3d")]),
        ("Rex digging a hole in flat, then the same in line style", [DIGS.format("flat"), DIGS.format("line")]),
        ("Rex digging a hole in flat, the same in 3d!", [DIGS.format("flat"), DIGS.format("3d")]),
    ],
)
def test_the_same_in_another_style_is_another_picture(text: str, drawn: list[str]) -> None:
    plan = the_same_in(parse_plan(DIGS.format("flat")), CONTEXT, text)
    assert plan is not None and render_plan(plan).splitlines() == drawn


@pytest.mark.parametrize(
    "text",
    [
        "Rex digging a hole in flat with the same spade",
        "Rex digging a hole in the same flat shoes",
        "Rex digging a hole in flat, the same in flat shoes",
        "Rex digging a hole. The same in 3d with Ida",
        "Rex digging a hole in flat, a third one",
        "Rex digging a hole in flat and line, the same in 3d",
        "once more, the same in line",
        "Rex digging a hole in flat, not in line",
    ],
)
def test_the_same_thing_is_no_other_picture(text: str) -> None:
    assert the_same_in(parse_plan(DIGS.format("flat")), CONTEXT, text) is None


def test_the_same_of_two_is_the_planners() -> None:
    planned = parse_plan(f'{DIGS.format("flat")}\ngenerate_image(prompt="Ida at sea", subjects=["Ida"])')
    assert the_same_in(planned, CONTEXT, "Rex digging a hole in flat, the same in line. Ida at sea") is None


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("Rex on a hill, one per style", True),
        ("Rex on a hill: a picture for each of my styles", True),
        ("Rex on a hill once in every single style", True),
        ("Rex on a hill in each of the styles", True),
        ("Rex on a hill in every style", True),
        ("Rex on a hill in all my styles", True),
        ("Rex on a hill in all my styles at once", False),
        ("Rex on a hill, each style of dance", False),
        ("Rex on a hill in every style of hat", False),
        ("Rex on a hill, one style per picture", False),
        ("Rex on a hill, one for each person in style", False),
    ],
)
def test_one_per_style_is_a_picture_in_each(text: str, each: bool) -> None:
    plan = once_each(parse_plan(SCENE.format("flat")), CONTEXT, text)
    assert (plan and render_plan(plan).splitlines()) == (
        [SCENE.format(one) for one in CONTEXT.styles] if each else None
    )
    assert once_each(parse_plan(SCENE.format("flat")), CONTEXT.model_copy(update={"styles": ("flat",)}), text) is None
