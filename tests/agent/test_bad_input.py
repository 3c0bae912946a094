"""Bad input: a clear message that says how to mend it, nothing lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from limner.agent.assistant import MOST_LETTERS, Assistant
from limner.agent.messages import Attachment, Reply, Request
from limner.tools import FakeEngine

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_request_is_told_what_to_say(open_: Opening, say: Say, text: str) -> None:
    reply = say(open_(), text)
    assert reply.status == "failed" and "say in a few words" in reply.text


def test_ten_thousand_words_are_too_many(open_: Opening, say: Say) -> None:
    reply = say(open_(), "dog " * 10_000)
    assert reply.status == "failed" and "10,000 words" in reply.text and "shorter" in reply.text


@pytest.mark.parametrize("letter", ["w", "1", "a'"])
def test_a_million_letters_without_a_space_are_too_many_and_the_most_are_read_quickly(
    open_: Opening, say: Say, letter: str
) -> None:
    assistant = open_('reply(text="Fine.")')
    reply = say(assistant, letter * 1_000_000)
    assert reply.status == "failed" and "letters" in reply.text and "shorter" in reply.text
    began = time.process_time()
    assert say(assistant, (letter * MOST_LETTERS)[:MOST_LETTERS]).status in ("done", "asked", "failed")
    assert time.process_time() - began < 5


def test_one_photo_is_not_enough_and_is_kept(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> None:
    assistant = open_(LEARN, LEARN)
    reply = say(assistant, "learn my dog Biscuit", attachments=photos[:1])
    assert reply.status == "asked" and "attach 3 to 6" in reply.text
    assert len(assistant.studio.memory.handles("ana", kind="upload")) == 1
    assert say(assistant, "here is another one", attachments=photos[1:2]).handles == ("@biscuit",)
    assert assistant.studio.library.get("ana", "subject", "Biscuit").recipe["photos"] == 2


def test_the_same_photo_again_is_still_one(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> None:
    assistant = open_(LEARN, LEARN)
    say(assistant, "this is my dog Biscuit", attachments=photos[:1])
    again = say(assistant, "this is my dog Biscuit", attachments=photos[:1])
    assert again.status == "asked" and "ne photo is not enough" in again.text
    assert not assistant.studio.library.list("ana")


def test_a_broken_photo_fails_the_turn_before_it_is_planned(open_: Opening, say: Say, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    reply = say(open_(), "learn my dog Biscuit", attachments=(Attachment(path=tmp_path / "a.jpg"),))
    assert reply.status == "failed" and "save it as PNG or JPEG" in reply.text


def test_an_animation_where_a_still_is_wanted(
    open_: Opening, say: Say, photos: tuple[Attachment, ...], tmp_path: Path
) -> None:
    frames = [Image.new("RGB", (32, 32), (i * 40, 0, 0)) for i in range(5)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    files = (*photos, Attachment(path=tmp_path / "a.gif", name="walk.gif"))
    reply = say(open_(LEARN), "learn my dog Biscuit", attachments=files)
    assert reply.status == "failed" and "walk.gif is animated" in reply.text


def test_two_subjects_with_the_same_name(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> None:
    assistant = open_(LEARN, LEARN.replace("Biscuit", "biscuit"))
    say(assistant, "this is Biscuit, my dog", attachments=photos)
    before = assistant.studio.library.get("ana", "subject", "Biscuit").sha256
    reply = say(assistant, "this is biscuit, another dog", attachments=photos)
    assert reply.status in ("failed", "asked") and "biscuit" in reply.text.lower()
    assert assistant.studio.library.get("ana", "subject", "Biscuit").sha256 == before


@pytest.mark.parametrize("name", ["ビスケット", "Жучка", "قطة", "Zoë", "王小明"])
def test_names_in_any_script(open_: Opening, say: Say, photos: tuple[Attachment, ...], name: str) -> None:
    draw = f'generate_image(prompt="{name} on the beach", subjects=["{name}"])'
    assistant = open_(LEARN.replace("Biscuit", name), draw)
    assert say(assistant, f"my cat {name}", attachments=photos).status == "done"
    reply = say(assistant, f"{name} on the beach")
    assert reply.status == "done" and reply.files[0].exists(), reply


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ('generate_image(prompt="Rex", subjects=["Rex"])', "Rex"),
        ('generate_image(prompt="a dog", styles=["oilglow"])', "oilglow"),
        ('animate(prompt="a dog", motion="moonwalk")', "moonwalk"),
    ],
)
def test_unknown_names_are_asked_about_never_guessed(open_: Opening, say: Say, plan: str, said: str) -> None:
    reply = say(open_(plan), f"draw {said}")
    assert reply.status == "asked" and said in reply.text and reply.made == ()


def test_a_full_disk_loses_nothing_and_can_be_tried_again(
    open_: Opening, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = 'generate_image(prompt="a fox")'
    assistant = open_(draw, draw)

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("limner.agent.outputs.os.fsync", full)
        reply = say(assistant, "draw a fox")
    assert reply.status == "failed" and "make room" in reply.text and reply.made == ()
    assert say(assistant, "draw a fox").status == "done"


def test_killed_while_learning_it_learns_when_asked_again(
    open_: Opening, photos: tuple[Attachment, ...], engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(user="ana", session="monday", text="learn my dog Biscuit", attachments=photos)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "learn", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_(LEARN).handle(request)
    reply = open_().handle(request)
    assert reply.status == "done" and reply.handles == ("@biscuit",)


def test_a_planner_that_cannot_plan_is_a_failed_turn(open_: Opening, say: Say) -> None:
    reply = say(open_(), "draw a fox")
    assert reply.status == "failed" and "no plan left" in reply.text


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ('animate(prompt="a fox", motion="hop", frames=1000)', "less than or equal to 128, not 1000"),
        ('generate_image(prompt="")', "at least 1 character"),
    ],
)
def test_what_no_family_can_draw_is_said_with_its_limit(open_: Opening, say: Say, plan: str, said: str) -> None:
    reply = say(open_(plan), "draw it")
    assert reply.status == "failed" and said in reply.text


def test_a_photo_that_cannot_be_learned_from_because_the_disk_is_full_is_kept(
    open_: Opening, say: Say, photos: tuple[Attachment, ...], engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*asked: object, **more: object) -> object:
        raise OSError(28, "No space left on device", "adapter.safetensors")

    assistant = open_(LEARN)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "learn", full)
        reply = say(assistant, "learn my dog Biscuit", attachments=photos)
    assert reply.status == "failed" and "make room" in reply.text
    assert len(assistant.studio.memory.handles("ana", kind="upload")) == 3
