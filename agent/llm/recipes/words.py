"""The word lists of the request generator, and just enough English grammar to bend them."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.resources import files

IRREGULAR = {
    "sleep": "slept", "read": "read", "take": "took", "do": "did", "fly": "flew", "sing": "sang", "drink": "drank",
    "have": "had", "dig": "dug", "make": "made", "write": "wrote", "run": "ran", "fight": "fought", "meet": "met",
    "hide": "hid", "ring": "rang", "feed": "fed", "give": "gave", "catch": "caught", "knit": "knitted", "ride": "rode",
    "stand": "stood", "sit": "sat", "lie": "lay", "blow": "blew", "win": "won", "steal": "stole", "eat": "ate",
    "hold": "held", "drive": "drove", "break": "broke", "fall": "fell", "bite": "bit", "sneak": "snuck", "get": "got",
    "lose": "lost", "find": "found", "buy": "bought", "sell": "sold", "teach": "taught", "swing": "swung",
    "throw": "threw", "sweep": "swept", "wear": "wore", "wake": "woke", "swim": "swam", "build": "built",
}  # fmt: skip
DOUBLED = {
    "nap", "knit", "run", "dig", "swim", "get", "hug", "sit", "win", "hop", "spin", "skip", "flip", "nod", "clap",
    "strut", "hum", "zip", "shop", "chat", "wag", "drop", "pat", "chop", "mop", "slip", "step", "plan",
}  # fmt: skip
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


def article(noun: str) -> str:
    return ("an " if noun[0].lower() in "aeiou" else "a ") + noun


def plural(noun: str) -> str:
    odd = {"woman": "women", "man": "men", "person": "people", "child": "children", "mouse": "mice", "sheep": "sheep"}
    if noun in odd or noun.endswith("fish"):
        return odd.get(noun, noun)
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def ing(phrase: str) -> str:
    """`bake cookies` -> `baking cookies`."""
    verb, space, rest = phrase.partition(" ")
    if verb in ("lie", "tie", "die"):
        bent = verb[:-2] + "ying"
    elif verb in DOUBLED:
        bent = verb + verb[-1] + "ing"
    elif verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        bent = verb[:-1] + "ing"
    else:
        bent = verb + "ing"
    return bent + space + rest


def past(phrase: str) -> str:
    """`bake cookies` -> `baked cookies`."""
    verb, space, rest = phrase.partition(" ")
    if verb in IRREGULAR:
        bent = IRREGULAR[verb]
    elif verb in DOUBLED:
        bent = verb + verb[-1] + "ed"
    elif verb.endswith("e"):
        bent = verb + "d"
    elif re.search(r"[^aeiou]y$", verb):
        bent = verb[:-1] + "ied"
    else:
        bent = verb + "ed"
    return bent + space + rest


def third(phrase: str) -> str:
    """`bake cookies` -> `bakes cookies`."""
    verb, space, rest = phrase.partition(" ")
    if verb == "have":
        bent = "has"
    elif re.search(r"(s|sh|ch|x|z|o)$", verb):
        bent = verb + "es"
    elif re.search(r"[^aeiou]y$", verb):
        bent = verb[:-1] + "ies"
    else:
        bent = verb + "s"
    return bent + space + rest
