"""The answer to a question back is put into the request it was asked of, and anything more is left to the planner."""

from __future__ import annotations

import pytest

from limner.agent.answered import answered
from limner.agent.plan import PastTurn, PlanContext

DOGS = {"Rex": "dog", "Bo": "dog", "Ada": "woman"}
HERS = {"Ada": "woman", "Eva": "girl", "Rex": "dog"}


def asked(user: str, question: str, subjects: dict[str, str]) -> PlanContext:
    return PlanContext(subjects=subjects, history=(PastTurn(user=user, calls=(f'ask_user(question="{question}")',)),))


RAFT = asked("draw my dog on a raft", "Which dog do you mean: Rex or Bo?", DOGS)
CANOE = asked("draw her in a canoe", "Who do you mean: Ada or Eva?", HERS)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rex", "Rex"),
        ("bo please", "Bo"),
        ("rex!!", "Rex"),
        ("um, Bo?", "Bo"),
        ("it's bo", "Bo"),
        ("it was Rex", "Rex"),
        ("let's go with Rex", "Rex"),
        ("Rex I guess", "Rex"),
        ("I meant Rex, sorry", "Rex"),
        ("oh Bo of course, thanks", "Bo"),
        ("the first one", "Rex"),
        ("the one you named first", "Rex"),
        ("the second, please", "Bo"),
        ("the latter", "Bo"),
        ("last one", "Bo"),
        ("not Rex", "Bo"),
        ("Rex, not Bo", "Rex"),
        ("not Bo, Rex", "Rex"),
        ("anyone other than Bo", ""),
        ("definitely not Bo", "Rex"),
        ("not the first one", "Bo"),
        ("Bo, not the first one", "Bo"),
        ("not the second", "Rex"),
    ],
)
def test_one_of_two_dogs_is_put_into_the_request(text: str, name: str) -> None:
    assert answered(RAFT, text) == (f"draw {name} on a raft" if name else "")


@pytest.mark.parametrize(
    "text",
    [
        "both",
        "Rex and Bo",
        "Rex or Bo, whichever",
        "neither",
        "Ada",
        "the dog",
        "the younger one",
        "the other one",
        "draw Bo",
        "Rexy",
        "Rex but in felt",
        "Rex. And make it sunny",
        "Rex in the bath",
        "the last time you drew Bo",
        "no, forget it",
        "not sure",
        "what is the difference?",
    ],
)
def test_whatever_else_is_said_is_the_planners(text: str) -> None:
    assert answered(RAFT, text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the girl", "Eva"),
        ("the woman", "Ada"),
        ("the girl, not the woman", "Eva"),
        ("not the girl", "Ada"),
        ("Eva", "Eva"),
        ("the former", "Ada"),
        ("her", ""),
        ("Rex", ""),
    ],
)
def test_two_of_different_kinds_are_told_apart_by_them(text: str, name: str) -> None:
    assert answered(CANOE, text) == (f"draw {name} in a canoe" if name else "")


@pytest.mark.parametrize(
    ("user", "question"),
    [
        ("my dog chasing my dog", "Which dog do you mean: Rex or Bo?"),
        ("somebody on a raft", "Which dog do you mean: Rex or Bo?"),
        ("she gave it to them", "Which dog do you mean: Rex or Bo?"),
        ("my dog on a raft", "Please attach photos of the dog."),
        ("my dog on a raft", "What is Rex doing?"),
    ],
)
def test_a_request_with_no_place_for_the_answer_stays_unanswered(user: str, question: str) -> None:
    assert answered(asked(user, question, DOGS), "Rex") == ""


def test_only_what_was_just_asked_is_answered() -> None:
    assert answered(PlanContext(subjects=DOGS), "Rex") == ""
    drawn = PastTurn(user="Rex at sea", calls=('generate_image(prompt="Rex at sea", subjects=["Rex"])',))
    assert answered(RAFT.model_copy(update={"history": (*RAFT.history, drawn)}), "Rex") == ""
    assert answered(RAFT.model_copy(update={"attachments": ("a.jpg",)}), "Rex") == ""


def test_of_three_none_is_put_in() -> None:
    three = asked("my dog on a raft", "Which dog do you mean: Rex, Bo or Cy?", {**DOGS, "Cy": "dog"})
    assert answered(three, "Rex") == ""


def test_the_longer_of_two_names_is_not_the_shorter() -> None:
    alike = asked("our dog on a raft", "Which dog do you mean: Rex or Rexy?", {"Rex": "dog", "Rexy": "dog"})
    assert answered(alike, "Rexy") == "Rexy on a raft"
    assert answered(alike, "Rex") == "Rex on a raft"


def unknown(user: str, question: str) -> PlanContext:
    context = asked(user, question, {"Rex": "dog"})
    return context.model_copy(update={"motions": ("sneeze", "shuffle"), "styles": ("ink", "old felt")})


FLOSS = unknown("animate Rex doing the floss", "I don't know the motion floss yet. I know sneeze, shuffle. Which one?")
FOG = unknown("Rex in fog on a raft", "I do not know the style fog yet. I know ink, old felt. Which one?")


@pytest.mark.parametrize(
    ("text", "motion"),
    [
        ("shuffle then", "shuffle"),
        ("sneeze!", "sneeze"),
        ("ugh, so shuffle", "shuffle"),
        ("fine, the first one", "sneeze"),
        ("the latter please", "shuffle"),
        ("not sneeze", "shuffle"),
        ("both", ""),
        ("neither", ""),
        ("floss", ""),
        ("no, learn floss", ""),
        ("shuffle but slowly", ""),
        ("ink", ""),
    ],
)
def test_one_of_two_motions_takes_the_place_of_the_unknown_one(text: str, motion: str) -> None:
    assert answered(FLOSS, text) == (f"animate Rex doing the {motion}" if motion else "")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("ink", "ink"),
        ("alright, old felt", "old felt"),
        ("the second", "old felt"),
        ("ink, not old felt", "ink"),
        ("felt", ""),
        ("ink and old felt", ""),
        ("sneeze", ""),
    ],
)
def test_one_of_two_styles_takes_the_place_of_the_unknown_one(text: str, style: str) -> None:
    assert answered(FOG, text) == (f"Rex in {style} on a raft" if style else "")


def test_of_three_motions_or_an_unknown_one_said_twice_none_is_put_in() -> None:
    third = FLOSS.model_copy(update={"motions": ("sneeze", "shuffle", "hop")})
    assert answered(third, "shuffle") == "animate Rex doing the shuffle"  # the question offers but two
    question = "I don't know the motion floss yet. I know sneeze, shuffle, hop. Which one?"
    assert answered(unknown("Rex, floss", question).model_copy(update={"motions": third.motions}), "shuffle") == ""
    twice = unknown("Rex, floss, I love the floss", "I don't know the motion floss. I know sneeze, shuffle. Which?")
    assert answered(twice, "shuffle") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the shorter one, so Bo", "Bo"),
        ("the tall one, Rex", "Rex"),
        ("Bo, the loudest", "Bo"),
        ("the furrier one obviously, Rex", "Rex"),
        ("ugh fine, Rex", "Rex"),
        ("alright, Bo", "Bo"),
        ("so not Rex", "Bo"),
        # Nothing tells who that is, or more is asked for.
        ("the darker one", ""),
        ("the short one", ""),
        ("the short-haired one, Rex", ""),
        ("Rex with short hair", ""),
        ("Bo, in a dark room", ""),
        ("so, draw something else", ""),
    ],
)
def test_how_one_of_them_looks_says_nothing_else(text: str, name: str) -> None:
    assert answered(RAFT, text) == (f"draw {name} on a raft" if name else "")
