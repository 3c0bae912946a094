"""The captioned sticker world: sprites composed on procedural scenes, deterministic by seed."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from limner.tools.families.poses import PHRASES, TRAINED, place_posed, pose
from limner.tools.recipes.sticker.art import Noun, Sprite, nouns
from limner.tools.recipes.sticker.disguise import disguised

SIZE = 128
# Objects sit on the latent grid, in two sizes, each at its usual place: a sprite at another place has other latents,
# and a small model spends itself on those instead of on what the sprite shows.
CELL = 8
BIG, SMALL = 12 * CELL, 8 * CELL
STANDING = (16, 24, BIG)  # left, top and side of one big object, still or moving
STYLES = {
    "3d": ("a 3d render of {a}", "a glossy 3d {n}", "{a} in 3d style"),
    "flat": ("a flat illustration of {a}", "a flat drawing of {a}", "{a} in flat style"),
    "line": ("a line drawing of {a}", "an ink outline of {a}", "{a} in line style"),
    "cartoon": ("a cartoon of {a}", "a cartoon drawing of {a}", "{a} in cartoon style"),
}
ANY_STYLE = ("a picture of {a}", "{a}", "a drawing of {a}", "a sticker of {a}")
COLOURS = {
    "white": (255, 255, 255),
    "black": (24, 24, 28),
    "red": (214, 48, 49),
    "orange": (243, 156, 18),
    "yellow": (250, 219, 94),
    "green": (88, 177, 89),
    "blue": (66, 133, 244),
    "purple": (142, 68, 173),
    "pink": (253, 165, 200),
    "grey": (150, 150, 150),
    "brown": (140, 94, 60),
}
PLACES = {
    "beach": ("on the beach", "on a sunny beach", "at the beach"),
    "grass field": ("in a grass field", "in a meadow", "on the grass", "in the park"),
    "night sky": ("in the night sky", "at night", "under the stars"),
    "snow": ("in the snow", "on a snowy day", "in winter"),
    "sunset": ("at sunset", "at dusk"),
    "ocean": ("in the ocean", "under the sea", "underwater"),
    "desert": ("in the desert", "on the sand dunes"),
    "city street": ("on a city street", "in the city", "in town"),
    "forest": ("in the forest", "in the woods"),
    "room": ("in a room", "at home", "in a living room"),
}


@dataclass(frozen=True)
class Placed:
    """One object on the canvas: `box` is left, top, side in pixels."""

    noun: str
    box: tuple[int, int, int]


@dataclass(frozen=True)
class Sample:
    pixels: NDArray[np.uint8]  # (128, 128, 3)
    caption: str
    style: str
    place: str  # a scene, or "<colour> background"
    objects: tuple[Placed, ...]
    relation: str = ""  # "", "left of" or "above"
    motion: str = ""


@dataclass
class World:
    """Draws samples. `art[style][noun]` is RGBA; pairs in `held_out` are never drawn."""

    art: Mapping[str, Mapping[str, Sprite]]
    nouns: list[Noun]
    seed: int
    single: float = 0.75
    moving: float = 0.0
    held_out: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    often: frozenset[str] = field(default_factory=frozenset)  # nouns drawn twice as often as the others
    disguised: float = 0.0  # the share of single objects whose sprite is another style's, redrawn; held-out pairs too
    inked: float = 0.0  # the share of single line drawings that are of held-out pairs, inked after another style's

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.pairs = {
            style: [
                n
                for n in self.nouns
                if n.name in self.art[style] and (n.name, style) not in self.held_out
                for _ in range(2 if n.name in self.often else 1)
            ]
            for style in STYLES
            if style in self.art
        }

    def sample(self) -> Sample:
        rng = self.rng
        if rng.random() < self.moving:
            # One frame of a clip: so the UNet knows what the motion words look like before it learns to order them.
            return self.clip(rng.choice(TRAINED), (rng.randrange(16),))[0]
        style = rng.choice(list(self.pairs))
        place = pick_place(rng)
        if rng.random() < self.single:
            noun = rng.choice(self.pairs[style])
            big = rng.random() < 0.85
            box = STANDING if big else (32, 48, SMALL)
            word = _word(rng, noun)
            if not big:
                word = rng.choice(("small ", "tiny ", "")) + word
            only = Placed(noun.name, box)
            art = self.art[style]
            redrawn = None
            if self.disguised and rng.random() < self.disguised:
                redrawn = self._disguise(style)
            elif style == "line" and self.inked and rng.random() < self.inked:
                redrawn = self._inked()
            if redrawn:
                noun, art = redrawn
                only, word = Placed(noun.name, box), noun.name
            return self._finish(style, place, (only,), "", article(word), art)
        one, two = rng.choice(self.pairs[style]), rng.choice(self.pairs[style])
        side = SMALL
        words = article(_word(rng, one)), article(_word(rng, two))
        if rng.random() < 0.75:
            top = 40
            boxes = ((0, top, side), (SIZE - side, top, side))
            relation = "left of"
            if rng.random() < 0.35:
                text = f"{words[1]} on the right and {words[0]} on the left"
            else:
                joint = rng.choice(("and", "next to", "to the left of", "on the left and", "on the left and"))
                text = f"{words[0]} {joint} {words[1]}" + (" on the right" if joint == "on the left and" else "")
        else:
            left = (SIZE - side) // 2
            boxes = ((left, 0, side), (left, SIZE - side, side))
            relation = "above"
            text = f"{words[0]} {rng.choice(('above', 'on top of', 'over'))} {words[1]}"
        placed = (Placed(one.name, boxes[0]), Placed(two.name, boxes[1]))
        return self._finish(style, place, placed, relation, text)

    def clip(self, motion: str, frames: tuple[int, ...] = tuple(range(16)), of: int = 16) -> list[Sample]:
        """The given frames of one object moving on one ground; all share the caption."""
        rng = self.rng
        style = rng.choice(list(self.pairs))
        place = pick_place(rng)
        noun = rng.choice(self.pairs[style])
        box = STANDING
        caption = self._told(style, noun, place)
        ground = scene(place)
        sprite = Image.fromarray(self.art[style][noun.name])
        made = []
        for number in frames:
            canvas = ground.copy()
            place_posed(canvas, sprite, *box, pose(motion, number / of))
            pixels = np.asarray(canvas)
            placed = (Placed(noun.name, box),)
            made.append(Sample(pixels, f"{caption}, {PHRASES[motion]}", style, place, placed, motion=motion))
        return made

    def alive(self, animated: Mapping[str, Sprite]) -> list[Sample]:
        """One object as the animated art (frames, side, side, 4) shows it: it moves by itself, at its place, in 3d."""
        rng, style = self.rng, "3d"
        noun = rng.choice([n for n in self.pairs[style] if n.name in animated])
        place = pick_place(rng)
        caption = self._told(style, noun, place) + ", alive"
        placed = (Placed(noun.name, STANDING),)
        pictures = [paint({noun.name: sprite}, place, placed) for sprite in animated[noun.name]]
        return [Sample(pixels, caption, style, place, placed, motion="alive") for pixels in pictures]

    def _told(self, style: str, noun: Noun, place: str) -> str:
        frame = self.rng.choice(STYLES[style])
        named = article(_word(self.rng, noun))
        return f"{frame.format(a=named, n=named.split(' ', 1)[1])} {describe_place(place, self.rng)}".strip()

    def _disguise(self, style: str) -> tuple[Noun, Mapping[str, Sprite]]:
        """A noun as this style might show it, made from how a style that is not held out shows it."""
        other = self.rng.choice([name for name in self.pairs if name != style])
        noun = self.rng.choice(self.pairs[other])
        return noun, {noun.name: disguised(self.art[other][noun.name], style)}

    def _inked(self) -> tuple[Noun, Mapping[str, Sprite]]:
        """A noun nobody drew in lines here. Ink after these two styles passes for line art; after others not."""
        missing = [n for n in self.nouns if (n.name, "line") in self.held_out]
        noun, other = self.rng.choice([(n, s) for n in missing for s in ("flat", "3d") if n in self.pairs[s]])
        return noun, {noun.name: disguised(self.art[other][noun.name], "line")}

    def _finish(
        self,
        style: str,
        place: str,
        placed: tuple[Placed, ...],
        relation: str,
        text: str,
        art: Mapping[str, Sprite] | None = None,
    ) -> Sample:
        frame = self.rng.choice(STYLES[style] if self.rng.random() < 0.9 else ANY_STYLE)
        if len(placed) == 2:
            frame = frame.replace("{n}", "render of {a}")
        caption = frame.format(a=text, n=text.split(" ", 1)[1])
        where = describe_place(place, self.rng)
        pixels = paint(art or self.art[style], place, placed)
        return Sample(pixels, f"{caption} {where}".strip(), style, place, placed, relation)


def held_out_pairs(nouns: list[Noun], styles: list[str], share: float) -> frozenset[tuple[str, str]]:
    """A fixed share of (noun, style) pairs, chosen by a hash so that adding nouns moves none."""
    return frozenset(
        (n.name, s) for n in nouns for s in styles if zlib.crc32(f"{n.name}/{s}".encode()) % 1000 < share * 1000
    )


def drawn_and_hidden(recipe: Mapping[str, Any]) -> tuple[list[Noun], frozenset[tuple[str, str]]]:
    """The nouns a recipe draws, and those of their (noun, style) pairs that none of its models is trained on."""
    drawn = [n for n in nouns() if n.group in recipe["world"]["groups"]]
    return drawn, held_out_pairs(drawn, recipe["art"]["styles"], recipe["world"]["held_out_pairs"])


def pick_place(rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.25:
        return "white background"
    return rng.choice(list(PLACES)) if draw < 0.75 else f"{rng.choice(list(COLOURS))} background"


def describe_place(place: str, rng: random.Random) -> str:
    if place == "white background":
        return rng.choice(("", "on a white background", ""))
    if place.endswith("background"):
        return f"on {article(place)}"
    return rng.choice(PLACES[place])


def article(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def paint(art: Mapping[str, Sprite], place: str, placed: tuple[Placed, ...]) -> NDArray[np.uint8]:
    canvas = scene(place)
    for thing in placed:
        left, top, side = thing.box
        sprite = Image.fromarray(art[thing.noun]).resize((side, side), Image.Resampling.BILINEAR)
        canvas.paste(sprite, (left, top), sprite)
    return np.asarray(canvas)


def scene(place: str) -> Image.Image:
    """A 128x128 RGB ground. Few, low-frequency parts: what is not learnable blurs everything else."""
    if place.endswith("background"):
        return Image.new("RGB", (SIZE, SIZE), COLOURS[place.removesuffix(" background")])
    return _SCENES[place]()


def _word(rng: random.Random, noun: Noun) -> str:
    return rng.choice(noun.synonyms) if noun.synonyms and rng.random() < 0.12 else noun.name


def _gradient(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Image.Image:
    t = np.linspace(0, 1, SIZE)[:, None, None]
    rows = (1 - t) * np.array(top) + t * np.array(bottom)
    return Image.fromarray(np.broadcast_to(rows, (SIZE, SIZE, 3)).astype(np.uint8))


def _beach() -> Image.Image:
    im = _gradient((126, 205, 250), (214, 240, 255))
    d = ImageDraw.Draw(im)
    d.rectangle((0, 66, SIZE, 90), fill=(46, 144, 200))
    d.rectangle((0, 87, SIZE, 90), fill=(235, 248, 252))
    d.rectangle((0, 91, SIZE, SIZE), fill=(240, 217, 165))
    d.ellipse((100, 8, 118, 26), fill=(255, 225, 90))
    return im


def _grass() -> Image.Image:
    im = _gradient((140, 207, 250), (216, 241, 255))
    d = ImageDraw.Draw(im)
    d.ellipse((-60, 72, 100, 162), fill=(124, 200, 92))
    d.ellipse((30, 80, 210, 162), fill=(124, 200, 92))
    d.rectangle((0, 90, SIZE, SIZE), fill=(96, 181, 80))
    return im


def _night() -> Image.Image:
    im = _gradient((10, 14, 52), (44, 50, 116))
    d = ImageDraw.Draw(im)
    for x, y in ((12, 14), (38, 8), (70, 18), (118, 40), (8, 56), (120, 84), (22, 96), (104, 110), (56, 118)):
        d.ellipse((x, y, x + 3, y + 3), fill=(255, 250, 210))
    d.ellipse((98, 8, 118, 28), fill=(252, 240, 190))
    return im


def _snow() -> Image.Image:
    im = _gradient((164, 196, 228), (226, 237, 248))
    d = ImageDraw.Draw(im)
    d.ellipse((-40, 80, 90, 150), fill=(240, 246, 252))
    d.ellipse((40, 84, 190, 160), fill=(248, 251, 255))
    for x, y in ((10, 20), (32, 50), (60, 10), (84, 34), (112, 14), (118, 62), (8, 78), (48, 32)):
        d.ellipse((x, y, x + 4, y + 4), fill=(255, 255, 255))
    return im


def _sunset() -> Image.Image:
    im = _gradient((98, 48, 130), (255, 158, 74))
    d = ImageDraw.Draw(im)
    d.ellipse((48, 68, 82, 102), fill=(255, 214, 110))
    d.rectangle((0, 94, SIZE, SIZE), fill=(66, 34, 74))
    return im


def _ocean() -> Image.Image:
    im = _gradient((40, 160, 214), (8, 58, 120))
    d = ImageDraw.Draw(im)
    for x, y, r in ((14, 30, 5), (108, 22, 4), (116, 70, 6), (10, 84, 4), (24, 110, 5)):
        d.ellipse((x - r, y - r, x + r, y + r), outline=(170, 222, 244), width=2)
    d.ellipse((-30, 112, 160, 160), fill=(214, 190, 130))
    return im


def _desert() -> Image.Image:
    im = _gradient((252, 206, 130), (255, 238, 196))
    d = ImageDraw.Draw(im)
    d.ellipse((-50, 70, 90, 150), fill=(228, 178, 104))
    d.ellipse((40, 78, 190, 170), fill=(214, 160, 86))
    d.ellipse((12, 10, 32, 30), fill=(255, 244, 214))
    return im


def _city() -> Image.Image:
    im = _gradient((158, 192, 226), (222, 233, 244))
    d = ImageDraw.Draw(im)
    for x, h, grey in ((-4, 62, 132), (18, 44, 160), (36, 70, 118), (60, 40, 150), (78, 60, 138), (100, 76, 112)):
        d.rectangle((x, 98 - h, x + 20, 98), fill=(grey, grey, grey + 14))
    d.rectangle((0, 98, SIZE, SIZE), fill=(84, 86, 94))
    d.rectangle((0, 112, SIZE, 114), fill=(240, 220, 120))
    return im


def _forest() -> Image.Image:
    im = _gradient((172, 214, 178), (84, 142, 92))
    d = ImageDraw.Draw(im)
    for x in (6, 28, 52, 78, 102, 120):
        d.rectangle((x, 0, x + 7, 104), fill=(96, 68, 46))
    d.rectangle((0, 0, SIZE, 22), fill=(58, 118, 62))
    d.rectangle((0, 100, SIZE, SIZE), fill=(62, 104, 54))
    return im


def _room() -> Image.Image:
    im = Image.new("RGB", (SIZE, SIZE), (243, 226, 203))
    d = ImageDraw.Draw(im)
    d.rectangle((8, 14, 40, 46), fill=(176, 220, 246), outline=(255, 255, 255), width=3)
    d.rectangle((0, 94, SIZE, SIZE), fill=(176, 124, 82))
    d.rectangle((0, 92, SIZE, 95), fill=(255, 250, 240))
    return im


_SCENES: dict[str, Callable[[], Image.Image]] = {
    "beach": _beach,
    "grass field": _grass,
    "night sky": _night,
    "snow": _snow,
    "sunset": _sunset,
    "ocean": _ocean,
    "desert": _desert,
    "city street": _city,
    "forest": _forest,
    "room": _room,
}
