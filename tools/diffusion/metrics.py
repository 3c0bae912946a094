"""Measures of pictures and clips, each a plain function. What looks at pictures is handed in: sticker probes on a CPU,
CLIP or DINO on a GPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from torch import Tensor

from limner.tools.canvas import colours, find_subject, ground
from limner.tools.diffusion.maps import Box

Pictures = Sequence[Image.Image]


class Embedder(Protocol):
    """Pictures to unit vectors in which likeness is a cosine."""

    def embed(self, images: Pictures) -> Tensor: ...


class Classifier(Protocol):
    """For each question (such as noun, style, place) the answer for each picture."""

    def look(self, images: Pictures) -> Mapping[str, Sequence[str]]: ...


def subject_fidelity(seen: Embedder, images: Pictures, references: Pictures) -> list[float]:
    """For each picture, its mean cosine to the references."""
    return (seen.embed(images) @ seen.embed(references).T).mean(1).tolist()


def prior_drift(seen: Embedder, of_class: Pictures, references: Pictures) -> list[float]:
    """PRES (arXiv:2208.12242): how much pictures of the class alone resemble the subject. Lower is better."""
    return subject_fidelity(seen, of_class, references)


def diversity(seen: Embedder, images: Pictures) -> list[float]:
    """DIV: for each picture, its mean distance (1 - cosine) to the others."""
    if len(images) < 2:
        return [float("nan")] * len(images)
    vectors = seen.embed(images)
    alike = vectors @ vectors.T
    return (1 - (alike.sum(1) - alike.diagonal()) / (len(images) - 1)).tolist()


def recognised(seen: Embedder, images: Pictures, own: int, references: Sequence[Pictures]) -> list[float]:
    """1 for each picture that resembles its own subject, of several, most."""
    likeness = torch.tensor([subject_fidelity(seen, images, photos) for photos in references])
    return (likeness.argmax(0) == own).float().tolist()


def prompt_fidelity(seen: Classifier, images: Pictures, wanted: Sequence[Mapping[str, str]]) -> list[float]:
    """For each picture, the share of what was asked that is seen: {"place": "beach", "style": "flat"}."""
    answers = seen.look(images)
    return [
        sum(answers[question][n] == answer for question, answer in asked.items()) / max(1, len(asked))
        for n, asked in enumerate(wanted)
    ]


def leakage(seen: Classifier, images: Pictures, question: str, unwanted: Sequence[str]) -> list[float]:
    """1 for each picture that shows what nobody asked for but the examples had."""
    return [float(answer in unwanted) for answer in seen.look(images)[question]]


def taken(image: Image.Image) -> float:
    """How much of the middle of a picture, where one thing would be, stands out from the ground of its rows."""
    small = image.convert("RGB").resize((128, 128)).filter(ImageFilter.MedianFilter(3))
    pixels = np.asarray(small, dtype=np.float32)
    far = np.linalg.norm(pixels - ground(pixels), axis=2)
    return float((far[38:102, 32:96] > 24).mean())


def confusion(
    seen: Embedder, images: Pictures, boxes: Sequence[Box], references: Sequence[Pictures]
) -> NDArray[np.float64]:
    """How much what is in box i resembles subject j, averaged over the pictures; right is a strong diagonal."""
    found = np.zeros((len(boxes), len(references)))
    for row, box in enumerate(boxes):
        inside = [cropped(image, box) for image in images]
        for column, photos in enumerate(references):
            found[row, column] = np.mean(subject_fidelity(seen, inside, photos))
    return found


def cropped(image: Image.Image, box: Box) -> Image.Image:
    """The part of a picture in a box, on a square whose ground goes on."""
    left, top, right, bottom = box
    wide, high = image.size
    part = image.crop((round(left * wide), round(top * high), round(right * wide), round(bottom * high)))
    side = max(part.size)
    square = Image.new("RGB", (side, side), image.getpixel((0, 0)))
    square.paste(part, ((side - part.width) // 2, (side - part.height) // 2))
    return square


def track(frames: Pictures) -> NDArray[np.float64]:
    """Where the subject is in each frame: centre x, y and size, as shares. A frame without one repeats the last."""
    path: list[tuple[float, float, float]] = []
    for frame in frames:
        found = find_subject(frame)
        if found is None:
            path.append(path[-1] if path else (0.5, 0.5, 0.0))
            continue
        rows, columns = np.nonzero(found.mask)
        side = found.mask.shape[0]
        path.append((columns.mean() / side, rows.mean() / side, float(np.sqrt(found.mask.mean()))))
    return np.array(path)


def motion_agreement(frames: Pictures, reference: Pictures) -> float:
    """Cosine of two ways, each seen from its own middle: 1 the same, 0 unrelated, -1 the opposite; both clips have as
    many frames. Single steps would tell less: a subject that turns trembles."""
    one, two = (track(clip)[:, :2] for clip in (frames, reference))
    one, two = one - one.mean(0), two - two.mean(0)
    length = np.linalg.norm(one) * np.linalg.norm(two)
    return float((one * two).sum() / length) if length > 1e-9 else 0.0


def motion_amplitude(frames: Pictures, reference: Pictures) -> float:
    """How far the subject moves, relative to the reference."""
    one, two = (np.abs(np.diff(track(clip), axis=0)).sum() for clip in (frames, reference))
    return float(one / max(two, 1e-9))


def appearance_leakage(frames: Pictures, reference: Pictures) -> float:
    """Intersection of the colour histograms of the subjects of two clips, from 0 to 1. Lower is better."""
    one, two = (
        np.array([row for frame in clip if (row := colours(frame)) is not None]) for clip in (frames, reference)
    )
    return float(np.minimum(one.mean(0), two.mean(0)).sum()) if len(one) and len(two) else 0.0
