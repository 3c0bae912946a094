"""Pictures take on the colours of others together, not each for itself."""

from __future__ import annotations

import numpy as np
from PIL import Image

from limner.tools.diffusion.colouring import coloured_like
from limner.tools.evaluate.material import PHOTOS, dusk


def far(one: Image.Image, two: Image.Image) -> float:
    return float(np.abs(np.asarray(one.convert("RGB"), float) - np.asarray(two.convert("RGB"), float)).mean())


def test_an_affine_tint_is_found_from_other_pictures() -> None:
    pictures = [Image.open(file).convert("RGB") for file in PHOTOS]
    tinted = [Image.blend(picture, Image.new("RGB", picture.size, (90, 20, 120)), 0.4) for picture in pictures]
    for found, wanted in zip(coloured_like(pictures, tinted[::-1]), tinted, strict=True):
        assert far(found, wanted) < 1


def test_most_of_a_style_of_colours_is_found_and_pictures_stay_apart() -> None:
    pictures = [Image.open(file).convert("RGB") for file in PHOTOS]
    found = coloured_like(pictures, [dusk(picture) for picture in pictures])
    assert sum(far(one, dusk(two)) for one, two in zip(found, pictures, strict=True)) < 0.5 * sum(
        far(picture, dusk(picture)) for picture in pictures
    )
    assert far(found[0], found[3]) > 0.4 * far(pictures[0], pictures[3])


def test_pictures_of_one_colour_are_coloured_too() -> None:
    (found,) = coloured_like([Image.new("RGB", (8, 8), "red")], [Image.new("RGB", (8, 8), "blue")])
    assert found.getpixel((0, 0)) == (0, 0, 255)
