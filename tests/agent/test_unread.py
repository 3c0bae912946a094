"""What the guard cannot read it does not judge: other languages, and kinds whose word it does not know."""

from __future__ import annotations

import pytest

from limner.agent.unread import unread, untold


@pytest.mark.parametrize(
    "text",
    [
        "Sätt inte Ada på en kamel",
        "Rita Ada på taket",
        "Ada na łyżwach, wszyscy",
        "нарисуй Аду",
        "画一只猫",
        "Ada naik kereta",
    ],
)
def test_another_language_is_unread(text: str) -> None:
    assert unread(text, ("Ada",))


@pytest.mark.parametrize(
    "text",
    [
        "Ada on a camel at a café, please",
        "Bjørn and Ada in Malmö",
        "Ada e a avó na praia",
        "Ada beim Bäcker, naïve façade",
        "Zet Ada op een kameel, maar niet in de woestijn",
        "",
    ],
)
def test_the_seven_languages_are_read_whatever_names_are_in_them(text: str) -> None:
    assert not unread(text, ("Ada", "Bjørn"))


def test_a_kind_without_a_word_in_the_language_cannot_be_missed() -> None:
    kinds, names = ("dog", "axolotl", "hedgehog"), ("Rex", "Axel", "Pfaff")
    assert untold(kinds, "das Tier mit den Kiemen im Garten", names) == ("axolotl",)
    assert untold(kinds, "an animal with gills in the garden", names) == ()
    assert untold(kinds, "het dier met de kieuwen in de tuin", names) == ("axolotl",)
    assert untold(kinds, "djuret är inte i trädgården", names) == kinds
