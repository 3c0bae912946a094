"""A motion is taken at its word: bent, corrected, or said of a picture."""

from __future__ import annotations

import pytest

from limner.agent.motions_said import as_clip, as_picture, clip_said, in_said_motion, with_motions_spelt
from limner.agent.plan import Animate, GenerateImage, PastTurn, PlanContext

CONTEXT = PlanContext(subjects={"Ada": "girl"}, motions=("flap", "cartwheel", "peek", "slide left"))
PICTURE = GenerateImage(prompt="Ada on a beach", subjects=("Ada",))


def test_a_bent_motion_is_spelt_as_its_user_spells_it() -> None:
    assert with_motions_spelt("haz que Pancho gire en la mesa", ["girar"]) == "haz que Pancho girar en la mesa"
    assert with_motions_spelt("Ada girando y el giro", ["girar"]) == "Ada girando y el giro"
    assert with_motions_spelt("make Ada flapping", ["flap"]) == "make Ada flapping"


@pytest.mark.parametrize(
    ("planned", "text", "motion"),
    [
        ("fly", "animate Ada flapping", "flap"),
        ("flap", "make Ada flap, no sorry, peek out of a pot", "peek"),
        ("flap", "make Ada flap and peek", "flap"),
        ("peeking", "animate Ada peeking, on the lawn", "peek"),
        ("moonwalk", "animate Ada with the moonwalk", "moonwalk"),
        ("flap", "have Ada do a somersault, moving please", "somersault"),
        ("flap", "animate Ada with the motion flap in the street", "flap"),
        ("flap", "animate Ada with the backflip motion, and don't fall back on flap", "backflip"),
    ],
)
def test_the_motion_that_is_said(planned: str, text: str, motion: str) -> None:
    assert in_said_motion(Animate(prompt="Ada", motion=planned), CONTEXT, text).motion == motion


def test_doing_a_motion_is_a_clip() -> None:
    for text in ("Ada doing the cartwheel on a beach", "two dozen frames of Ada on a beach, cartwheel"):
        clip = as_clip(PICTURE.model_copy(update={"styles": ("cartwheel",)}), CONTEXT, text)
        assert isinstance(clip, Animate)
        assert clip.motion == "cartwheel"
        assert clip.styles == ()


def test_who_is_made_to_move_moves_as_was_said_last() -> None:
    clip = as_clip(PICTURE, CONTEXT, "make Ada flap, no sorry, peek. peek out of a pot, animated")
    assert isinstance(clip, Animate) and clip.motion == "peek"
    assert isinstance(as_clip(PICTURE, CONTEXT, "make Ada cartwheel on a beach"), Animate)
    waving = as_clip(PICTURE, CONTEXT.model_copy(update={"motions": ("wave",)}), "Ada is waving at me, animate that")
    assert isinstance(waving, Animate) and waving.motion == "wave"
    # Word by word from a language that puts the doing first.
    assert isinstance(as_clip(PICTURE, CONTEXT, "make cartwheel Ada on a beach"), Animate)


@pytest.mark.parametrize(
    "text",
    ["Ada next to a cartwheel", "not animated, just a drawing: Ada in a cartwheel", "don't animate it, a cartwheel"],
)
def test_a_picture_stays_one(text: str) -> None:
    assert as_clip(PICTURE, CONTEXT, text) == PICTURE


@pytest.mark.parametrize(
    ("text", "clip"),
    [
        (
            "clip of Ada doing the cartwheel at a fair",
            Animate(prompt="Ada at a fair", subjects=("Ada",), motion="cartwheel"),
        ),
        ("animate Ada and Bo, flap", Animate(prompt="Ada and Bo", subjects=("Ada", "Bo"), motion="flap")),
        ("a gif of Bo with the peek, in a loop", Animate(prompt="Bo", subjects=("Bo",), motion="peek")),
        # No clip, two motions, nobody, or none.
        ("Ada beside a cartwheel", None),
        ("a clip of Ada doing cartwheel and flap", None),
        ("a clip of the cartwheel", None),
        ("a clip of Ada at a fair", None),
    ],
)
def test_a_clip_may_be_said_in_full(text: str, clip: Animate | None) -> None:
    context = CONTEXT.model_copy(update={"subjects": {"Ada": "girl", "Bo": "boy"}})
    assert clip_said(context, text) == clip


STYLED = CONTEXT.model_copy(update={"styles": ("felt", "ink")})
CLIP = PastTurn(user="x", calls=('animate(prompt="Ada", subjects=["Ada"], motion="peek")',), result="clip-1")
PICTURED = PastTurn(user="y", calls=('generate_image(prompt="Ada", subjects=["Ada"])',), result="img-2")


@pytest.mark.parametrize(
    ("context", "text", "motion"),
    [
        (STYLED, "Ada in felt, doing the cartwheel", "cartwheel"),
        (STYLED.model_copy(update={"history": (CLIP,)}), "that clip in felt", "peek"),
        (STYLED.model_copy(update={"history": (CLIP,)}), "animate Ada in felt, flap", "flap"),
        (STYLED.model_copy(update={"motions": ("flap",)}), "animate Ada in felt", "flap"),
        # Nobody knows which.
        (STYLED, "animate Ada in felt", ""),
        (STYLED.model_copy(update={"history": (CLIP, PICTURED)}), "that in felt", ""),
    ],
)
def test_a_style_is_no_motion(context: PlanContext, text: str, motion: str) -> None:
    step = in_said_motion(Animate(prompt="Ada", motion="felt"), context, text)
    assert (step.motion, step.styles) == ((motion, ("felt",)) if motion else ("felt", ()))


def test_a_motion_called_as_a_style_stays_one() -> None:
    context = STYLED.model_copy(update={"motions": ("felt", "flap")})
    step = Animate(prompt="Ada", motion="felt")
    assert in_said_motion(step, context, "animate Ada with felt") == step


@pytest.mark.parametrize(
    ("planned", "text", "motion"),
    [
        ("waves", "Bo zwaait", "zwaai"),
        ("winkt", "animate Bo", "zwaai"),
        ("dance", "Bo dances", "dance"),
        ("flaps", "Bo flaps", "flap"),
    ],
)
def test_a_motion_is_known_by_its_meaning(planned: str, text: str, motion: str) -> None:
    context = PlanContext(subjects={"Bo": "boy"}, motions=("zwaai", "flap"))
    assert in_said_motion(Animate(prompt="Bo", motion=planned), context, text).motion == motion
    both = context.model_copy(update={"motions": ("zwaai", "wink", "wave")})
    assert in_said_motion(Animate(prompt="Bo", motion="saluda"), both, "Bo saluda").motion == "saluda"


PAIR = CONTEXT.model_copy(update={"subjects": {"Ada": "girl", "Bo": "boy"}})


@pytest.mark.parametrize(
    ("motion", "text", "who"),
    [
        ("splash", "draw Ada on a beach", ("Ada",)),
        ("run", "can you draw Ada on a beach", ("Ada",)),
        ("chasing", "Ada chasing Bo on a beach", ("Ada", "Bo")),
        ("run", "Ada running from Bo on a beach", ("Ada", "Bo")),
        ("swimming", "Ada, swimming", ("Ada",)),
        # A clip after all.
        ("flap", "draw Ada flapping", ()),
        ("flap", "draw Ada doing the flap", ()),
        ("dance", "a clip of Ada dancing", ()),
        ("dance", "draw Ada dancing as a gif", ()),
        ("dance", "make Ada dance", ()),
        ("splash", "animate Ada on a beach", ()),
        ("dance", "draw Bo and make Ada dance", ()),
    ],
)
def test_what_nobody_asked_to_move_is_a_picture(motion: str, text: str, who: tuple[str, ...]) -> None:
    clip = Animate(prompt="Ada on a beach", subjects=("Ada",), motion=motion)
    drawn = GenerateImage(prompt="Ada on a beach", subjects=who) if who else clip
    assert as_picture(clip, PAIR, text) == drawn
    made = clip.model_copy(update={"image_ref": "last"})
    assert as_picture(made, PAIR, text) == made


@pytest.mark.parametrize(
    ("text", "motion"),
    [
        ("Ada on a beach, do the worm, video", "worm"),
        ("a clip of Ada doing the tango on a beach", "tango"),
        ("Ada dances the polka, as a vid please", "polka"),
        # It is known, no clip, or no motion at all.
        ("a clip of Ada doing the cartwheel on a beach", "cartwheel"),
        ("Ada on a beach, do the worm", ""),
        ("Ada does the worm on a beach, no video, a still", ""),
        ("a clip of Ada with the worm on a beach", ""),
        ("a clip of Ada on a beach, doing it", ""),
    ],
)
def test_a_motion_that_nobody_has_is_a_clip_all_the_same(text: str, motion: str) -> None:
    clip = as_clip(PICTURE, CONTEXT, text)
    assert (clip.motion if isinstance(clip, Animate) else "") == motion


@pytest.mark.parametrize(
    ("text", "motion"),
    [
        ("make Ada peek, no sorry, flap (not peek)", "flap"),
        ("make Ada peek, no wait, flap, without peek please", "flap"),
        ("make Ada flap, no sorry, peek (not flap)", "peek"),
        # Only what is wanted besides stands in the brackets.
        ("make Ada peek, no sorry, flap (as in flap)", "flap"),
    ],
)
def test_a_motion_that_is_refused_behind_is_not_the_last_word(text: str, motion: str) -> None:
    for planned in ("flap", "peek"):
        assert in_said_motion(Animate(prompt="Ada", motion=planned), CONTEXT, text).motion == motion


@pytest.mark.parametrize(
    ("text", "motion", "spelt"),
    [
        ("Ada wackelt auf dem Tisch", "wackeln", "Ada wackeln auf dem Tisch"),
        ("Ada zittert wie Laub", "zittern", "Ada zittern wie Laub"),
        ("Ada isst Wackelpudding", "wackeln", "Ada isst Wackelpudding"),
        ("Ada wackelt und wackelte", "wackeln", "Ada wackelt und wackelte"),
        ("Ada in der Wacke", "wackeln", "Ada in der Wacke"),
    ],
)
def test_a_german_motion_may_be_bent(text: str, motion: str, spelt: str) -> None:
    assert with_motions_spelt(text, [motion]) == spelt
