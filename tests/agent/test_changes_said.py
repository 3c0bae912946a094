"""A change is neither turned into its opposite, nor cut short, nor drawn anew."""

from __future__ import annotations

import pytest

from limner.agent.changes_said import back_to, changed_to, not_the_opposite, whole_change
from limner.agent.doubts import settled
from limner.agent.plan import GenerateImage, PastTurn, PlanContext, parse_plan, render_plan

HILL = 'generate_image(prompt="Rex on a hill", subjects=["Rex"])'
CONTEXT = PlanContext(
    subjects={"Rex": "dog", "Ingrid": "woman"},
    styles=("felt",),
    history=(PastTurn(user="Rex on a hill", calls=(HILL,), result="img-1"),),
)
MADE = GenerateImage(prompt="Rex on a hill", subjects=("Rex",))
ANEW = GenerateImage(prompt="Rex at night", subjects=("Rex",))


@pytest.mark.parametrize(
    "text",
    [
        "change it to night time",
        "turn it into a winter scene",
        "change that picture to autumn!",
        "Can you change it to dusk?",
        "and now make it evening",
        "make it a rainy afternoon",
        "please make it dark night",
        "switch it to black and white",
    ],
)
def test_what_was_just_made_is_changed(text: str) -> None:
    assert changed_to(ANEW, MADE, CONTEXT, text)


@pytest.mark.parametrize(
    "text",
    [
        "change it to Ingrid",
        "change it to felt",
        "turn it into a gif",
        "turn this into an animation",
        "make it bigger",
        "make it two",
        "Rex at night",
        "change it to night. Then draw Ingrid",
        "change the first one to night",
    ],
)
def test_what_is_no_change_of_it_is_drawn(text: str) -> None:
    assert not changed_to(ANEW, MADE, CONTEXT, text)


def test_another_in_another_style_is_no_change() -> None:
    text = "change it to night time"
    assert not changed_to(ANEW.model_copy(update={"subjects": ("Ingrid",)}), MADE, CONTEXT, text)
    assert not changed_to(ANEW.model_copy(update={"styles": ("felt",)}), MADE, CONTEXT, text)
    drawn = parse_plan('generate_image(prompt="Rex at night", subjects=["Rex"])')
    assert render_plan(settled(drawn, CONTEXT, text)) == f'edit_image(image_ref="last", instruction="{text}")'
    assert settled(drawn, CONTEXT.model_copy(update={"history": ()}), text) == drawn


@pytest.mark.parametrize(
    ("planned", "text", "change"),
    [
        ("make them shorter", "the ears are too short, make them longer", "make them longer"),
        ("make it darker", "lighter please", "make it lighter"),
        ("make the moon smaller", "a bigger moon", "make the moon bigger"),
        ("less snow", "more snow", "more snow"),
        ("make it quieter", "make it LOUDER", "make it louder"),
        # As it was said, or said of both.
        ("make it longer", "make it longer", "make it longer"),
        ("make the nose smaller", "a bigger nose, smaller ears", "make the nose smaller"),
        ("make it lighter", "it is too dark, make it lighter", "make it lighter"),
        ("make it look less crowded", "no more people, it is crowded", "make it look less crowded"),
        ("add more trees", "make it less empty", "add more trees"),
        ("make it warm", "make it colder", "make it warm"),
    ],
)
def test_a_change_is_not_its_opposite(planned: str, text: str, change: str) -> None:
    assert not_the_opposite(planned, text) == change


@pytest.mark.parametrize(
    ("planned", "text", "change"),
    [
        ("make fur black", "please make the fur black", "make the fur black"),
        ("should be red", "the hat should be red.", "the hat should be red"),
        ("remove tree", "now remove the tree", "remove the tree"),
        ("make the sky red", "Make the sky red", "make the sky red"),
        ("add a hat", "a hat is missing, so add one", "add a hat"),
        ("make black", "make the left one of the many cats in the field black", "make black"),
        ("make the tree red", "make the red tree", "make the tree red"),
        ("add a beard", "make it night", "add a beard"),
    ],
)
def test_a_change_is_whole(planned: str, text: str, change: str) -> None:
    assert whole_change(planned, text) == change


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Back to the canoe one, swap the water for clouds", "swap the water for clouds"),
        ("ok, now go back to that hill picture: make it night!", "make it night"),
        ("back to my old barn drawing and add a goat", "add a goat"),
        ("Back to the hill pic - lose the hat, please", "lose the hat, please"),
        # Nothing is changed, no picture is told of, or not at once.
        ("back to the hill one", ""),
        ("back to the hill one, it was lovely", ""),
        ("back to the barn, draw Rex", ""),
        ("back to school, put a hat on Rex", ""),
        ("Rex, back to the hill one, make it night", ""),
        ("draw Rex with his back to the old picture, make it night", ""),
    ],
)
def test_one_goes_back_to_a_picture_to_change_it(text: str, change: str) -> None:
    assert back_to(text) == change


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("back to the canoe one, swap the water for clouds", "img-1"),
        ("back to the hill one, swap the grass for snow", "img-2"),
        # Nobody knows of it.
        ("back to the tent one, swap the grass for snow", ""),
    ],
)
def test_the_picture_one_goes_back_to_is_changed(text: str, picture: str) -> None:
    canoe = PastTurn(user="Rex in a canoe", calls=(HILL.replace("on a hill", "in a canoe"),), result="img-1")
    hill = CONTEXT.history[0].model_copy(update={"result": "img-2"})
    drawn = parse_plan('generate_image(prompt="Rex in the snow", subjects=["Rex"])')
    plan = render_plan(settled(drawn, CONTEXT.model_copy(update={"history": (canoe, hill)}), text))
    change = text.partition(", ")[2]
    if picture:
        assert plan == f'edit_image(image_ref="{picture}", instruction="{change}")'
    else:
        assert plan.startswith("generate_image(")
