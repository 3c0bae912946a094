"""Puts pictures and clips on disk: a folder a day, a JSON sidecar beside each, nothing ever overwritten."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

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
    """GIF, animated WebP, or MP4 where ffmpeg is installed."""
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
        return _mp4(frames, fps)
    else:
        raise RequestError(f"no clip format {suffix!r}; choose gif, webp or mp4")
    return buffer.getvalue()


def write(path: Path, data: bytes, record: Record) -> None:
    """Sidecar first, the file itself last: a file on disk means its sidecar is there too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sidecar = path.with_name(path.name + ".json")
    _durably(sidecar, record.model_dump_json(indent=1).encode(), replace=True)
    _durably(path, data, replace=False)


def without_record(path: Path) -> None:
    """Keep the picture and erase all that is written in it and beside it; it can't be replayed any more."""
    path.with_name(path.name + ".json").unlink(missing_ok=True)
    if path.suffix == ".png" and path.is_file():
        part = path.with_name(f".{path.name}.part")
        with Image.open(path) as image:
            Image.frombytes(image.mode, image.size, image.tobytes()).save(part, "PNG")
        part.replace(path)


def _durably(path: Path, data: bytes, replace: bool) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            os.link(part, path)  # unlike a rename, fails when the name is taken
    except FileExistsError as error:
        raise RequestError(f"{path} appeared meanwhile and is not overwritten; run the request again") from error
    except OSError as error:
        free = shutil.disk_usage(path.parent).free / 1e6
        raise RequestError(
            f"cannot write {path}: {error.strerror or error} ({free:.0f} MB free); make room or choose another --out, "
            "then repeat the request"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _strip(frames: list[Image.Image]) -> Image.Image:
    width, height = frames[0].size
    strip = Image.new("RGB", (width, height * len(frames)))
    for number, frame in enumerate(frames):
        strip.paste(frame, (0, height * number))
    return strip


def _mp4(frames: list[Image.Image], fps: int) -> bytes:
    program = shutil.which("ffmpeg")
    if program is None:
        raise RequestError("mp4 needs ffmpeg, which is not installed; install it or set clip_format to gif or webp")
    width, height = frames[0].size
    # Single-threaded and bit-exact, so that a replay gives the same bytes.
    command = [program, "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(fps)]
    command += ["-i", "-", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-threads", "1", "-fflags", "+bitexact"]
    command += ["-flags:v", "+bitexact", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "-"]
    raw = b"".join(frame.convert("RGB").tobytes() for frame in frames)
    done = subprocess.run(command, input=raw, capture_output=True, check=False)
    if done.returncode:
        raise RequestError(
            f"ffmpeg could not write the clip: {done.stderr.decode(errors='replace')[:300]}; use gif or webp"
        )
    return done.stdout


def plain(name: str) -> str:
    """Letters of any script, digits and dashes; nothing that means something to a file system."""
    kept = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", name)).strip("-_")
    return kept[:60] or "user"
