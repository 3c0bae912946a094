"""How much a picture shows its subject, by the probes that ship with the sticker family."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PIL import Image

from limner.agent.outputs import frames_of


class Scorer(Protocol):
    """Likeness of pictures to reference pictures, each from -1 to 1."""

    def likeness(self, images: Sequence[Image.Image], references: Sequence[Image.Image]) -> list[float]: ...


class ProbeScorer:
    """The shipped instance probe, loaded at its first use."""

    def likeness(self, images: Sequence[Image.Image], references: Sequence[Image.Image]) -> list[float]:
        from limner.tools.evaluate.probes import load_probes

        return load_probes().likeness(images, references)


def worst(scorer: Scorer, file: Path, references: Sequence[Path]) -> float | None:
    """The score of a picture, or of the worst frame of a clip; None when there is nothing to compare with."""
    if not references:
        return None
    frames = frames_of(file)
    pictures = []
    for reference in references:
        with Image.open(reference) as opened:
            pictures.append(opened.convert("RGB"))
    return round(min(scorer.likeness(frames, pictures)), 4)
