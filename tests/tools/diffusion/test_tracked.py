"""A clip's subject is followed: how it moved, turned and grew comes out, whatever it looks like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limner.tools.canvas import cut_out, find_subject
from limner.tools.diffusion.tracked import tracked
from limner.tools.families.poses import HELD_OUT, TRAINED, Pose, place_posed, pose

PHOTO = Path(__file__).parents[3] / "examples" / "biscuit"
FRAMES = 16


@pytest.fixture(scope="module")
def sprite() -> Image.Image:
    photo = Image.open(min(PHOTO.glob("*.png"))).convert("RGB").resize((128, 128))
    found = find_subject(photo)
    assert found is not None
    return cut_out(photo, found)[0]


def clip(sprite: Image.Image, poses: list[Pose], side: int = 64) -> list[Image.Image]:
    frames = []
    for one in poses:
        canvas = Image.new("RGB", (128, 128), (90, 200, 120))
        place_posed(canvas, sprite, 32, 44, side, one)
        frames.append(canvas)
    return frames


@pytest.mark.parametrize("motion", [*TRAINED, *HELD_OUT])
def test_the_way_of_a_motion_comes_out(motion: str, sprite: Image.Image) -> None:
    meant = [pose(motion, n / FRAMES) for n in range(FRAMES)]
    found = tracked(clip(sprite, meant))
    assert len(found) == FRAMES
    turned = [(one.angle - two.angle + 180) % 360 - 180 for one, two in zip(found, meant, strict=True)]
    # Turns count from the first frame, which some motions begin aslant.
    assert np.abs(np.array(turned) - turned[0]).max() <= 20
    for axis in ("dx", "dy"):
        mine, theirs = (np.array([getattr(p, axis) for p in path]) for path in (found, meant))
        assert np.abs((mine - mine.mean()) - (theirs - theirs.mean())).max() <= 2 / 12
    if motion in ("zoom", "pulse"):
        mine, theirs = (np.array([p.wide for p in path]) for path in (found, meant))
        assert np.abs(mine / mine[0] - theirs / theirs[0]).max() <= 0.15 * theirs.max() / theirs[0]


def test_a_still_subject_has_one_pose(sprite: Image.Image) -> None:
    assert set(tracked(clip(sprite, [Pose()] * 4))) == {Pose()}


def test_a_frame_without_it_keeps_the_last_pose(sprite: Image.Image) -> None:
    frames = clip(sprite, [Pose(dx=n / 12) for n in range(8)])
    frames[3] = Image.new("RGB", (128, 128), (90, 200, 120))
    found = tracked(frames)
    assert found[3] == found[2] != found[4]


def test_where_nothing_stands_out_nothing_is_said(sprite: Image.Image) -> None:
    plain = Image.new("RGB", (128, 128), (90, 200, 120))
    assert tracked([plain] * 4) == []
    assert tracked([*clip(sprite, [Pose()] * 2), plain, plain]) == []
