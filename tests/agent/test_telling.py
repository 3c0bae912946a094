"""What is told of a person or a thing is about it, and says where it comes from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from limner.agent.assistant import Assistant
from limner.agent.messages import Attachment, Reply

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
PLANS = (
    'learn_subject(name="Biscuit", class_noun="dog")',
    'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])',
    'generate_image(prompt="a castle in the snow")',
)


@pytest.fixture
def asked(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> Callable[[str], str]:
    """The answer to a question after some talk about a dog, a castle and colours."""

    def asking(query: str) -> str:
        assistant = open_(*PLANS, f'recall(query="{query}")')
        say(assistant, "this is my dog Biscuit", attachments=photos)
        say(assistant, "Biscuit on the beach")
        say(assistant, "a castle in the snow")
        for text in ("I hate neon", "I love the line style", "Biscuit's collar is red"):
            say(assistant, text)
        return say(assistant, query).text

    return asking


def test_of_a_subject_only_what_is_about_it(asked: Callable[[str], str]) -> None:
    told = asked("what do you know about Biscuit?")
    assert "Biscuit's collar is red (2026-11-16; you said “Biscuit's collar is red”; fact-1-5; turn-1-6)" in told
    assert "neon" not in told and "castle" not in told and told.count("collar is red (") == 1


def test_of_colours_only_colours(asked: Callable[[str], str]) -> None:
    told = asked("what colours do I like?")
    assert "dislikes neon" in told and "line style (" not in told and "collar" not in told


def test_of_a_stranger_nothing(asked: Callable[[str], str]) -> None:
    assert "I remember nothing about" in asked("Zebulon")


def test_of_me_facts_and_pictures_and_no_small_talk(asked: Callable[[str], str]) -> None:
    told = asked("what do you know about me?")
    assert "dislikes neon" in told and "collar is red" in told and "“a castle in the snow”" not in told
