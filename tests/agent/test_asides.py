"""What a turn says besides a request: a statement to keep, an answer to "erase those pictures too?"."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from limner.agent.assistant import Assistant
from limner.agent.messages import Attachment, Reply
from limner.agent.provenance import evidence
from limner.agent.record import read_record

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
BEACH = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])'
FORGET = 'forget(what="Biscuit")'


@pytest.fixture
def drawn(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> Callable[..., Assistant]:
    """Biscuit is learned and drawn on the beach; the given plans come after that."""

    def opening(*plans: str) -> Assistant:
        assistant = open_(LEARN, BEACH, *plans)
        say(assistant, "this is my dog Biscuit", attachments=photos)
        say(assistant, "Biscuit on the beach")
        return assistant

    return opening


def test_pictures_made_with_the_forgotten_are_asked_about_and_go_on_yes(drawn: Opening, say: Say) -> None:
    assistant = drawn(FORGET)
    file = next(one.path for one in assistant.studio.memory.handles("ana", kind="image"))
    reply = say(assistant, "forget Biscuit")
    assert "Erase the picture made with it too" in reply.text and file and file.exists()
    reply = say(assistant, "yes please")
    assert "img-1" in reply.text and "Receipt" in reply.text and not file.exists()
    assert assistant.studio.memory.handles("ana", kind="image") == []


def test_pictures_stay_on_no_and_a_later_yes_erases_nothing(drawn: Opening, say: Say) -> None:
    assistant = drawn(FORGET, 'reply(text="Yes what?")')
    say(assistant, "forget Biscuit")
    assert "stays" in say(assistant, "no").text
    say(assistant, "yes")
    assert [one.handle for one in assistant.studio.memory.handles("ana", kind="image")] == ["img-1"]


def test_an_order_after_the_offer_is_an_order(drawn: Opening, say: Say) -> None:
    assistant = drawn(FORGET, 'generate_image(prompt="a castle")')
    say(assistant, "forget Biscuit")
    assert say(assistant, "draw a castle").handles == ("img-2",)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Use less purple", "User wants less purple"),
        ("No, Biscuit is a *whippet*", "Biscuit is a whippet"),
        ("no, he is a whippet", "Biscuit is a whippet"),
        ("Biscuit's collar is red. Thanks!", "Biscuit's collar is red"),
        ("I hate neon and I love the flat style", "User dislikes neon"),
    ],
)
def test_what_only_states_something_is_noted_and_nothing_is_drawn(
    drawn: Opening, say: Say, said: str, kept: str
) -> None:
    reply = say(drawn('generate_image(prompt="Biscuit as a dog", subjects=["Biscuit"])'), said)
    assert reply.made == () and reply.text.startswith("Noted: ") and kept in reply.text, reply.text


@pytest.mark.parametrize(
    "said", ["less snow", "don't put a hat on him", "I love dogs, draw one", "use less snow and make it darker"]
)
def test_what_may_be_an_order_goes_to_the_planner(drawn: Opening, say: Say, said: str) -> None:
    reply = say(drawn('edit_image(image_ref="img-1", instruction="changed")'), said)
    assert reply.handles == ("img-2",), reply.text


def test_an_introduction_without_photos_is_no_statement(open_: Opening, say: Say) -> None:
    reply = say(open_(LEARN), "Rex is a dog")
    assert not reply.text.startswith("Noted")


def test_what_is_known_is_told_by_fact_and_picture_and_without_small_talk(drawn: Opening, say: Say) -> None:
    assistant = drawn('recall(query="me")')
    say(assistant, "I love this one")
    say(assistant, "I hate neon")
    told = say(assistant, "what do you know about me?").text
    assert "img-1 “Biscuit on the beach”" in told and "you said “I hate neon”" in told
    assert "“Biscuit on the beach” (2026" not in told and "profile-" not in told


def test_why_names_the_thumb_that_decided(drawn: Opening, say: Say) -> None:
    fox = 'generate_image(prompt="a fox", styles=["line"])'
    assistant = drawn(fox, 'generate_image(prompt="a cat")')
    say(assistant, "draw a fox in the line style")
    assistant.rate("ana", "img-2", False)
    record = read_record(say(assistant, "draw a cat").files[0])
    assert evidence(assistant.studio, record) == {"img-2": "a fox, line, which you did not like, 2026-11-16"}


@pytest.mark.parametrize("said", ["forget that I live in Oslo", "please forget that I live in Oslo!"])
def test_a_fact_is_forgotten_by_the_words_it_was_said_in(open_: Opening, say: Say, said: str) -> None:
    assistant = open_('forget(what="what style do I like")')
    say(assistant, "I live in Oslo and I hate neon")
    assert "1 fact erased" in say(assistant, said).text
    assert [one.text for one in assistant.studio.memory.facts("ana")] == ["User dislikes neon"]


def test_a_time_is_forgotten_by_the_words_of_the_request(open_: Opening, say: Say) -> None:
    assistant = open_('forget(what="what style do I like")')
    say(assistant, "I hate neon")
    assert "Receipt" in say(assistant, "forget everything from today").text
    assert assistant.studio.memory.facts("ana") == []
