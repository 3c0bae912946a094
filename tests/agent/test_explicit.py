"""Seeds, frames and names that are said outright are in the plan, whatever the planner made of them."""

from __future__ import annotations

import pytest

from limner.agent.explicit import invented_name, named_in, with_stated_numbers
from limner.agent.plan import AskUser, GenerateImage, PlanContext, parse_plan, render_plan
from limner.agent.validate import validate

CONTEXT = PlanContext(subjects={"Rex": "dog", "Mo": "cat", "Bo": "dog"}, motions=("spin",))


def guarded(text: str, request: str) -> str:
    return render_plan(validate(parse_plan(text), CONTEXT, request))


def test_a_seed_is_a_seed_and_not_a_count() -> None:
    drawn = guarded('generate_image(prompt="Mo", subjects=["Mo"], count=42)', "Mo knitting with seed 42")
    assert drawn == 'generate_image(prompt="Mo", subjects=["Mo"], seed=42)'
    drawn = guarded('generate_image(prompt="Mo", subjects=["Mo"], count=3)', "3 of Mo, seed=3")
    assert drawn == 'generate_image(prompt="Mo", subjects=["Mo"], count=3, seed=3)'
    drawn = guarded('generate_image(prompt="Mo", subjects=["Mo"])', "con la semilla 77 dibuja a Mo")
    assert drawn == 'generate_image(prompt="Mo", subjects=["Mo"], seed=77)'


def test_as_many_seeds_as_pictures_are_theirs_in_order() -> None:
    plan = 'generate_image(prompt="{0}", subjects=["{0}"]{1})\ngenerate_image(prompt="a mill"{2})'
    request = "Mo with seed 5 please, plus a mill with seed 6"
    both = plan.format("Mo", ", seed=5", ", seed=6")
    assert guarded(plan.format("Mo", "", ", seed=6"), request) == both
    assert guarded(plan.format("Mo", ", seed=6", ", seed=6"), request) == both
    assert guarded(plan.format("Mo", ", seed=5", ""), "Mo with seed 5 and a mill") == plan.format("Mo", ", seed=5", "")


@pytest.mark.parametrize(
    "said",
    ["seed 88 scratch that 98", "seed 88, ugh, typo, 98", "seed 88. no wait, sorry: 98", "seed 88... correction, 98"],
)
def test_a_seed_taken_back_is_the_one_behind_it(said: str) -> None:
    plan = 'generate_image(prompt="Mo at sea", subjects=["Mo"], seed=88)'
    assert guarded(plan, f"Mo at sea {said}, please").endswith("seed=98)")
    assert guarded(plan, "Mo at sea seed 88 or 3 bananas in a bowl").endswith("seed=88)")


def test_frames_belong_to_the_only_clip() -> None:
    assert "frames=24" in guarded('animate(prompt="Mo", subjects=["Mo"], motion="spin")', "spin Mo, 24 frames")
    assert "frames=12" in guarded('animate(prompt="Mo", subjects=["Mo"], motion="spin")', "spin Mo, a dozen frames")


@pytest.mark.parametrize(
    ("said", "frames"),
    [
        ("240 frames? no 24.", 24),
        ("12 frames, sorry, 21, of Mo", 21),
        ("twelve frames, no, 24 frames", 24),
        ("12 frames, no 3 bananas", 12),
    ],
)
def test_frames_taken_back_are_those_behind_them(said: str, frames: int) -> None:
    assert guarded('animate(prompt="Mo", subjects=["Mo"], motion="spin")', f"spin Mo, {said}").endswith(
        f"frames={frames})"
    )


def test_a_name_in_the_prompt_is_in_the_picture() -> None:
    drawn = guarded('generate_image(prompt="Mo behind Rex", subjects=["Mo"])', "Mo behind Rex")
    assert 'subjects=["Mo", "Rex"]' in drawn
    assert named_in('Mo in Rex\'s bed with a sign "Bo"', CONTEXT.subjects) == ("Mo",)


def test_one_of_two_of_a_kind_is_a_tie_unless_named() -> None:
    plan = 'generate_image(prompt="Rex in a raincoat", subjects=["Rex"])'
    step = validate(parse_plan(plan), CONTEXT, "my dog in a raincoat").steps[0]
    assert isinstance(step, AskUser)
    assert "Rex or Bo" in step.question
    assert guarded(plan, "my dog rex in a raincoat") == plan
    both = 'generate_image(prompt="Rex and Bo", subjects=["Rex", "Bo"])'
    assert guarded(both, "both my dogs") == both


@pytest.mark.parametrize(
    ("prompt", "request_text", "name"),
    [("Masha jumping", "make her jump", "Masha"), ("Paris in rain", "paris in the rain", ""), ("a boat", "boat", "")],
)
def test_a_name_nobody_said_is_noticed(prompt: str, request_text: str, name: str) -> None:
    assert invented_name(prompt, request_text, ["Rex"]) == name


def test_a_count_in_so_many_words_is_the_count() -> None:
    assert "count=2" in guarded('generate_image(prompt="Mo")', "Mo. Count: 2. Seed: 99.")


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("Mo on a mat and Rex in a hut, seed 9 for both", (9, 9)),
        ("Mo on a mat, then Rex in a hut, all of them with seed 9", (9, 9)),
        ("Mo on a mat and Rex in a hut, seed 9 each", (9, 9)),
        ("Mo on a mat and Rex in a hut, each using the seed 9", (9, 9)),
        ("Mo on a mat, seed 9, and Rex in a hut", (None, None)),
        ("Mo on a mat with seed 9. Rex in a hut, for all of us", (None, None)),
        ("Mo on a mat and Rex in a hut, for all of us", (None, None)),
        ("seed 9 for Mo on a mat, and Rex in a hut", (None, None)),
        ("Mo on a mat, seed 9, and Rex in a hut, seed 4", (9, 4)),
    ],
)
def test_one_seed_may_be_of_all_the_pictures(text: str, seeds: tuple[int | None, ...]) -> None:
    plan = parse_plan(
        'generate_image(prompt="Mo on a mat", subjects=["Mo"])\ngenerate_image(prompt="Rex in a hut", subjects=["Rex"])'
    )
    steps = with_stated_numbers(plan, text).steps
    assert tuple(step.seed for step in steps if isinstance(step, GenerateImage)) == seeds


def test_a_seed_of_all_leaves_a_clip_alone() -> None:
    plan = parse_plan(
        'generate_image(prompt="Mo", subjects=["Mo"], count=2)\n'
        'animate(prompt="Mo", subjects=["Mo"], motion="spin")\n'
        'generate_image(prompt="Rex", subjects=["Rex"])'
    )
    drawn = render_plan(with_stated_numbers(plan, "two of Mo, a spin of Mo, one of Rex, seed 2 on all")).splitlines()
    assert drawn[0].endswith("count=2, seed=2)") and drawn[2].endswith("seed=2)") and "seed" not in drawn[1]
