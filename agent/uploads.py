"""Takes in what a person attached: checked, turned upright, stripped of EXIF and GPS, kept as an own copy."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from limner.agent.messages import Attachment, RequestError

# A decoded 50-megapixel photo is 150 MB of memory; phones make 12 to 50.
MAX_PIXELS = 50_000_000
MAX_BYTES = 100_000_000
MAX_FRAMES = 600
MIN_SIDE = 16
# Named, because Pillow knows more: EPS would start a PostScript interpreter on a stranger's file.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")


class Upload(NamedTuple):
    """A checked copy; `name` is what the sender called the file."""

    path: Path
    name: str
    kind: Literal["image", "clip"]
    sha256: str


def take_in(attachment: Attachment, folder: Path) -> Upload:
    """Copy one attachment into `folder` under its content hash, so that the same file twice is kept once."""
    path, name = attachment.path.expanduser(), attachment.name or attachment.path.name
    _check_file(path, name)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with _open(path, name) as image:
        moving = getattr(image, "n_frames", 1) > 1
        target = folder / f"{sha256[:24]}.{'webp' if moving else 'png'}"
        if not target.exists():
            temporary = target.with_suffix(".part")
            try:
                _write_clip(image, temporary, name) if moving else _write_still(image, temporary)
            except (OSError, SyntaxError, ValueError) as error:
                temporary.unlink(missing_ok=True)
                if getattr(error, "errno", None) is not None:
                    raise
                raise _unreadable(name, error) from error
            temporary.replace(target)
    return Upload(target, name, "clip" if moving else "image", sha256)


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
    if path.suffix.lower() in (".mp4", ".mov", ".webm", ".avi", ".mkv"):
        raise RequestError(f"{name} is a video file; make it a GIF or animated WebP first: ffmpeg -i {name} clip.webp")
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


def _write_still(image: Image.Image, target: Path) -> None:
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
    # A fresh image carries pixels only: no EXIF, GPS, XMP, comments or thumbnails.
    clean = Image.new(upright.mode, upright.size)
    clean.paste(upright)
    clean.save(target, "PNG")


def _write_clip(image: Image.Image, target: Path, name: str) -> None:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(int(frame.info.get("duration", 80)) or 80)
        frames.append(frame.convert("RGB").copy())
        if sum(one.width * one.height for one in frames) > 4 * MAX_PIXELS:
            raise RequestError(f"{name} is too long at this size; cut it or make it smaller")
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:], duration=durations, lossless=True, loop=0)


def _unreadable(name: str, error: Exception) -> RequestError:
    return RequestError(f"{name} cannot be read as a picture ({error}); open it in a viewer and save it as PNG or JPEG")
