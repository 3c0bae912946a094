"""Keeps what a front was sent until its request is done: checked by its first bytes, never under the sender's name."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from uuid import uuid4

from limner.agent.messages import Attachment, RequestError

LONGEST_NAME = 120


def keep(folder: Path, user: str, name: str, data: bytes) -> Attachment:
    """Write `data` under a fresh name; `name` is only remembered as words, without a path and control characters."""
    # A front that is just being started has no use for a reader of pictures.
    from PIL import Image, UnidentifiedImageError

    from limner.agent.uploads import FORMATS, MAX_BYTES, MAX_PIXELS, check_size

    said = plain_name(name)
    if not data:
        raise RequestError(f"{said} is empty (0 bytes); copy it again from where it came")
    if len(data) > MAX_BYTES:
        raise RequestError(f"{said} has {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB, save it smaller")
    try:
        Image.init()  # where formats are named, Pillow does not load their readers by itself
        # Looks at the first bytes only; the engine reads the pixels.
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            check_size(image.size, said)
            suffix = str(image.format).lower()
    except Image.DecompressionBombError as error:
        raise RequestError(f"{said} has too many pixels; make it {MAX_PIXELS // 10**6} megapixels or less") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise RequestError(f"{said} is no picture I can read; send PNG, JPEG, WebP, GIF, BMP or TIFF") from error
    home = folder / hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{uuid4().hex}.{suffix}"
    path.write_bytes(data)
    return Attachment(path=path, name=said)


def plain_name(name: str) -> str:
    """The last part of a sender's file name, printable and short."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in last if one.isprintable())[:LONGEST_NAME].strip() or "a file without a name"
