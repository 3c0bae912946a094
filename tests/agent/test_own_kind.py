"""A taught name is used as what it was taught as, and never asked about as something unknown."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.own_kind import mistaken
from limner.agent.plan import AskUser, GenerateImage, PastTurn, PlanContext, parse_plan, render_plan
from limner.agent.validate import check, validate

CONTEXT = PlanContext(
    subjects={"Nana": "woman", "Theo": "boy"},
    styles=("claymation", "risograph"),
    motions=("wave",),
    history=(
        PastTurn(
            user="Nana baking bread in claymation",
            calls=('generate_image(prompt="Nana baking bread", subjects=["Nana"], styles=["claymation"])',),
            result="img21",
        ),
    ),
)
BOTH = 'generate_image(prompt="Nana and Theo baking bread", subjects=["Nana", "Theo"], styles=["claymation"])'


@pytest.mark.parametrize(
    "plan",
    [
        'generate_image(prompt="Nana baking bread with Theo", subjects=["Nana"], styles=["claymation", "Theo"])',
        'ask_user(question="I don\'t know the style Theo yet. Which one, or will you attach a few pictures?")',
    ],
)
def test_who_was_taken_for_a_style_joins_the_picture(plan: str) -> None:
    text = "try it with Theo next to her"
    assert render_plan(validate(settled(parse_plan(plan), CONTEXT, text), CONTEXT, text)) == BOTH


def test_a_name_among_the_wrong_names_is_moved_to_its_own() -> None:
    text = "Theo flying a kite in risograph"
    plan = parse_plan('generate_image(prompt="Theo flying a kite", subjects=["risograph"], styles=["theo"])')
    drawn = 'generate_image(prompt="Theo flying a kite", subjects=["Theo"], styles=["risograph"])'
    assert render_plan(validate(plan, CONTEXT, text)) == drawn


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (
            'generate_image(prompt="the neighbour with a pot", subjects=["the", "neighbour"])',
            "a picture of the neighbour with a pot",
        ),
        (
            'generate_image(prompt="Theo signing a peace treaty on a scone", subjects=["Theo"], styles=["scone"])',
            "Theo signing a peace treaty on a scone",
        ),
    ],
)
def test_a_plain_noun_is_no_name(plan: str, text: str) -> None:
    drawn = parse_plan(plan).steps[0]
    found = validate(parse_plan(plan), CONTEXT, text).steps[0]
    assert isinstance(drawn, GenerateImage)
    assert found == GenerateImage(prompt=drawn.prompt, subjects=tuple(n for n in drawn.subjects if n == "Theo"))


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        ('generate_image(prompt="Nana at sea", subjects=["Nana"], styles=["batik"])', "Nana at sea in the batik"),
        ('generate_image(prompt="Nana at sea", subjects=["Nana"], styles=["batik"])', "Nana at sea, the batik style"),
        ('generate_image(prompt="Nana and Pip", subjects=["Nana", "Pip"])', "Nana and Pip"),
    ],
)
def test_a_name_nobody_has_is_asked_about(plan: str, text: str) -> None:
    assert isinstance(validate(parse_plan(plan), CONTEXT, text).steps[0], AskUser)


def test_a_question_about_what_is_known_is_answered_or_asked_anew() -> None:
    asked = parse_plan('ask_user(question="I don\'t know the motion Theo yet. Can you attach a clip?")')
    drawn = settled(asked, CONTEXT.model_copy(update={"history": ()}), "draw Theo on a swing")
    assert render_plan(drawn) == 'generate_image(prompt="Theo on a swing", subjects=["Theo"])'
    checked = check(asked, CONTEXT, "hm, Theo?")
    assert checked.complaints[0] == "Theo is known"
    assert render_plan(checked.plan) == 'ask_user(question="I know Theo. What shall I do with Theo?")'
    moved = parse_plan('animate(prompt="Nana", subjects=["Nana"], motion="Theo")')
    assert render_plan(validate(moved, CONTEXT, "animate Nana")) == (
        'ask_user(question="Which motion do you mean? I know wave.")'
    )


@pytest.mark.parametrize("question", ["I don't know Theodora yet.", "I don't know the style Theo Jansen.", "Theo?"])
def test_other_questions_stay(question: str) -> None:
    assert mistaken(question, CONTEXT) == ""
