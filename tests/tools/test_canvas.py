"""Subjects are found on plain grounds and put where the family draws one; other photos are kept whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from limner.tools.canvas import arrangements, find_subject, odd_ones, transplanted, without_subject

BISCUIT = sorted((Path(__file__).parents[2] / "examples" / "biscuit").glob("*.png"))


def beach(box: tuple[int, int, int, int]) -> Image.Image:
    """A brown thing with a hole before a horizon."""
    photo = Image.new("RGB", (200, 200), "skyblue")
    draw = ImageDraw.Draw(photo)
    draw.rectangle((0, 120, 200, 200), fill="khaki")
    draw.ellipse(box, fill="brown")
    draw.ellipse((box[0] + 20, box[1] + 15, box[0] + 30, box[1] + 25), fill="skyblue")
    return photo


def test_a_subject_is_found_before_a_horizon_with_its_holes() -> None:
    found = find_subject(beach((40, 60, 120, 160)))
    assert found is not None
    assert np.abs(np.array(found.box) - np.array((40, 60, 120, 160)) * 0.64).max() <= 3
    assert found.mask[int(80 * 0.64), int(65 * 0.64)]


def test_a_photo_of_nothing_plain_has_no_subject_to_find() -> None:
    assert find_subject(Image.new("RGB", (64, 64), "red")) is None
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (96, 96, 3), dtype=np.uint8))
    assert find_subject(noise) is None
    assert without_subject(noise, 32) is None


@pytest.mark.parametrize("file", BISCUIT, ids=lambda file: str(file.name))
def test_the_example_dog_fills_its_place(file: Path) -> None:
    (made,) = arrangements(Image.open(file).convert("RGB"), 128, [(0.125, 0.1875, 0.75)], 1, 0)
    found = find_subject(made)
    assert found is not None
    left, top, right, bottom = found.box
    assert max(right - left, bottom - top) == pytest.approx(96, abs=12)
    assert bottom == pytest.approx(24 + 96, abs=4)


def test_the_ground_stays_and_the_subject_goes() -> None:
    bare = without_subject(beach((40, 60, 120, 160)), 64)
    assert bare is not None
    assert bare.getpixel((26, 24)) == pytest.approx((135, 206, 235), abs=2)
    assert bare.getpixel((26, 45)) == pytest.approx((240, 230, 140), abs=2)


def test_a_subject_is_cut_out_and_put_before_another_ground() -> None:
    photo = beach((40, 60, 120, 160))
    found = find_subject(photo)
    assert found is not None
    made = transplanted(photo, found, Image.new("RGB", (64, 64), "purple"), (0.25, 0.25, 0.5))
    assert made.getpixel((32, 40)) == pytest.approx((165, 42, 42), abs=12)  # the brown thing
    for corner in ((2, 2), (61, 2), (2, 61), (61, 61)):
        assert made.getpixel(corner) == pytest.approx((128, 0, 128), abs=2)  # neither sky nor sand came along


def test_without_a_place_the_whole_photo_comes_first() -> None:
    pictures = arrangements(beach((40, 60, 120, 160)), 64, (), 4, 0)
    assert len(pictures) == 4 and {picture.size for picture in pictures} == {(64, 64)}
    assert len(arrangements(beach((40, 60, 120, 160)), 64, [(0.1, 0.1, 0.5)], 9, 0)) == 1


def test_a_photo_of_something_else_is_noticed_and_one_dog_is_one_dog() -> None:
    dog = [Image.open(file).convert("RGB") for file in BISCUIT]
    assert odd_ones(dog) == []
    car = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(car).rectangle((30, 80, 170, 150), fill="blue")
    assert odd_ones([*dog[:3], car]) == [3]
    assert odd_ones([dog[0], car]) == []  # of two, nobody can say which
