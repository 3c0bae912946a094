"""Whoever the request keeps out, in whatever words, is not in the picture."""

from __future__ import annotations

import pytest

from limner.agent.kept_out import kept_out, without
from limner.agent.plan import GenerateImage, Plan, PlanContext, parse_plan, render_plan
from limner.agent.validate import validate

CONTEXT = PlanContext(subjects={"Nana": "woman", "May": "girl", "Petros": "man"}, styles=("flat",), motions=("wave",))
ALONE = 'generate_image(prompt="Nana on a hill", subjects=["Nana"])'


@pytest.mark.parametrize(
    "text",
    [
        "Nana on a hill with May nowhere near",
        "Nana on a hill, leave May out of it",
        "draw Nana on a hill, and keep May away",
        "Nana on a hill. Keep May and Petros out of the picture please",
        "leave out May, Nana on a hill",
        "Nana on a hill but May should not be in it",
        "Nana on a hill, no May anywhere",
        "Nana on a hill, May not in the picture",
        "May is not in it, Nana on a hill",
        "Nana on a hill with May out of shot",
        "Nana on a hill, May isn't in frame",
        "Don't put May in. Nana on a hill",
        "Nana on a hill and May is not there",
        "Nana on a hill, May must not be visible",
        "skip May, Nana on a hill",
        "I don't want May in it, Nana on a hill",
        "Nana on a hill, and not the girl either",
        "leave the girl out of it, Nana on a hill",
        "Nana on a hill. May was behind a rock, I think... no, she wasn't in it.",
        "May stood there. No wait, she wasn't there. Nana on a hill",
    ],
)
@pytest.mark.parametrize(
    "planned",
    [
        'generate_image(prompt="Nana and May on a hill", subjects=["Nana", "May"])',
        'generate_image(prompt="May and Nana on a hill", subjects=["May", "Nana"])',
        'generate_image(prompt="Nana on a hill with May", subjects=["Nana", "May"])',
        'generate_image(prompt="Nana on a hill with May nowhere near", subjects=["Nana"])',
        ALONE,
    ],
)
def test_who_is_kept_out_is_not_drawn(text: str, planned: str) -> None:
    assert render_plan(validate(parse_plan(planned), CONTEXT, text)) == ALONE


def test_a_picture_of_nobody_stays_one() -> None:
    plan = parse_plan('generate_image(prompt="a hill at dawn with May", subjects=["May"])')
    drawn = 'generate_image(prompt="a hill at dawn")'
    assert render_plan(validate(plan, CONTEXT, "a hill at dawn, and leave May out of it")) == drawn


def test_everyone_else_is_drawn() -> None:
    plan = parse_plan('generate_image(prompt="Nana, May and Petros on a hill", subjects=["Nana", "May", "Petros"])')
    drawn = 'generate_image(prompt="Nana and Petros on a hill", subjects=["Nana", "Petros"])'
    assert render_plan(validate(plan, CONTEXT, "everyone on a hill, and keep May out of it")) == drawn


@pytest.mark.parametrize(
    "text",
    [
        "leave out May and the dog, Nana on a hill",
        "Nana and May on a hill",
        "May in the kitchen, keep May away from the stove",
        "Nana keeping May away from the stove",
        'a sign "leave May out of it" and May beside it',
        "leave May's hat out of it",
        "may I have Nana on a hill, keep it out of focus",
        "Nana on a hill, May not in that silly hat",
        "don't draw May and Petros in hats, draw them in scarves",
        "Nana on a hill, don't show May the map",
        "leave the girl out of it, then Nana and the girl on a hill",
        "Nana and May on a hill. No wait, she wasn't there",
        "Petros on a hill, no, she wasn't in it",
        "It isn't that I don't want the girl in it. I do. Put her on a hill",
    ],
)
def test_others_are_not_kept_out(text: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == ((), text)


def test_what_is_taken_back_leaves_whole_sentences() -> None:
    text = "Nana on a hill. May was behind a rock... no, she wasn't in it, it was just her"
    assert kept_out(text, CONTEXT.subjects) == (("May",), "Nana on a hill. it was just her")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (
            "Nana and May dancing in the kitchen. Hm, actually leave May out of it, she is ill",
            "Nana dancing in the kitchen",
        ),
        ("draw Petros with May at sea. on second thought, leave May out of it", "draw Petros at sea"),
    ],
)
def test_who_is_named_first_may_be_left_out_on_second_thought(text: str, rest: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == (("May",), rest)
    assert kept_out("May waves. Leave May out of it", CONTEXT.subjects)[0] == ()


@pytest.mark.parametrize(
    "text",
    [
        "Nana on a hill, May stays home",
        "May has to stay at home today, Nana on a hill",
        "May can sit this one out, Nana on a hill",
        "Nana on a hill, May stays home today",
        "May sits this one out, she is tired. Nana on a hill",
        "Nana on a hill and May remains behind, because she is ill",
        "Nana on a hill, only May is missing",
        "Nana on a hill, May isn't coming",
        "Nana on a hill, May is not invited since she is rude",
        "Nana on a hill. No May, she is ill",
        "No May, Nana on a hill",
        "leave May out of it, she scares the goats. Nana on a hill",
    ],
)
def test_who_stays_away_is_kept_out_whatever_the_reason(text: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == (("May",), "Nana on a hill")


@pytest.mark.parametrize(
    "text",
    [
        "May stays home with a book",
        "May stays home, reading by the fire",
        "Nana on a hill and May sits it out, knitting",
        "May sits this one out with a book",
        "Nana is sad because May is missing",
        "Nana saying May is not coming",
        "a poster that May is missing",
        "May stays behind the sofa",
        "May at home, Nana on a hill",
        "May is coming home, Nana waits",
        "May is missing a shoe",
        "May is missing her train",
        "Nana is missing May",
        "the hat is missing, May on a hill",
        "May is not allowed in the kitchen",
        "no, May on a hill",
        "no May on a hill",
        "Nana on a hill and May, she is small, on her back",
    ],
)
def test_who_is_seen_elsewhere_is_not_kept_out(text: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == ((), text)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("Nana on a hill, May stays at home for this one", ("May",)),
        ("May stays home for that picture. Nana on a hill", ("May",)),
        ("May stays home for a week, Nana on a hill", ()),
        ("May stays at home for this reason: she is ill", ()),
        ("May stays at home for this party of hers", ()),
    ],
)
def test_who_stays_at_home_for_this_one_is_kept_out(text: str, out: tuple[str, ...]) -> None:
    assert kept_out(text, CONTEXT.subjects) == (out, "Nana on a hill" if out else text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("May on a swing. Hmm, scratch that, make it Nana on a hill, May can stay at home", "Nana on a hill"),
        ("draw May at sea, no wait, on second thought Nana on a hill, May stays home", "Nana on a hill"),
        ("May on a swing... scratch that: make that Nana on a hill. May sits this one out", "Nana on a hill"),
    ],
)
def test_who_was_scratched_and_stays_at_home_is_kept_out(text: str, rest: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == (("May",), rest)


@pytest.mark.parametrize(
    "text",
    [
        "May on a swing. Hmm, scratch that, make it Nana on a hill",
        "May on a swing. Scratch that, make it May on a hill",
        "Nana on a hill, a cat to scratch that post, May in a chair",
    ],
)
def test_what_is_only_scratched_keeps_nobody_out(text: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == ((), text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Nana, Petros and NOT May (she'd sue me) in a lift", "Nana, Petros in a lift"),
        ("Nana, and not May stuck in a lift", "Nana stuck in a lift"),
        ("Nana, Petros and not the girl at the fair", "Nana, Petros at the fair"),
    ],
)
def test_and_not_somebody_keeps_them_out(text: str, rest: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == (("May",), rest)


@pytest.mark.parametrize(
    "text",
    [
        "Nana, Petros and not May's hat in a lift",
        "Nana, Petros and May (not amused) in a lift",
        "Nana and not only May in a lift",
        "Nana and May, not at all happy in a lift",
    ],
)
def test_and_not_something_else_keeps_nobody_out(text: str) -> None:
    assert kept_out(text, CONTEXT.subjects) == ((), text)


GANG = PlanContext(subjects={"Nana": "woman", "May": "girl", "Petros": "man", "Tip": "dog", "Lou": "cat"})


@pytest.mark.parametrize(
    ("text", "planned", "kept"),
    [
        ("the whole gang on a hill, leave May and Petros out of it", ("Nana", "May", "Tip"), ("Nana", "Tip", "Lou")),
        ("everybody on a hill, May stays home", ("Nana", "May", "Tip"), ("Nana", "Petros", "Tip", "Lou")),
        # Not everyone is spoken of.
        ("Nana and Tip on a hill, leave May out of it", ("Nana", "May", "Tip"), ("Nana", "Tip")),
        ("Nana and Tip on a hill, leave May out of it", ("Nana", "Tip"), ("Nana", "Tip")),
    ],
)
def test_the_whole_gang_but_some_is_all_the_others(text: str, planned: tuple[str, ...], kept: tuple[str, ...]) -> None:
    def drawn(who: tuple[str, ...]) -> str:
        return render_plan(
            Plan(steps=(GenerateImage(prompt=f"{', '.join(who[:-1])} and {who[-1]} on a hill", subjects=who),))
        )

    assert render_plan(validate(parse_plan(drawn(planned)), GANG, text)) == drawn(kept)


def test_all_of_them_but_some_are_the_others_where_all_are_spoken_of() -> None:
    three = parse_plan('generate_image(prompt="Nana, May and Tip on a hill", subjects=["Nana", "May", "Tip"])')
    for text in ("the whole gang on a hill", "everybody on a hill", "all of us on a hill"):
        drawn = render_plan(without(three, ("May", "Petros"), GANG.subjects, text))
        assert drawn == 'generate_image(prompt="Nana, Tip and Lou on a hill", subjects=["Nana", "Tip", "Lou"])', text
    for text in ("", "Nana and Tip on a hill", "a whole family of ducks on a hill"):
        drawn = render_plan(without(three, ("May", "Petros"), GANG.subjects, text))
        assert drawn == 'generate_image(prompt="Nana and Tip on a hill", subjects=["Nana", "Tip"])', text
    two = parse_plan('generate_image(prompt="Nana and May on a hill", subjects=["Nana", "May"])')
    drawn = render_plan(without(two, ("May",), GANG.subjects, "everybody watches Nana on a hill"))
    assert drawn == 'generate_image(prompt="Nana on a hill", subjects=["Nana"])'
