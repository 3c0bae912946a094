"""A still picture's subject goes through its poses; the ground stays, and comes back where it stood."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from limner.tools.diffusion.posed import posed
from limner.tools.families.poses import Pose

SKY, SAND, RED = (120, 190, 240), (240, 217, 165), (200, 40, 40)


def still() -> Image.Image:
    picture = Image.new("RGB", (128, 128), SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 90, 127, 127), fill=SAND)
    draw.rectangle((40, 48, 87, 111), fill=RED)
    return picture


def red(frame: Image.Image) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = np.abs(np.asarray(frame).astype(int) - RED).sum(2) < 60
    return near


def test_the_subject_moves_by_shares_of_its_side() -> None:
    frames = posed(still(), [Pose(), Pose(dx=0.25), Pose(dy=-0.25)])
    assert frames is not None
    (y, x), (y_right, x_right), (y_up, x_up) = (np.argwhere(red(f)).mean(0) for f in frames)
    assert abs(x_right - x - 16) <= 1 and abs(y_right - y) <= 1
    assert abs(y - y_up - 16) <= 1 and abs(x_up - x) <= 1


def test_the_ground_comes_back_where_it_stood_and_stays_elsewhere() -> None:
    frames = posed(still(), [Pose(wide=0.4, high=0.4)])
    assert frames is not None
    (frame,) = frames
    pixels = np.asarray(frame).astype(int)
    assert 0 < red(frame).sum() < 0.3 * red(still()).sum()
    assert np.abs(pixels[52, 44] - SKY).max() < 12
    assert np.abs(pixels[108, 44] - SAND).max() < 12
    assert (pixels[:, :30] == np.asarray(still())[:, :30]).all()


def test_a_picture_without_a_subject_has_no_poses() -> None:
    assert posed(Image.new("RGB", (128, 128), SKY), [Pose()]) is None


def test_a_pale_subject_is_cut_out_of_its_picture_on_a_plain_ground() -> None:
    pale = Image.new("RGB", (128, 128), SAND)
    ImageDraw.Draw(pale).rectangle((0, 0, 127, 60), fill=SKY)
    apart = Image.new("RGB", (128, 128), (66, 133, 244))
    for picture in (pale, apart):
        draw = ImageDraw.Draw(picture)
        draw.rectangle((40, 48, 87, 80), fill=RED)
        draw.rectangle((40, 81, 87, 111), fill=SAND)
    frames = posed(pale, [Pose(dy=-0.5)], apart)
    assert frames is not None
    pixels = np.asarray(frames[0]).astype(int)
    assert np.abs(pixels[56, 64] - SAND).max() < 12  # his body, before the sky
    assert not red(frames[0])[60:].any()


def test_a_prompt_that_names_its_ground_is_drawn_on_a_plain_one_too() -> None:
    from limner.tools.families.sticker import STICKER

    assert STICKER.on_plain_ground("a cartoon of a fox in the snow") == "a cartoon of a fox on a blue background"
    assert STICKER.on_plain_ground("a cartoon of a fox") is None
