"""Fetches the open emoji art with npm and renders it to sprites, one RGBA array per style."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

HERE = Path(__file__).parent
VARIATION = "\ufe0f"  # emoji presentation selector; packages disagree on keeping it
Sprite = NDArray[np.uint8]
Art = dict[str, dict[str, Sprite]]  # style, then name


@dataclass(frozen=True)
class Noun:
    name: str
    group: str  # trained, wider or held_out
    emoji: str
    synonyms: tuple[str, ...]


class DownloadError(RuntimeError):
    """A package could not be fetched; the message names it. Running the stage again resumes."""


def nouns(path: Path = HERE / "nouns.toml") -> list[Noun]:
    groups = tomllib.loads(path.read_text())
    return [Noun(name, group, row[0], tuple(row[1:])) for group, rows in groups.items() for name, row in rows.items()]


def fetch(package: str, into: Path) -> Path:
    """Unpacks one npm package below `into`, once."""
    target = into / package.replace("@", "_").replace("/", "_")
    if (target / "package.json").exists():
        return target
    scratch = into / (target.name + ".part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    done = subprocess.run(["npm", "pack", package, "--silent"], cwd=scratch, capture_output=True, text=True)
    if done.returncode:
        raise DownloadError(f"npm could not fetch {package}: {done.stderr.strip()}. Check the network and run again.")
    with tarfile.open(next(scratch.glob("*.tgz"))) as archive:
        archive.extractall(scratch, filter="data")
    (scratch / "package").rename(target)
    shutil.rmtree(scratch)
    return target


def render_all(packages: dict[str, str], work: Path, size: int) -> Art:
    """Returns {style: {noun name: (size, size, 4) uint8}} and writes it to `work/art.npz`."""
    folders = {key: fetch(package, work / "npm") for key, package in packages.items()}
    slugs = _read(folders["names"] / "data-by-emoji.json")
    sprites: Art = {style: {} for style in packages if style not in ("names", "keywords")}
    for noun in nouns():
        slug = next(_slug(slugs[e]) for e in _spellings(noun.emoji) if e in slugs)
        for style, found in sprites.items():
            sprite = _sprite(folders[style], style, noun.emoji, slug, size)
            if sprite is not None:
                found[noun.name] = sprite
    _store(work / "art.npz", sprites)
    return sprites


def _store(file: Path, sprites: Art) -> None:
    np.savez_compressed(file, **{f"{s}/{n}": a for s, row in sprites.items() for n, a in row.items()})  # type: ignore[arg-type]


def load_art(work: Path, file: str = "art.npz") -> Art:
    """Reads what `render_all` wrote, or `render_every`."""
    art: Art = {}
    with np.load(work / file) as store:
        for key in store.files:
            style, name = key.split("/", 1)
            art.setdefault(style, {})[name] = store[key]
    return art


def render_every(
    packages: dict[str, str], styles: list[str], work: Path, size: int, hidden: frozenset[tuple[str, str]]
) -> Art:
    """Returns {style: {slug: sprite}} of all emoji but flags, signs and what is held out; kept in `work/every.npz`."""
    folders = {key: fetch(package, work / "npm") for key, package in packages.items()}
    known = {spelling: noun for noun in nouns() for spelling in _spellings(noun.emoji)}
    sprites: Art = {style: {} for style in styles}
    for emoji, said in _read(folders["names"] / "data-by-emoji.json").items():
        noun = known.get(emoji)
        if said["group"] in ("Flags", "Symbols") or (noun and noun.group == "held_out"):
            continue
        slug = _slug(said)
        for style in styles:
            kept = noun and (noun.name, style) in hidden
            sprite = None if kept else _sprite(folders[style], style, emoji, slug, size)
            if sprite is not None:
                sprites[style][slug] = sprite
    _store(work / "every.npz", sprites)
    return sprites


def render_animated(packages: list[str], work: Path, size: int, frames: int = 16) -> dict[str, Sprite]:
    """Returns {noun: (frames, size, size, 4) uint8} for what truly moves and writes it to `work/animated.npz`."""
    files = {f.stem: f for package in packages for f in (fetch(package, work / "npm") / "assets").glob("*.webp")}
    moving = {}
    for noun in nouns():
        file = next((files[code] for code in _codes(noun.emoji, 4) if code in files), None)
        if file is None:
            continue
        with Image.open(file) as drawn:
            count = getattr(drawn, "n_frames", 1)
            if count >= frames:  # the rest of the set is stills in another wrapping
                moving[noun.name] = np.stack([_frame(drawn, i * count // frames, size) for i in range(frames)])
    np.savez_compressed(work / "animated.npz", **moving)  # type: ignore[arg-type]
    return moving


def load_animated(work: Path) -> dict[str, Sprite]:
    """Reads what `render_animated` wrote."""
    with np.load(work / "animated.npz") as store:
        return {name: store[name] for name in store.files}


def _frame(drawn: Image.Image, number: int, size: int) -> Sprite:
    drawn.seek(number)
    return np.asarray(drawn.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS))


def _spellings(emoji: str) -> tuple[str, ...]:
    bare = emoji.replace(VARIATION, "")
    return emoji, bare, bare + VARIATION


def _codes(emoji: str, digits: int) -> list[str]:
    return ["-".join(f"{ord(c):0{digits}x}" for c in spelling) for spelling in _spellings(emoji)]


def _slug(said: dict[str, str]) -> str:
    return said["slug"].replace("_", "-")


def _sprite(folder: Path, style: str, emoji: str, slug: str, size: int) -> Sprite | None:
    sprite = _render(folder, emoji, slug, size)
    return _fill_white(sprite) if sprite is not None and style == "line" else sprite


def _render(folder: Path, emoji: str, slug: str, size: int) -> Sprite | None:
    if (folder / "icons.json").exists():
        svg = _icon(folder, emoji, slug)
        if svg is None:
            return None
        import resvg_py

        png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True))
        return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA").resize((size, size), Image.Resampling.LANCZOS))
    for code in _codes(emoji, 4):
        for file in (folder / "assets").glob(f"{code}.*"):
            return np.asarray(Image.open(file).convert("RGBA").resize((size, size), Image.Resampling.LANCZOS))
    return None


@cache
def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _icon(folder: Path, emoji: str, slug: str) -> str | None:
    icons = _read(folder / "icons.json")
    chars = _read(p) if (p := folder / "chars.json").exists() else {}
    plain = unicodedata.name(emoji[0], "").lower().replace(" ", "").replace("-", "")
    for key in [*(chars.get(code, "") for code in _codes(emoji, 1)), slug, plain]:
        while key in icons.get("aliases", {}):
            key = icons["aliases"][key]["parent"]
        if key in icons["icons"]:
            icon = icons["icons"][key]
            box = [icon.get(k, icons.get(k, d)) for k, d in (("left", 0), ("top", 0), ("width", 16), ("height", 16))]
            body = icon["body"].replace("currentColor", "#111")
            return (
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'viewBox="{box[0]} {box[1]} {box[2]} {box[3]}" width="{box[2]}" height="{box[3]}">{body}</svg>'
            )
    return None


def _fill_white(sprite: Sprite) -> Sprite:
    """Line art is black on nothing; white inside the outline keeps it visible on a dark scene."""
    size = sprite.shape[0]
    alpha = np.pad(sprite[..., 3], 1)
    outside = Image.fromarray(np.where(alpha > 96, 255, 0).astype(np.uint8)).copy()  # floodfill needs its own buffer
    ImageDraw.floodfill(outside, (0, 0), 128)
    inside = (np.asarray(outside) != 128)[1:-1, 1:-1]
    paper = np.zeros((size, size, 4), np.uint8)
    paper[inside] = 255
    return np.asarray(Image.alpha_composite(Image.fromarray(paper), Image.fromarray(sprite)))
