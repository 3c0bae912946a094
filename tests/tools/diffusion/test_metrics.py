"""Each measure says what it should of pictures made for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from limner.tools.diffusion import metrics


class MeanColour:
    """The unit vector of a picture's mean colour, and its strongest channel."""

    def embed(self, images: Sequence[Image.Image]) -> Tensor:
        means = torch.tensor([image.resize((1, 1)).getpixel((0, 0)) for image in images]).float()
        return torch.nn.functional.normalize(means, dim=1)

    def look(self, images: Sequence[Image.Image]) -> dict[str, list[str]]:
        names = ("red", "green", "blue")
        return {"colour": [names[int(row.argmax())] for row in self.embed(images)]}


def plain(*colours: str) -> list[Image.Image]:
    return [Image.new("RGB", (64, 64), colour) for colour in colours]


def clip(path: Sequence[int], colour: str = "red", side: int = 24) -> list[Image.Image]:
    frames = []
    for left in path:
        frame = Image.new("RGB", (128, 128), "white")
        ImageDraw.Draw(frame).rectangle((left, 50, left + side, 50 + side), fill=colour)
        frames.append(frame)
    return frames


def test_fidelity_drift_and_diversity_are_cosines() -> None:
    judge = MeanColour()
    assert metrics.subject_fidelity(judge, plain("red", "blue"), plain("red")) == pytest.approx([1.0, 0.0])
    assert metrics.prior_drift(judge, plain("blue"), plain("red")) == pytest.approx([0.0])
    assert metrics.diversity(judge, plain("red", "red", "blue")) == pytest.approx([0.5, 0.5, 1.0])
    subjects = [plain("red"), plain("blue")]
    assert metrics.recognised(judge, plain("red", "purple", "navy"), 1, subjects) == [0.0, 0.0, 1.0]


def test_what_was_asked_and_what_leaked_are_told_apart() -> None:
    judge = MeanColour()
    wanted = [{"colour": "red"}, {"colour": "red"}, {}]
    assert metrics.prompt_fidelity(judge, plain("red", "blue", "red"), wanted) == [1.0, 0.0, 0.0]
    assert metrics.leakage(judge, plain("red", "blue"), "colour", ["blue"]) == [0.0, 1.0]


def test_confusion_is_a_diagonal_for_two_subjects_in_their_places() -> None:
    image = Image.new("RGB", (100, 100), "red")
    image.paste(Image.new("RGB", (50, 100), "blue"), (50, 0))
    boxes = [(0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)]
    table = metrics.confusion(MeanColour(), [image], boxes, [plain("red"), plain("blue")])
    assert table[0, 0] > table[0, 1] and table[1, 1] > table[1, 0]


def test_motion_agrees_with_itself_and_not_with_its_mirror_or_stillness() -> None:
    right, left = clip(range(10, 80, 8)), clip(range(80, 10, -8))
    assert metrics.motion_agreement(right, right) == pytest.approx(1.0, abs=0.01)
    assert metrics.motion_agreement(left, right) < -0.9
    assert abs(metrics.motion_agreement(clip([40] * 9), right)) < 0.2
    assert metrics.motion_amplitude(clip(range(10, 46, 4)), right) == pytest.approx(0.5, abs=0.1)


def test_looks_leak_only_from_the_same_looks() -> None:
    red, same, blue = clip([10, 20]), clip([40, 60]), clip([10, 20], "blue")
    assert metrics.appearance_leakage(same, red) > 0.9
    assert metrics.appearance_leakage(blue, red) < 0.1


def test_the_middle_is_taken_by_what_stands_out_there() -> None:
    (white,) = plain("white")
    assert metrics.taken(white) == 0.0
    beside, middle = clip([6])[0], clip([52])[0]
    assert metrics.taken(beside) == 0.0 and 0.1 < metrics.taken(middle) < 0.3
