"""Whole groups that a request takes in or leaves out."""

from __future__ import annotations

import json

import pytest

from limner.agent.doubts import settled
from limner.agent.kinds import grouped
from limner.agent.plan import GenerateImage, PlanContext, parse_plan, render_plan
from limner.agent.validate import validate

CONTEXT = PlanContext(subjects={"Ozzy": "dog", "Frida": "cat", "Bram": "boy", "Henrike": "woman"})


def _who(text: str, planned: list[str]) -> list[str]:
    names = ", ".join(planned[:-1]) + f" and {planned[-1]}" if len(planned) > 1 else planned[0]
    drawn = f'generate_image(prompt="{names} in a phone booth", subjects={json.dumps(planned)})'
    (step,) = validate(parse_plan(drawn), CONTEXT, text).steps
    assert isinstance(step, GenerateImage), render_plan(validate(parse_plan(drawn), CONTEXT, text))
    assert not any(name in step.prompt for name in CONTEXT.subjects if name not in step.subjects), step.prompt
    return list(step.subjects)


@pytest.mark.parametrize(
    "text",
    [
        "all my animals but none of the humans, crammed together into a phone booth",
        "all my pets in a phone booth, no humans",
        "all of my pets without the people, in a phone booth",
        "every animal of mine in a phone booth",
        "every pet I have, none of the people, in a phone booth",
        "all our furry ones in a phone booth and no kids or adults please",
        "my pets in a phone booth, but no people and no children",
    ],
)
@pytest.mark.parametrize("planned", [["Ozzy", "Frida", "Henrike"], ["Ozzy", "Frida", "Bram", "Henrike"]])
def test_the_animals_are_drawn_and_no_human(text: str, planned: list[str]) -> None:
    assert _who(text, planned) == ["Ozzy", "Frida"]


@pytest.mark.parametrize("text", ["all my animals in a phone booth", "every pet of ours in a phone booth"])
def test_all_my_animals_are_all_of_them(text: str) -> None:
    assert _who(text, ["Ozzy"]) == ["Ozzy", "Frida"]


@pytest.mark.parametrize(
    ("text", "planned", "who"),
    [
        ("my lot in a phone booth, no cats", ["Ozzy", "Frida", "Bram"], ["Ozzy", "Bram"]),
        ("everyone but the kids in a phone booth", ["Bram"], ["Ozzy", "Frida", "Henrike"]),
        ("everyone in a phone booth, none of the humans", ["Ozzy", "Henrike"], ["Ozzy", "Frida"]),
        ("all my pets but not the cat in a phone booth, no humans", ["Ozzy", "Bram"], ["Ozzy"]),
        ("all my pets and Bram in a phone booth", ["Ozzy", "Frida", "Bram"], ["Ozzy", "Frida", "Bram"]),
        ("Henrike in a phone booth, no people around", ["Henrike"], ["Henrike"]),
        ("Henrike in a phone booth, no humans in the street", ["Henrike"], ["Henrike"]),
        ("My sister says you know all our animals. Ozzy in a phone booth", ["Ozzy"], ["Ozzy"]),
        ("Bram in a phone booth, without the pets", ["Bram", "Ozzy"], ["Bram"]),
    ],
)
def test_a_group_stays_out_and_nobody_else(text: str, planned: list[str], who: list[str]) -> None:
    assert _who(text, planned) == who


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Solo humanos: cena en una cabina", ["Bram", "Henrike"]),
        ("só os bichos, na cabine", ["Ozzy", "Frida"]),
        ("Pas de chien. Les adultes seulement", ["Henrike"]),
        ("none of the people; just animals in a phone booth", ["Ozzy", "Frida"]),
        ("Sämtliche Haustiere in der Zelle", ["Ozzy", "Frida"]),
        ("all save Ozzy are dancing, Ozzy isn't in it", ["Frida", "Bram", "Henrike"]),
        ("dancing in a phone booth, Ozzy isn't in it", ["Frida", "Bram", "Henrike"]),
        ("only those two with fur", ["Ozzy", "Frida"]),
    ],
)
def test_a_group_is_known_in_other_words_and_languages(text: str, who: list[str]) -> None:
    assert _who(text, who) == who


@pytest.mark.parametrize("text", ["dancing in a phone booth", "dancing in a phone booth, Bram isn't in it"])
def test_whoever_nobody_spoke_of_is_still_asked_about(text: str) -> None:
    plan = 'generate_image(prompt="Frida and Ozzy dancing", subjects=["Frida", "Ozzy"])'
    assert "Who do you mean?" in render_plan(validate(parse_plan(plan), CONTEXT, text))


@pytest.mark.parametrize("kind", ["granddaughter", "stepson", "niece", "boy"])
def test_the_kids_may_be_anybodys(kind: str) -> None:
    assert grouped(kind, "my grandkids at sea")
    assert not grouped("grandfather", "my grandkids at sea")


def test_who_stays_out_does_not_come_back_in_the_requests_own_words() -> None:
    drawn = 'generate_image(prompt="Ozzy and Frida in a tent", subjects=["Ozzy", "Frida"])'
    text = "my dog and my cat in a tent, none of the people"
    assert render_plan(settled(parse_plan(drawn), CONTEXT, text)) == drawn


def test_all_the_humans_are_all_of_them() -> None:
    text = "all the humans, none of the animals, in a phone booth"
    assert _who(text, ["Bram"]) == ["Bram", "Henrike"]
    assert _who("Bram and all the people from work in a phone booth", ["Bram"]) == ["Bram"]


@pytest.mark.parametrize(
    ("text", "planned", "who"),
    [
        ("only the grown-ups in a phone booth", ["Bram", "Henrike"], ["Henrike"]),
        ("everyone but the grown-ups in a phone booth", ["Ozzy", "Henrike"], ["Ozzy", "Frida", "Bram"]),
        ("everyone in a phone booth, no grown-ups", ["Ozzy", "Henrike"], ["Ozzy", "Frida", "Bram"]),
        ("Bram in a phone booth, no grown-ups", ["Bram", "Henrike"], ["Bram"]),
        # Nobody of a group.
        ("Bram in a grown-up suit in a phone booth", ["Bram"], ["Bram"]),
        ("Ozzy, fully grown, in a phone booth", ["Ozzy"], ["Ozzy"]),
        ("all the animals, none of the humans, in a phone booth", ["Ozzy"], ["Ozzy", "Frida"]),
        ("all the animals, no people, in a phone booth", ["Ozzy", "Bram"], ["Ozzy", "Frida"]),
        # Without `none of the humans` they may be anybody's.
        ("all the animals of the forest and Ozzy in a phone booth", ["Ozzy"], ["Ozzy"]),
    ],
)
def test_grown_ups_and_all_the_animals_are_groups(text: str, planned: list[str], who: list[str]) -> None:
    assert _who(text, planned) == who


@pytest.mark.parametrize(
    "text",
    [
        "only adults in a phone booth",
        "the grown-ups in a phone booth",
        "no kids, just the grown-ups, in a phone booth",
        "solo adultos en una cabina",
    ],
)
def test_the_only_grown_up_is_meant_by_the_adults(text: str) -> None:
    planned = parse_plan('generate_image(prompt="Henrike in a phone booth", subjects=["Henrike"])')
    assert validate(planned, CONTEXT, text) == planned
    two = CONTEXT.model_copy(update={"subjects": {**CONTEXT.subjects, "Jost": "man"}})
    assert [step.tool for step in validate(planned, two, text).steps] == ["ask_user"]
    boy = parse_plan('generate_image(prompt="Bram in a phone booth", subjects=["Bram"])')
    assert validate(boy, CONTEXT, text) != boy
