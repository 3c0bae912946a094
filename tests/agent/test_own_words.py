"""A scene stays in the words it was asked for, where a small model lost or changed some."""

from __future__ import annotations

import pytest

from limner.agent.own_words import in_own_words
from limner.agent.plan import GenerateImage, PlanContext

CONTEXT = PlanContext(subjects={"Farah": "woman", "Rex": "dog"}, styles=("papercut", "flat"))


def scene(prompt: str, text: str, *subjects: str, styles: tuple[str, ...] = ()) -> str:
    return in_own_words(GenerateImage(prompt=prompt, subjects=subjects, styles=styles), CONTEXT, text).prompt


@pytest.mark.parametrize(
    ("text", "prompt", "words"),
    [
        (
            "could I get Farah reading on the balcony in papercut?",
            "Farah reading on the beach",
            "Farah reading on the balcony",
        ),
        ("Show me Farah at her sewing machine", "Farah at her seameshaving machine", "Farah at her sewing machine"),
        ("two pictures of farah with a kite, seed 12", "Farah", "Farah with a kite"),
        ("Farah on a pirate ship. Papercut.", "Farah on a boat", "Farah on a pirate ship"),
        ("please draw Farah riding a unicycle, 3 versions", "Farah on a bicycle", "Farah riding a unicycle"),
    ],
)
def test_what_got_lost_or_was_made_up_is_mended(text: str, prompt: str, words: str) -> None:
    assert scene(prompt, text, "Farah", styles=("papercut",)) == words


def test_a_kind_is_called_by_its_name() -> None:
    assert scene("Rex in a boat", "draw my dog on a horse", "Rex") == "Rex on a horse"


@pytest.mark.parametrize(
    "text",
    [
        "now her on the balcony",
        "the same but with snow",
        "Farah, no, Rex on a horse",
        "We went to sea. Farah was sick. Draw that with a big red lighthouse and many gulls around it, will you",
        'a sign that says "open" with Farah',
        "wanna see Farah fancy in a tux fr",
    ],
)
def test_what_needs_to_be_understood_is_left_to_the_planner(text: str) -> None:
    assert scene("Farah at sea", text, "Farah") == "Farah at sea"


def test_the_same_words_bent_otherwise_are_left() -> None:
    assert scene("Farah flies a kite", "draw Farah flying a kite", "Farah") == "Farah flies a kite"
