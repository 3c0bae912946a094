"""Orders about one picture that is pointed at: once more, varied, set in motion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from limner.agent.assistant import Assistant
from limner.agent.clock import ScriptClock
from limner.agent.handles import Seen
from limner.agent.messages import Attachment, Reply
from limner.agent.one_picture import one_picture
from limner.agent.plan import parse_plan, render_plan
from limner.agent.referents import AmbiguousError, Scene

Opening = Callable[..., Assistant]
Say = Callable[..., Reply]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SEEN = Scene(
    session="monday",
    now=NOW,
    seen=[
        Seen(handle="img-1", kind="image", at=NOW, caption="Biscuit on the beach, line"),
        Seen(handle="clip-1", kind="clip", at=NOW, caption="Biscuit on the beach, hop", motion="hop"),
    ],
)
MOTIONS = ("hop", "spin", "slide left")
# What the embedded planner made of these requests.
ATTACH = 'ask_user(question="Please attach the picture.")'
NO_MOTION = 'animate(prompt="img-1", motion="img-1")'
ELSEWHERE = 'reply(text="I can only help with pictures and animations.")'
ONLY_HIM = 'generate_image(prompt="Biscuit, a dog", subjects=["Biscuit"])'
WRONG = (ATTACH, NO_MOTION, ELSEWHERE, ONLY_HIM)


def planned(text: str, wrong: str) -> str:
    return render_plan(one_picture(parse_plan(wrong), text, SEEN, MOTIONS))


@pytest.mark.parametrize(
    "text", ["animate img-1", "can you bring img-1 to life, please", "turn img-1 into a gif", "please make IMG1 move!"]
)
def test_a_picture_set_in_motion_needs_a_motion_and_nothing_else(text: str) -> None:
    for wrong in WRONG:
        with pytest.raises(AmbiguousError) as asked:
            planned(text, wrong)
        assert asked.value.question.choices == MOTIONS
        # As the answer to that question puts it.
        assert planned(f"{text} (spin)", wrong) == 'animate(prompt="img-1", motion="spin", image_ref="img-1")'


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("vary img-1", 'generate_image(prompt="img-1")'),
        ("a variation of img-1", 'generate_image(prompt="img-1")'),
        ("can you do three variations of img-1?", 'generate_image(prompt="img-1", count=3)'),
        ("please give me another version of img-1", 'generate_image(prompt="img-1")'),
        ("draw img-1 again", 'generate_image(prompt="img-1")'),
        ("vary clip-1", 'animate(prompt="clip-1", motion="hop")'),
        ("animate img-1, slide left", 'animate(prompt="img-1", motion="slide left", image_ref="img-1")'),
    ],
)
def test_a_picture_is_varied(text: str, plan: str) -> None:
    assert [planned(text, wrong) for wrong in WRONG] == [plan] * len(WRONG)


@pytest.mark.parametrize(
    "text",
    ["animate img-1 with a red hat", "vary the colours of img-1", "what is img-1", "show me img-1", "animate img-9"],
)
def test_what_asks_for_more_is_left_to_the_planner(text: str) -> None:
    assert planned(text, ELSEWHERE) == ELSEWHERE


def test_the_one_from_tuesday_is_varied_and_set_in_motion(
    open_: Opening, say: Say, clock: ScriptClock, photos: tuple[Attachment, ...]
) -> None:
    drawn = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["line"])'
    assistant = open_('learn_subject(name="Biscuit", class_noun="dog")', drawn, ELSEWHERE, ATTACH, ELSEWHERE)
    say(assistant, "This is my dog Biscuit, remember him", attachments=photos)
    clock.advance(timedelta(days=1))
    say(assistant, "Draw Biscuit on the beach as a line drawing", session="tuesday")
    clock.advance(timedelta(days=6))
    reply = say(assistant, "vary the one from Tuesday")
    assert reply.handles == ("img-2",), reply
    assert reply.plan.startswith(drawn)
    reply = say(assistant, "animate the one from Tuesday")
    assert reply.status == "asked" and reply.question and "hop" in reply.question.choices, reply
    reply = say(assistant, "hop")
    assert reply.handles == ("clip-1",), reply
    assert reply.plan.startswith('animate(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["line"]')
    assert 'motion="hop", image_ref="img-1"' in reply.plan


def test_a_picture_in_motion_keeps_its_style(open_: Opening, say: Say) -> None:
    flat = 'generate_image(prompt="a fox on the beach", styles=["flat"])'
    third = 'generate_image(prompt="a fox in the snow", styles=["3d"])'
    moved = 'animate(prompt="a fox on the beach", styles=["flat"], motion="bounce", image_ref="img-2")'
    assistant = open_(flat, third, moved, moved)
    say(assistant, "a fox on the beach in the flat style")
    say(assistant, "a fox in the snow as a 3d render")
    assert 'styles=["3d"]' in say(assistant, "make the fox bounce on the beach").plan
    assert 'styles=["flat"]' in say(assistant, "make the fox bounce on the beach, flat").plan
