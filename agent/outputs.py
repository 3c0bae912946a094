"""Puts pictures and clips on disk: a folder a day, a JSON sidecar beside each, nothing ever overwritten."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from datetime import datetime
from glob import escape
from pathlib import Path

from PIL import Image, ImageSequence
from PIL.PngImagePlugin import PngInfo

from limner.agent import video
from limner.agent.messages import RequestError
from limner.agent.record import CHUNK, Record


def name_file(
    root: Path, user: str, handle: str, seed: int, suffix: str, at: datetime, taken: Callable[[Path], bool]
) -> Path:
    """A free path `root/YYYY-MM-DD/user-img-12-seed42.png`; `taken` says what is promised to other jobs."""
    folder = root / at.strftime("%Y-%m-%d")
    stem = f"{plain(user)}-{plain(handle)}-seed{seed}"
    number = 1
    while True:
        path = folder / (f"{stem}.{suffix}" if number == 1 else f"{stem}-{number}.{suffix}")
        if not taken(path) and not path.exists():
            return path
        number += 1


def encode_image(image: Image.Image, record: Record, metadata: bool = True) -> bytes:
    """PNG bytes; the same picture and record give the same bytes."""
    info = PngInfo()
    if metadata:
        info.add_text("parameters", record.infotext())
        info.add_itxt(CHUNK, record.model_dump_json())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def encode_clip(frames: list[Image.Image], suffix: str, fps: int) -> bytes:
    """GIF, animated WebP or MP4."""
    first, rest = frames[0], frames[1:]
    buffer = io.BytesIO()
    duration = round(1000 / max(fps, 1))
    if suffix == "gif":
        # One palette for all frames: without it colours flicker from frame to frame.
        palette = _strip(frames).quantize(256, dither=Image.Dither.NONE)
        flat = [frame.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
        flat[0].save(
            buffer, "GIF", save_all=True, append_images=flat[1:], duration=duration, loop=0, optimize=False, disposal=1
        )
    elif suffix == "webp":
        first.save(buffer, "WEBP", save_all=True, append_images=rest, duration=duration, loop=0, lossless=True)
    elif suffix == "mp4":
        return video.encode(frames, fps)
    else:
        raise RequestError(f"no clip format {suffix!r}; choose gif, webp or mp4")
    return buffer.getvalue()


def write(path: Path, data: bytes, record: Record) -> None:
    """Sidecar first, the file itself last: a file on disk means its sidecar is there too."""
    durably(path.with_name(path.name + ".json"), record.model_dump_json(indent=1).encode(), replace=True)
    durably(path, data)


def replays(path: Path) -> list[Path]:
    """The copies that `limner replay` made of a picture; they carry the same record."""
    return sorted(path.parent.glob(f"{escape(path.stem)}-replay*{escape(path.suffix)}"))


def without_record(path: Path) -> None:
    """Keep the picture and erase all that is written in it and beside it; it can't be replayed any more."""
    path.with_name(path.name + ".json").unlink(missing_ok=True)
    for copy in replays(path):
        copy.unlink()
    if path.suffix == ".png" and path.is_file():
        part = path.with_name(f".{path.name}.part")
        with Image.open(path) as image:
            Image.frombytes(image.mode, image.size, image.tobytes()).save(part, "PNG")
        part.replace(path)


def frames_of(path: Path) -> list[Image.Image]:
    """Every frame of an output; a still has one."""
    if path.suffix in video.SUFFIXES:
        return [frame for frame, _ in video.decode(path, path.name, longest_side=10_000)]
    with Image.open(path) as image:
        return [frame.convert("RGB").copy() for frame in ImageSequence.Iterator(image)]


def durably(path: Path, data: bytes, replace: bool = False) -> None:
    """The whole file or none; one that is there already is overwritten only with `replace`."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path) if replace else _give_name(part, path)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError as error:
        raise RequestError(f"{path} appeared meanwhile and is not overwritten; run the request again") from error
    except OSError as error:
        raise RequestError(not_written(path, error)) from error


def not_written(path: Path, error: OSError) -> str:
    """What a person can do about a file that could not be written."""
    there = next(folder for folder in path.absolute().parents if folder.is_dir())
    free = shutil.disk_usage(there).free / 1e6
    return (
        f"cannot write {path}: {error.strerror or error} ({free:.0f} MB free); make room or choose another --out or "
        "--data, then repeat the request"
    )


def _give_name(part: Path, path: Path) -> None:
    try:
        os.link(part, path)  # unlike a rename, fails when the name is taken
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        if path.exists():  # memory cards know no links
            raise FileExistsError(path) from error
        part.replace(path)


def _strip(frames: list[Image.Image]) -> Image.Image:
    width, height = frames[0].size
    strip = Image.new("RGB", (width, height * len(frames)))
    for number, frame in enumerate(frames):
        strip.paste(frame, (0, height * number))
    return strip


def plain(name: str) -> str:
    """Letters of any script, digits and dashes; nothing that means something to a file system."""
    kept = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", name)).strip("-_")
    return kept[:60] or "user"
