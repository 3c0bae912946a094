"""One in place of another in the last picture."""

from __future__ import annotations

import pytest

from limner.agent.exchanged import added, again_with, again_without, exchanged, joined, like_the_last, put_right
from limner.agent.plan import AskUser, GenerateImage, PastTurn, Plan, PlanContext, parse_plan, render_plan

DRAWN = 'generate_image(prompt="Duke on a hill", subjects=["Duke"])'
CONTEXT = PlanContext(
    subjects={"Duke": "dog", "Tank": "dog", "Dana": "woman"},
    history=(PastTurn(user="Duke on a hill", calls=(DRAWN,), result="img-4"),),
)
ASKED = Plan(steps=(AskUser(question="Who?"),))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("can you swap Duke for Dana?", "Dana"),
        ("replace duke with tank", "Tank"),
        ("now the other dog", "Tank"),
        ("the same but with Dana instead of Duke", "Dana"),
        ("and that once more, with Tank in place of Duke", "Tank"),
    ],
)
def test_one_takes_the_place_of_the_other(text: str, name: str) -> None:
    plan = exchanged(ASKED, CONTEXT, text)
    assert plan is not None and render_plan(plan) == DRAWN.replace("Duke", name)


@pytest.mark.parametrize(
    "text",
    ["swap Tank for Dana", "the other cat", "draw Dana on a hill", "draw a cake with Dana instead of Duke on top"],
)
def test_nobody_else_is_exchanged(text: str) -> None:
    assert exchanged(ASKED, CONTEXT, text) is None


def test_what_else_is_otherwise_is_kept() -> None:
    planned = parse_plan('generate_image(prompt="Dana", subjects=["Dana"], styles=["flat"], count=3, seed=7)')
    plan = exchanged(planned, CONTEXT, "three of the same in flat, same seed, with Dana instead of Duke")
    assert plan is not None
    assert render_plan(plan) == (
        'generate_image(prompt="Dana on a hill", subjects=["Dana"], styles=["flat"], count=3, seed=7)'
    )


def test_without_a_picture_there_is_nobody_to_exchange() -> None:
    assert exchanged(ASKED, CONTEXT.model_copy(update={"history": ()}), "swap Duke for Dana") is None


def test_something_more_goes_into_the_last_picture() -> None:
    planned = parse_plan('generate_image(prompt="a red balloon")')
    for text in ("now with a red balloon", "same but with a red balloon."):
        plan = added(planned, CONTEXT, text)
        assert plan is not None
        assert render_plan(plan) == 'edit_image(image_ref="img-4", instruction="add a red balloon")'
    for text in ("now with Dana", "with a red balloon", "now a red balloon", "now with a dog like Tank"):
        assert added(planned, CONTEXT, text) is None, text
    assert added(planned, CONTEXT.model_copy(update={"history": ()}), "now with a red balloon") is None


def test_one_more_joins_the_last_picture() -> None:
    planned = parse_plan('generate_image(prompt="Dana on a hill", subjects=["Dana"])')
    plan = joined(planned, CONTEXT, "could you do that again with Dana standing behind him?")
    assert plan is not None
    assert render_plan(plan) == 'generate_image(prompt="Duke and Dana on a hill", subjects=["Duke", "Dana"])'
    for text in ("draw Dana next to him", "again with Duke next to her", "the same with Dana"):
        assert joined(planned, CONTEXT, text) is None, text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the same, but with Dana instead", "Dana"),
        ("again, but with Dana in his place", "Dana"),
        ("that once more w/ Tank rather than Duke", "Tank"),
        ("that with Dana not Duke", "Dana"),
    ],
)
def test_who_was_alone_gives_up_his_place(text: str, name: str) -> None:
    plan = exchanged(ASKED, CONTEXT, text)
    assert plan is not None and render_plan(plan) == DRAWN.replace("Duke", name)


@pytest.mark.parametrize(
    "text",
    [
        "Dana instead, please",
        "it again but with Dana in place of the hat",
        "the same but with Dana in her place of birth",
        "the same with Dana beside Duke",
        "the same, but with Dana instead of the hill",
    ],
)
def test_what_is_no_place_of_his_is_not_taken(text: str) -> None:
    assert exchanged(ASKED, CONTEXT, text) is None


@pytest.mark.parametrize("text", ["now the other guinea pig", "the other piggy now", "no, the other one"])
def test_the_other_one_may_be_said_in_pet_words(text: str) -> None:
    pigs = PlanContext(
        subjects={"Pip": "guinea pig", "Pop": "guinea pig"},
        history=(PastTurn(user="Pip", calls=(DRAWN.replace("Duke", "Pip"),), result="img-4"),),
    )
    plan = exchanged(ASKED, pigs, text)
    assert plan is not None and render_plan(plan) == DRAWN.replace("Duke", "Pop")
    for other in ("the other side of the hill", "the other one of those two red hats should be blue, I think"):
        assert exchanged(ASKED, pigs, other) is None


BOAT = 'generate_image(prompt="Dana and Tank in a boat", subjects=["Dana", "Tank"], styles=["flat"])'
LONGER = CONTEXT.model_copy(
    update={
        "history": (
            PastTurn(user="Dana and Tank in a boat", calls=(BOAT,), result="img-3"),
            *CONTEXT.history,
        )
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "the one before the last again, with Duke instead of Tank",
        "the boat one again, with Duke instead of Tank",
        "the first picture with Duke rather than Tank",
        "the one in the boat, but with Duke instead of Tank",
    ],
)
def test_the_picture_may_be_counted_or_described(text: str) -> None:
    drawn = parse_plan('generate_image(prompt="Duke", subjects=["Duke"])')
    plan = exchanged(drawn, LONGER, text)
    assert plan is not None and render_plan(plan) == BOAT.replace("Tank", "Duke")
    # Of the last one, where there is no Tank.
    assert exchanged(drawn, LONGER, "the last one again, with Dana instead of Tank") is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the same, but without Tank", "Dana"),
        ("that again minus Tank", "Dana"),
        ("same again but without the woman", "Tank"),
        ("the same, but no Tank", "Dana"),
        ("the same boat without Tank", "Dana"),
        ("exactly the same once more please, only without Tank", "Dana"),
    ],
)
def test_the_same_is_drawn_without_somebody(text: str, kept: str) -> None:
    context = LONGER.model_copy(update={"history": LONGER.history[:1]})
    planned = parse_plan('generate_image(prompt="Dana in a boat", subjects=["Dana"], seed=3)')
    plan = again_without(planned, context, text)
    assert plan is not None
    assert render_plan(plan) == (
        f'generate_image(prompt="{kept} in a boat", subjects=["{kept}"], styles=["flat"], seed=3)'
    )


def test_a_described_picture_is_drawn_without_somebody() -> None:
    planned = parse_plan('generate_image(prompt="Dana", subjects=["Dana"])')
    plan = again_without(planned, LONGER, "the boat one again, without Tank")
    assert plan is not None
    assert render_plan(plan) == 'generate_image(prompt="Dana in a boat", subjects=["Dana"], styles=["flat"])'


@pytest.mark.parametrize(
    "text",
    [
        "the same without Tank's collar",
        "the same without Tank, at night",
        "again without Tank, on a hill",
        "the same without Tank but with umbrellas",
        "the boat without Tank",
        "the same but without Tank, with Duke",
        "the same without Dana and without Tank",
        "the same without the dog",  # Duke or Tank
        "the same, without a hat",
    ],
)
def test_nobody_is_left_out_who_is_not_said(text: str) -> None:
    context = LONGER.model_copy(update={"history": LONGER.history[:1]})
    planned = parse_plan('generate_image(prompt="Dana in a boat", subjects=["Dana"])')
    assert again_without(planned, context, text) is None


@pytest.mark.parametrize(
    "scene",
    [
        "Dana in his place",
        "Dana instead",
        "the same scene again, but with Dana instead of Duke",
        "Dana in Duke's place",
    ],
)
def test_who_is_drawn_in_a_place_of_somebody_has_the_scene_too(scene: str) -> None:
    planned = f'{DRAWN}\ngenerate_image(prompt="{scene}", subjects=["Dana"], count=2)'
    drawn = f'{DRAWN}\ngenerate_image(prompt="Dana on a hill", subjects=["Dana"], count=2)'
    assert render_plan(again_with(parse_plan(planned), CONTEXT)) == drawn


@pytest.mark.parametrize(
    "second",
    [
        'generate_image(prompt="Dana in his place at the table", subjects=["Dana"])',
        'generate_image(prompt="Dana at sea", subjects=["Dana"])',
        'generate_image(prompt="Dana instead", subjects=["Dana", "Tank"])',
    ],
)
def test_a_scene_of_its_own_is_no_place_of_somebody(second: str) -> None:
    for planned in (f"{DRAWN}\n{second}", f"{second}\n{DRAWN}"):
        assert render_plan(again_with(parse_plan(planned), CONTEXT)) == planned


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("again, only now Dana is riding him, a dozen", ", count=12"),
        ("again, but Dana is walking him this time", ""),
        ("that again, but now Dana feeds him", ""),
    ],
)
def test_who_now_does_something_to_him_joins_him(text: str, count: str) -> None:
    planned = parse_plan(f'generate_image(prompt="Dana with a dog", subjects=["Dana"]{count})')
    plan = joined(planned, CONTEXT, text)
    assert plan is not None
    assert render_plan(plan) == f'generate_image(prompt="Duke and Dana on a hill", subjects=["Duke", "Dana"]{count})'
    both = parse_plan('generate_image(prompt="Duke and Dana", subjects=["Duke", "Dana"])')
    assert joined(both, CONTEXT, text) is None


@pytest.mark.parametrize(
    "text",
    ["again, only now Dana at sea", "Dana is riding him now", "again, Dana is riding him", "only now Duke sees"],
)
def test_who_is_drawn_alone_joins_nobody(text: str) -> None:
    assert joined(parse_plan('generate_image(prompt="Dana", subjects=["Dana"])'), CONTEXT, text) is None


TWO = CONTEXT.model_copy(
    update={
        "styles": ("felt",),
        "history": (PastTurn(user="Duke on a hill", calls=(f"{DRAWN[:-1]}, count=2, seed=5)",), result="img-4 img-5"),),
    }
)
DANA = DRAWN.replace("Duke", "Dana")


@pytest.mark.parametrize(
    ("text", "more", "end"),
    [
        ("again but Dana, everything else stays", "", ", count=2, seed=5)"),
        ("the same but it's Dana now. All the rest as it was", "", ", count=2, seed=5)"),
        ("once more, but with Dana, the rest is identical please", ", count=3", ", count=2, seed=5)"),
        ("and again but Dana this time", "", ")"),
        ("same but Dana, please", "", ")"),
        ("the same but Dana, three of them", ", count=3", ", count=3)"),
        ("again but Dana, same seed please", ", seed=5", ", seed=5)"),
    ],
)
def test_again_but_somebody_else_is_the_same_with_them(text: str, more: str, end: str) -> None:
    plan = exchanged(parse_plan(f'generate_image(prompt="Dana", subjects=["Dana"]{more})'), TWO, text)
    assert plan is not None and render_plan(plan) == f"{DANA[:-1]}{end}"


@pytest.mark.parametrize(
    "text",
    [
        "again but Dana at sea",
        "again but Dana, at sea",
        "again but Dana, in felt",
        "same but Dana, asleep",
        "again but with Dana; make it night",
        "again but Dana, and Duke too",
        "again but Dana's hat",
        "again but Danae, everything else stays",
        "again but Duke, everything else stays",
        "but Dana, everything else stays",
        "Dana again, everything else stays",
        "again but blue",
    ],
)
def test_again_but_something_else_is_not_only_somebody_else(text: str) -> None:
    assert exchanged(parse_plan('generate_image(prompt="Dana", subjects=["Dana"])'), TWO, text) is None


def test_again_but_somebody_else_is_of_who_was_alone() -> None:
    both = (PastTurn(user="Duke and Tank", calls=(BOAT.replace("Dana", "Duke"),), result="img-6"),)
    context = TWO.model_copy(update={"history": both})
    planned = parse_plan('generate_image(prompt="Dana", subjects=["Dana"])')
    assert exchanged(planned, context, "again but Dana, everything else stays") is None


@pytest.mark.parametrize(
    ("scene", "prompt"),
    [
        ("Dana instead of him", "Dana on a hill"),
        ("the same scene with Dana instead of him", "Dana on a hill"),
        ("Dana instead of it", "Dana on a hill"),
        ("Dana instead of her at sea", "Dana instead of her at sea"),
        ("Dana instead of his hat", "Dana instead of his hat"),
    ],
)
def test_who_is_drawn_instead_of_him_has_the_scene(scene: str, prompt: str) -> None:
    planned = parse_plan(f'{DRAWN}\ngenerate_image(prompt="{scene}", subjects=["Dana"])')
    assert render_plan(again_with(planned, CONTEXT)).splitlines()[1] == (
        f'generate_image(prompt="{prompt}", subjects=["Dana"])'
    )


@pytest.mark.parametrize(
    "text",
    ["Oh, the two of them together actually", "no, both of them please", "Hmm, them both!", "the pair of them instead"],
)
def test_the_last_picture_is_put_right_with_both(text: str) -> None:
    planned = parse_plan('generate_image(prompt="Duke and Dana", subjects=["Duke", "Dana"], count=2)')
    plan = put_right(planned, TWO, text)
    assert plan is not None
    assert render_plan(plan) == 'generate_image(prompt="Duke and Dana on a hill", subjects=["Duke", "Dana"])'


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("both of them at sea", '"Duke", "Dana"'),
        ("both hats", '"Duke", "Dana"'),
        # Nobody comes, somebody else was drawn, or three are meant.
        ("oh, both of them", '"Duke"'),
        ("oh, both of them", '"Tank", "Dana"'),
        ("oh, both of them", '"Duke", "Tank", "Dana"'),
    ],
)
def test_what_is_no_second_thought_of_both_is_not_put_right(text: str, who: str) -> None:
    planned = parse_plan(f'generate_image(prompt="at sea", subjects=[{who}])')
    assert put_right(planned, TWO, text) is None


@pytest.mark.parametrize(
    "text",
    ["I meant felt, and just the one", "oops, I wanted the felt style", "no wait, should be in felt", "I mean felt"],
)
def test_the_style_that_was_meant_is_of_the_last_picture(text: str) -> None:
    plan = put_right(parse_plan('generate_image(prompt="Dana", subjects=["Dana"])'), TWO, text)
    assert plan is not None and render_plan(plan) == f'{DRAWN[:-1]}, styles=["felt"])'


@pytest.mark.parametrize(
    "text",
    ["I meant a felt hat", "I meant felt at sea", "I meant charcoal", "draw Duke in felt", "she meant felt", "felt"],
)
def test_what_was_meant_otherwise_is_no_style_put_right(text: str) -> None:
    planned = parse_plan('generate_image(prompt="Duke", subjects=["Duke"])')
    assert put_right(planned, TWO, text) is None
    assert put_right(planned, TWO.model_copy(update={"history": ()}), "I meant felt") is None
    assert put_right(ASKED, TWO, "I meant felt") is None


STRETCH = 'animate(prompt="Duke stretching on a mat", subjects=["Duke"], motion="hop")'


def test_the_same_clip_of_somebody_else_has_its_scene() -> None:
    plan = again_with(parse_plan(f'{STRETCH}\nanimate(prompt="Dana", subjects=["Dana"], motion="hop")'), CONTEXT)
    assert render_plan(plan).splitlines() == [STRETCH, STRETCH.replace("Duke", "Dana")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (STRETCH, 'animate(prompt="Dana", subjects=["Dana"], motion="spin")'),
        (STRETCH, 'animate(prompt="Dana at sea", subjects=["Dana"], motion="hop")'),
        (STRETCH, 'animate(prompt="Dana", subjects=["Dana", "Tank"], motion="hop")'),
        (STRETCH.replace(" stretching on a mat", ""), 'animate(prompt="Dana", subjects=["Dana"], motion="hop")'),
        (STRETCH.replace('["Duke"]', '["Duke", "Tank"]'), 'animate(prompt="Dana", subjects=["Dana"], motion="hop")'),
        (DRAWN, 'animate(prompt="Dana", subjects=["Dana"], motion="hop")'),
    ],
)
def test_another_clip_has_no_scene_of_the_one_before(first: str, second: str) -> None:
    assert render_plan(again_with(parse_plan(f"{first}\n{second}"), CONTEXT)) == f"{first}\n{second}"


@pytest.mark.parametrize(
    ("text", "joins"),
    [
        ("do that again with Dana standing beside him", True),
        ("again, but now Dana is leading him", True),
        ("do that again with Dana instead, a cart behind him", False),
        ("again, but now Dana is there in his place, holding him a bone", False),
        ("that again with Dana rather than him, a hat with it", False),
        ("again, this time Dana in her stead, hugging it", False),
    ],
)
def test_who_comes_instead_is_not_beside_him(text: str, joins: bool) -> None:
    planned = parse_plan('generate_image(prompt="Dana", subjects=["Dana"])')
    plan = joined(planned, CONTEXT, text)
    assert (plan is not None) is joins
    if plan:
        assert render_plan(plan) == 'generate_image(prompt="Duke and Dana on a hill", subjects=["Duke", "Dana"])'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the same but with Dana instead of him", "Dana"),
        ("again, only Dana in place of him", "Dana"),
        ("that once more with Tank rather than it", "Tank"),
        ("the same with Dana instead of his hat", ""),
        ("the same with Dana instead of himself in a mirror", ""),
        ("draw a cake with Dana instead of him on top", ""),
    ],
)
def test_somebody_instead_of_him_has_his_place(text: str, name: str) -> None:
    plan = exchanged(ASKED, CONTEXT, text)
    assert (render_plan(plan) if plan else "") == (DRAWN.replace("Duke", name) if name else "")


@pytest.mark.parametrize(
    ("scene", "prompt"),
    [
        ("Dana doing the job in his place", "Dana on a hill"),
        ("Dana doing the same", "Dana on a hill"),
        ("Dana doing that instead", "Dana on a hill"),
        ("Dana doing the dishes instead", "Dana doing the dishes instead"),
        ("Dana doing the same at sea", "Dana doing the same at sea"),
    ],
)
def test_who_does_the_same_has_the_scene(scene: str, prompt: str) -> None:
    planned = parse_plan(f'{DRAWN}\ngenerate_image(prompt="{scene}", subjects=["Dana"])')
    assert render_plan(again_with(planned, CONTEXT)).splitlines()[1] == (
        f'generate_image(prompt="{prompt}", subjects=["Dana"])'
    )


PAIR = CONTEXT.model_copy(
    update={"history": (PastTurn(user="Dana and Tank in a boat", calls=(BOAT,), result="img-3"),)}
)


@pytest.mark.parametrize(
    ("planned", "prompt"),
    [
        ("Dana and Tank trading places", "Dana and Tank in a boat"),
        ("Dana and Tank trading sides in a canoe", "Dana and Tank in a canoe"),
        ("Dana and Tank swapping positions", "Dana and Tank in a boat"),
        ("Dana and Tank trading stamps in a canoe", "Dana and Tank trading stamps in a canoe"),
        ("Dana and Tank switching trains", "Dana and Tank switching trains"),
    ],
)
def test_who_trades_sides_is_where_the_rest_of_it_says(planned: str, prompt: str) -> None:
    step = GenerateImage(prompt=planned, subjects=("Dana", "Tank"))
    assert like_the_last(step, PAIR, "the same with them trading sides").prompt == prompt


def test_somebody_else_trades_sides_in_words() -> None:
    step = GenerateImage(prompt="Duke and Tank trading places", subjects=("Duke", "Tank"))
    assert like_the_last(step, PAIR, "Duke and Tank trading places") == step
    assert like_the_last(step, PAIR.model_copy(update={"history": ()}), "Duke and Tank trading places") == step
