"""Looks at what was made before anyone claims it: file there, size right, not blank, every asked adapter applied."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import ImageStat, UnidentifiedImageError

from limner.agent.messages import ClipMade, ImageMade, RequestError
from limner.agent.outputs import frames_of
from limner.agent.record import read_record

# Standard deviation of the flattest sticker is above 20 of 255; a failed decode is a constant or NaN black.
BLANK = 2.0


def faults(made: ImageMade | ClipMade, wanted: Sequence[str]) -> list[str]:
    """What is wrong with one claimed output; `wanted` names the subjects, styles and motions it was asked with."""
    path = made.path
    if not path.is_file():
        return [f"{made.handle} is not on disk at {path}"]
    try:
        frames = frames_of(path)
    except (UnidentifiedImageError, OSError, SyntaxError, RequestError) as error:
        return [f"{made.handle} cannot be opened again: {error}"]
    problems = []
    size, spread = frames[0].size, max(ImageStat.Stat(frames[0]).stddev)
    if size != (made.width, made.height):
        problems.append(f"{made.handle} is {size[0]}x{size[1]} where {made.width}x{made.height} was made")
    # GIF and WebP join neighbours that are equal, so a clip may hold fewer; one that holds a single one stands still.
    if isinstance(made, ClipMade) and not min(2, made.frames) <= len(frames) <= made.frames:
        problems.append(f"{made.handle} has {len(frames)} frames where {made.frames} were made")
    if spread < BLANK:
        problems.append(f"{made.handle} came out blank; try another seed")
    applied = {one.name.casefold() for one in read_record(path.with_name(path.name + ".json")).used}
    problems += [f"{made.handle} was made without {name}" for name in wanted if name.casefold() not in applied]
    return problems
