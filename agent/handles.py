"""Handles: the stable, typed names of everything that can be meant: img-12, clip-3, @biscuit, style:inkwash."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

Kind = Literal["upload", "image", "clip", "subject", "style", "motion"]
# Counted things say their kind in front; named things carry their name.
PREFIXES: dict[str, Kind] = {"img": "image", "clip": "clip", "upload": "upload"}
HANDLE = re.compile(
    r"(?<![\w@:/.-])(@[^\W_][\w-]*|(?:style|motion):[^\W_][\w-]*|(?:img|clip|upload)-?\d+)(?![\w-])", re.I
)


class Seen(BaseModel, frozen=True):
    """One thing a person may mean, with all that a referring phrase can go by."""

    handle: str
    kind: Kind
    at: datetime
    session: str = ""
    path: Path | None = None
    turn_id: str = ""
    caption: str = ""
    name: str = ""
    class_noun: str = ""
    corrected: str = ""  # what its user has called it since it was learned
    pronouns: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    motion: str = ""
    liked: bool | None = None
    evidence: tuple[str, ...] = ()


def named(kind: Kind, name: str) -> str:
    """The handle of a named thing: `@biscuit`, `style:ink-wash`."""
    slug = "-".join(re.findall(r"\w+", unicodedata.normalize("NFC", name).casefold().replace("_", "-")))
    if not slug:  # 🦊 is @fox-face
        signs = (unicodedata.name(c, "") for c in name if unicodedata.category(c) == "So")
        slug = "-".join(re.findall(r"\w+", " ".join(signs).casefold()))
    if kind == "subject":
        return f"@{slug}"
    if kind in ("style", "motion"):
        return f"{kind}:{slug}"
    raise ValueError(f"a {kind} is counted, not named")


def kind_of(handle: str) -> Kind | None:
    """What kind of thing a handle names, None when it is no handle."""
    if HANDLE.fullmatch(handle) is None:
        return None
    if handle.startswith("@"):
        return "subject"
    if ":" in handle:
        return "style" if handle.lower().startswith("style") else "motion"
    return PREFIXES[re.split(r"-?\d", handle.lower())[0]]


def canonical(handle: str) -> str:
    """`IMG12` and `img-12` are one."""
    counted = re.fullmatch(r"(img|clip|upload)-?(\d+)", handle.lower())
    return f"{counted[1]}-{int(counted[2])}" if counted else handle.casefold()


def label(thing: Seen) -> str:
    """How a question or a list shows it."""
    if thing.kind in ("subject", "style", "motion"):
        return thing.name or thing.handle
    return f"{thing.handle} ({thing.caption})" if thing.caption else thing.handle


def best(ones: Sequence[Seen], words: set[str]) -> list[Seen]:
    """Those whose caption shares most of the words, at least one."""
    if not words:
        return []
    scored = [(sum(_shares(word, one) for word in words), one) for one in ones]
    top = max((score for score, _ in scored), default=0)
    return [one for score, one in scored if score == top and top > 0]


def _shares(word: str, one: Seen) -> bool:
    said = set(
        re.findall(r"\w+", f"{one.caption} {' '.join(one.subjects)} {' '.join(one.styles)} {one.motion}".lower())
    )
    stem = re.sub(r"(?:y|ies|s)$", "", word)  # snowy is in the snow, beaches on the beach
    return word in said or (len(stem) > 2 and (stem in said or stem.rstrip(stem[-1]) + stem[-1] in said))
