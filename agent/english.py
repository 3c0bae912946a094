"""Just enough English grammar to bend a word."""

from __future__ import annotations

import re

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
