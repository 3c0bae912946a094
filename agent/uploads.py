"""Takes in what a person attached: checked, turned upright, stripped of EXIF and GPS, kept as an own copy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from limner.agent import video
from limner.agent.messages import Attachment, RequestError
from limner.agent.outputs import not_written

# A decoded 50-megapixel photo is 150 MB of memory; phones make 12 to 50.
MAX_PIXELS = 50_000_000
MAX_BYTES = 100_000_000
MAX_FRAMES = 600
MIN_SIDE = 16
# Videos and animations come in sizes no family draws; a motion is learned from less.
LONGEST_SIDE = 512
# Named, because Pillow knows more: EPS would start a PostScript interpreter on a stranger's file.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")


class Upload(NamedTuple):
    """A checked copy; `name` is what the sender called the file."""

    path: Path
    name: str
    kind: Literal["image", "clip"]
    sha256: str


def take_in(attachment: Attachment, folder: Path, whose: str = "") -> Upload:
    """Copy one attachment into `folder`; the same file of the same `whose` is kept once, and of others apart: what one
    of them forgets, the others keep."""
    path, name = attachment.path.expanduser(), attachment.name or attachment.path.name or str(attachment.path)
    _check_file(path, name)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    stem = folder / hashlib.sha256(f"{whose}\0{sha256}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
    if path.suffix.lower() in video.SUFFIXES:
        return Upload(_kept(stem, _write_clip, video.decode(path, name, LONGEST_SIDE), name), name, "clip", sha256)
    with _open(path, name) as image:
        if getattr(image, "n_frames", 1) > 1:
            return Upload(_kept(stem, _write_clip, _frames(image, name), name), name, "clip", sha256)
        return Upload(_kept(stem, _write_still, image, name), name, "image", sha256)


def kind_of_file(path: Path) -> Literal["image", "clip"]:
    """Of a copy that `take_in` made."""
    return "clip" if path.suffix == ".webp" else "image"


def describe(kinds: Sequence[str]) -> str:
    """ "4 images, 1 clip": what a planner is told about them."""
    counts = [(sum(one == kind for one in kinds), kind) for kind in ("image", "clip")]
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for count, kind in counts if count)


def check_size(size: tuple[int, int], name: str) -> None:
    """Neither more pixels than we decode nor fewer than show anything."""
    width, height = size
    if width * height > MAX_PIXELS:
        megapixels = width * height / 1e6
        raise RequestError(
            f"{name} has {megapixels:.0f} megapixels ({width}x{height}); make it {MAX_PIXELS // 10**6} or less"
        )
    if min(width, height) < MIN_SIDE:
        raise RequestError(f"{name} is only {width}x{height} pixels; attach one of at least {MIN_SIDE}x{MIN_SIDE}")


def _check_file(path: Path, name: str) -> None:
    if not path.exists():
        raise RequestError(f"no file {name} at {path}; check the path (relative paths start at {Path.cwd()})")
    if path.is_dir():
        raise RequestError(f"{name} is a folder; attach the picture files in it one by one")
    size = path.stat().st_size
    if size == 0:
        raise RequestError(f"{name} is empty (0 bytes); copy it again from where it came")
    if size > MAX_BYTES:
        raise RequestError(f"{name} has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB, save it smaller")


def _open(path: Path, name: str) -> Image.Image:
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # our own limit below speaks plainer
    Image.init()  # where formats are named, Pillow does not load their readers by itself
    try:
        image = Image.open(path, formats=FORMATS)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _unreadable(name, error) from error
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    check_size(image.size, name)
    if getattr(image, "n_frames", 1) > MAX_FRAMES:
        raise RequestError(f"{name} has more than {MAX_FRAMES} frames; cut it to the part that matters")
    return image


def _kept(stem: Path, write: Callable[[Any, Path, str], None], source: Any, name: str) -> Path:
    """Where the copy is, written whole or not at all; the same content is kept once."""
    target = stem.with_suffix(".webp" if write is _write_clip else ".png")
    if target.exists():
        return target
    part = stem.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(source, part, name)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise RequestError(not_written(target, error)) from error
        raise _unreadable(name, error) from error
    return target


def _write_still(image: Image.Image, target: Path, name: str) -> None:
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
    # A fresh image carries pixels only: no EXIF, GPS, XMP, comments or thumbnails.
    clean = Image.new(upright.mode, upright.size)
    clean.paste(upright)
    clean.save(target, "PNG")


def _write_clip(shown: Iterable[tuple[Image.Image, int]], target: Path, name: str) -> None:
    frames, durations, pixels = [], [], 0
    for frame, duration in shown:
        frames.append(frame)
        durations.append(duration)
        pixels += frame.width * frame.height
        if len(frames) > MAX_FRAMES or pixels > 4 * MAX_PIXELS:
            raise _too_long(name, len(frames))
    if not frames:
        raise RequestError(f"{name} has no picture in it; open it in a player to see whether it is whole")
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:], duration=durations, lossless=True, loop=0)


def _frames(image: Image.Image, name: str) -> Iterator[tuple[Image.Image, int]]:
    """As small as those of a video: a few huge ones would keep everybody waiting and fill the memory."""
    for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
        if number * image.width * image.height > 4 * MAX_PIXELS:
            raise _too_long(name, number)
        shown = frame.convert("RGB")
        shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        yield shown, int(frame.info.get("duration", 80)) or 80


def _too_long(name: str, frames: int) -> RequestError:
    return RequestError(f"{name} is too long ({frames} frames and more); cut it to the part that matters")


def _unreadable(name: str, error: Exception) -> RequestError:
    return RequestError(f"{name} cannot be read as a picture ({error}); open it in a viewer and save it as PNG or JPEG")
