"""A clip is of the picture that the request names or takes."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.plan import EditImage, PastTurn, PlanContext, parse_plan, render_plan
from limner.agent.which_picture import described, last_unless_told


@pytest.mark.parametrize(
    ("text", "plan", "made"),
    [
        (
            "Wake img-14 up: take the picture as it is and have him wave",
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave")',
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave", image_ref="img-14")',
        ),
        (
            "turn the sauce in img-14 green, then take that picture and make it wave",
            'edit_image(image_ref="img-14", instruction="turn the sauce green")\n'
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave")',
            'edit_image(image_ref="img-14", instruction="turn the sauce green")\n'
            'animate(prompt="Ada at sea", subjects=["Ada"], motion="wave", image_ref="last")',
        ),
    ],
)
def test_the_picture_that_is_taken_is_set_in_motion(text: str, plan: str, made: str) -> None:
    call = 'generate_image(prompt="Ada at sea", subjects=["Ada"])'
    before = PastTurn(user="Ada at sea", calls=(call,), result="img-14")
    context = PlanContext(subjects={"Ada": "girl"}, motions=("wave",), history=(before,))
    assert render_plan(settled(parse_plan(plan), context, text)) == made


SCENES = (("Ada at the barber", "Ada"), ("Ada on a bench", "Ada"), ("Bo in a lighthouse", "Bo"))
PAST = PlanContext(
    subjects={"Ada": "girl", "Bo": "robot"},
    history=tuple(
        PastTurn(user=said, calls=(f'generate_image(prompt="{said}", subjects=["{who}"])',), result=f"img-{number}")
        for number, (said, who) in enumerate(SCENES, 1)
    ),
)


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("the barber one again", "img-1"),
        ("the one with the bench, in felt", "img-2"),
        ("the picture at the barber: add a dog", "img-1"),
        ("the lighthouse again, please", "img-3"),
        ("Bo again, please", "img-3"),
        # Several pictures, none, or another way of telling.
        ("Ada again, please", ""),
        ("the red one", ""),
        ("the last one again", ""),
        ("the new one", ""),
        ("the barber one and the bench one", ""),
        ("the picture before the one with the bench", ""),
        ("draw a bench", ""),
    ],
)
def test_a_picture_is_known_by_what_it_shows(text: str, picture: str) -> None:
    assert described(PAST, text) == picture


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("make the sky pink", "img-3"),
        ("give her a hat", "img-3"),
        ("make the bench pink", ""),
        ("make the hat pink in the first one", ""),
        ("make the hat in 2 pink", ""),
        ("make the older hat pink", ""),
        ("the one with the hat: make it pink", ""),
    ],
)
def test_a_change_is_of_the_last_picture_where_nothing_tells_of_another(text: str, picture: str) -> None:
    assert last_unless_told(EditImage(image_ref="img-2", instruction=text), PAST, text) == picture
    assert last_unless_told(EditImage(image_ref="img-3", instruction=text), PAST, text) == ""
    assert last_unless_told(EditImage(image_ref="img-9", instruction=text), PAST, text) == ""


def test_a_last_clip_or_several_pictures_are_not_changed_so() -> None:
    step = EditImage(image_ref="img-1", instruction="make the sky pink")
    for made in ("clip-4", "img-4 img-5", ""):
        history = (*PAST.history, PastTurn(user="Bo waves", result=made))
        assert last_unless_told(step, PAST.model_copy(update={"history": history}), step.instruction) == ""


ADA = 'generate_image(prompt="Ada at sea", subjects=["Ada"])'
TURNED = 'edit_image(image_ref="img-1", instruction="turn the sky pink")'
EDITED = PlanContext(
    subjects={"Ada": "girl", "Bo": "boy"},
    motions=("wave",),
    history=(PastTurn(user="Ada at sea", calls=(ADA,), result="img-1"),),
)


@pytest.mark.parametrize(
    ("text", "planned", "prompt", "who"),
    [
        ("turn the sky pink in img-1, then animate the edited picture, wave", "Bo", "Ada at sea", "Ada"),
        ("turn the sky pink in img-1, then the edited image should wave", "Bo", "Ada at sea", "Ada"),
        ("turn the sky pink in img-1. Bo likes that. Make the edited version wave", "Bo", "Ada at sea", "Ada"),
        ("turn the sky pink in img-1, then let the edited one wave", "Ada", "Ada waving", "Ada"),
        # Somebody else is named with it.
        ("turn the sky pink in img-1, then animate Bo in the edited picture, wave", "Bo", "Bo waving", "Bo"),
    ],
)
def test_the_edited_picture_is_set_in_motion_with_whom_it_shows(text: str, planned: str, prompt: str, who: str) -> None:
    clip = f'animate(prompt="{planned} waving", subjects=["{planned}"], motion="wave")'
    made = f'animate(prompt="{prompt}", subjects=["{who}"], motion="wave", image_ref="last")'
    assert render_plan(settled(parse_plan(f"{TURNED}\n{clip}"), EDITED, text)).splitlines() == [TURNED, made]


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("not the bench one, the one right before it", "img-1"),
        ("not the lighthouse picture, the picture just before that", "img-2"),
        ("no, not the lighthouse one: the one before it, in felt", "img-2"),
        # There is none before it, none such, or none is told by it.
        ("not the barber one, the one right before it", ""),
        ("not the red one, the one right before it", ""),
        ("not the bench one", ""),
        ("the one before it", ""),
        ("not the bench one, the bench before it", ""),
    ],
)
def test_the_one_before_the_one_that_is_not_meant(text: str, picture: str) -> None:
    assert described(PAST, text) == picture


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("the robot one, in felt", "img-3"),
        ("that robot picture again", "img-3"),
        ("that barber picture", "img-1"),
        ("that bench drawing: make the sky pink", "img-2"),
        # Two are of her, nobody is a cat, or nothing is told of it.
        ("the girl one, in felt", ""),
        ("the cat one, in felt", ""),
        ("that red picture", ""),
        ("that picture", ""),
        ("that last picture", ""),
        ("draw that robot", ""),
    ],
)
def test_a_picture_is_known_by_the_kind_of_whom_it_shows(text: str, picture: str) -> None:
    assert described(PAST, text) == picture


def test_a_word_that_was_said_goes_before_a_kind() -> None:
    said = PastTurn(user="a toy robot", calls=('generate_image(prompt="a toy robot")',), result="img-4")
    assert described(PAST.model_copy(update={"history": (*PAST.history, said)}), "the robot one, in felt") == "img-4"


COUPLE = PlanContext(
    subjects={"Ida": "woman", "Olga": "girl", "Max": "man", "Bo": "robot"},
    history=(
        PastTurn(user="Max by a pond", calls=('generate_image(prompt="Max by a pond")',), result="img-1"),
        PastTurn(user="Olga on ice", calls=('generate_image(prompt="Olga on ice")',), result="img-2"),
        PastTurn(user="Ida on a swing", calls=('generate_image(prompt="Ida on a swing")',), result="img-3"),
    ),
)


@pytest.mark.parametrize(
    ("planned", "text", "picture"),
    [
        # Nobody of the last picture is him.
        ("img-1", "put a cap on him", ""),
        ("img-1", "turn his coat green", ""),
        ("img-1", "put a cap on her", "img-3"),
        ("img-1", "make the coat green", "img-3"),
        ("img-1", "put her cap on him", "img-3"),
        ("img-2", "put a cap on him", "img-3"),
        ("img-2", "put a cap on her", "img-3"),
    ],
)
def test_him_of_a_picture_of_a_woman_is_somebody_earlier(planned: str, text: str, picture: str) -> None:
    assert last_unless_told(EditImage(image_ref=planned, instruction=text), COUPLE, text) == picture


@pytest.mark.parametrize("last", ["Ida and Max on a swing", "Bo on a swing", "a swing"])
def test_him_may_be_of_a_picture_that_is_not_only_of_women(last: str) -> None:
    turn = PastTurn(user="go on", calls=(f'generate_image(prompt="{last}")',), result="img-4")
    context = COUPLE.model_copy(update={"history": (*COUPLE.history, turn)})
    assert (
        last_unless_told(EditImage(image_ref="img-1", instruction="a cap on him"), context, "a cap on him") == "img-4"
    )
