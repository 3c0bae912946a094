"""Two letters that changed places in typing are put back, and nothing else is."""

from __future__ import annotations

import pytest

from limner.agent.glossary import english_words
from limner.agent.plan import PlanContext
from limner.agent.planner import simplified
from limner.agent.slips import without_slips

NAMES = ("Nelly", "Old Tom", "felt")


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("draw teh bakcpack on a hlil", "draw the backpack on a hill"),
        ("nlely in a gadren", "nelly in a garden"),
        ("drwa a sotrm at sea", "draw a storm at sea"),
        ("a sotrm in a gadren", "a storm in a garden"),
        ("duks on a pond", "duks on a pond"),  # ducks, and no dusk
        ("the bakcpacks", "the backpacks"),
        ("a gaot on a hlil", "a goat on a hill"),
        ("flwoer on a sill", "flower on a sill"),
        ("a hat in fetl", "a hat in felt"),
    ],
)
def test_a_slip_is_mended(text: str, mended: str) -> None:
    assert without_slips(text, NAMES, english_words(every=True)) == mended


@pytest.mark.parametrize(
    "text",
    [
        "Nlely at sea",
        "a felt cihar",
        "@imgae",
        "a salt-mien",
        "a grean house",
        "the tried cat",
        "a bran owl",
        "the orders on the desk",
    ],
)
def test_what_is_a_word_or_no_slip_stays(text: str) -> None:
    names = (*NAMES, "cihar")
    assert without_slips(text, names, english_words(every=True)) == text


def test_a_slip_of_two_words_is_of_none() -> None:
    assert without_slips("abdc", (), {"badc", "abcd"}) == "abdc"
    assert without_slips("abdc", (), {"abcd"}) == "abcd"


def test_a_slip_in_a_quote_is_kept() -> None:
    context = PlanContext(subjects={"Nelly": "dog"})
    assert (
        simplified(context, 'a poster "gadren" and a sotrm in a gadren') == 'a poster "gadren" and a storm in a garden'
    )
    assert simplified(context, "Nelly under “bakcpack” and «hlil»") == "Nelly under “bakcpack” and «hlil»"
