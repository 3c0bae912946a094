"""Who is known already stands beside somebody just taught where an order to draw puts them there."""

from __future__ import annotations

import pytest

from limner.agent.beside_taught import with_those_beside
from limner.agent.plan import PlanContext, parse_plan, render_plan

CONTEXT = PlanContext(subjects={"Rex": "dog", "Ada": "woman", "Old Tom": "man"})
LEARN = 'learn_subject(name="Mo", class_noun="cat")'
ALONE = 'generate_image(prompt="Mo at a wedding", subjects=["Mo"])'


def who(text: str, planned: str = f"{LEARN}\n{ALONE}") -> str:
    return render_plan(with_those_beside(parse_plan(planned), CONTEXT, text)).splitlines()[-1]


def shown(prompt: str, names: str) -> str:
    return f'generate_image(prompt="{prompt} at a wedding", subjects=[{names}])'


@pytest.mark.parametrize(
    "text",
    [
        "this is Mo, draw her with Rex at a wedding",
        "learn my cat Mo. Then draw Mo and Rex at a wedding",
        "learn Mo and draw her riding Rex at a wedding",
        "learn Mo, put her next to Rex at a wedding",
        "meet Mo! a picture of her beside rex at a wedding",
        "learn Mo then show Rex hugging her at a wedding",
        "learn Mo, then a drawing of Rex chasing her at a wedding",
        "learn Mo and draw her with Rex at a wedding, don't forget Rex",
    ],
)
def test_who_is_put_there_is_in_the_picture(text: str) -> None:
    assert who(text) == shown("Mo and Rex", '"Mo", "Rex"')


def test_two_may_stand_beside() -> None:
    text = "learn Mo, then draw her next to Rex and Old Tom at a wedding"
    assert who(text) == shown("Mo, Rex and Old Tom", '"Mo", "Rex", "Old Tom"')


def test_somebody_may_be_beside_in_a_clip() -> None:
    clip = 'animate(prompt="Mo at a wedding", subjects=["Mo"], motion="hop")'
    both = 'animate(prompt="Mo and Ada at a wedding", subjects=["Mo", "Ada"], motion="hop")'
    assert who("this is Mo, animate her with Ada at a wedding, hop", f"{LEARN}\n{clip}") == both


@pytest.mark.parametrize(
    "text",
    [
        "this is Mo, a friend of Rex from school. Draw her at a wedding",
        "learn Mo, she lives with Rex. Draw her at a wedding",
        "learn Mo. Draw her with Rex's lamp at a wedding",
        "learn Mo, draw her at a wedding, without Rex",
        "learn Mo. draw her at a wedding, just not with Rex",
        "learn Mo. Draw her at a wedding, don't put Rex in it",
        "learn Mo; don't draw her with Rex, just alone at a wedding",
        "learn Mo, draw her at a wedding for Rex",
        "learn Mo, draw her at a wedding. Rex hates weddings",
        "these are photos of Rex and Mo. Learn Mo and draw her at a wedding",
        "learn Mo, draw her with Rexy at a wedding",
        "learn Mo, draw her with Tom at a wedding",
    ],
)
def test_who_is_only_spoken_of_is_not(text: str) -> None:
    assert who(text) == ALONE


@pytest.mark.parametrize(
    "planned",
    [
        ALONE,
        f"{LEARN}\n{ALONE}\n{ALONE.replace('wedding', 'fair')}",
        f'{LEARN}\ngenerate_image(prompt="Ada at a wedding", subjects=["Ada"])',
        f'{LEARN}\nlearn_subject(name="Lu", class_noun="cat")\n{ALONE}',
        f'learn_style(name="felt")\n{ALONE}',
    ],
)
def test_only_the_one_picture_of_the_one_who_is_taught_is_asked(planned: str) -> None:
    assert who("draw Mo with Rex at a wedding", planned) == planned.splitlines()[-1]
