"""What is said in so many words is done, whatever a small planner made of it in a long conversation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from limner.agent.assistant import Assistant
from limner.agent.messages import Attachment, Reply
from limner.agent.outright import introduction
from limner.agent.telling import ABOUT_ME

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
WRONG = 'generate_image(prompt="Biscuit as a knight", subjects=["Biscuit"])'
LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'


@pytest.mark.parametrize(
    ("text", "name", "noun"),
    [
        ("This is my dog Rex", "Rex", "dog"),
        ("and this is my cat Mochi", "Mochi", "cat"),
        ("this is Biscuit, he's my dog", "Biscuit", "dog"),
        ("hey! this is my dog biscuit :) can you remember what he looks like?", "Biscuit", "dog"),
        ("Meet Anna Maria, my daughter!", "Anna Maria", "daughter"),
        ("these are photos of our robot vacuum called Henry, please learn him", "Henry", "robot vacuum"),
        ("this is 小花, my cat", "小花", "cat"),
        ("this is 🦊 , my fox plushie", "🦊", "fox plushie"),
        ("Das ist mein Hund Biskuit", "Biskuit", "dog"),
        ("Das ist Mia, meine Katze. Merk sie dir", "Mia", "cat"),
        ("Este es mi perro Galleta", "Galleta", "dog"),
        ("Voici mon chat Félix", "Félix", "cat"),
        ("Questo è il mio gatto Pallina", "Pallina", "cat"),
        ("Este é o meu cão Bolacha", "Bolacha", "dog"),
        ("Dit is mijn hond Koekje", "Koekje", "dog"),
        ("hoi, dit is Mies, mijn kat. Onthoud haar", "Mies", "cat"),
    ],
)
def test_an_introduction_is_read_in_seven_languages_and_any_script(text: str, name: str, noun: str) -> None:
    assert introduction(text) == (name, noun)


@pytest.mark.parametrize(
    "text",
    [
        "this is my dog Rex, draw him on the beach",
        "this is great",
        "this is my favourite picture",
        "this is my dog",
        "This is Biscuit's brother",
        "this is not my dog Rex",
        "these are my drawings, call the style inkwash",
        "this is my style Inkwash",
    ],
)
def test_what_says_more_or_less_than_an_introduction_is_left_to_the_planner(text: str) -> None:
    assert introduction(text) is None


def test_a_second_subject_is_learned_although_the_planner_drew_the_first(
    open_: Opening, say: Say, photos: tuple[Attachment, ...]
) -> None:
    unknown = 'generate_image(prompt="Mochi", subjects=["Mochi"])'
    assistant = open_(LEARN, unknown)
    say(assistant, "This is my dog Biscuit", attachments=photos[:2])
    reply = say(assistant, "and this is my cat Mochi", attachments=photos[1:])
    assert reply.handles == ("@mochi",), reply


def test_nobody_is_given_a_name_that_was_not_said(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> None:
    assistant = open_('learn_subject(name="Pussy", class_noun="fox")', 'generate_image(prompt="🦊", subjects=["🦊"])')
    reply = say(assistant, "this is 🦊, my fox plushie", attachments=photos)
    assert reply.handles == ("@fox-face",), reply
    reply = say(assistant, "draw 🦊 in the snow")
    assert reply.status == "done" and 'subjects=["🦊"]' in reply.plan, reply


def test_undo_in_words_takes_back_the_last_turn_and_nothing_else(
    open_: Opening, say: Say, photos: tuple[Attachment, ...]
) -> None:
    beach = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])'
    assistant = open_(LEARN, beach, beach, 'forget(what="Biscuit on the beach")')
    say(assistant, "This is my dog Biscuit", attachments=photos)
    say(assistant, "Draw him on the beach")
    gone = say(assistant, "Draw him on the beach again").files[0]
    reply = say(assistant, "undo that")
    assert reply.status == "done", reply
    memory = assistant.studio.memory
    assert memory.get_handle("ana", "@biscuit") is not None and memory.get_handle("ana", "img-1") is not None
    assert memory.get_handle("ana", "img-2") is None and not gone.exists()
    assert assistant.studio.library.find("ana", "subject", "Biscuit") is not None


def test_undo_without_anything_to_undo_says_so(open_: Opening, say: Say) -> None:
    reply = say(open_('reply(text="Undone!")'), "undo")
    assert "nothing to undo" in reply.text and "Undone" not in reply.text


def test_nothing_is_erased_that_the_request_does_not_name(
    open_: Opening, say: Say, photos: tuple[Attachment, ...]
) -> None:
    assistant = open_(LEARN, 'forget(what="Biscuit")')
    say(assistant, "This is my dog Biscuit", attachments=photos)
    reply = say(assistant, "vergiss das wieder")
    assert reply.status == "asked" and "Biscuit" in reply.text, reply
    assert assistant.studio.library.find("ana", "subject", "Biscuit") is not None


@pytest.mark.parametrize(
    "text", ["I like the cartoon style", "i really love foxes in the snow", "I don't like beaches"]
)
def test_a_taste_is_noted_and_not_drawn(open_: Opening, say: Say, text: str) -> None:
    assistant = open_(WRONG.replace("Biscuit", "a fox").replace('["a fox"]', "[]"))
    reply = say(assistant, text)
    assert not reply.made and reply.text.startswith("Noted"), reply


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("what do you know about me", ABOUT_ME),
        ("What do you remember about Biscuit?", "Biscuit"),
        ("was weißt du über mich?", ABOUT_ME),
        ("¿qué sabes de mí?", ABOUT_ME),
    ],
)
def test_what_is_known_is_told(open_: Opening, say: Say, text: str, query: str) -> None:
    assistant = open_('reply(text="I can only help with pictures.")')
    say(open_('set_preference(text="likes teal")'), "I love teal")
    assistant = open_('reply(text="I can only help with pictures.")')
    assert say(assistant, text).plan.startswith(f'recall(query="{query}')


@pytest.mark.parametrize(
    "text", ["forget everything", "Please forget everything you know about me!", "delete all my data"]
)
def test_everything_means_everything(open_: Opening, say: Say, text: str) -> None:
    say(open_('set_preference(text="I love teal")'), "I love teal")
    assistant = open_('forget(what="my name")')
    assert "Forgot everything" in say(assistant, text).text
    assert assistant.studio.memory.facts("ana") == []


def test_an_edit_is_what_was_said_now_and_not_what_was_said_before(open_: Opening, say: Say) -> None:
    fox = 'generate_image(prompt="a fox in a park")'
    assistant = open_(fox, 'edit_image(image_ref="last", instruction="put the fox in a park")')
    say(assistant, "put the fox in a park")
    reply = say(assistant, "do it again with a hat")
    assert "hat" in reply.plan and "put the fox" not in reply.plan, reply


def test_a_name_nobody_introduced_is_asked_about(open_: Opening, say: Say) -> None:
    assistant = open_('generate_image(prompt="Bella on the beach, wearing a red hat")')
    reply = say(assistant, "draw Bella on the beach")
    assert reply.status == "asked" and "Bella" in reply.text and not reply.made, reply


def test_an_undone_thumb_is_taken_back(open_: Opening, say: Say) -> None:
    fox = 'generate_image(prompt="a fox")'
    assistant = open_(fox, fox)
    say(assistant, "draw a fox")
    say(assistant, "I love it")
    assert "undone" in say(assistant, "undo that").text.casefold()
    (picture,) = assistant.studio.memory.handles("ana", kind="image")
    assert picture.liked is None


MOCHI = 'learn_subject(name="Mochi", class_noun="cat")'


@pytest.fixture
def two(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> Opening:
    """An assistant that has met a dog and a cat, with more plans to come."""

    def met(*plans: str) -> Assistant:
        assistant = open_(LEARN, MOCHI, *plans)
        say(assistant, "This is my dog Biscuit", attachments=photos[:2])
        say(assistant, "and this is my cat Mochi", attachments=photos[1:])
        return assistant

    return met


@pytest.mark.parametrize("words", ["both of them", "them both", "them", "both", "the two of them"])
def test_both_are_the_two_spoken_of_last_also_when_met_one_by_one(two: Opening, say: Say, words: str) -> None:
    reply = say(two('generate_image(prompt="on the moon")'), f"draw {words} on the moon")
    assert 'subjects=["Biscuit", "Mochi"]' in reply.plan, reply


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("draw Mochi in the snow", "Mochi"),
        ("draw my cat in the snow", "Mochi"),
        ("now just the cat", "Mochi"),
        ("only Biscuit this time, in the snow", "Biscuit"),
    ],
)
def test_who_is_named_is_drawn_and_nobody_from_before(two: Opening, say: Say, text: str, kept: str) -> None:
    for plan in (
        'generate_image(prompt="Biscuit and Mochi in the snow", subjects=["Biscuit", "Mochi"])',
        f'generate_image(prompt="{"Biscuit" if kept == "Mochi" else "Mochi"} in the snow", '
        f'subjects=["{"Biscuit" if kept == "Mochi" else "Mochi"}"])',
    ):
        both = 'generate_image(prompt="Biscuit and Mochi in the park", subjects=["Biscuit", "Mochi"])'
        assistant = two(both, plan)
        say(assistant, "draw Biscuit and Mochi in the park")
        reply = say(assistant, text)
        assert f'prompt="{kept} in the snow", subjects=["{kept}"]' in reply.plan, reply


def test_who_is_added_comes_to_those_who_are_there(two: Opening, say: Say) -> None:
    both = 'generate_image(prompt="Biscuit and Mochi in the park", subjects=["Biscuit", "Mochi"])'
    assistant = two('generate_image(prompt="Biscuit in the park", subjects=["Biscuit"])', both)
    say(assistant, "draw Biscuit in the park")
    assert 'subjects=["Biscuit", "Mochi"]' in say(assistant, "add Mochi").plan


def test_a_handle_in_a_prompt_becomes_what_the_picture_shows(two: Opening, say: Say) -> None:
    first = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["flat"])'
    assistant = two(first, 'generate_image(prompt="img-1 at sunset")', 'animate(prompt="img-1", motion="hop")')
    say(assistant, "draw Biscuit on the beach in flat style")
    assistant.rate("ana", "img-1", True)
    reply = say(assistant, "draw the one I liked again but at sunset")
    step = 'generate_image(prompt="Biscuit on the beach at sunset", subjects=["Biscuit"], styles=["flat"]'
    assert reply.plan.startswith(step), reply
    assert "img-1" not in say(assistant, "animate img-1, hopping").made[0].caption


def test_a_foreign_pronoun_never_turns_forgetting_into_drawing(
    open_: Opening, say: Say, photos: tuple[Attachment, ...]
) -> None:
    assistant = open_(LEARN, 'edit_image(image_ref="last", instruction="make him happy")')
    say(assistant, "Das ist mein Hund Biscuit", attachments=photos)
    reply = say(assistant, "Vergiss ihn")
    assert reply.status == "asked" and "forget Biscuit" in reply.text, reply


@pytest.mark.parametrize("text", ["draw something", "draw", "please make me a picture", "paint something for me!"])
def test_a_picture_of_nothing_in_particular_is_asked_about(open_: Opening, say: Say, text: str) -> None:
    reply = say(open_('generate_image(prompt="what would you like me to make")'), text)
    assert reply.status == "asked" and not reply.made


@pytest.mark.parametrize(
    "text", ["draw a fox in the vermeer style", "a fox in the style of Klimt", "a fox, ukiyo-e style"]
)
def test_a_style_nobody_knows_is_asked_about_and_not_dropped(open_: Opening, say: Say, text: str) -> None:
    reply = say(open_('generate_image(prompt="a fox in the garden")'), text)
    assert reply.status == "asked" and "style" in reply.text and "flat" in reply.text and not reply.made, reply


@pytest.mark.parametrize(
    "text", ["a fox in the flat style", "a fox in Cartoon style", "a fox in another style", "a fox in a nice style"]
)
def test_styles_that_are_known_or_not_named_are_no_question(open_: Opening, say: Say, text: str) -> None:
    assert say(open_('generate_image(prompt="a fox")'), text).made


@pytest.mark.parametrize(
    ("plan", "text", "prompt"),
    [
        ('animate(prompt="a dog in a garden", motion="hop")', "again but at night", "a dog in a garden at night"),
        ('generate_image(prompt="a fox in the snow")', "Again, but in the snow please", "a fox in the snow"),
        ('generate_image(prompt="a fox", styles=["flat"])', "same but in flat style", "a fox"),
    ],
)
def test_again_but_elsewhere_is_elsewhere(open_: Opening, say: Say, plan: str, text: str, prompt: str) -> None:
    assistant = open_(plan)
    assert f'prompt="{prompt}"' in say(assistant, text).plan
