"""Whom a request leaves out, and that a plan of the others is left alone."""

from __future__ import annotations

import pytest

from limner.agent.left_out import but, everyone_said, others_meant
from limner.agent.plan import PlanContext, parse_plan, render_plan
from limner.agent.validate import validate

SUBJECTS = {"Zita": "woman", "Anton": "man", "Rusty": "van", "Mops": "dog", "Fips": "dog"}
CONTEXT = PlanContext(subjects=SUBJECTS, styles=("flat",), motions=("hop",))


@pytest.mark.parametrize(
    "text",
    [
        "everyone I taught you, subtract the van, in a hot tub",
        "give everyone a tuba, barring the van",
        "with the exception of Rusty everybody gets a crown",
        "iedereen behalve Rusty op het strand",
        "Alla utom Rusty i bastun",
        "every one of them in a hat besides the van",
    ],
)
def test_an_exception_leaves_out_whatever_was_planned(text: str) -> None:
    for planned in (tuple(SUBJECTS), ("Rusty",), ("Zita", "Anton")):
        assert but(planned, SUBJECTS, text) == ("Zita", "Anton", "Mops", "Fips"), planned


def test_all_of_one_kind_are_not_everyone() -> None:
    assert but(("Mops", "Fips"), SUBJECTS, "alle Hunde außer Fips am See") == ("Mops",)
    assert but(("Fips",), SUBJECTS, "alle Hunde am See") is None
    assert but(("Zita",), SUBJECTS, "alle am See") == tuple(SUBJECTS)


def test_what_stands_farther_on_is_not_left_out() -> None:
    for text in ("all but asleep, poor Zita, at her desk", "everyone in the garden, no hats, Zita on the swing"):
        assert but(("Zita",), SUBJECTS, text) is None, text
    assert but(("Zita",), SUBJECTS, "everyone but Zita at sea") == ("Anton", "Rusty", "Mops", "Fips")


def test_who_is_left_out_and_asked_for_stays() -> None:
    assert but(("Zita",), SUBJECTS, "Everybody has the flu apart from Zita. So Zita, in bed") is None
    assert but(("Zita",), SUBJECTS, "Everybody at the lake apart from Zita. It is hot") != ("Zita",)


@pytest.mark.parametrize(
    "text",
    ["minus rusty: beach volleyball", "omit the van. everyone else on a slide", "the van is broken, exclude it"],
)
def test_the_others_are_the_planners_choice(text: str) -> None:
    assert others_meant(("Zita", "Anton"), SUBJECTS, text)
    assert not others_meant(("Rusty", "Zita"), SUBJECTS, text)


@pytest.mark.parametrize("text", ["a hot tub", "Anton without the van", "Anton in a hot tub, no dogs"])
def test_whoever_was_never_spoken_of_is_no_choice(text: str) -> None:
    assert not others_meant(("Zita",), SUBJECTS, text)
    assert not others_meant(("Zita",), SUBJECTS, "Anton at sea, minus the van")


@pytest.mark.parametrize("text", ["der nackte Anton... nein, im Bad", "Zita nue", "Zita naked... no clothes at all"])
def test_nakedness_is_not_excused_by_what_stands_near_it(text: str) -> None:
    plan = validate(parse_plan('generate_image(prompt="Zita", subjects=["Zita"])'), CONTEXT, text)
    assert [step.tool for step in plan.steps] == ["reply"]


def test_going_out_with_somebody_erases_nothing() -> None:
    plan = validate(parse_plan('forget(what="Mops")'), CONTEXT, "Mops out with the dustmen at dawn")
    assert [step.tool for step in plan.steps] == ["ask_user"]


def test_a_kind_of_two_words_is_spoken_of_by_its_last() -> None:
    context = CONTEXT.model_copy(update={"subjects": {"Wonky": "shopping trolley", "Anton": "man"}})
    text = 'generate_image(prompt="Wonky in the rain", subjects=["Wonky"])'
    assert render_plan(validate(parse_plan(text), context, "the trolley in the rain")) == text
    stranger = validate(parse_plan(text), context, "a basket in the rain")
    assert [step.tool for step in stranger.steps] == ["ask_user"]


def test_all_of_them_are_those_that_were_told_of_just_before() -> None:
    for text in ("Zita among her clocks, all of them striking twelve", "Zita bakes for them all"):
        assert but(("Zita",), SUBJECTS, text) is None, text
    assert but(("Zita",), SUBJECTS, "all of them at the lake") == tuple(SUBJECTS)
    assert but(("Zita",), SUBJECTS, "every one of them at the lake but Zita") == ("Anton", "Rusty", "Mops", "Fips")
    assert but(("Zita",), SUBJECTS, "Zita's birthday: everybody at the lake") == tuple(SUBJECTS)


@pytest.mark.parametrize(
    "text", ["Zita and all of them at the lake", "Zita bakes. All of them at the lake", "Zita plus every one of them"]
)
def test_all_of_them_may_be_everyone_again(text: str) -> None:
    assert but(("Zita",), SUBJECTS, text) == tuple(SUBJECTS)


def test_a_whole_family_of_others_is_not_everyone() -> None:
    assert everyone_said("the whole family at the lake") and everyone_said("Whole gang on a slide")
    for text in ("a whole family of ducks", "my whole family likes it", "our whole crew laughed"):
        assert not everyone_said(text), text


CREW = {"Windy": "sailboat", "Auntie May": "woman", "Bea": "woman", "Teddy K": "teddy bear", "Rex": "dog"}


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("all of mine except the boat", ("Windy",)),
        ("everybody but the teddy, at sea", ("Teddy K",)),
        ("everyone except the bear", ("Teddy K",)),
        ("everyone minus Auntie May", ("Auntie May",)),
        ("everyone except my auntie", ("Auntie May",)),
        ("all of ours apart from Bea", ("Bea",)),
        ("everyone minus the women", ("Auntie May", "Bea")),
        ("all of mine that aren't human", ("Auntie May", "Bea")),
        ("everyone who isn't a person, at the lake", ("Auntie May", "Bea")),
        ("all my subjects that are not people, at sea", ("Auntie May", "Bea")),
    ],
)
def test_who_is_left_out_may_be_said_in_short(text: str, out: tuple[str, ...]) -> None:
    assert but(("Rex",), CREW, text) == tuple(name for name in CREW if name not in out)


@pytest.mark.parametrize("text", ["everyone but the coat, at sea", "Rex with a human who isn't people-shy"])
def test_what_none_of_them_is_leaves_nobody_out(text: str) -> None:
    assert but(("Rex",), CREW, text) is None


FLOCK = {"Zita": "woman", "Kiki": "crow", "Jojo": "parrot", "Rex": "dog"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("everyone who isn't a bird, at the lake", ("Zita", "Rex")),
        ("everybody that is not a bird", ("Zita", "Rex")),
        ("everyone who isn't a dog swimming in the lake", ("Zita", "Kiki", "Jojo")),
        ("all of them that aren't birds, at the lake", ("Zita", "Rex")),
        ("everyone who isn't a parrot!", ("Zita", "Kiki", "Rex")),
    ],
)
def test_everyone_who_is_none_of_those_is_drawn(text: str, kept: tuple[str, ...]) -> None:
    for planned in (("Zita",), tuple(FLOCK)):
        assert but(planned, FLOCK, text) == kept


@pytest.mark.parametrize(
    "text", ["everyone who isn't tired, at the lake", "everyone who isn't a fish", "Zita who isn't a bird, at the lake"]
)
def test_who_is_none_of_what_nobody_is_tells_nothing(text: str) -> None:
    assert but(("Zita",), FLOCK, text) is None


def test_newer_birds_are_birds_as_well() -> None:
    for kind in ("magpie", "peacock", "puffin", "budgerigar"):
        assert but(("Zita",), {"Zita": "woman", "Pip": kind}, "everyone who isn't a bird") == ("Zita",), kind
    assert but(("Zita",), {"Zita": "woman", "Pip": "bat"}, "everyone who isn't a bird") is None
