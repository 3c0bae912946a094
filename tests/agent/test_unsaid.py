"""What no word of a request asks for is not done: more pictures, a clip, an old wish, a picture of before."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.plan import MemoryLine, PastTurn, Plan, PlanContext, SetPreference, parse_plan, render_plan
from limner.agent.unsaid import lasting, only_what_is_said
from limner.agent.validate import validate

FIG = 'generate_image(prompt="Fig on a sledge", subjects=["Fig"])'
CLIP = 'animate(prompt="Fig on a sledge", subjects=["Fig"], motion="sway")'
BOTH = 'generate_image(prompt="Ollo and Fig on a sledge", subjects=["Ollo", "Fig"])'
CONTEXT = PlanContext(
    subjects={"Fig": "dog", "Ollo": "man", "Moss": "umbrella"},
    styles=("line",),
    motions=("bounce", "hop", "sway"),
    memory=(MemoryLine(id="m1", text="Ollo is afraid of thunder"),),
    history=(PastTurn(user="Fig in a barn", calls=(FIG.replace("on a sledge", "in a barn"),), result="img-2"),),
)


@pytest.mark.parametrize(
    ("text", "planned", "plan"),
    [
        ("Fig on a sledge", FIG[:-1] + ", count=2)", FIG),
        ("It is cold. Give me some choices: Fig on a sledge", FIG[:-1] + ", count=2)", FIG[:-1] + ", count=2)"),
        ("Fig on a sledge", CLIP, FIG),
        ("Fig on a sledge, swaying", CLIP, CLIP),
        ("Fig on a sledge", f'{FIG}\n{CLIP[:-1]}, image_ref="last")', FIG),
        ("Fig on a sledge", f'{FIG}\nset_preference(text="Ollo is afraid of thunder")', FIG),
        ("Fig on a sledge", f'{FIG}\nset_preference(text="Fig likes sledges")', FIG),
        ("Fig on a sledge", f"{FIG.replace('on a sledge', 'in a barn')}\n{FIG}", FIG),
        ("Fig in a barn once more, then Fig on a sledge", f"{FIG.replace('on a sledge', 'in a barn')}\n{FIG}", None),
        (
            "hello my name is Ollo and i am 7, Fig on a sledge",
            BOTH,
            FIG,
        ),
        ("Fig on a sledge, four of them", f"{FIG}\n{FIG[:-1]}, count=4)", FIG[:-1] + ", count=4)"),
        ("Fig on a sledge", FIG.replace('["Fig"]', '["Fig", "Moss"]').replace("Fig on", "Fig and Moss on"), FIG),
        ("Fig on it, a sledge", FIG.replace("Fig", "Moss"), FIG),
        (
            "please delete everything about Ollo. the photos too",
            'forget(what="Ollo")\nforget(what="everything about him")',
            'forget(what="Ollo")',
        ),
    ],
)
def test_what_nothing_asks_for_is_not_done(text: str, planned: str, plan: str | None) -> None:
    got = validate(settled(parse_plan(planned), CONTEXT, text), CONTEXT, text)
    assert render_plan(got) == (plan or planned)


@pytest.mark.parametrize(
    "planned", ['set_preference(text="Ollo is afraid of thunder")', 'set_preference(text="Fig hates sledges")']
)
def test_a_wish_that_nobody_has_is_asked_about(planned: str) -> None:
    assert [step.tool for step in settled(parse_plan(planned), CONTEXT, "Fig on a sledge").steps] == ["ask_user"]


@pytest.mark.parametrize(
    "text", ["Yes draw it. Wait, don't. I have to ask my mum", "don't draw anything yet, Ollo came"]
)
def test_what_is_called_off_is_not_drawn(text: str) -> None:
    assert [step.tool for step in settled(parse_plan(FIG), CONTEXT, text).steps] == ["reply"]


def test_how_many_photos_came_is_not_how_many_pictures_are_wanted() -> None:
    context = PlanContext(attachments="5 images")
    learn = 'learn_subject(name="Rex", class_noun="bike")'
    drawn = 'generate_image(prompt="Rex by a tree", subjects=["Rex"])'
    text = "here are 5 photos of my bike Rex, learn it and draw it by a tree"
    plan = settled(parse_plan(f"{learn}\n{drawn[:-1]}, count=5)"), context, text)
    assert render_plan(plan) == f"{learn}\n{drawn}"


def test_of_three_orders_one_may_be_to_keep_what_no_picture_shows() -> None:
    picture = parse_plan('generate_image(prompt="Hex in a hoodie", subjects=["Hex"])').steps[0]
    change = parse_plan('edit_image(image_ref="last", instruction="make the hoodie red")').steps[0]
    wish, echo = SetPreference(text="Hex uses vim"), SetPreference(text="Hex in a red hoodie")
    text = "Hex in a hoodie. Hoodie red. Hex is one of those who uses vim."
    assert lasting([picture, change, wish], text) == [picture, change, wish]
    assert lasting([picture, change, echo], text) == [picture, change]
    assert lasting([picture, wish], text) == [picture]


@pytest.mark.parametrize(
    ("text", "planned", "kept"),
    [
        ("forget sway, the poor dog is well again", f'forget(what="sway")\n{CLIP}', 'forget(what="sway")'),
        ("Fig on a sledge, sway, then forget sway", f'{CLIP}\nforget(what="sway")', None),
        ("forget Ollo and draw Fig on a sledge", f'forget(what="Ollo")\n{FIG}', None),
        (
            "forget line, no, keep the style! Forget that I like tea",
            'forget(what="line")\nforget(what="that I like tea")',
            'forget(what="that I like tea")',
        ),
        ("forget line and sway", 'forget(what="line")\nforget(what="sway")', None),
        (
            "forget that I like football",
            'forget(what="that I like football")\nforget(what="that I like jazz")',
            'forget(what="that I like football")',
        ),
        (
            "forget that I like football, and that I like tea",
            'forget(what="that I like football")\nforget(what="that I like tea")',
            None,
        ),
        (
            "forget that I like football",
            'forget(what="that I like football")\nforget(what="that I like tea")',
            'forget(what="that I like football")',
        ),
        (
            "forget that I like tea",
            'forget(what="that I like the football")\nforget(what="that I like tea")',
            'forget(what="that I like tea")',
        ),
        (
            "forget that I like football and jazz",
            'forget(what="that I like football")\nforget(what="that I like jazz")',
            None,
        ),
    ],
)
def test_what_is_forgotten_is_said_and_not_used_as_well(text: str, planned: str, kept: str | None) -> None:
    steps = only_what_is_said(parse_plan(planned).steps, CONTEXT, text, False)
    assert render_plan(Plan(steps=tuple(steps))) == (kept or planned)


@pytest.mark.parametrize(
    ("text", "wish", "kept"),
    [
        ("Fig on a sledge, leave line out of it", "always use line", False),
        ("Fig on a sledge, without line", "prefers line style", False),
        ("Fig on a sledge, keep the line style out", "draw everything in line", False),
        ("Fig on a sledge, skip line", "use line", False),
        ("Fig on a sledge, and always use line", "always use line", True),
        ("Fig on a sledge and keep everything in line from now on", "draw everything in line", True),
        ("Fig on a sledge, keep using line from now on", "use line", True),
        ("Fig on a sledge, no hats. Always use line", "always use line", True),
        ("Fig on a sledge. From now on leave text out", "never any text", True),
        ("Fig on a sledge. From now on leave line out", "never use line", True),
    ],
)
def test_a_style_that_is_left_out_is_no_wish(text: str, wish: str, kept: bool) -> None:
    picture, preference = parse_plan(FIG).steps[0], SetPreference(text=wish)
    assert lasting([picture, preference], text) == ([picture, preference] if kept else [picture])


@pytest.mark.parametrize(
    ("text", "wish", "kept"),
    [
        ("Fig on a sledge, don't you dare use line", "never use line", False),
        ("Fig on a sledge, and please don't use that line", "don't use line", False),
        ("Fig on a sledge, dont use line", "do not use line style", False),
        ("Fig on a sledge, don't you dare use line ever again", "never use line", True),
        ("Fig on a sledge, and remember not to use line", "never use line", True),
        ("Fig on a sledge, from now on never use line", "do not use line", True),
        ("Fig on a sledge, don't use hats. Remember: always use line", "always use line", True),
    ],
)
def test_a_style_is_left_out_of_this_picture_or_for_ever(text: str, wish: str, kept: bool) -> None:
    picture, preference = parse_plan(FIG).steps[0], SetPreference(text=wish)
    assert lasting([picture, preference], text) == ([picture, preference] if kept else [picture])


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("Fig on a sledge, then set the result wiggling", True),
        ("Fig on a sledge, and now it is wiggling", True),
        ("Fig on a sledge, then set the table", False),
        ("Fig on a sledge in a wig", False),
    ],
)
def test_what_is_set_wiggling_is_a_clip(text: str, moves: bool) -> None:
    clip = f'{CLIP[:-1]}, image_ref="last")'.replace("sway", "wiggle")
    steps = only_what_is_said(parse_plan(f"{FIG}\n{clip}").steps, CONTEXT, text, False)
    assert render_plan(Plan(steps=tuple(steps))) == (f"{FIG}\n{clip}" if moves else FIG)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("wipe what you know of Ollo's diet but keep the man himself", 'forget(what="Ollo\'s diet")'),
        ("wipe what you know of Ollo's diet and leave him, please", 'forget(what="Ollo\'s diet")'),
        ("wipe what you know of Ollo's diet and Ollo as well", ""),
    ],
)
def test_who_is_kept_loses_only_what_is_wiped(text: str, kept: str) -> None:
    planned = 'forget(what="Ollo\'s diet")\nforget(what="Ollo")'
    steps = only_what_is_said(parse_plan(planned).steps, CONTEXT, text, False)
    assert render_plan(Plan(steps=tuple(steps))) == (kept or planned)
