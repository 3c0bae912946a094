"""What the studies of methods learn from: one dog, its cousins, a style nobody was trained on, motions held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

from limner.tools.canvas import find_subject
from limner.tools.photos import open_photo, squared
from limner.tools.recipes.sticker.motions import place_posed, pose
from limner.tools.recipes.sticker.world import scene

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


def blueprint(picture: Image.Image) -> Image.Image:
    """A style of its own: pale lines and soft fills on deep blue, whatever the picture shows."""
    grey = ImageOps.autocontrast(picture.convert("L"))
    fills = ImageOps.colorize(ImageOps.posterize(grey, 2), (16, 42, 120), (92, 134, 214))
    lines = grey.filter(ImageFilter.FIND_EDGES).point(lambda v: 255 if v > 60 else 0)
    lines.paste(0, (0, 0, picture.width, 2))
    lines.paste(0, (0, 0, 2, picture.height))
    return Image.composite(Image.new("RGB", picture.size, (236, 242, 255)), fills, lines)


def held_out_clip(motion: str, file: Path, frames: int = 16, side: int = 128) -> list[Image.Image]:
    """The dog of a photo moving on a plain ground, written to `file` too."""
    photo = squared(open_photo(PHOTOS[0]), side)
    found = find_subject(photo)
    assert found is not None
    cut = Image.merge("RGBA", (*photo.split(), Image.fromarray(found.mask.astype("uint8") * 255).resize(photo.size)))
    sprite = cut.crop(tuple(round(v * side / 128) for v in found.box))  # type: ignore[arg-type]
    wide = max(sprite.size)
    square = Image.new("RGBA", (wide, wide))
    square.paste(sprite, ((wide - sprite.width) // 2, wide - sprite.height))
    clip = []
    for number in range(frames):
        canvas = scene("white background").resize((side, side))
        place_posed(canvas, square, side // 4, side * 5 // 16, side // 2, pose(motion, number / frames))
        clip.append(canvas)
    clip[0].save(file, save_all=True, append_images=clip[1:], duration=125, loop=0)
    return clip
