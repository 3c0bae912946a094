"""A scene stays in the words it was asked for, where a small model lost or changed some."""

from __future__ import annotations

import pytest

from limner.agent.own_words import in_own_words, only_somebody, somewhere, with_whose_lap
from limner.agent.plan import Animate, GenerateImage, MemoryLine, PastTurn, PlanContext

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
        ('a sign "the last one" with farah', 'Farah with a sign ""', 'a sign "the last one" with Farah'),
        ("Farah on a pirate ship. Papercut.", "Farah on a boat", "Farah on a pirate ship"),
        ("please draw Farah riding a unicycle, 3 versions", "Farah on a bicycle", "Farah riding a unicycle"),
    ],
)
def test_what_got_lost_or_was_made_up_is_mended(text: str, prompt: str, words: str) -> None:
    assert scene(prompt, text, "Farah", styles=("papercut",)) == words


@pytest.mark.parametrize(
    "text",
    [
        "let's do Farah on a red skateboard",
        "Farah on a red skateboard would be nice",
        "Farah 4 times on a red skateboard",
    ],
)
def test_what_is_no_scene_is_left_out(text: str) -> None:
    assert scene("Farah on a board", text, "Farah") == "Farah on a red skateboard"


def test_a_sentence_to_somebody_is_no_scene() -> None:
    asked = "aww can rex sit in a teacup, he's my octopus plushie"
    assert scene("Rex sitting in a teacup", asked, "Rex") == "Rex sitting in a teacup"


def test_what_a_memory_or_an_earlier_turn_added_stays() -> None:
    collar = CONTEXT.model_copy(update={"memory": (MemoryLine(id="m1", text="Rex always wears a blue collar"),)})
    step = GenerateImage(prompt="Rex with a blue collar", subjects=("Rex",))
    assert in_own_words(step, collar, "Rex in the snow") == step
    turns = (PastTurn(user="a fox in a wood", calls=('generate_image(prompt="a fox in a wood")',), result="img-1"),)
    step = GenerateImage(prompt="a fox at night")
    assert in_own_words(step, CONTEXT.model_copy(update={"history": turns}), "now at midnight") == step


def test_a_kind_is_called_by_its_name() -> None:
    assert scene("Rex in a boat", "draw my dog on a horse", "Rex") == "Rex on a horse"


@pytest.mark.parametrize(
    "text",
    [
        "now her on the balcony",
        "Farah in the style I liked",
        "the same but with snow",
        "Farah, no, Rex on a horse",
        "We went to sea. Farah was sick. Draw that with a big red lighthouse and many gulls around it, will you",
        "wanna see Farah fancy in a tux fr",
    ],
)
def test_what_needs_to_be_understood_is_left_to_the_planner(text: str) -> None:
    assert scene("Farah at sea", text, "Farah") == "Farah at sea"


def test_somebody_unknown_is_left_to_be_asked_about() -> None:
    assert scene("Bruno", "draw my horse") == "Bruno"


def test_the_same_words_bent_otherwise_are_left() -> None:
    assert scene("Farah flies a kite", "draw Farah flying a kite", "Farah") == "Farah flies a kite"


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("draw farah", "Farah"),
        ("could you draw me a picture of Rex please?", "Rex"),
        ("a portrait of Farah and Rex", "a portrait of Farah and Rex"),
        ("hey, sketch Rex!", "Rex"),
    ],
)
def test_somebody_known_is_drawn_without_a_scene(text: str, prompt: str) -> None:
    drawn = only_somebody(CONTEXT, text)
    assert drawn is not None and drawn.prompt == prompt
    assert all(name in drawn.subjects for name in CONTEXT.subjects if name in prompt)


@pytest.mark.parametrize("text", ["draw Brandon", "Farah", "draw a picture", "draw Farah's house", "forget Rex"])
def test_nobody_is_drawn_who_was_not_asked_for(text: str) -> None:
    assert only_somebody(CONTEXT, text) is None


@pytest.mark.parametrize(
    ("text", "prompt", "scene"),
    [
        ("draw Rex under the bridge.", "Rex", "Rex under the bridge"),
        ("Farah in papercut, on a wall", "Farah in papercut", "Farah in papercut"),
        ("Farah in papercut, on a wall", "Farah", "Farah on a wall"),
        ("Farah and Rex on the roof", "Farah and Rex", "Farah and Rex on the roof"),
        ("draw Rex, on the bus", "Rex", "Rex on the bus"),
        ("I sit on the bus. Rex on the roof", "Rex", "Rex on the roof"),
        # Where somebody else is, or a side.
        ("I'm on the bus, draw Rex", "Rex", "Rex"),
        ("my mum is in the kitchen. draw Rex", "Rex", "Rex"),
        ("draw Rex on the left", "Rex", "Rex"),
        # Something is said already, of nobody, twice, or of no place.
        ("Rex at a fair", "Rex asleep", "Rex asleep"),
        ("a fox at a fair", "a fox", "a fox"),
        ("Rex on a hill, in a hat", "Rex", "Rex"),
        ("Rex in a loop", "Rex", "Rex"),
        ("Rex in the papercut style", "Rex", "Rex"),
        ("Rex on his way", "Rex", "Rex"),
    ],
)
def test_a_bare_prompt_has_the_place_that_is_said(text: str, prompt: str, scene: str) -> None:
    subjects = tuple(name for name in CONTEXT.subjects if name in prompt)
    assert somewhere(GenerateImage(prompt=prompt, subjects=subjects), CONTEXT, text).prompt == scene
    later = CONTEXT.model_copy(update={"history": (PastTurn(user="Rex", result="img-1"),)})
    assert somewhere(GenerateImage(prompt=prompt, subjects=subjects), later, text).prompt == prompt


@pytest.mark.parametrize(
    ("prompt", "drawn"),
    [
        ("Rex on Farah's lap", ("Rex", "Farah")),
        ("Rex on Farah's left shoulder", ("Rex", "Farah")),
        ("Rex holding Farah's hand", ("Rex", "Farah")),
        ("Rex on Farah's bed", ("Rex",)),
        ("Rex on Farah's head, asleep", ("Rex", "Farah")),
        ("Rex in Farah's arms at sea", ("Rex", "Farah")),
        ("Rex in Farah's head scarf", ("Rex",)),
        ("Rex with Farah's hand cream", ("Rex",)),
        ("Rex on Farah's knee rug", ("Rex",)),
        ("Rex with Farah's handbag", ("Rex",)),
        ("Rex on a stranger's lap", ("Rex",)),
        ("Rex on Farah", ("Rex",)),
    ],
)
def test_whose_lap_it_is_is_in_the_picture(prompt: str, drawn: tuple[str, ...]) -> None:
    step = GenerateImage(prompt=prompt, subjects=("Rex",))
    assert with_whose_lap(step, CONTEXT.subjects).subjects == drawn
    clip = Animate(prompt=prompt, subjects=("Rex",), motion="spin", image_ref="last")
    assert with_whose_lap(clip, CONTEXT.subjects) == clip
