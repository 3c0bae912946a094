"""A blank picture is a failed one, and the fake never draws one by chance."""

from __future__ import annotations

from PIL import ImageStat

from limner.agent.check import BLANK
from limner.tools.fake import FakeEngine
from limner.tools.specs import GenerateSpec


def test_no_picture_of_the_fake_is_blank_whatever_its_ground() -> None:
    specs = [GenerateSpec(prompt="🦊 in the snow", seed=seed) for seed in range(400)]
    pictures = [FakeEngine().generate(spec)[0].image for spec in specs]
    assert min(max(ImageStat.Stat(picture).stddev) for picture in pictures) > BLANK
