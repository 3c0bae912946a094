"""Just enough English grammar to bend a word."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    "beg", "blur", "crop", "cut", "drag", "drip", "hit", "put", "rub", "scrub", "set", "sip", "spit", "stir",
    "stop", "strum", "swap", "trap", "trot", "whip",
}  # fmt: skip

# How each form ends: the first pattern that fits the word says what stands in its place.
_DOUBLES = rf"^(?=(?:{'|'.join(sorted(DOUBLED))})$)(.*(.))$"
_Y = r"(?<=[^aeiou])y$"
_ING = ((r"^([ltd])ie$", r"\1ying"), (_DOUBLES, r"\1\2ing"), (r"(?<![eoy])e$", "ing"), ("$", "ing"))
_PAST = ((_DOUBLES, r"\1\2ed"), ("e$", "ed"), (_Y, "ied"), ("$", "ed"))
_THIRD = (("^have$", "has"), ("(s|sh|ch|x|z|o)$", r"\1es"), (_Y, "ies"), ("$", "s"))
_PLURAL = (("fish$", "fish"), ("(s|x|ch|sh)$", r"\1es"), (_Y, "ies"), ("$", "s"))
_ODD = {"woman": "women", "man": "men", "person": "people", "child": "children", "mouse": "mice", "sheep": "sheep"}


def article(noun: str) -> str:
    return ("an " if noun[0].lower() in "aeiou" else "a ") + noun


def plural(noun: str) -> str:
    return _ODD.get(noun) or _bent(noun, _PLURAL)


def ing(phrase: str) -> str:
    """`bake cookies` -> `baking cookies`."""
    verb, space, rest = phrase.partition(" ")
    return _bent(verb, _ING) + space + rest


def past(phrase: str) -> str:
    """`bake cookies` -> `baked cookies`."""
    verb, space, rest = phrase.partition(" ")
    return (IRREGULAR.get(verb) or _bent(verb, _PAST)) + space + rest


def third(phrase: str) -> str:
    """`bake cookies` -> `bakes cookies`."""
    verb, space, rest = phrase.partition(" ")
    return _bent(verb, _THIRD) + space + rest


def _bent(word: str, endings: Sequence[tuple[str, str]]) -> str:
    pattern, ending = next(one for one in endings if re.search(one[0], word))
    return re.sub(pattern, ending, word, count=1)
