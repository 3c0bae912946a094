"""Before anything is drawn: the artifacts are there, fit the base, and the clip is not too long for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from limner.agent.assistant import Assistant
from limner.agent.fitting import misfit
from limner.agent.messages import Attachment, Reply, Request
from limner.agent.plan import parse_plan
from limner.agent.studio import Studio
from limner.tools import FakeEngine

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
DRAW = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["line"])'
REQUEST = Request(user="ana", session="monday", text="x")


@pytest.fixture
def studio(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> Studio:
    """Ana has taught Biscuit on the fake base."""
    assistant = open_(LEARN)
    say(assistant, "This is my dog Biscuit, remember him", attachments=photos)
    return assistant.studio


def test_what_was_learnt_on_this_base_fits(studio: Studio) -> None:
    assert misfit(parse_plan(DRAW), dataclasses.replace(studio, family="fake"), REQUEST) == ""
    assert misfit(parse_plan(DRAW), studio, REQUEST) == ""


def test_what_was_learnt_on_another_base_is_asked_about(studio: Studio) -> None:
    question = misfit(parse_plan(DRAW), dataclasses.replace(studio, family="sd15"), REQUEST)
    assert "Biscuit was learnt on the fake family and does not fit sd15" in question
    assert "--family fake" in question


def test_another_users_subject_is_not_there(studio: Studio) -> None:
    assert "I have no subject called Biscuit" in misfit(
        parse_plan(DRAW), studio, Request(user="ben", session="s", text="x")
    )


def test_what_the_plan_itself_teaches_is_there_in_time(studio: Studio) -> None:
    taught = 'learn_style(name="inkfall")\ngenerate_image(prompt="Biscuit", subjects=["Biscuit"], styles=["inkfall"])'
    assert misfit(parse_plan(taught), studio, REQUEST) == ""
    assert "inkfall" in misfit(parse_plan(taught.split("\n")[1]), studio, REQUEST)


def test_a_clip_longer_than_the_base_can_is_asked_about(studio: Studio) -> None:
    clip = parse_plan('animate(prompt="a ball", motion="bounce", frames=99)')
    assert "at most 16 frames, not 99" in misfit(clip, dataclasses.replace(studio, family="sticker"), REQUEST)


def test_nothing_is_drawn_with_what_does_not_fit(
    open_: Opening, say: Say, photos: tuple[Attachment, ...], engine: FakeEngine
) -> None:
    assistant = open_(LEARN, DRAW)
    say(assistant, "This is my dog Biscuit, remember him", attachments=photos)
    elsewhere = Assistant(dataclasses.replace(assistant.studio, family="sd15"), assistant.planner)
    reply = say(elsewhere, "draw Biscuit on the beach in line style")
    assert reply.status == "asked"
    assert reply.question and "does not fit sd15" in reply.question.text
    assert engine.asked == []
