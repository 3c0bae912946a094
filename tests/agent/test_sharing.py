"""In a place others read along in: nothing private comes out, and a subject is used by others only when lent."""

from __future__ import annotations

from collections.abc import Callable

from limner.agent.messages import Attachment, Reply, Request
from tests.agent.conftest import Opening

LEARN = 'learn_subject(name="Biscuit", class_noun="dog")'
DRAW = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])'
TEAM, ALL = "channel:T1/C1", "workspace:T1"


def talk(assistant: object, text: str, user: str = "ana", scope: str = TEAM, **more: object) -> Reply:
    request = Request.model_validate(
        {"user": user, "session": scope, "text": text, "scope": scope, "workspace": ALL, "seed": 7, **more}
    )
    return assistant.handle(request)  # type: ignore[attr-defined,no-any-return]


def test_a_private_wish_is_not_told_in_a_channel(open_: Opening, say: Callable[..., Reply]) -> None:
    assistant = open_('set_preference(text="I hate neon")', 'recall(query="neon")', 'recall(query="neon")')
    say(assistant, "I hate neon")
    assert "neon" not in talk(assistant, "what do you know about colours?").text.replace("“neon”", "")
    assert "hate neon" in say(assistant, "what do you know about neon?").text


def test_what_is_said_in_a_channel_stays_there(open_: Opening, say: Callable[..., Reply]) -> None:
    assistant = open_('set_preference(text="we never use neon")', 'recall(query="use")', 'recall(query="use")')
    talk(assistant, "we never use neon")
    assert "never use neon" in talk(assistant, "what is the rule on use?", user="bob").text
    assert "neon" not in say(assistant, "what is the rule on use?").text


def test_the_workspace_is_remembered_in_each_of_its_channels(open_: Opening) -> None:
    assistant = open_('set_preference(text="we never use neon")', 'recall(query="use")')
    talk(assistant, "we never use neon", scope=ALL)
    assert "never use neon" in talk(assistant, "what is the rule on use?", user="bob", scope="channel:T1/C2").text


def test_the_last_picture_in_a_channel_is_not_one_made_in_private(open_: Opening, say: Callable[..., Reply]) -> None:
    assistant = open_(
        'generate_image(prompt="a fox")', 'edit_image(image_ref="last", instruction="make the sky stormy")'
    )
    assert say(assistant, "a fox").handles == ("img-1",)
    refused = talk(assistant, "make the sky stormy")
    assert refused.made == () and refused.status != "done"


def test_a_subject_of_another_is_used_only_once_lent(
    open_: Opening, photos: tuple[Attachment, ...], say: Callable[..., Reply]
) -> None:
    assistant = open_(LEARN, DRAW, DRAW, 'recall(query="Biscuit")', DRAW)
    assert say(assistant, "my dog Biscuit", attachments=photos).status == "done"
    before = talk(assistant, "draw Biscuit on the beach", user="bob")
    assert before.made == ()
    assistant.studio.memory.grant("ana", "@biscuit", TEAM)
    lent = talk(assistant, "draw Biscuit on the beach", user="bob")
    assert [made.handle for made in lent.made] == ["img-1"], lent
    assert "Biscuit is a dog" in talk(assistant, "what do you know about Biscuit?", user="bob").text
    assistant.studio.memory.revoke("ana", "@biscuit", TEAM)
    assert talk(assistant, "draw Biscuit on the beach", user="bob").made == ()


def test_a_borrower_cannot_forget_what_is_lent(open_: Opening, photos: tuple[Attachment, ...]) -> None:
    assistant = open_(LEARN, 'forget(what="Biscuit")')
    talk(assistant, "my dog Biscuit", attachments=photos)
    assistant.studio.memory.grant("ana", "@biscuit", TEAM)
    talk(assistant, "forget Biscuit", user="bob")
    assert assistant.studio.memory.get_handle("ana", "@biscuit") is not None


def test_a_question_asked_of_one_is_not_answered_by_another(open_: Opening) -> None:
    assistant = open_('ask_user(question="Which dog?")', 'reply(text="hello bob")')
    assert talk(assistant, "draw the dog").status == "asked"
    assert talk(assistant, "good morning", user="bob").status == "done"


def test_everything_forgotten_in_a_channel_is_what_was_said_there(open_: Opening, say: Callable[..., Reply]) -> None:
    assistant = open_(
        'set_preference(text="I hate neon")',
        'set_preference(text="we never use teal")',
        'forget(what="everything")',
        'recall(query="what do you know about me")',
    )
    say(assistant, "I hate neon")
    talk(assistant, "we never use teal")
    told = talk(assistant, "forget everything")
    assert told.status == "done" and "in private" in told.text
    assert assistant.studio.memory.facts("ana", scope=TEAM) == []
    assert "neon" in say(assistant, "what do you know about me?").text
