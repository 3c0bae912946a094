"""The guard's words in seven languages, as patterns; `lexicon.toml` holds them."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files


@functools.cache
def _groups() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("limner.agent").joinpath("lexicon.toml").read_text(encoding="utf-8"))


def alternatives(group: str, key: str) -> str:
    """One entry as the alternatives of a regular expression, the longest first so that none hides another."""
    ways = re.split(r",\s+(?![^(]*\))", _groups()[group][key].strip())
    return "|".join(sorted(ways, key=len, reverse=True))


@functools.cache
def whole(key: str) -> re.Pattern[str]:
    """Any of these, as whole words."""
    return re.compile(rf"(?<!\w)(?:{alternatives('whole', key)})(?!\w)", re.IGNORECASE)


@functools.cache
def opening(group: str, key: str) -> re.Pattern[str] | None:
    """Any of these at the start of a word; None when the entry does not exist."""
    if key not in _groups()[group]:
        return None
    return re.compile(rf"(?<!\w)(?:{alternatives(group, key)})", re.IGNORECASE)


def says(text: str, group: str, key: str) -> bool:
    """Whether a word of the text begins with this entry; never where there is no such entry."""
    ways = opening(group, key)
    return bool(ways and ways.search(text))


@functools.cache
def any_of(group: str) -> str:
    """All entries of a group as the alternatives of one regular expression."""
    return "|".join(alternatives(group, key) for key in keys(group))


def keys(group: str) -> tuple[str, ...]:
    return tuple(_groups()[group])
