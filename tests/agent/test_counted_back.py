"""A picture is found by counting back from the last, or off from the first."""

from __future__ import annotations

import pytest

from limner.agent.counted_back import counted_back, counted_off
from limner.agent.doubts import settled
from limner.agent.plan import EditImage, PastTurn, Plan, PlanContext
from limner.agent.validate import validate

CONTEXT = PlanContext(
    subjects={"Tilda": "woman"},
    history=tuple(
        PastTurn(user=said, calls=(f'generate_image(prompt="{said}")',), result=made)
        for said, made in (("a hall", "img2"), ("a bath", "img4"), ("a shop", "img6"))
    ),
)


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("not the latest one, the one right before it: take away the mirror there", "img4"),
        ("remove the mirror in the one before the last", "img4"),
        ("the one before last needs no mirror", "img4"),
        ("the second to last: no mirror", "img4"),
        ("take the mirror out of the second-to-last picture", "img4"),
        ("not the last one but the one before. remove the mirror", "img4"),
        ("instead of the newest picture take the one just before it and remove the mirror", "img4"),
        ("the picture from two pictures ago: no mirror", "img4"),
        ("take the mirror out of the penultimate drawing", "img4"),
        ("the last but one without the mirror", "img4"),
        ("the picture you made before the last one: remove the mirror", "img4"),
        ("remove the mirror, not in img6, the one before it", "img4"),
        ("remove the mirror in the one after img-2", "img4"),
        ("remove the mirror in the third to last", "img2"),
        ("the first one: take away the mirror", "img2"),
        ("in the very first picture, remove the mirror", "img2"),
        ("take the mirror out of the second one", "img4"),
        ("the first one is good, the second one has a mirror, remove the mirror", "img6"),
        ("remove the mirror", "img6"),
        ("not the one before the last, the last: remove the mirror", "img6"),
        ('write "the second to last" on the mirror', "img6"),
        ("the last one: remove the mirror before it breaks", "img6"),
    ],
)
def test_a_picture_is_counted_back_to(text: str, picture: str) -> None:
    planned = Plan(steps=(EditImage(image_ref="img6", instruction="remove the mirror"),))
    (step,) = validate(settled(planned, CONTEXT, text), CONTEXT, text).steps
    assert isinstance(step, EditImage)
    assert step.image_ref == picture


def test_of_a_turn_that_made_several_they_are_counted_off() -> None:
    assert counted_off("the second one", [("img-1",), ("img-2", "img-3")]) == "img-3"
    assert counted_off("the very first one", [("img-1",), ("img-2", "img-3")]) == "img-1"
    assert counted_off("the fifth one", [("img-1",), ("img-2", "img-3")]) == ""


def test_there_is_nothing_before_the_only_one() -> None:
    assert counted_back("not the last one, the one before it", ["img-1"]) is None


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("the middle one: no mirror", "img-2"),
        ("no mirror in the middle picture", "img-2"),
        ("the middle of the picture needs a mirror", ""),
        ("not the first, the middle one", ""),
        ("the middle one of the last drawing", ""),
    ],
)
def test_of_three_one_is_in_the_middle(text: str, picture: str) -> None:
    assert counted_off(text, [("img-1",), ("img-2",), ("img-3",)]) == picture
    for turns in ([("img-1",), ("img-2",)], [("img-1",), ("img-2",), ("img-3", "img-4")]):
        assert counted_off("the middle one: no mirror", turns) == ""


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("the older of the two", "img-2"),
        ("the earlier picture of those two: no mirror", "img-2"),
        ("the newer of the last two", "img-3"),
        ("the later one of these two", "img-3"),
        ("the older woman of the two", None),
        ("the older of the two dogs", None),
        ("the newer of the two boys in it", None),
        ("the newer of the two pictures", "img-3"),
        ("the older of the two and a hat", "img-2"),
        ("the older picture", None),
    ],
)
def test_of_two_one_is_older(text: str, picture: str | None) -> None:
    found = counted_back(text, ["img-1", "img-2", "img-3"])
    assert (found and found[0]) == picture


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("the first one in red, leave the second alone", "img-2"),
        ("the first one: no mirror, and keep the second one as it is", "img-2"),
        ("the second picture in red, but leave the first untouched", "img-3"),
        ("the first one in red, the second in blue", ""),
        ("the first one, not the second", ""),
        ("leave it alone, the second one", "img-3"),
    ],
)
def test_the_other_that_is_left_alone_is_not_meant(text: str, picture: str) -> None:
    assert counted_off(text, [("img-1",), ("img-2", "img-3")]) == picture


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("the second of those three", "img-3"),
        ("no mirror in the third of these four, please", "img-4"),
        ("the first of the two: no mirror", "img-2"),
        ("the second of those three pictures", "img-3"),
        ("the third of the four drawings needs no mirror", "img-4"),
        ("the second of the two dogs", ""),
        ("the first of those three hats in red", ""),
        ("the first of them all", ""),
        ("the second of May", ""),
        ("the sixth of those six", ""),
    ],
)
def test_one_of_so_many_is_counted_off(text: str, picture: str) -> None:
    assert counted_off(text, [("img-1",), ("img-2", "img-3", "img-4", "img-5")]) == picture
