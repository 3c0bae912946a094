"""Letters that changed places in typing: `teh bakcpack` is the backpack."""

from __future__ import annotations

import re
from collections.abc import Collection
from string import ascii_lowercase

from limner.agent.lexicon import whole

# Shorter ones are too near to each other.
_LONG = 4


def without_slips(text: str, names: Collection[str], known: Collection[str]) -> str:
    """The text with each unknown word that is a known one but for two letters next to each other.

    `names` are left alone, and so is what is written large, as names are.
    """
    own = {part.casefold() for name in names for part in re.findall(r"\w+", name)}

    def mended(found: re.Match[str]) -> str:
        word = found[0]
        if word in known or word in own or whole("no_slip").fullmatch(word):
            return word
        swaps = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)} - {word}
        meant = [swap for swap in swaps if swap in known or swap in own]
        if len(meant) != 1:
            return word
        # `duks` may be ducks with a letter lost.
        longer = any(
            f"{word[:at]}{letter}{word[at:]}" in known for at in range(len(word) + 1) for letter in ascii_lowercase
        )
        return word if longer else meant[0]

    return re.sub(rf"(?<![\w'’@-])[a-z]{{{_LONG},}}(?![\w'’-])", mended, text)
