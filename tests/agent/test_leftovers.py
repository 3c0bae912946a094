"""What the same sentence puts beside somebody is in the same picture."""

from __future__ import annotations

import pytest

from limner.agent.leftovers import without_leftovers
from limner.agent.plan import Plan, PlanContext, parse_plan, render_plan

CONTEXT = PlanContext(subjects={"Ada": "woman", "Bo": "boy"}, styles=("felt",))
CHAIR = 'generate_image(prompt="Ada in her chair", subjects=["Ada"])'
LAP = 'generate_image(prompt="Bo on her lap", subjects=["Bo"])'


def left(text: str, *planned: str) -> list[str]:
    steps = without_leftovers(parse_plan("\n".join(planned)).steps, CONTEXT, text, False)
    return render_plan(Plan(steps=tuple(steps))).splitlines()


@pytest.mark.parametrize("text", ["Ada in her chair with Bo on her lap", "Ada in her chair and Bo on her lap"])
def test_who_is_on_her_lap_is_in_her_picture(text: str) -> None:
    both = 'generate_image(prompt="Ada in her chair with Bo on her lap", subjects=["Ada", "Bo"])'
    assert left(text, CHAIR, LAP) == [both]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Ada in her chair, and Bo on her lap", LAP),
        ("Ada in her chair. Bo on her lap", LAP),
        ("Ada in her chair, then Bo on her lap", LAP),
        ("Ada in her chair with Bo at sea", LAP.replace("on her lap", "at sea")),
        ("Ada in her chair and Bo on her lap in felt", LAP.replace("])", '], styles=["felt"])')),
        ("Ada in her chair and Bo on her lap twice", LAP.replace("])", "], count=2)")),
    ],
)
def test_a_picture_of_its_own_stays_one(text: str, second: str) -> None:
    assert left(text, CHAIR, second) == [CHAIR, second]


def test_the_same_said_once_more_is_no_second_picture() -> None:
    again = CHAIR.replace("chair", "chair, on the left")
    assert left("Ada in her chair and keep Ada left", CHAIR, again) == [CHAIR]
    for text in ("Ada in her chair. Ada in her chair, on the left", "Ada in her chair, then another on the left"):
        assert left(text, CHAIR, again) == [CHAIR, again], text


BICYCLE = 'generate_image(prompt="Ada mending a bicycle", subjects=["Ada"])'
WATCHES = 'generate_image(prompt="Bo watches", subjects=["Bo"])'


@pytest.mark.parametrize(
    "text", ["Ada mending a bicycle while Bo watches", "a picture of Ada mending a bicycle, while Bo watches"]
)
def test_what_goes_on_meanwhile_is_in_the_same_picture(text: str) -> None:
    both = 'generate_image(prompt="Ada mending a bicycle while Bo watches", subjects=["Ada", "Bo"])'
    assert left(text, BICYCLE, WATCHES) == [both]
    twice = [f"{one[:-1]}, count=2)" for one in (BICYCLE, WATCHES)]
    assert left(text, *twice) == [f"{both[:-1]}, count=2)"]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Ada mending a bicycle. While Bo watches", WATCHES),
        ("Ada mending a bicycle; meanwhile Bo watches", WATCHES),
        ("Ada mending a bicycle for a while, then Bo watches", WATCHES),
        ("Ada mending a bicycle while Bo watches in felt", WATCHES.replace("])", '], styles=["felt"])')),
        ("Ada mending a bicycle while Bo watches, three times", WATCHES.replace("])", "], count=3)")),
    ],
)
def test_what_goes_on_elsewhere_is_a_picture_of_its_own(text: str, second: str) -> None:
    assert left(text, BICYCLE, second) == [BICYCLE, second]


def test_a_picture_that_is_planned_twice_alike_is_none_with_more() -> None:
    assert left("Ada mending a bicycle while Bo watches", BICYCLE, BICYCLE) == [BICYCLE, BICYCLE]


SEA = 'generate_image(prompt="Ada at sea", subjects=["Ada"]{})'
LEFT = SEA.format(', layout={"Ada": "left"}')


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Ada at sea. A single picture will do", 'generate_image(prompt="a single picture")'),
        ("Ada at sea. One single drawing is enough", 'generate_image(prompt="one single drawing")'),
        ("Ada at sea, on the left", LEFT),
        (
            "Ada at sea. two versions of Ada at sea",
            'generate_image(prompt="two versions of Ada at sea", subjects=["Ada"])',
        ),
    ],
)
def test_a_number_or_a_twin_is_no_picture(text: str, second: str) -> None:
    assert left(text, SEA.format(""), second) == [SEA.format("")]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Ada at sea, then another on the left", LEFT),
        ("Ada at sea, once more on the left", LEFT),
        ("Ada at sea. And a hill", 'generate_image(prompt="a hill")'),
        ("Ada at sea. Then a single tree", 'generate_image(prompt="a single tree")'),
    ],
)
def test_another_one_is_a_picture(text: str, second: str) -> None:
    assert left(text, SEA.format(""), second) == [SEA.format(""), second]
