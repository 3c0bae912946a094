"""The resolver on its own: order, kind, likes, time and ties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from limner.agent.choices import choose
from limner.agent.handles import Seen, canonical, kind_of, named
from limner.agent.referents import AmbiguousError, Interval, Resolution, Scene, latest, resolve

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)


def interval(text: str, now: datetime) -> Interval | None:
    start = now.replace(hour=0)
    return {
        "last week": (start - 7 * DAY, start),
        "yesterday": (start - DAY, start),
        "tuesday": (start - 6 * DAY, start - 5 * DAY),
    }.get(text.lower().removeprefix("from ").removeprefix("on "))


def picture(number: int, caption: str, days: float, turn: str, session: str = "old", **more: Any) -> Seen:
    return Seen(
        handle=f"img-{number}",
        kind="image",
        at=NOW - days * DAY,
        session=session,
        turn_id=turn,
        caption=caption,
        **more,
    )


def subject(name: str, noun: str, *pronouns: str) -> Seen:
    return Seen(
        handle=named("subject", name), kind="subject", at=NOW - 9 * DAY, name=name, class_noun=noun, pronouns=pronouns
    )


BISCUIT, MOCHI, NANA = subject("Biscuit", "dog", "he", "him", "his"), subject("Mochi", "cat"), subject("Nana", "woman")
STYLES = [Seen(handle=f"style:{name}", kind="style", at=NOW, name=name) for name in ("flat", "line", "3d")]
OLD = [
    picture(1, "Biscuit on the beach, line", 6, "turn-2", styles=("line",), subjects=("Biscuit",), liked=True),
    picture(2, "Biscuit in the snow, flat", 5, "turn-3", styles=("flat",), subjects=("Biscuit",)),
]


def scene(*seen: Seen, session: str = "new", mentioned: tuple[tuple[str, ...], ...] = ()) -> Scene:
    return Scene(session=session, now=NOW, seen=[*STYLES, *seen], mentioned=mentioned, interval=interval)


def only(resolution: Resolution) -> tuple[str, ...]:
    assert resolution.question is None, resolution.question
    assert len(resolution.referents) == 1, resolution.referents
    return resolution.referents[0].handles


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("draw the sea in the style I liked last week", ("style:line",)),
        ("draw the sea in the style I liked last time", ("style:line",)),
        ("use my favourite style for a boat", ("style:line",)),
        ("show me the picture I liked last week", ("img-1",)),
        ("make the beach one bigger", ("img-1",)),
        ("the snowy picture, but at night", ("img-2",)),
        ("redo the picture with the snow", ("img-2",)),
        ("take the one from Tuesday and add a hat", ("img-1",)),
        ("the last one in red", ("img-2",)),
        ("the first one in red", ("img-1",)),
        ("animate img-2 please", ("img-2",)),
        ("animate IMG2 please", ("img-2",)),
        ("draw a fox in the same style as last time", ("style:flat",)),
        ("draw a fox in the style from Tuesday", ("style:line",)),
    ],
)
def test_phrases_find_pictures_and_styles_by_likes_time_order_and_words(text: str, handles: tuple[str, ...]) -> None:
    assert only(resolve(text, scene(*OLD))) == handles


def test_him_is_who_was_spoken_of_last() -> None:
    rex = subject("Rex", "dog")
    here = scene(BISCUIT, rex, mentioned=((rex.handle,), (BISCUIT.handle,)))
    assert only(resolve("now him in the snow", here)) == ("@rex",)


def test_her_is_not_one_who_was_introduced_as_him() -> None:
    assert only(resolve("draw her on a boat", scene(BISCUIT, NANA))) == ("@nana",)


def test_two_that_fit_give_one_question_with_both() -> None:
    found = resolve("draw her on a boat", scene(MOCHI, NANA))
    assert found.question is not None
    assert found.question.choices == ("Mochi", "Nana")
    assert found.question.phrase == "her"


def test_the_sentence_itself_says_who_him_is() -> None:
    assert resolve("Biscuit in his basket", scene(BISCUIT, MOCHI)).referents == ()


def test_them_is_everyone_of_the_last_turn() -> None:
    here = scene(BISCUIT, MOCHI, NANA, mentioned=((BISCUIT.handle, MOCHI.handle),))
    assert only(resolve("make them dance", here)) == ("@biscuit", "@mochi")


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("draw a dragon and a castle, then make them bounce", None),
        ("sketch two owls. now make them spin", None),
        ("draw a cat with them", ("@biscuit", "@mochi")),
        ("draw them with a cat, then make them hop", ("@biscuit", "@mochi")),
    ],
)
def test_what_is_just_being_drawn_is_set_in_motion(text: str, handles: tuple[str, ...] | None) -> None:
    here = scene(BISCUIT, MOCHI, NANA, mentioned=((BISCUIT.handle, MOCHI.handle),))
    found = resolve(text, here).referents
    assert (found[0].handles if found else None) == handles


def test_my_dog_is_the_only_dog_and_two_dogs_are_asked_about() -> None:
    assert only(resolve("my dog at the sea", scene(BISCUIT, MOCHI))) == ("@biscuit",)
    assert resolve("my dog at the sea", scene(BISCUIT, subject("Rex", "dog"))).question is not None


def test_my_cat_is_nobody_while_no_cat_is_known() -> None:
    question = resolve("draw my cat", scene(BISCUIT)).question
    assert question is not None and "don't know your cat" in question.text
    assert resolve("draw my wife", scene(NANA)).question is None, "Nana may be the wife: the planner decides"
    assert resolve("draw my garden", scene(BISCUIT)) == Resolution()


def test_my_dog_with_another_name_is_not_the_known_dog() -> None:
    assert resolve("draw my dog Rex", scene(BISCUIT)).referents == ()


def test_what_is_being_introduced_is_not_mistaken_for_what_is_known() -> None:
    assert resolve("this is my dog Waffle, remember him", scene(BISCUIT), learning=True) == Resolution()


def test_the_second_one_is_the_second_of_the_last_turn() -> None:
    batch = [picture(i, f"take {i}", 0.1, "turn-9", "new") for i in (3, 4, 5)]
    assert only(resolve("the second one, with a hat", scene(*OLD, *batch))) == ("img-4",)


def test_a_place_that_is_not_there_is_asked_about() -> None:
    assert "only" in (resolve("the fifth one", scene(*OLD)).question or pytest.fail("no question")).text


def test_an_unknown_handle_is_never_guessed() -> None:
    question = resolve("animate img-99", scene(*OLD)).question
    assert question is not None and "no img-99" in question.text and "img-2" in question.text


def test_a_liked_style_without_any_like_is_asked_about() -> None:
    question = resolve("in the style I liked", scene(OLD[1])).question
    assert question is not None and "flat" in question.text


def test_two_liked_styles_are_a_tie_and_most_counts_them() -> None:
    more = [picture(n, "x", 3, f"turn-{n}", styles=("flat",), liked=True) for n in (6, 7)]
    assert resolve("the style I liked", scene(*OLD, *more)).question is not None
    assert only(resolve("the style I liked most", scene(*OLD, *more))) == ("style:flat",)


def test_it_is_the_one_picture_of_the_last_turn_and_several_are_a_tie() -> None:
    one = picture(3, "a hat", 0.1, "turn-9", "new")
    assert only(resolve("turn it blue", scene(one))) == ("img-3",)
    two = scene(one, picture(4, "a hat", 0.1, "turn-9", "new"))
    tie = resolve("turn it blue", two).question
    assert tie is not None and len(tie.choices) == 2
    assert resolve("is it late already?", two) == Resolution()
    with pytest.raises(AmbiguousError, match="img-3"):
        latest(two)


@pytest.mark.parametrize(
    ("answer", "picked"),
    [
        ("Rex", "Rex"),
        ("the second", "Rex"),
        ("2", "Rex"),
        ("the last one", "Rex"),
        ("biscuit, please", "Biscuit"),
        ("Paul", None),
    ],
)
def test_an_answer_picks_by_name_number_or_place(answer: str, picked: str | None) -> None:
    assert choose(answer, ("Biscuit", "Rex")) == picked


def test_handles_are_typed_and_have_one_spelling() -> None:
    assert named("subject", "Émile Zoë") == "@émile-zoë"
    assert named("style", "ink_wash") == "style:ink-wash"
    assert named("subject", "ビスケット") == "@ビスケット"
    assert canonical("IMG012") == "img-12"
    assert [kind_of(h) for h in ("@a", "style:b", "motion:c", "img-1", "clip-2", "upload-3", "x")] == [
        "subject", "style", "motion", "image", "clip", "upload", None,
    ]  # fmt: skip


def test_the_second_one_is_of_the_newest_turn_that_made_several() -> None:
    birds = [picture(number, "a bird", 0.3, "turn-4", "new") for number in (3, 4, 5)]
    here = scene(*OLD, *birds, picture(6, "a bird, blue", 0.1, "turn-5", "new"))
    assert only(resolve("make the second one red", here)) == ("img-4",)
    assert only(resolve("make the fourth one red", here)) == ("img-6",)
    assert only(resolve("make the last one red", here)) == ("img-6",)


def test_the_one_before_the_last_is_found() -> None:
    for text in ("not the latest one, the one right before it: no mirror", "the second to last: no mirror"):
        made = [picture(number, "a hall", 4 - number, f"turn-{number}", session="new") for number in (1, 2, 3)]
        assert only(resolve(text, scene(*made))) == ("img-2",), text
