"""The word lists of each language, and how far a word may bend and still be found."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

from limner.agent.english import ing, plural, third

# The lists and what their words are; of two that have a word the first counts.
LISTS = {
    "adjectives": "adjective", "nouns": "noun", "more_nouns": "noun", "more_adjectives": "adjective", "things": "noun",
    "verbs": "verb", "more_verbs": "verb",
}  # fmt: skip
# Read in other languages and known as English there, but not asked when a name may be a common word.
RARER = {"things", "more_verbs"}
LANGUAGES = ("es", "de", "fr", "it", "pt")
# Endings of verbs: those of somebody doing it, and those of the doing itself.
FINITE = {
    "es": "o as a amos an es e emos en ó ió",
    "de": "e st t est et te ten",
    "fr": "e es ent s t d ons ez é",
    "it": "o i a e iamo ano ono isce",
    "pt": "o as a amos am es e emos em ou",
}
DOING = {
    "es": "ar er ir ando iendo yendo arlo arla arse",
    "de": "en n end end",
    "fr": "er ir re ant eant ire",
    "it": "are ere ire ando endo rre",
    "pt": "ar er ir ando endo indo r",
}
# Endings of nouns and adjectives and what stands in their place in the lists; a star marks those of several.
BENT: dict[str, dict[str, tuple[str, ...]]] = {
    "es": {
        "es": ("*",), "s": ("*",), "as": ("a*", "o*"), "a": ("o",), "os": ("o*",), "ces": ("z*",), "ones": ("ón*",),
        "ines": ("ín*",), "anes": ("án*",),
    },
    "de": {"en": ("*", "e*"), "n": ("*",), "e": ("*",), "er": ("*",), "es": ("",), "s": ("",), "em": ("",)},
    "fr": {"s": ("*",), "x": ("*",), "e": ("",), "es": ("*",), "aux": ("al*",)},
    "it": {"i": ("o*", "e*", "io*"), "e": ("a*", "o*"), "a": ("o",), "hi": ("o*",), "he": ("a*",)},
    "pt": {
        "s": ("*",), "es": ("*",), "as": ("a*", "o*"), "a": ("o",), "ões": ("ão*",), "ães": ("ão*",), "ns": ("m*",),
        "éis": ("el*",), "is": ("l*",),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """A word's English: as it is said here, when there are several, and the bare verb."""

    english: str
    kind: str
    plural: str = ""
    base: str = ""
    finite: bool = False


@dataclass
class Table:
    """One language."""

    language: str
    exact: dict[str, Word] = field(default_factory=dict)
    verbs: dict[str, Word] = field(default_factory=dict)
    longest: int = 1

    def find(self, word: str, verb_first: bool = False) -> Word | None:
        """A single word, bent or not; German ones may also be two put together."""
        small = self.exact.get(word)
        if small and small.kind == "small":
            return small
        ways = (self.verbs.get(word), self._bent(word)) if verb_first else (self._bent(word), self.verbs.get(word))
        return ways[0] or ways[1] or (self._joined(word) if self.language == "de" else None)

    def tail(self, word: str) -> Word | None:
        """Of a German compound whose beginning is not known, the noun at its end: `Ersatzbank` is a bench."""
        for at in range(3, len(word) - 3):
            found = self._bent(word[at:])
            if found and found.kind == "noun":
                return found
        return None

    def _bent(self, word: str) -> Word | None:
        if word in self.exact:
            return self.exact[word]
        for ending, instead in sorted(BENT[self.language].items(), key=lambda one: -len(one[0])):
            if not word.endswith(ending) or len(word) - len(ending) < 2:
                continue
            for stem in instead:
                found = self.exact.get(word[: -len(ending)] + stem.rstrip("*"))
                if found and found.kind in ("noun", "adjective"):
                    many = plural(found.english) if stem.endswith("*") and found.kind == "noun" else ""
                    return Word(found.english, found.kind, many)
        return None

    def _joined(self, word: str) -> Word | None:
        for at in range(len(word) - 3, 2, -1):
            last = self._bent(word[at:])
            first, doing = word[:at], self.verbs.get(word[at:])
            for stem in (
                first,
                first.removesuffix("s"),
                first.removesuffix("n"),
                first.removesuffix("en"),
                first + "e",
            ):
                # `Einstein` is no stone of eggs.
                start = self.exact.get(stem) if len(stem) > 2 else None
                # `Kartoffelschälen`
                if start and start.kind == "noun" and doing and not doing.finite and not last:
                    return Word(f"{doing.english} {start.english}", "verb", base=f"{doing.base} {start.english}")
                if start and last and start.kind in ("noun", "adjective") and last.kind == "noun":
                    joined = f"{start.english} {last.english}"
                    return Word(joined, "noun", f"{start.english} {last.plural}" if last.plural else "")
        return None


@functools.cache
def languages_words(language: str) -> Table:
    """Every form of one language that the lists hold, with its English."""
    table, column = Table(language), 1 + LANGUAGES.index(language)
    for file, kind in LISTS.items():
        for row in _rows(file):
            words = [word for word in row[column].split(";") if word]
            if kind == "verb":
                _enter_verb(table, words, row[0])
                continue
            for word in words:
                many = plural(row[0]) if word.endswith("*") else ""
                _enter(table, word.rstrip("*"), Word(row[0], kind, many))
    for theirs, english in _small(language):
        for word in theirs.split(";"):
            _enter(table, word, Word(english, "small"))
    return table


def _enter(table: Table, word: str, meaning: Word) -> None:
    # Written as requests are read: `all'erba` is two words.
    spaced = " ".join(word.replace("'", "' ").split())
    if meaning.kind == "small" or spaced not in table.exact:
        table.exact[spaced] = meaning
    table.longest = max(table.longest, len(spaced.split()))


def _enter_verb(table: Table, stems: list[str], english: str) -> None:
    does, doing = Word(third(english), "verb", base=english, finite=True), Word(ing(english), "verb", base=english)
    for stem in stems:
        for endings, meaning in ((FINITE, does), (DOING, doing)):
            for ending in endings[table.language].split():
                table.verbs.setdefault(stem + ending, meaning)


@functools.cache
def english_words(every: bool = False) -> frozenset[str]:
    """The commonest English words, or `every` one that the lists have."""
    found: set[str] = set()
    for file, kind in LISTS.items():
        for row in _rows(file) if every or file not in RARER else ():
            words = row[0].split()
            found |= {*words, *((ing(row[0]), third(row[0])) if kind == "verb" else map(plural, words))}
    smalls = [english for language in LANGUAGES for _, english in _small(language)]
    return frozenset(found | {word.lower() for english in smalls for word in english.split()} | {"an", "i'd", "please"})


def _rows(name: str) -> Iterator[list[str]]:
    for line in _lines(name):
        yield line.split("|")


def _small(language: str) -> Iterator[tuple[str, str]]:
    for line in _lines(language):
        theirs, _, english = line.rpartition("=")
        yield theirs, english


@functools.cache
def _lines(name: str) -> tuple[str, ...]:
    read: dict[str, str] = tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    return tuple(read["rows"].strip().splitlines())
