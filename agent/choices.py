"""Which of the things that were offered an answer picks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.phrases import EMPTY, ORDINALS


def choose(answer: str, choices: Sequence[str]) -> str | None:
    """The choice an answer picks: by its number or place, its handle or name, or words only it has."""
    plain = answer.strip().strip(".!").casefold()
    if plain.isdecimal() and 1 <= int(plain) <= len(choices):
        return choices[int(plain) - 1]
    for word, place in ORDINALS.items():
        if re.search(rf"\b{word}\b", plain) and place < len(choices):
            return choices[place]
    if re.search(r"\blast\b", plain):
        return choices[-1]
    words = set(re.findall(r"[\w@:-]+", plain)) - EMPTY
    hits = [one for one in choices if words & set(re.findall(r"[\w@:-]+", one.casefold()))]
    return hits[0] if len(hits) == 1 and len(words) <= 6 else None
