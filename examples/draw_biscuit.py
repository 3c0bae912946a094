"""Draws the example photos in `examples/biscuit`: a dog of our own, so that the demo ships nobody's pet.

Run `python examples/draw_biscuit.py` to make them again (needs resvg-py).
"""

import io
import random
from pathlib import Path

import resvg_py
from PIL import Image

from limner.tools.recipes.sticker.world import scene

CREAM, COCOA, SCARF, INK = "#fbe9cf", "#7a4a2e", "#1fa3a3", "#2b2024"


def biscuit(tail: int, tilt: int, paw: int, tongue: bool) -> str:
    """A sitting dog: one cocoa ear and eye patch, a teal scarf. The angles move tail, head and paw."""
    licked = '<path d="M60 61 q4 12 8 0 z" fill="#f2708a"/>' if tongue else ""
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128">
  <g transform="rotate({tail} 92 98)"><path d="M88 102 q26 -4 22 -32 q-3 -8 -9 -1 q-1 18 -18 22 z" fill="{COCOA}"/></g>
  <path d="M36 116 q-6 -48 28 -52 q34 4 28 52 z" fill="{CREAM}"/>
  <ellipse cx="84" cy="92" rx="13" ry="16" fill="{COCOA}"/>
  <path d="M42 118 q-2 -18 6 -34 h12 v34 z" fill="#fff6e6"/>
  <g transform="rotate({paw} 76 88)"><path d="M66 118 v-34 h13 q7 16 5 34 z" fill="#fff6e6"/></g>
  <g transform="rotate({tilt} 64 66)">
    <path d="M40 66 q24 18 48 0 l2 10 q-26 16 -52 0 z" fill="{SCARF}"/>
    <path d="M58 76 l7 18 l10 -17 z" fill="{SCARF}"/>
    <path d="M32 38 q0 -26 32 -27 q32 1 32 27 q0 32 -32 33 q-32 -1 -32 -33 z" fill="{CREAM}"/>
    <path d="M66 12 q30 2 30 26 q0 14 -9 18 q-20 2 -22 -22 z" fill="{COCOA}"/>
    <path d="M40 14 q-24 0 -23 34 q2 12 10 6 q8 -8 12 -22 z" fill="#e8c79d"/>
    <path d="M88 14 q24 0 23 34 q-2 12 -10 6 q-8 -8 -12 -22 z" fill="{COCOA}"/>
    <ellipse cx="64" cy="55" rx="17" ry="13" fill="#fffaf0"/>
    <circle cx="49" cy="40" r="5.5" fill="{INK}"/><circle cx="79" cy="40" r="5.5" fill="{INK}"/>
    <circle cx="50.5" cy="38" r="1.8" fill="#fff"/><circle cx="80.5" cy="38" r="1.8" fill="#fff"/>
    {licked}
    <path d="M56 47 q8 -4 16 0 q-2 9 -8 10 q-6 -1 -8 -10 z" fill="{INK}"/>
    <path d="M64 56 q-1 7 -9 6 M64 56 q1 7 9 6" stroke="{INK}" stroke-width="2.4" fill="none" stroke-linecap="round"/>
  </g>
</svg>"""


def photo(place: str, side: int, left: int, top: int, **pose: int) -> Image.Image:
    svg = biscuit(pose["tail"], pose["tilt"], pose["paw"], bool(pose["tongue"]))
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True))
    dog = Image.open(io.BytesIO(png)).convert("RGBA")
    ground = scene(place, random.Random(place)).resize((256, 256), Image.Resampling.BICUBIC)
    ground.paste(dog, (left, top), dog)
    return ground


def main() -> None:
    folder = Path(__file__).parent / "biscuit"
    folder.mkdir(exist_ok=True)
    photo("white background", 224, 16, 18, tail=0, tilt=0, paw=0, tongue=0).save(folder / "1.png")
    photo("grass field", 200, 30, 50, tail=-14, tilt=-8, paw=0, tongue=1).save(folder / "2.png")
    photo("room", 208, 22, 40, tail=10, tilt=8, paw=-12, tongue=0).save(folder / "3.png")
    photo("blue background", 232, 10, 12, tail=-6, tilt=4, paw=0, tongue=1).save(folder / "4.png")


if __name__ == "__main__":
    main()
