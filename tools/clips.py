"""Opens people's clips: animated GIF, WebP or PNG, or a folder's worth of frames, as evenly spaced still pictures."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageSequence, UnidentifiedImageError

from limner.tools.base import ToolError
from limner.tools.photos import MOST_PIXELS, squared

VIDEO = {".mp4", ".mov", ".webm", ".avi", ".mkv"}
MOST_FRAMES = 2000


def open_clip(file: Path, frames: int, side: int) -> list[Image.Image]:
    """`frames` pictures over the whole clip, each `side` square; a shorter clip is slowed down, not repeated."""
    if file.suffix.lower() in VIDEO:
        raise ToolError(f"{file.name} is a video file; save it as an animated GIF or WebP, up to {MOST_FRAMES} frames")
    try:
        with Image.open(file) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ToolError(
                    f"{file.name} is too large; make its frames smaller than {MOST_PIXELS // 10**6} megapixels"
                )
            if min(opened.size) < 16:
                raise ToolError(f"{file.name} is only {opened.width}x{opened.height}; send a larger clip")
            count = getattr(opened, "n_frames", 1)
            if count < 2:
                raise ToolError(f"{file.name} is a still picture; a motion needs a clip of at least 2 frames")
            if count > MOST_FRAMES:
                raise ToolError(f"{file.name} has {count} frames; cut it to {MOST_FRAMES} or fewer")
            wanted = [number * count // frames for number in range(frames)]
            # Decoded in order: a frame of a GIF builds on the one before.
            stills = {
                number: squared(frame.convert("RGBA").convert("RGB"), side)
                for number, frame in enumerate(ImageSequence.Iterator(opened))
                if number in set(wanted)
            }
    except FileNotFoundError as error:
        raise ToolError(f"{file} does not exist; check the path") from error
    except UnidentifiedImageError as error:
        raise ToolError(f"{file.name} is not a clip I can read; send an animated GIF, WebP or PNG") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ToolError(f"{file.name} is damaged ({error}); send it again") from error
    return [stills[number] for number in wanted]
