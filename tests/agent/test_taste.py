"""What was said and done before changes what is drawn later, unless the request says otherwise; and it says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from limner.agent.assistant import Assistant
from limner.agent.messages import Attachment, Reply
from limner.agent.record import read_record
from limner.tools import FakeEngine

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
FOX = 'generate_image(prompt="a fox in the snow")'
LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
BISCUIT = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])'


def test_a_dislike_is_kept_out_of_later_pictures_and_says_so(open_: Opening, say: Say, engine: FakeEngine) -> None:
    assistant = open_(FOX, FOX, FOX)
    say(assistant, "draw a fox in the snow")
    say(assistant, "Use less neon")
    reply = say(assistant, "draw a fox in the snow")
    assert [one.negative_prompt for one in engine.asked] == ["", "neon"]
    assert any("without neon" in one for one in reply.assumed)
    record = read_record(reply.files[0])
    facts = assistant.studio.memory.facts("ana")
    assert record.memory_ids == (facts[0].id,), "why can say where it came from"
    say(assistant, "draw a fox in the snow, in neon this once")
    assert engine.asked[-1].negative_prompt == ""


def test_a_dislike_taken_back_no_longer_counts(open_: Opening, say: Say, engine: FakeEngine) -> None:
    assistant = open_(FOX)
    say(assistant, "I don't like neon")
    say(assistant, "I love neon")
    say(assistant, "draw a fox in the snow")
    assert engine.asked[-1].negative_prompt == ""


def test_a_refused_style_is_not_chosen_unless_it_is_asked_for(open_: Opening, say: Say, engine: FakeEngine) -> None:
    flat = 'generate_image(prompt="a fox", styles=["flat"])'
    assistant = open_(flat, flat)
    say(assistant, "never use the flat style")
    reply = say(assistant, "draw a fox")
    assert read_record(reply.files[0]).styles == ()
    reply = say(assistant, "draw a fox in the flat style")
    assert read_record(reply.files[0]).styles == ("flat",)


def test_what_is_always_wanted_is_in_the_prompt_and_the_style(open_: Opening, say: Say) -> None:
    assistant = open_(FOX)
    say(assistant, "always use pastel colours")
    say(assistant, "my favourite style is line")
    record = read_record(say(assistant, "draw a fox in the snow").files[0])
    assert record.spec["prompt"] == "a fox in the snow, pastel colours"
    assert record.styles == ("line",)


def test_liking_alone_orders_nothing(open_: Opening, say: Say) -> None:
    assistant = open_(FOX)
    say(assistant, "I love teal")
    assert read_record(say(assistant, "draw a fox in the snow").files[0]).spec["prompt"] == "a fox in the snow"


def test_thumbs_choose_and_refuse_styles(open_: Opening, say: Say, engine: FakeEngine) -> None:
    line, cartoon = (FOX.replace(")", f', styles=["{name}"])') for name in ("line", "cartoon"))
    assistant = open_(line, line, FOX, cartoon, FOX, line)
    for handle in ("img-1", "img-2"):
        say(assistant, "draw a fox as a line drawing")
        assistant.rate("ana", handle, True)
    reply = say(assistant, "draw a fox in the snow")
    assert read_record(reply.files[0]).styles == ("line",) and "img-2" in " ".join(reply.assumed)
    say(assistant, "draw a cartoon fox")
    assistant.rate("ana", "img-4", False)
    say(assistant, "draw a fox in the snow")
    assert engine.asked[-1].negative_prompt == "cartoon style"
    assistant.rate("ana", "img-4", None)
    say(assistant, "draw a fox as a line drawing")
    assert engine.asked[-1].negative_prompt == ""


@pytest.mark.parametrize(
    ("said", "liked"),
    [
        ("I love this one", True),
        ("I really like it!", True),
        ("I don't like img-1", False),
        ("love it", True),
        ("the last one is ugly", False),
        ("oh, this one is so cute!", True),
        ("img-1 looks great", True),
        ("me gusta mucho", True),
        ("me gusta", True),
        ("no me gusta", False),
        ("das gefällt mir", True),
    ],
)
def test_an_opinion_in_words_is_a_thumb(open_: Opening, say: Say, said: str, liked: bool) -> None:
    assistant = open_(FOX)
    say(assistant, "draw a fox in the snow")
    reply = say(assistant, said)
    assert reply.status == "done" and "img-1" in reply.text
    (handle,) = assistant.studio.memory.handles("ana", kind="image")
    assert handle.liked is liked


def test_the_second_one_is_the_second_also_when_each_was_asked_for_alone(open_: Opening, say: Say) -> None:
    assistant = open_(FOX, FOX, FOX)
    for _ in range(3):
        say(assistant, "draw a fox in the snow")
    assert "img-2" in say(assistant, "the second one is great").text
    assert [one.liked for one in assistant.studio.memory.handles("ana", kind="image")] == [None, True, None]


def test_an_opinion_of_one_of_several_asks_which(open_: Opening, say: Say) -> None:
    assistant = open_('generate_image(prompt="a fox", count=2)')
    say(assistant, "draw two foxes")
    assert say(assistant, "I love this one").status == "asked"
    assert "img-2" in say(assistant, "the second").text
    assert [one.liked for one in assistant.studio.memory.handles("ana", kind="image")] == [True, None]


def test_a_correction_changes_later_pictures(
    open_: Opening, say: Say, photos: tuple[Attachment, ...], engine: FakeEngine
) -> None:
    assistant = open_(LEARN, BISCUIT, BISCUIT, BISCUIT)
    say(assistant, "This is my dog Biscuit", attachments=photos)
    say(assistant, "draw Biscuit on the beach")
    say(assistant, "No, Biscuit is a whippet")
    reply = say(assistant, "draw Biscuit on the beach")
    assert [one.prompt for one in engine.asked] == ["Biscuit on the beach", "Biscuit on the beach, whippet"]
    assert read_record(reply.files[0]).memory_ids
    planner: Any = assistant.planner
    assert planner.seen[-1][0].subjects == {"Biscuit": "whippet"}
    assert say(assistant, "draw my whippet").status == "done"


def test_what_a_subject_wears_is_drawn_with_it(open_: Opening, say: Say, photos: tuple[Attachment, ...]) -> None:
    assistant = open_(LEARN, BISCUIT, FOX)
    say(assistant, "This is my dog Biscuit", attachments=photos)
    say(assistant, "Biscuit's collar is green")
    say(assistant, "Biscuit never wears hats")
    record = read_record(say(assistant, "draw Biscuit on the beach").files[0])
    assert record.spec["prompt"] == "Biscuit on the beach, green collar"
    record = read_record(say(assistant, "draw a fox in the snow").files[0])
    assert record.spec["prompt"] == "a fox in the snow"


def test_what_is_known_is_told_with_its_source(open_: Opening, say: Say) -> None:
    assistant = open_('recall(query="what do you know about me?")')
    say(assistant, "I hate neon")
    told = say(assistant, "what do you know about me?").text
    (fact,) = assistant.studio.memory.facts("ana")
    assert "User dislikes neon" in told and "you said “I hate neon”" in told
    assert all(part in told for part in ("2026-11-16", "turn-1-1", fact.id))


def test_a_wish_nobody_said_is_not_noted_in_the_planners_words(open_: Opening, say: Say) -> None:
    assistant = open_('set_preference(text="User likes neon and lives in Oslo")')
    say(assistant, "keep in mind that the garden was planted in May")
    (fact,) = assistant.studio.memory.facts("ana")
    assert fact.text == "keep in mind that the garden was planted in May"


def test_the_one_that_looks_like_the_attached_one(
    open_: Opening, say: Say, photos: tuple[Attachment, ...], tmp_path: Any
) -> None:
    assistant = open_(
        FOX, 'generate_image(prompt="a red house")', 'edit_image(image_ref="last", instruction="add snow")'
    )
    say(assistant, "draw a fox in the snow")
    say(assistant, "draw a red house")
    picture = assistant.studio.memory.get_handle("ana", "img-1")
    assert picture is not None and picture.path is not None
    copy = tmp_path / "copy.png"
    copy.write_bytes(picture.path.read_bytes())
    reply = say(assistant, "add snow to the one that looks like this", attachments=(Attachment(path=copy),))
    assert reply.status == "done" and read_record(reply.files[0]).parents == ("img-1",), reply


def test_a_favourite_that_was_taken_back_is_not_copied_from_the_turn_before(open_: Opening, say: Say) -> None:
    line = FOX.replace(")", ', styles=["line"])')
    assistant = open_(FOX, line, line)
    say(assistant, "my favourite style is line")
    assert read_record(say(assistant, "draw a fox in the snow").files[0]).styles == ("line",)
    say(assistant, "actually my favourite style is flat")
    assert read_record(say(assistant, "draw a fox in the snow").files[0]).styles == ("flat",)
    assert read_record(say(assistant, "draw a fox in the line style").files[0]).styles == ("line",)
