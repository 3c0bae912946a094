"""How much pictures show their subject is measured when they are made, and told wherever they are looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from limner.agent.assistant import Assistant
from limner.agent.jobs.answers import Answers
from limner.agent.messages import Attachment, Reply

LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
BEACH = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])'
FOX = 'generate_image(prompt="a fox")'


class Probe:
    """The first picture is like its subject, the next one less so."""

    def __init__(self) -> None:
        self.scores = [0.9, 0.5]

    def likeness(self, images: Any, references: Any) -> list[float]:
        return [self.scores.pop(0) for _ in images]


@pytest.fixture
def answers(open_: Callable[..., Assistant], say: Callable[..., Reply], photos: tuple[Attachment, ...]) -> Answers:
    assistant = open_(LEARN, BEACH, BEACH, FOX)
    watched = Assistant(dataclasses.replace(assistant.studio, scorer=Probe()), assistant.planner)
    say(watched, "this is my dog Biscuit", attachments=photos)
    for text in ("Biscuit on the beach", "Biscuit on the beach again", "a fox"):
        say(watched, text)
    return Answers(watched, lambda user: nullcontext(), lambda user, session, scope: None)


def test_a_subject_shows_how_like_it_its_pictures_are(answers: Answers) -> None:
    (biscuit,) = answers.named("ana", "subject")
    assert biscuit.scores == {"likeness": pytest.approx(0.7)}


def test_a_picture_says_how_much_it_shows_its_subject(answers: Answers) -> None:
    assert answers.why("ana", "img-1").scores == {"@biscuit": 0.9}
    assert answers.why("ana", "img-3").scores == {}


def test_a_forgotten_picture_counts_no_more(answers: Answers) -> None:
    answers.forget("ana", "img-2", "monday", False, "personal")
    (biscuit,) = answers.named("ana", "subject")
    assert biscuit.scores == {"likeness": pytest.approx(0.9)}
