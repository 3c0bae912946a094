"""A contact sheet: every picture and clip of a run on one page, with its handle and caption."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from limner.agent.messages import ClipMade, ImageMade
from limner.agent.outputs import frames_of

CELL, CAPTION, GAP, COLUMNS = 192, 34, 12, 4
# A clip shows this many of its frames side by side: a still would not tell that it moves.
CLIP_FRAMES = 4
PAPER, INK, FAINT = (250, 249, 246), (40, 40, 46), (120, 118, 112)


def contact_sheet(made: Sequence[ImageMade | ClipMade], path: Path, title: str = "") -> Path:
    """Write the sheet of these outputs, in order, as a PNG."""
    cells = [(label, picture) for one in made for label, picture in _cells(one)]
    rows = max(1, -(-len(cells) // COLUMNS))
    head = 44 if title else 0
    width = COLUMNS * (CELL + GAP) + GAP
    sheet = Image.new("RGB", (width, head + rows * (CELL + CAPTION + GAP) + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    if title:
        pen.text((GAP, GAP), title, INK, _font(20))
    for number, (label, picture) in enumerate(cells):
        x = GAP + (number % COLUMNS) * (CELL + GAP)
        y = head + GAP + (number // COLUMNS) * (CELL + CAPTION + GAP)
        sheet.paste(picture, (x, y))
        for line, text in enumerate(_wrap(label, pen)):
            pen.text((x, y + CELL + 3 + 14 * line), text, INK if line == 0 else FAINT, _font(12))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, "PNG")
    return path


def _cells(one: ImageMade | ClipMade) -> list[tuple[str, Image.Image]]:
    label = f"{one.handle}\n{one.caption}"
    frames = frames_of(one.path)
    if isinstance(one, ImageMade):
        return [(label, _fit(frames[0]))]
    total = len(frames)
    picked = sorted({round(i * (total - 1) / (CLIP_FRAMES - 1)) for i in range(CLIP_FRAMES)})
    return [(f"{one.handle} frame {i + 1}/{total}\n{one.caption}", _fit(frames[i])) for i in picked]


def _fit(image: Image.Image) -> Image.Image:
    cell = Image.new("RGB", (CELL, CELL), PAPER)
    scale = min(CELL / image.width, CELL / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    cell.paste(small, ((CELL - size[0]) // 2, (CELL - size[1]) // 2))
    return cell


def _wrap(label: str, pen: ImageDraw.ImageDraw) -> list[str]:
    lines = []
    for line in label.split("\n")[:2]:
        while line and pen.textlength(line, _font(12)) > CELL:
            line = line[:-2].rstrip(" …") + "…" if len(line) > 2 else ""
        lines.append(line)
    return lines


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
