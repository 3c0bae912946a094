"""Looks at what was made before anyone claims it: file there, size right, not blank, every asked adapter applied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageStat, UnidentifiedImageError

from limner.agent.messages import ClipMade, ImageMade
from limner.agent.record import read_record

# Standard deviation of the flattest sticker is above 20 of 255; a failed decode is a constant or NaN black.
BLANK = 2.0


def faults(made: ImageMade | ClipMade, wanted: Sequence[str]) -> list[str]:
    """What is wrong with one claimed output; `wanted` names the subjects, styles and motions it was asked with."""
    path = made.path
    if not path.is_file():
        return [f"{made.handle} is not on disk at {path}"]
    try:
        found = _look(path)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        return [f"{made.handle} cannot be opened again: {error}"]
    problems = []
    frames, size, spread = found
    if size != (made.width, made.height):
        problems.append(f"{made.handle} is {size[0]}x{size[1]} where {made.width}x{made.height} was made")
    if isinstance(made, ClipMade) and path.suffix != ".mp4" and frames != made.frames:
        problems.append(f"{made.handle} has {frames} frames where {made.frames} were made")
    if spread < BLANK:
        problems.append(f"{made.handle} came out blank; try another seed")
    applied = {one.name.casefold() for one in read_record(path.with_name(path.name + ".json")).used}
    problems += [f"{made.handle} was made without {name}" for name in wanted if name.casefold() not in applied]
    return problems


def _look(path: Path) -> tuple[int, tuple[int, int], float]:
    if path.suffix == ".mp4":  # Pillow reads no video; that ffmpeg wrote it without an error has to do
        record = read_record(path)
        return record.frames, (record.width, record.height), 255.0
    with Image.open(path) as image:
        frames = getattr(image, "n_frames", 1)
        image.load()
        still = image.convert("RGB")
    return frames, still.size, max(ImageStat.Stat(still).stddev)
