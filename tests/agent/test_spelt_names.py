"""A name that is given stays as it is spelt, and a known one with a letter wrong is put right."""

from __future__ import annotations

import pytest

from limner.agent.plan import PlanContext
from limner.agent.planner import simplified
from limner.agent.spelt_names import given, respelt

NAMES = ("Soren", "Martin", "Daniel", "Paul", "Figaro", "Old Rosalind", "Anna")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("learn this style under the name of brouillard", ("brouillard",)),
        ("apprends ce style sous le nom de brume", ("brume",)),
        ("aprende este estilo como bruma", ("bruma",)),
        ("impara questo stile come nebbia", ("nebbia",)),
        ("lern den Stil als nebel", ("nebel",)),
        ("merk dir den Stil unter dem Namen nebel", ("nebel",)),
        ("guarde o estilo com o nome de barro", ("barro",)),
        ("bewaar de stijl onder de naam mist", ("mist",)),
        ("noem hem Mist", ("Mist",)),
        ("nomme-le Brume", ("Brume",)),
        ('llámalo "Sol"', ("Sol",)),
        ("save this as fog", ("fog",)),
        # Nothing is given.
        ("draw a cat as a queen", ()),
        ("aprende a mi gato, blanco como la nieve", ()),
        ("apprends mon chat, blanc comme la neige", ()),
        ("lern meine Katze, sie ist kleiner als der Hund", ()),
        ("keep it as it is", ()),
        ("zeichne Karl als Clown", ()),
        ("le nom de la rose", ()),
    ],
)
def test_a_name_is_given_behind_what_gives_one(text: str, names: tuple[str, ...]) -> None:
    assert given(text) == names


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Sorren on a tightrope", "Soren on a tightrope"),
        ("draw Figarro and Annna", "draw Figaro and Anna"),
        ("Sorren's boat", "Soren's boat"),
        ("Old Rosalinnd at sea", "Old Rosalind at sea"),
        # Somebody else, a word, written small, a handle, or too far from it.
        ("Daniela at sea", "Daniela at sea"),
        ("Rosalinde at sea", "Rosalinde at sea"),
        ("Martina and Paula", "Martina and Paula"),
        ("Hanna at sea", "Hanna at sea"),
        ("Martian on a hill", "Martian on a hill"),
        ("Martinez at sea", "Martinez at sea"),
        ("a sorren at sea", "a sorren at sea"),
        ("@Sorren at sea", "@Sorren at sea"),
        ("Sorren-on-Sea", "Sorren-on-Sea"),
        ("Soran at sea", "Soran at sea"),
        ("Soren and Figaro", "Soren and Figaro"),
        ("Ana at sea", "Ana at sea"),
    ],
)
def test_a_known_name_with_a_letter_wrong_is_mended(text: str, spelt: str) -> None:
    assert respelt(text, NAMES) == spelt


def test_a_name_like_two_is_left() -> None:
    assert respelt("Rosalindi at sea", ("Rosalindo", "Rosalinda")) == "Rosalindi at sea"
    assert respelt("Rosalindi at sea", ("Rosalindo", "Anna")) == "Rosalindo at sea"


@pytest.mark.parametrize(
    ("text", "attached", "bare"),
    [
        (
            "apprends ce style sous le nom de brouillard et dessine Karl",
            "learn this style under the name of brouillard and draw Karl",
            "learn this style under the name of fog and draw Karl",
        ),
        ("learn this as Sorren", "learn this as Sorren", "learn this as Soren"),
    ],
)
def test_a_name_is_given_only_with_what_is_attached(text: str, attached: str, bare: str) -> None:
    context = PlanContext(subjects={"Karl": "man", "Soren": "man"})
    assert simplified(context.model_copy(update={"attachments": "3 images"}), text) == attached
    assert simplified(context, text) == bare


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("das ist mein Hamster Krümel", ("Krümel",)),
        ("lern unsere kleine Katze Mieze kennen", ("Mieze",)),
        ("aprende a mi gato, Bigotes", ("Bigotes",)),
        ("apprends mon chien Caramel", ("Caramel",)),
        ("impara il mio gatto Fumo", ("Fumo",)),
        ("aprende a minha gata Nuvem", ("Nuvem",)),
        ("leer onze hond Wolk kennen", ("Wolk",)),
        # No name is written there, or in English.
        ("mein Hamster schläft", ()),
        ("mein Haus am Meer", ()),
        ("das ist ein Hamster Krümel", ()),
        ("mi gato es blanco", ()),
        ("mon chien dort. Caramel aussi", ()),
        ("il mio gatto mangia", ()),
        ("my hamster Crumb", ()),
    ],
)
def test_a_name_is_given_behind_what_is_mine(text: str, names: tuple[str, ...]) -> None:
    assert given(text) == names


def test_a_name_of_what_is_mine_is_not_put_into_english() -> None:
    context = PlanContext(subjects={"Karl": "man"})
    text = "lern meinen Hamster Krümel und zeichne ihn mit Karl"
    assert "Krümel" in simplified(context.model_copy(update={"attachments": "3 images"}), text)
    assert "Krümel" not in simplified(context, text)
