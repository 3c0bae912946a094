"""Requests written by hand: they stay what they were whoever they are about."""

from __future__ import annotations

import itertools

import pytest

from limner.agent.llm.prompt import END, target_of
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.phrases import FEMALE
from limner.agent.plan import AskUser, EditImage, GenerateImage, Plan
from limner.agent.planner import simplified
from limner.agent.validate import validate

pytest.importorskip("wonderwords", reason="the word list of the recipe")
from limner.agent.llm.recipes.authored import Row, distracted, one_order, renamed, rows
from limner.agent.llm.recipes.mixture import stream

BEACH = Row(
    request="BISCUIT's hat blew off! Biscuit on the beach pls",
    subjects={"Biscuit": "dog"},
    memory=("Biscuit hates hats",),
    history=(("biscuit in snow", 'generate_image(prompt="Biscuit in snow", subjects=["Biscuit"])', "img-3"),),
    plan=('generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])',),
)


def others(row: Row, tries: int = 30) -> list[Row]:
    return [one for seed in range(tries) if (one := renamed(Writer(seed), row)).subjects != row.subjects]


@pytest.mark.parametrize("every", [36, pytest.param(1, marks=pytest.mark.slow)])
def test_rows_survive_the_guard(every: int) -> None:
    changed = []
    for row in rows()[::every]:
        context, plan = row.draft().context(Writer(1)), Plan(steps=row.steps())
        if validate(plan, context, simplified(context, row.request)) != plan:
            changed.append(row.request)
    # The stream leaves these out; a few are known faults of the guard (of the seventh round's requests one in forty).
    assert len(changed) <= len(rows()) / every / 66, changed


def test_held_out_rows_are_not_trained_on() -> None:
    held = {" ".join(row.request.split()).casefold()[:40] for row in rows() if row.held and row.fixed}
    trained = {one.text.casefold()[:40] for one in itertools.islice(stream(3, only=["authored"]), 400)}
    assert held
    assert not held & trained


def test_a_new_name_stands_wherever_the_old_one_stood() -> None:
    found = others(BEACH)
    assert len({one.request for one in found}) > 10
    for one in found:
        (name,) = one.subjects
        assert one.request == f"{name.upper()}'s hat blew off! {name} on the beach pls"
        assert one.memory == (f"{name} hates hats",)
        assert one.history[0][0] == f"{name.lower()} in snow"
        assert one.history[0][1] == f'generate_image(prompt="{name} in snow", subjects=["{name}"])'
        (step,) = one.steps()
        assert isinstance(step, GenerateImage)
        assert (step.prompt, step.subjects) == (f"{name} on the beach", (name,))


@pytest.mark.parametrize(
    "request_", ["biscuti on the beach", "Bisc on the beach", "two Biscuits on the beach", "biscuit' bowl on the beach"]
)
def test_a_name_that_is_bent_or_misspelt_stays(request_: str) -> None:
    assert not others(BEACH.model_copy(update={"request": request_}))


def test_a_name_that_is_a_common_word_stays_where_the_word_stands() -> None:
    sunny = Row(
        request="Sunny on a sunny day",
        subjects={"Sunny": "dog"},
        plan=('generate_image(prompt="Sunny on a sunny day", subjects=["Sunny"])',),
    )
    assert not others(sunny)


def test_she_stays_she() -> None:
    known = {name for row in rows() for name, kind in row.subjects.items() if kind in FEMALE}
    row = BEACH.model_copy(update={"subjects": {"Biscuit": "woman"}})
    found = others(row)
    assert found
    assert {name for one in found for name in one.subjects} <= known


def test_nobody_more_where_a_kind_or_a_pronoun_might_mean_him() -> None:
    plain = BEACH.model_copy(update={"request": "Biscuit on a beach"})
    for request, more in (("Biscuit on a beach", True), ("my dog on a beach", False), ("him on a beach", False)):
        row, sizes = plain.model_copy(update={"request": request}), set()
        for seed in range(40):
            draft = row.draft()
            distracted(Writer(seed), row, draft)
            sizes.add(len(draft.subjects))
        assert (len(sizes) > 1) is more


def test_an_order_comes_with_what_the_one_before_it_makes() -> None:
    row = BEACH.model_copy(
        update={
            "request": "draw Biscuit on the beach, then make the sky pink",
            "plan": (*BEACH.plan, 'edit_image(image_ref="last", instruction="make the sky pink")'),
        }
    )
    orders, found = ["draw Biscuit on the beach", "make the sky pink"], {}
    for seed in range(20):
        draft, piece = one_order(Writer(seed), row.draft(), orders, row.steps())
        found[piece.text] = (draft, piece.steps)
    draft, (step,) = found["make the sky pink"]
    assert isinstance(step, EditImage)
    assert step.image_ref == draft.history[-1].result
    assert draft.history[-1].user == "draw Biscuit on the beach"
    assert found["draw Biscuit on the beach"][0].history == row.draft().history


def test_only_that_it_is_a_question_is_learnt_from_a_row() -> None:
    plan = Plan(steps=(AskUser(question="Which hat?"),))
    assert target_of(plan) == 'ask_user(question="Which hat?")' + END
    assert target_of(plan, worded=False) == 'ask_user(question="'
    drawn = Plan(steps=(GenerateImage(prompt="a fox"),))
    assert target_of(drawn, worded=False) == target_of(drawn)
    asked = (one for one in stream(3, only=["authored"]) if isinstance(one.plan.steps[0], AskUser))
    assert not next(asked).worded


def test_where_each_order_begins_is_marked_in_the_file_and_not_in_the_request() -> None:
    row = Row.model_validate({"request": "¦Rex in a tub, ¦then note he is shy", "plan": ["x()", "y()"]})
    assert row.request == "Rex in a tub, then note he is shy"
    assert not any("¦" in row.request for row in rows())
