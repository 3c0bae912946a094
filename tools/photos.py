"""Opens people's photos: upright, without hidden data, of a sane size, or with a message that says what to do."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from limner.tools.base import ToolError

MOST_PIXELS = 64_000_000
FEWEST_PHOTOS, MOST_PHOTOS = 2, 40  # to learn a subject from


def open_photo(file: Path) -> Image.Image:
    """An upright RGB picture; what else the file holds (place, camera, time) is left behind."""
    try:
        with warnings.catch_warnings():
            # Pillow warns above its own limit and refuses at twice that; ours is told in our words.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                _check(file, opened)
                upright = ImageOps.exif_transpose(opened)
                if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                    seen = upright.convert("RGBA")
                    ground = Image.new("RGBA", seen.size, "white")
                    upright = Image.alpha_composite(ground, seen)
                pixels = upright.convert("RGB")
                return Image.frombytes("RGB", pixels.size, pixels.tobytes())
    except FileNotFoundError as error:
        raise ToolError(f"{file} does not exist; check the path") from error
    except UnidentifiedImageError as error:
        raise ToolError(f"{file.name} is not a picture I can read; send PNG, JPEG or WebP") from error
    except Image.DecompressionBombError as error:
        raise ToolError(f"{file.name} is too large; make it smaller than {MOST_PIXELS // 10**6} megapixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ToolError(f"{file.name} is damaged ({error}); send it again") from error


def open_photos(files: Sequence[Path], name: str, at_least: int = FEWEST_PHOTOS) -> list[Image.Image]:
    """The photos to learn from. Exact copies count once."""
    if not files:
        raise ToolError(f"to learn {name!r}, attach photos: three to five, on different grounds, work best")
    if len(files) > MOST_PHOTOS:
        raise ToolError(f"{len(files)} photos are more than help; choose the best {MOST_PHOTOS} or fewer")
    unique = {photo.tobytes(): photo for photo in (open_photo(file) for file in files)}
    photos = list(unique.values())
    if len(photos) < at_least:
        copies = " (the others are copies of it)" if len(files) > 1 else ""
        raise ToolError(
            f"one photo is not enough to learn {name!r}{copies}; "
            f"attach at least {at_least}, or use it as a reference for this picture only"
        )
    return photos


def squared(photo: Image.Image, side: int) -> Image.Image:
    """The whole photo on a square, its edges continued: cropping might cut the subject."""
    scale = side / max(photo.size)
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    small = photo.resize(size, Image.Resampling.LANCZOS)
    return shifted(small, side, (side - size[0]) // 2, (side - size[1]) // 2)


def shifted(picture: Image.Image, side: int, left: int, top: int) -> Image.Image:
    """`picture` put at (left, top) of a square, its outermost pixels continued to the borders."""
    import numpy as np

    pixels = np.asarray(picture)
    rows = np.clip(np.arange(side) - top, 0, picture.height - 1)
    columns = np.clip(np.arange(side) - left, 0, picture.width - 1)
    return Image.fromarray(pixels[rows[:, None], columns[None, :]])


def _check(file: Path, opened: Image.Image) -> None:
    if opened.width * opened.height > MOST_PIXELS:
        raise ToolError(
            f"{file.name} has {opened.width * opened.height / 1e6:.0f} megapixels; "
            f"make it smaller than {MOST_PIXELS // 10**6}"
        )
    if getattr(opened, "n_frames", 1) > 1 and opened.format != "MPO":
        raise ToolError(f"{file.name} is animated; send a still picture, or ask to learn its motion")
    if min(opened.size) < 16:
        raise ToolError(f"{file.name} is only {opened.width}x{opened.height}; send a larger picture")
