"""What the studies of methods learn from: one dog, its cousins, a style nobody was trained on, motions held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

from limner.tools.canvas import cut_out, find_subject
from limner.tools.families.poses import Pose, place_posed, pose
from limner.tools.photos import open_photo, squared
from limner.tools.recipes.sticker.world import STANDING, scene

PHOTOS = sorted((Path(__file__).parents[2] / "examples" / "biscuit").glob("*.png"))


def cousins(files: Sequence[Path], count: int, folder: Path) -> list[list[Path]]:
    """So many subjects of one class, each its own coat: the photos with their colours turned around the wheel."""
    found = []
    for number in range(count):
        mine = []
        for file in files:
            hue, saturation, value = open_photo(file).convert("HSV").split()
            turned = hue.point(lambda h, turn=number * 256 // count: (h + turn) % 256)
            mine.append(folder / f"cousin-{number}-{file.name}")
            Image.merge("HSV", (turned, saturation, value)).convert("RGB").save(mine[-1])
        found.append(mine)
    return found


def dusk(picture: Image.Image) -> Image.Image:
    """A style of its own: everything in the light after sunset, violet to crimson to cream. No stronger than lets the
    judges, who never saw it, still tell what and where."""
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1).filter(ImageFilter.MedianFilter(3))
    light = ImageOps.colorize(grey, (46, 10, 80), (255, 232, 170), mid=(222, 60, 110))
    return Image.blend(picture.convert("RGB"), light, 0.4)


def put_before(file: Path, place: str, poses: Sequence[Pose], side: int = 128) -> list[Image.Image]:
    """The subject of a photo, cut out, in one of the world's places: a picture for each pose; none at all
    where it cannot be cut out."""
    photo = squared(open_photo(file), side)
    found = find_subject(photo)
    if found is None:
        return []
    sprite, _ = cut_out(photo, found)
    left, top, size = (value * side // 128 for value in STANDING)
    pictures = [scene(place).resize((side, side)) for _ in poses]
    for picture, one in zip(pictures, poses, strict=True):
        place_posed(picture, sprite, left, top, size, one)
    return pictures


def held_out_clip(motion: str, file: Path, frames: int = 16, side: int = 128) -> list[Image.Image]:
    """The dog of a photo moving on a plain ground, written to `file` too."""
    clip = put_before(PHOTOS[0], "white background", [pose(motion, n / frames) for n in range(frames)], side)
    clip[0].save(file, save_all=True, append_images=clip[1:], duration=125, loop=0)
    return clip
