"""Requests told in several turns: words after photos, photos after words, a name after both."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from limner.agent.assistant import Assistant
from limner.agent.messages import Attachment, Reply

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
Photos = tuple[Attachment, ...]
LEARN = 'learn_subject(name="Momo", class_noun="cat")'
ASK = 'ask_user(question="What is its name?")'


def planned(assistant: Assistant) -> tuple[str, str, int]:
    """What the planner was shown last: request, attachments, earlier turns."""
    context, text = assistant.planner.seen[-1]  # type: ignore[attr-defined]
    return text, context.attachments, len(context.history)


def test_photos_without_a_word_wait_for_the_words(open_: Opening, say: Say, photos: Photos) -> None:
    assistant = open_(LEARN)
    asked = say(assistant, "", attachments=photos)
    assert asked.status == "asked" and "What shall I do" in asked.text
    assert say(assistant, "this is my cat Momo").handles == ("@momo",)
    assert planned(assistant) == ("this is my cat Momo", "3 images", 0)


def test_a_name_said_afterwards_completes_the_introduction(open_: Opening, say: Say, photos: Photos) -> None:
    assistant = open_(ASK, LEARN)
    assert say(assistant, "this is my cat", attachments=photos).status == "asked"
    assert say(assistant, "Momo.").handles == ("@momo",)
    assert planned(assistant) == ("this is my cat Momo", "3 images", 0)


@pytest.mark.parametrize("text", ["", "here they are", "Sure, here are some photos of him!", "This is my cat Momo"])
def test_photos_that_are_handed_over_complete_the_request(open_: Opening, say: Say, photos: Photos, text: str) -> None:
    assistant = open_(ASK, LEARN)
    say(assistant, "this is my cat Momo")
    assert say(assistant, text, attachments=photos).handles == ("@momo",)
    assert planned(assistant) == ("this is my cat Momo", "3 images", 0)


def test_photos_of_somebody_else_are_not_taken_for_the_one_asked_about(
    open_: Opening, say: Say, photos: Photos
) -> None:
    assistant = open_(ASK, LEARN)
    say(assistant, "this is my dog Rollo")
    say(assistant, "this is my cat Momo", attachments=photos)
    assert planned(assistant)[0] == "this is my cat Momo"


@pytest.mark.parametrize("text", ["draw a fox", "never mind", "no", "what do you know about me"])
def test_what_answers_nothing_stands_for_itself(open_: Opening, say: Say, photos: Photos, text: str) -> None:
    assistant = open_(ASK, 'reply(text="fine")')
    say(assistant, "this is my cat", attachments=photos)
    say(assistant, text)
    assert planned(assistant)[:2] == (text, "")


def test_a_new_order_with_a_name_among_the_choices_is_no_answer(open_: Opening, say: Say, photos: Photos) -> None:
    draw = 'generate_image(prompt="Momo in the snow", subjects=["Momo"])'
    assistant = open_(LEARN, LEARN.replace("Momo", "Mimi"), draw)
    say(assistant, "my cat Momo", attachments=photos)
    say(assistant, "my cat Mimi", attachments=photos)
    assert say(assistant, "draw my cat on a boat").question is not None
    say(assistant, "draw Momo in the snow")
    assert planned(assistant)[0] == "draw Momo in the snow"


def test_files_forgotten_meanwhile_do_not_come_back(open_: Opening, say: Say, photos: Photos) -> None:
    assistant = open_(ASK, ASK)
    say(assistant, "this is my cat", attachments=photos)
    memory = assistant.studio.memory
    memory.forget("ana", "upload-2")
    say(assistant, "Momo")
    assert planned(assistant)[1] == "2 images"
