"""Several things that were hardly decided are asked about before any is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from limner.agent.assistant import Assistant
from limner.agent.messages import Reply
from limner.agent.plan import Answer, AskUser, PastTurn, PlanContext, parse_plan
from limner.agent.planner import ScriptedPlanner, load_planner
from limner.agent.unsure import ASKS, NONE_OF_IT, asked_first, turned_down

Opening = Callable[..., Assistant]
TWO = parse_plan('animate(prompt="Rex", subjects=["Rex"], motion="hop")\nset_preference(text="always use felt")')
QUESTION = f"{ASKS}first a clip of Rex (hop), then keep in mind “always use felt”?"


@pytest.mark.parametrize(
    ("sure", "text", "asks"),
    [
        # Hardly decided, and no word of the request orders it.
        ([("animate", -0.01), ("set_preference", -0.3)], "a clip of Rex, leave felt out of it", True),
        # As hardly decided, but ordered; and decided, though not ordered.
        ([("animate", -0.01), ("set_preference", -0.3)], "a clip of Rex, and note that I like felt", False),
        ([("animate", -0.01), ("set_preference", -0.1)], "a clip of Rex, leave felt out of it", False),
        # So hardly decided that an order does not help.
        ([("animate", -0.01), ("set_preference", -0.7)], "a clip of Rex, and note that I like felt", True),
        # What is not done need not be sure; files that come along say what they are for.
        ([("animate", -0.01), ("forget", -2.0), ("set_preference", 0.0)], "a clip of Rex, no felt", False),
        ([("learn_motion", -2.0), ("animate", 0.0), ("set_preference", 0.0)], "a clip of Rex, no felt", False),
        # A planner that does not tell is not doubted.
        ([], "a clip of Rex, leave felt out of it", False),
    ],
)
def test_what_was_hardly_decided_is_asked_about(sure: list[tuple[str, float]], text: str, asks: bool) -> None:
    asked = asked_first(TWO, sure, text)
    assert asked == (parse_plan(f'ask_user(question="{QUESTION}")') if asks else TWO)


def test_one_thing_alone_is_done_and_a_question_is_no_reason_for_another() -> None:
    one = parse_plan('generate_image(prompt="Rex", subjects=["Rex"])')
    assert asked_first(one, [("generate_image", -2.0)], "Rex") is one
    question = parse_plan('ask_user(question="Who?")')
    assert asked_first(question, [("generate_image", -2.0)], "Rex") is question


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (
            'generate_image(prompt="Rex", count=3, styles=["ink", "felt"])\nrecall(query="his birthday")',
            "first 3 pictures of Rex in ink and felt, then look up his birthday?",
        ),
        (
            'edit_image(image_ref="last", instruction="add a hat")\nforget(what="Bo")\nlearn_style(name="fog")',
            "first a change of the last picture (add a hat), then erase Bo, then learn fog?",
        ),
        (
            'edit_image(image_ref="img-3", instruction="add a hat")\n'
            'animate(prompt="Rex", styles=["ink"], motion="hop")',
            "first a change of img-3 (add a hat), then a clip of Rex in ink (hop)?",
        ),
    ],
)
def test_the_question_tells_all_of_it(plan: str, told: str) -> None:
    (step,) = asked_first(parse_plan(plan), [(parse_plan(plan).steps[1].tool, -1.0)], "?").steps
    assert isinstance(step, AskUser) and step.question == ASKS + told


@pytest.mark.parametrize("answer", ["yes", "Yes please!", "ok, do it", "ja genau", "sí", "2"])
def test_yes_has_the_request_planned_without_a_question(open_: Opening, say: Callable[..., Reply], answer: str) -> None:
    assistant = open_(f'ask_user(question="{QUESTION}")', 'generate_image(prompt="a fox")')
    asked = say(assistant, "hop, and no felt")
    assert asked.status == "asked" and asked.question and asked.question.choices == ("yes", "no")
    say(assistant, answer)
    planner = assistant.planner
    assert isinstance(planner, ScriptedPlanner)
    (first, said), (again, said_again) = planner.seen
    if answer == "2":  # the second choice is no
        assert not again.confirmed and said_again == "2"
    else:
        assert (first.confirmed, again.confirmed) == (False, True) and said_again == said


def test_anything_else_is_a_request_of_its_own(open_: Opening, say: Callable[..., Reply]) -> None:
    assistant = open_(f'ask_user(question="{QUESTION}")', 'generate_image(prompt="a fox")')
    say(assistant, "hop, and no felt")
    say(assistant, "just the clip of Rex")
    planner = assistant.planner
    assert isinstance(planner, ScriptedPlanner)
    assert planner.seen[-1][1] == "just the clip of Rex" and not planner.seen[-1][0].confirmed


def test_no_does_none_of_it() -> None:
    turn = PastTurn(user="hop, and no felt", calls=(f'ask_user(question="{QUESTION}")',))
    context = PlanContext(subjects={"Rex": "dog"}, motions=("hop",), history=(turn,))
    assert turned_down(context, "No, thanks.") and not turned_down(context, "no, only the clip")
    assert not turned_down(PlanContext(), "no")
    assert load_planner().plan(context, "nope").steps == (Answer(text=NONE_OF_IT),)
