"""A word that none knows is put right where one is plainly meant, and nothing else is."""

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


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("two goats in a hot air baloon", "two goats in a hot air balloon"),
        ("racng a tractor", "racing a tractor"),
        ("lookin at a lighthose", "looking at a lighthouse"),
        ("everyone xcept the goat", "everyone except the goat"),
        ("a beatiful mountian", "a beautiful mountain"),
        ("a giraff eating spagetti", "a giraffe eating spaghetti"),
        ("chasng a buterfly", "chasing a butterfly"),
        ("on a skatebord in the kichen", "on a skateboard in the kitchen"),
        ("anmate the goat", "animate the goat"),
        ("remeber that", "remember that"),
        ("frget the goat", "forget the goat"),
        ("a haloween pumkin", "a halloween pumpkin"),
        ("dancin and singin", "dancing and singing"),
        ("hte goat adn teh hat", "the goat and the hat"),
        # A style and a motion nearly written.
        ("a vaporwav sunset", "a vaporwave sunset"),
        ("do the moonwlak", "do the moonwalk"),
    ],
)
def test_what_no_dictionary_has_is_put_right(text: str, mended: str) -> None:
    assert without_slips(text, (*NAMES, "vaporwave", "moonwalk"), english_words(every=True)) == mended


@pytest.mark.parametrize(
    "text",
    [
        # British.
        "a moustache, pyjamas and jewellery in the colour of a grey harbour",
        "a programme at the theatre, catalogued by a traveller who organised it",
        "an aluminium aeroplane of carbon fibre, some kilometres up",
        "a cosy neighbour with a brolly, wellies and a lolly",
        # Slang, and what is written as it is said.
        "gonna wanna lemme gimme kinda sorta dunno",
        "da goodest doggo, a smol pupper and a chonky birb, pls thx lol",
        "dont cant wont isnt doesnt youre thats theyre coulda",
        "an emoji, a selfie, a hoodie, crocs and a onesie",
        # From elsewhere.
        "a kitsune in a torii gate with matcha, mochi and udon",
        "gnocchi, tiramisu, a macaron and a lassi in a piazza",
        "a corgi, a dachshund and a labradoodle on a fjord",
        "an axolotl, a capybara and a quokka",
        "cyberpunk, vaporwave, bokeh and gouache",
        # No word is plainly meant, or the word is too short.
        "sitting on a thron",
        "under a tre by the rivr",
        "bicicle",
        # Words that end as `lookin` does.
        "a cabin, a robin, a cousin, a dolphin and a muffin",
    ],
)
def test_british_slang_and_foreign_words_stay(text: str) -> None:
    assert without_slips(text, (), english_words(every=True)) == text


def test_a_name_is_meant_before_any_word() -> None:
    known = english_words(every=True)
    assert without_slips("basl at sea", ("Basil",), known) == "Basil at sea"
    assert without_slips("a basl leaf", ("Basil", "Basel"), known) == "a basl leaf"
    assert without_slips("a tigre at sea", ("tigre",), known) == "a tigre at sea"


RAMEN = PlanContext(subjects={"Yuki": "girl", "Rex": "dog"}, styles=("felt",), motions=("moonwalk",))


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("kan u drwa yuki eatng ramen", "kan u draw yuki eating ramen"),
        ("pls drwa rex in teh snwo", "pls draw rex in the snow"),
        ("can u amke rex wvae", "can u make rex wave"),
        ("kun je Rex tekenen in een boot", "can you draw Rex in a boat"),
        ("kan je Yuki tekenen terwijl ze op een fiets zit", "can you draw Yuki while she sits on a bicycle"),
        ("zeichne Rex im Regen", "draw Rex in the rain"),
        ("dibuja a Rex en un barco", "draw Rex in a boat"),
        ("teken drie ramen", "draw three windows"),
    ],
)
def test_english_badly_written_is_no_dutch(text: str, english: str) -> None:
    assert simplified(RAMEN, text) == english
