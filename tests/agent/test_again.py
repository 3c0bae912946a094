"""The plans behind the buttons."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from limner.agent import again
from limner.agent.jobs.values import Picture, Why
from limner.agent.messages import RequestError

NOW = datetime(2026, 11, 16, tzinfo=UTC)
FOX = 'generate_image(prompt="a fox", count=3, seed=5)'
DOG = 'generate_image(prompt="Biscuit in the snow", subjects=["Biscuit"], styles=["flat"])'
EDIT = 'edit_image(image_ref="last", instruction="make it night")'
HOP = 'animate(prompt="a fox", motion="hop")'


def test_vary_repeats_the_one_step_that_made_the_picture_without_its_seed() -> None:
    assert again.vary(picture("img-1"), why(FOX)) == 'generate_image(prompt="a fox")'
    biscuit = picture("img-4", subjects=("Biscuit",), styles=("flat",))
    assert again.vary(biscuit, why(FOX, DOG)) == DOG


def test_vary_of_an_edit_names_the_picture_that_was_the_last_one_then() -> None:
    edited = picture("img-2", parents=("img-1",))
    assert 'image_ref="img-1"' in again.vary(edited, why(EDIT, parents=("img-1",)))


def test_animate_sets_this_very_picture_in_motion() -> None:
    biscuit = picture("img-4", subjects=("Biscuit",), styles=("flat",))
    assert again.animate(biscuit, why(FOX, DOG), "spin") == (
        'animate(prompt="Biscuit in the snow", subjects=["Biscuit"], styles=["flat"], motion="spin", image_ref="img-4")'
    )


def test_a_clip_is_varied_as_a_clip() -> None:
    assert again.vary(picture("clip-1", kind="clip"), why(FOX, HOP)) == HOP


def test_a_plan_that_draws_nothing_says_so() -> None:
    with pytest.raises(RequestError, match="say in words"):
        again.vary(picture("img-1"), why('reply(text="hello")'))


def picture(handle: str, **more: object) -> Picture:
    return Picture.model_validate({"handle": handle, "kind": "image", "made": NOW, **more})


def why(*plan: str, parents: tuple[str, ...] = ()) -> Why:
    return Why(
        handle="img-1",
        kind="image",
        request="",
        session="monday",
        made=NOW,
        plan=plan,
        prompt="",
        seed=5,
        width=64,
        height=64,
        frames=1,
        parents=parents,
        text="",
    )
