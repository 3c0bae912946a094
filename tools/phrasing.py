"""Turns what a person says into what a model was trained on: names into triggers, styles and motions into phrases."""

from __future__ import annotations

import re

_DETERMINER = r"(?:(?:a|an|the|my|our|your|his|her|their)\s+)?"
_PRONOUN = re.compile(r"\b(?:him|he|she|her|it|them|they)\b(?!\s+(?:is|was|are))", re.IGNORECASE)


def introduce(prompt: str, name: str, noun: str, words: str) -> str:
    """Every mention of the subject becomes "a <words>": "my dog Biscuit", "@biscuit", "Biscuit the dog", "Biscuit".

    A prompt that never names the subject means it by its noun, by a pronoun, or leaves it out: then it comes first.
    """
    noun_before = rf"(?:{re.escape(noun)}\s+)?" if noun else ""
    noun_after = rf"(?:,?\s+(?:the|a|my)\s+{re.escape(noun)}(?!\w))?" if noun else ""
    named = re.compile(rf"(?<!\w)@?{_DETERMINER}{noun_before}@?{re.escape(name)}(?!\w){noun_after}", re.IGNORECASE)
    insert = with_article(words)
    said, times = named.subn(lambda _: insert, prompt)
    if not times and noun:
        said, times = re.subn(rf"(?<!\w){_DETERMINER}{re.escape(noun)}(?!\w)", lambda _: insert, prompt, count=1)
    if not times:
        said, times = _PRONOUN.subn(lambda _: insert, prompt, count=1)
    return said if times else f"{insert} {prompt}"


def with_article(words: str) -> str:
    # A placeholder such as <biscuit> has no sound of its own: "a".
    return ("an " if words[:1].lower() in "aeiou" else "a ") + words


def mentions(prompt: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", prompt, re.IGNORECASE) is not None


def placeholder(name: str) -> str:
    """The made-up word that stands for a learned thing: "Biscuit" -> "<biscuit>"."""
    return "<" + re.sub(r"[\s<>]+", "-", name.strip().casefold()) + ">"
