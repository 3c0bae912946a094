"""What the studies of methods learn from: one dog, its cousins, a style nobody was trained on, motions held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

from limner.tools.canvas import cut_out, find_subject
from limner.tools.families.poses import Pose, place_posed, pose
from limner.tools.photos import open_photo, squared
from limner.tools.recipes.sticker.world import STANDING, scene

Colour = tuple[int, int, int]
Coat = tuple[Colour, Colour, Colour]  # of what is dark, middling and light

PHOTOS = sorted((Path(__file__).parents[2] / "examples" / "biscuit").glob("*.png"))
# Far enough apart to be told from each other by whoever judges likeness: turned hues alone are not.
COATS: tuple[Coat | None, ...] = (
    None,
    ((5, 5, 10), (35, 35, 45), (110, 110, 125)),
    ((60, 0, 0), (220, 40, 30), (255, 190, 160)),
    ((0, 10, 60), (40, 90, 230), (170, 210, 255)),
    ((0, 40, 10), (60, 170, 60), (220, 255, 170)),
    ((40, 0, 60), (150, 50, 190), (240, 190, 255)),
    ((90, 0, 90), (250, 190, 20), (255, 250, 190)),
    ((90, 90, 100), (185, 185, 195), (235, 235, 240)),
)
GROUNDS = ("white background", "grass field", "room", "blue background")


def cousins(files: Sequence[Path], count: int, folder: Path) -> list[list[Path]]:
    """So many subjects of one class, told apart by their coats alone: the first keeps its own. The ground of the first
    and of the last photo is plain, so that the subject can be cut out and shown in places like those of its class."""
    found = []
    for number, coat in enumerate(COATS[:count]):
        mine = []
        for turn, place in enumerate(GROUNDS):
            subject = folder / f"subject-{number}-{turn}.png"
            dyed(open_photo((files[0], files[-1])[turn % 2]), coat).save(subject)
            mine.append(folder / f"cousin-{number}-{turn}.png")
            (put_before(subject, place, [Pose()]) or [open_photo(subject)])[0].save(mine[-1])
        found.append(mine)
    return found


def dyed(photo: Image.Image, coat: Coat | None, side: int = 128) -> Image.Image:
    """The subject of a photo in the colours of a coat, light for light; the ground stays."""
    photo = squared(photo, side)
    seen = find_subject(photo)
    if coat is None or seen is None:
        return photo
    dark, middle, light = coat
    grey = ImageOps.autocontrast(photo.convert("L"), cutoff=1)
    mask = Image.fromarray(seen.mask).resize(photo.size)
    return Image.composite(ImageOps.colorize(grey, dark, light, mid=middle), photo, mask)


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
