"""Who is still being learned is drawn after his photos, and the person is told so, then and only then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from limner.agent.assistant import Assistant
from limner.agent.messages import Attachment, Reply
from limner.tools import Artifact, FakeEngine, Library
from limner.tools.library import REFERENCE, WEIGHTS

LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
BEACH = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])'
HOP = 'animate(prompt="Biscuit", subjects=["Biscuit"], motion="hop")'
REDDER = 'edit_image(image_ref="img-1", instruction="make it red")'


class Referring(FakeEngine):
    """Takes a subject in by its photos first, as an engine with an IP-Adapter does whose user stays to talk."""

    def learn(self, kind: Any, name: str, files: Sequence[Path], **how: Any) -> Artifact:
        library: Library = how["library"]
        with library.staging() as staged:
            (staged / WEIGHTS).write_bytes(b"seen")
            known = {one: how[one] for one in ("owner", "class_noun")}
            photos = [Image.open(file) for file in files]
            return library.add(staged, kind=kind, name=name, tool=REFERENCE, family="fake", references=photos, **known)

    def estimate(self, work: Any, count: int = 1) -> float:
        return 70.0 * count if work == "subject" else 1.0


@pytest.fixture
def engine() -> FakeEngine:
    return Referring()


def test_a_quick_likeness_says_that_it_is_one_until_the_subject_is_learned(
    open_: Callable[..., Assistant], say: Callable[..., Reply], photos: tuple[Attachment, ...]
) -> None:
    assistant = open_(LEARN, BEACH, REDDER, HOP, BEACH)
    told = say(assistant, "this is my dog Biscuit", attachments=photos).text
    assert "I know Biscuit (a dog) now: @biscuit." in told
    assert "quick likeness by reference" in told and "about a minute" in told
    for text in ("Biscuit on the beach", "make it red", "Biscuit hops"):
        drawn = say(assistant, text).text
        assert "a quick likeness by reference while I learn Biscuit" in drawn
        assert "the real one" in drawn and "about a minute" in drawn

    studio = assistant.studio
    FakeEngine().learn(
        "subject", "Biscuit", [one.path for one in photos], owner="ana", library=studio.library, replace=True
    )
    assert "quick likeness" not in say(assistant, "Biscuit on the beach again").text


def test_what_training_did_not_better_is_no_promise(
    open_: Callable[..., Assistant], say: Callable[..., Reply], photos: tuple[Attachment, ...]
) -> None:
    assistant = open_(LEARN, BEACH)
    say(assistant, "this is my dog Biscuit", attachments=photos)
    library = assistant.studio.library
    library.note(library.get("ana", "subject", "Biscuit"), {}, {"tried": "dreambooth_lora"})
    assert "quick likeness" not in say(assistant, "Biscuit on the beach").text
