"""Only what a person states outright becomes an observation."""

from __future__ import annotations

import pytest

from limner.memory import rules

KNOWN = {"Biscuit": "@biscuit", "Mochi": "@mochi"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No, Biscuit is a whippet", [("subject", 0, "@biscuit", "kind", "whippet")]),
        ("Biscuit isn't a corgi, he's a whippet", [("subject", 0, "@biscuit", "kind", "whippet")]),
        ("Use less neon", [("palette", -1, "", "", "neon")]),
        ("From now on always give me square images", [("format", 1, "", "", "square images")]),
        ("I really can't stand lens flares, keep that in mind", [("composition", -1, "", "", "lens flares")]),
        ("Biscuit's collar is green, remember that. And draw him", [("subject", 0, "@biscuit", "collar", "green")]),
        ("I like pastels, but I hate neon.", [("palette", 1, "", "", "pastels"), ("palette", -1, "", "", "neon")]),
        ("This is my dog Biscuit", [("subject", 0, "@biscuit", "kind", "dog")]),
        ("My cat is called Mochi and she likes fish", [("subject", 0, "@mochi", "kind", "cat")]),
        ("my name is Ana and I live in Oslo", [("person", 0, "", "name", "Ana"), ("person", 0, "", "home", "Oslo")]),
        ("I always want square pictures", [("format", 1, "", "", "square pictures")]),
        ("I hate neon, and our garden in Bergen is where I am happiest", [("palette", -1, "", "", "neon")]),
        ("No, Biscuit is a *whippet*", [("subject", 0, "@biscuit", "kind", "whippet")]),
        ("I **really** hate _neon_", [("palette", -1, "", "", "neon")]),
        ("never draw text again", [("composition", -1, "", "", "text")]),
        ("I want 4 variations each time", [("format", 1, "", "", "4 variations")]),
    ],
)
def test_a_statement_is_read(text: str, expected: list[tuple[str, int, str, str, str]]) -> None:
    assert [(one.facet, one.polarity, one.subject, one.slot, one.value) for one in rules.read(text, KNOWN)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "I love this one",
        "I don't like the second one",
        "Draw Biscuit as a pirate",
        "What is Biscuit?",
        "This is a dog",
        "never mind",
        "Nevermind the dog",
        "don't worry about the sky",
        "",
        "x" * 50_000,
    ],
)
def test_anything_else_is_left_alone(text: str) -> None:
    assert rules.read(text, KNOWN) == []


def test_an_order_behind_a_taste_is_no_part_of_it() -> None:
    assert [one.text for one in rules.read("I love dogs, draw one on the beach", {})] == ["User likes dogs"]
    assert not rules.states_only("I love dogs, draw one on the beach", {})


def test_only_whole_statements_state_something() -> None:
    known = {"Biscuit": "@biscuit"}
    for text in ("Use less neon", "No, Biscuit is a *whippet*!", "I hate neon. Thanks!", "never draw text again"):
        assert rules.states_only(text, known), text
    for text in ("less neon", "don't add a hat", "Rex is a cat", "thanks", "", "I hate neon. Draw a fox", "a fox"):
        assert not rules.states_only(text, known), text
