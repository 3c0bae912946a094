"""`Her` is asked about where there are two, and `the two of them` are those who were drawn before."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.plan import AskUser, MemoryLine, PastTurn, PlanContext, parse_plan, render_plan
from limner.agent.which_of_them import her_of_before, her_of_two, the_two_of_them

CONTEXT = PlanContext(subjects={"Ada": "woman", "Bea": "girl", "Bo": "man"})
DRAWN = parse_plan('generate_image(prompt="Ada on holiday", subjects=["Ada"])')


def test_her_is_asked_about_where_there_are_two() -> None:
    plan = her_of_two(DRAWN, CONTEXT, "she looks so tired lately. draw her on holiday")
    assert plan and plan.steps == (AskUser(question="Who do you mean: Ada or Bea?"),)


@pytest.mark.parametrize("text", ["draw Ada, I love her", "draw him on holiday", "draw the girl, draw her laughing"])
def test_whom_the_request_tells_is_not_asked_about(text: str) -> None:
    assert her_of_two(DRAWN, CONTEXT, text) is None


def test_whom_memory_may_tell_is_not_asked_about() -> None:
    told = CONTEXT.model_copy(update={"memory": (MemoryLine(id="m1", text="The user is ill"),)})
    assert her_of_two(DRAWN, told, "draw her on holiday") is None


def test_her_is_she_of_the_last_picture() -> None:
    turn = PastTurn(
        user="a", calls=('generate_image(prompt="Ada repairing a bike", subjects=["Ada"])',), result="img-1"
    )
    context = CONTEXT.model_copy(update={"history": (turn,)})
    bo = parse_plan('generate_image(prompt="Bo in a boat", subjects=["Bo"])')
    assert render_plan(her_of_before(bo, context, "Now her in a rowing one")) == (
        'generate_image(prompt="Ada in a boat", subjects=["Ada"])'
    )
    both = her_of_before(bo, context, "could we see Bo in a boat together with her?")
    assert render_plan(both) == 'generate_image(prompt="Bo and Ada in a boat", subjects=["Bo", "Ada"])'
    for text in (
        "Now Bo in a boat",
        "Bo in a boat, he misses her",
        "now him in a boat",
        "we have got her in a boat, just do him",
    ):
        assert her_of_before(bo, context, text) == bo


def test_the_two_of_them_are_those_drawn_before() -> None:
    plan = parse_plan(
        'generate_image(prompt="Ada at sea", subjects=["Ada"])\n'
        'generate_image(prompt="Bea at home", subjects=["Bea"])\n'
        'generate_image(prompt="Bo at a ball", subjects=["Bo"])'
    )
    text = "Ada at sea, Bea at home, and the two of them together at a ball"
    last = render_plan(the_two_of_them(plan, CONTEXT, text)).splitlines()[-1]
    assert last == 'generate_image(prompt="Ada and Bea at a ball", subjects=["Ada", "Bea"])'
    for text in ("Ada at sea, Bea at home, Bo at a ball", "the two of them: Ada at sea, Bea at home. Bo at a ball"):
        assert the_two_of_them(plan, CONTEXT, text) == plan


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("both my girls in a canoe", 'generate_image(prompt="Liv and Noor in a canoe", subjects=["Liv", "Noor"])'),
        (
            "Both girls on a see-saw, but leave the dog out of it",
            'generate_image(prompt="Liv and Noor on a see-saw", subjects=["Liv", "Noor"])',
        ),
        ("a girl on a see-saw", 'ask_user(question="Which girl do you mean: Liv or Noor?")'),
        ("both girls' bikes", 'ask_user(question="Which girl do you mean: Liv or Noor?")'),
    ],
)
def test_both_are_not_one_of_two(text: str, plan: str) -> None:
    context = PlanContext(subjects={"Liv": "girl", "Noor": "girl", "Ole": "boy", "Percy": "dog"})
    asked = parse_plan('ask_user(question="Which girl do you mean: Liv or Noor?")')
    assert render_plan(settled(asked, context, text)) == plan


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "My tortoise, the one that isn't Sheldon, crossing the line",
            'generate_image(prompt="Turbo crossing the line", subjects=["Turbo"])',
        ),
        ("draw my tortoise, not Turbo, at sea", 'generate_image(prompt="Sheldon at sea", subjects=["Sheldon"])'),
        ("draw my tortoise at sea", 'ask_user(question="Which tortoise do you mean: Sheldon or Turbo?")'),
    ],
)
def test_of_two_it_is_the_one_that_is_not_turned_down(text: str, plan: str) -> None:
    context = PlanContext(subjects={"Sheldon": "tortoise", "Turbo": "tortoise", "Percy": "dog"})
    asked = parse_plan('ask_user(question="Which tortoise do you mean: Sheldon or Turbo?")')
    assert render_plan(settled(asked, context, text)) == plan


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("Ada at sea, Bea at home, and the pair of them at a ball", True),
        ("Ada at sea, Bea at home, and the two of them at a ball. Bo likes balls", True),
        ("Ada at sea, Bea at home, and the two of them with Bo at a ball", False),
        ("Ada at sea, Bea at home, a pair of shoes for Bo at a ball", False),
    ],
)
def test_the_pair_of_them_are_those_two_whoever_is_told_of_behind(text: str, both: bool) -> None:
    plan = parse_plan(
        'generate_image(prompt="Ada at sea", subjects=["Ada"])\n'
        'generate_image(prompt="Bea at home", subjects=["Bea"])\n'
        'generate_image(prompt="Bo at a ball", subjects=["Bo"])'
    )
    last = render_plan(the_two_of_them(plan, CONTEXT, text)).splitlines()[-1]
    assert ("Ada" in last and "Bea" in last) is both


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("Ada at sea, Bea at home, and the two of them at a ball", "at a ball"),
        ("Ada at sea, Bea at home, then the pair of them baking, with a cat", "baking"),
        # Nothing else is told, or the last has a scene of its own.
        ("Ada at sea, Bea at home, then the two of them", "at home"),
        ("Ada at sea, Bea at home, and the two of them with Bo at a ball", ""),
    ],
)
def test_the_pair_has_its_own_scene(text: str, scene: str) -> None:
    home = 'generate_image(prompt="Bea at home", subjects=["Bea"])'
    plan = parse_plan(f'generate_image(prompt="Ada at sea", subjects=["Ada"])\n{home}\n{home}')
    last = render_plan(the_two_of_them(plan, CONTEXT, text)).splitlines()[-1]
    assert last == (f'generate_image(prompt="Ada and Bea {scene}", subjects=["Ada", "Bea"])' if scene else home)
