"""A picture as a custom emoji: 128x128, PNG or GIF, under 128 KB."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from limner.agent.messages import RequestError

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 128
MOST_BYTES = 128_000
# Slack shows at most this many frames of an animated emoji.
MOST_FRAMES = 50


def emoji(path: Path) -> tuple[bytes, str]:
    """The bytes and the suffix; moving pictures lose frames and colours until they fit, still ones colours."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            frames = [_square(frame.convert("RGBA")) for frame in ImageSequence.Iterator(picture)]
            duration = int(picture.info.get("duration") or 80)
    except (UnidentifiedImageError, OSError) as error:
        raise RequestError(
            f"{path.suffix[1:].upper()} clips can't become an emoji; set clip_format to gif or webp"
        ) from error
    if len(frames) == 1:
        return _still(frames[0]), "png"
    return _moving(frames, duration), "gif"


def _square(frame: Image) -> Image:
    """The middle of it; an emoji is seen at 22 pixels, so nothing is left empty at the sides."""
    from PIL import ImageOps

    return ImageOps.fit(frame, (SIDE, SIDE))


def _still(frame: Image) -> bytes:
    for colours in (0, 256, 64, 16):
        picture = frame.quantize(colours, method=2) if colours else frame  # 2: the octree, which keeps transparency
        buffer = io.BytesIO()
        picture.save(buffer, "PNG", optimize=True)
        if buffer.tell() < MOST_BYTES:
            break
    return buffer.getvalue()


def _moving(frames: list[Image], duration: int) -> bytes:
    step = -(-len(frames) // MOST_FRAMES)
    while True:
        kept = [frame.convert("RGB") for frame in frames[::step]]
        for colours in (128, 48, 16):
            flat = [frame.quantize(colours) for frame in kept]
            buffer = io.BytesIO()
            flat[0].save(buffer, "GIF", save_all=True, append_images=flat[1:], duration=duration * step, loop=0)
            if buffer.tell() < MOST_BYTES or len(kept) <= 2:
                return buffer.getvalue()
        # Frames cost about the same each, so this is nearly always enough.
        step = max(step + 1, -(-step * buffer.tell() // MOST_BYTES))
