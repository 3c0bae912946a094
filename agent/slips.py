"""What the fingers did: `teh bakcpack in a hot air baloon` is the backpack in a hot air balloon."""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Collection, Iterator
from importlib.resources import files
from string import ascii_lowercase

import numpy as np

from limner.agent.lexicon import whole

# Shorter ones are too near to each other; a letter too many or too few is told apart in longer ones only.
_LONG, _LONGER = 4, 5
# A word that is written so much more often than the next like it is the one that was meant.
_OFTENER = 4
_SELDOM = 1.0
_LONGEST = 22  # letters of a word
_SMALL = {"teh": "the", "hte": "the", "eht": "the", "adn": "and", "nad": "and"}
_ENDINGS = re.compile(r"(?:e?s|e?d|ing|er|est|ly|y|ish)$")
_SHORTENED = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|wo|would|could|should|must|need|ai)nt|(?:you|they)re|(?:that|there|let)s|ive|youll"
)


def without_slips(text: str, names: Collection[str], known: Collection[str]) -> str:
    """The text with each word that is none put right, where one word is plainly meant.

    `names` are left alone, and so is what is written large, as names are. `known` are the words most likely here.
    """
    own = {part.casefold(): part for name in names for part in re.findall(r"\w+", name)}

    def mended(found: re.Match[str]) -> str:
        word = found[0]
        if word in known or word in own or whole("no_slip").fullmatch(word) or is_word(word):
            return word
        if word.endswith("in") and is_word(f"{word}g"):  # `lookin`
            return f"{word}g"
        nearby = set(_nearby(word))
        if word.removesuffix("s") in own:  # `odiles hat`
            return word
        if named := sorted(nearby & own.keys()):
            return own[named[0]] if len(named) == 1 else word
        swapped, lost = set(_swapped(word)), nearby if len(word) >= _LONGER else set()
        if len(likely := [one for one in (*swapped, *lost) if one in known or one in own]) == 1:
            # `duks` may be ducks with a letter lost.
            return likely[0] if lost or not any(one in known for one in nearby) else word
        usual = sorted(filter(_usual, swapped | lost), key=_usual, reverse=True)
        plain = usual and _usual(usual[0]) >= _OFTENER * max([0, *map(_usual, usual[1:])])
        return usual[0] if plain and not likely else word

    text = re.sub(r"(?<![\w'’@-])(?:teh|hte|eht|adn|nad)(?![\w'’-])", lambda found: _SMALL[found[0]], text)
    return re.sub(rf"(?<![\w'’@-])[a-z]{{{_LONG},}}(?![\w'’-])", mended, text)


class _Words:
    """The English words of pyspellchecker and how often they are written: its own table of them takes 40 MB, a tenth of
    what the planner may have, and two arrays take 5."""

    def __init__(self) -> None:
        packed = files("spellchecker").joinpath("resources", "en.json.gz").read_bytes()
        text, entry = gzip.decompress(packed), re.compile(rb'"([a-z]{1,%d})": ?(\d+)' % _LONGEST)
        # One after the other: a list of them all would take more than is saved.
        words = np.fromiter((found[1] for found in entry.finditer(text)), dtype=f"S{_LONGEST}")
        counts = np.fromiter((int(found[2]) for found in entry.finditer(text)), dtype=np.int64)
        order = np.argsort(words)
        self._words, self._counts, self._all = words[order], counts[order], counts.sum()

    def __contains__(self, word: str) -> bool:
        return self.usual(word) > 0

    def usual(self, word: str) -> float:
        """How often it is written, of a million words."""
        wanted = np.bytes_(word.encode())
        at = int(np.searchsorted(self._words, wanted))
        known = at < len(self._words) and self._words[at] == wanted
        return float(1e6 * self._counts[at] / self._all) if known else 0.0


@functools.cache
def _dictionary() -> _Words:
    """Read when the first word comes that nobody here knows."""
    return _Words()


@functools.lru_cache(maxsize=4096)
def is_word(word: str) -> bool:
    """Also as the British write it, an inflected one, and a shortened one without its apostrophe."""
    american = {
        word,
        word.replace("our", "or"),
        word.replace("ou", "o"),
        word.replace("is", "iz"),
        word.replace("ll", "l"),
    }
    bare = {stem for one in american if len(stem := _ENDINGS.sub("", one)) >= _LONG}
    return bool(_SHORTENED.fullmatch(word)) or any(one in _dictionary() for one in american | bare)


@functools.lru_cache(maxsize=4096)
def _usual(word: str) -> float:
    """How often it is written, of a million words; 0 for one that is hardly written at all."""
    often = _dictionary().usual(word)
    return often if often >= _SELDOM else 0.0


def _swapped(word: str) -> Iterator[str]:
    """With two letters next to each other the other way round."""
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _nearby(word: str) -> Iterator[str]:
    """With one letter more or one less; the first is seldom one too many."""
    for at in range(len(word) + 1):
        if at:
            yield word[:at] + word[at + 1 :]
        for letter in ascii_lowercase:
            yield word[:at] + letter + word[at:]
