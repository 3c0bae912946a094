"""The word lists of the request generator."""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files

NUMBERS = {
    1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten",
    12: "twelve",
}  # fmt: skip


@functools.cache
def _lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


@functools.cache
def words(group: str, key: str) -> tuple[str, ...]:
    """One list of words.toml."""
    return tuple(word.strip() for word in _lists()[group][key].split(",") if word.strip())


@functools.cache
def pairs(group: str, key: str) -> dict[str, tuple[str, ...]]:
    """A list of `word=other;other` entries."""
    return {left: tuple(right.split(";")) for left, right in (entry.split("=") for entry in words(group, key))}


@functools.cache
def nouns() -> tuple[str, ...]:
    """Thousands of everyday nouns, so that no scene is a list learnt by heart (wonderwords, MIT)."""
    return _everyday("nounlist.txt")


@functools.cache
def adjectives() -> tuple[str, ...]:
    return _everyday("adjectivelist.txt")


def _everyday(name: str) -> tuple[str, ...]:
    text = files("wonderwords").joinpath("assets", name).read_text(encoding="utf-8")
    return tuple(word for word in text.split() if word.isalpha() and word.islower() and 3 < len(word) < 12)
