"""The word lists of each language, and how far a word may bend and still be found."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

from limner.agent.english import ing, plural, third
from limner.agent.lexicon import alternatives, keys

# The lists and what their words are; of two that have a word the first counts.
LISTS = {
    "adjectives": "adjective", "nouns": "noun", "more_nouns": "noun", "more_adjectives": "adjective", "things": "noun",
    "more_things": "noun",
    "verbs": "verb", "more_verbs": "verb",
}  # fmt: skip
# Read in other languages and known as English there, but not asked when a name may be a common word.
RARER = {"things", "more_things", "more_verbs"}
# English words that Dutch has as well, with another meaning, and that no list has as English. The small words of Dutch
# are not asked: they are as good as all there are, and requests half in another language would pass for English.
BOTH = {
    "agent", "been", "begin", "born", "brand", "breed", "brief", "dove", "draft", "even", "file", "files", "gang",
    "gap", "glad", "half", "held", "helm", "hole", "last", "less", "looks", "loop", "male", "mess", "met", "pad",
    "pads", "pop", "ramen", "rent", "rot", "rust", "state", "strip", "taken", "toll", "ton", "we", "wed", "went", "won",
    "worst",
}  # fmt: skip
# Numbers up to this one are among the small words.
MOST_SMALL = 11
LANGUAGES = ("es", "de", "fr", "it", "pt", "nl")
# Endings of verbs: those of somebody doing it, and those of the doing itself. The bare stem is one in Dutch.
FINITE = {
    "es": "o as a amos an es e emos en ó ió",
    "de": "e st t est et te ten ",
    "fr": "e es ent s t d ons ez é",
    "it": "o i a e iamo ano ono isce",
    "pt": "o as a amos am es e emos em ou",
    "nl": " t te ten de den",
}
DOING = {
    "es": "ar er ir ando iendo yendo arlo arla arse",
    "de": "en n end end",
    "fr": "er ir re ant eant ire",
    "it": "are ere ire ando endo rre",
    "pt": "ar er ir ando endo indo r",
    "nl": "en n end ende",
}
# Endings of nouns and adjectives and what stands in their place in the lists; a star marks those of several, a plus
# those that only adjectives have.
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
        "éis": ("el*",), "óis": ("ol*",), "is": ("l*",),
    },
    "nl": {
        "en": ("*",), "s": ("*",), "n": ("*",), "e": ("+",), "er": ("+",), "ere": ("+",), "je": ("",), "jes": ("*",),
        "tje": ("",), "tjes": ("*",), "pje": ("",), "pjes": ("*",), "etje": ("",), "etjes": ("*",), "kje": ("g",),
        "kjes": ("g*",), "letje": ("l",), "netje": ("n",), "petje": ("p",), "metje": ("m",), "getje": ("g",),
        "betje": ("b",), "retje": ("r",), "otje": ("o",), "atje": ("a",),
    },
}  # fmt: skip
# What stands between the two parts of a compound, in the languages that write them as one word.
JOINTS = {"de": ("s", "n", "en"), "nl": ("s", "n", "en", "e")}
# What may stand before a verb without making it another: `opeten`, `rondlopen`.
PREFIXES = {"nl": ("rond", "door", "neer", "terug", "voor", "weg", "mee", "aan", "uit", "af", "om", "op", "in")}
# Bent once, not for every language.
_ing, _plural, _third = (functools.cache(form) for form in (ing, plural, third))


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
    # `haal … weg`: the ends that words go with, and what both are together.
    parted: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    opens: set[str] = field(default_factory=set)
    longest: int = 1

    def find(self, word: str, verb_first: bool = False) -> Word | None:
        """A single word, bent or not; German and Dutch ones may also be two put together."""
        small = self.exact.get(word)
        if small and small.kind == "small":
            return small
        bent, verb = self._bent(word), self.verbs.get(word)
        # `spelen` is to play sooner than several games.
        doing = self.language == "nl" and word.endswith("en") and word not in self.exact and verb and not verb.finite
        # `desenha a Ana`: a noun that only another gender would be is none.
        doing = doing or bool(verb and verb.finite and bent and not bent.plural and word not in self.exact)
        ways = (verb, bent) if verb_first or doing else (bent, verb)
        if found := ways[0] or ways[1] or (self._joined(word) if self.language in JOINTS else None):
            return found
        starts = (start for start in PREFIXES.get(self.language, ()) if word.startswith(start) and word[-1] in "nt")
        return next((verb for start in starts if (verb := self.verbs.get(word.removeprefix(start)))), None)

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
        for ending, instead in _longest_first(self.language):
            if not word.endswith(ending) or len(word) - len(ending) < 2:
                continue
            for stem in instead:
                found = self.exact.get(word[: -len(ending)] + stem.rstrip("*+"))
                if found and found.kind in (("adjective",) if stem == "+" else ("noun", "adjective")):
                    many = _plural(found.english) if stem.endswith("*") and found.kind == "noun" else ""
                    return Word(found.english, found.kind, many)
        return None

    def _joined(self, word: str) -> Word | None:
        for at in range(len(word) - 3, 2, -1):
            last = self._bent(word[at:])
            first, doing = word[:at], self.verbs.get(word[at:])
            for stem in (first, *map(first.removesuffix, JOINTS[self.language]), first + "e"):
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
def _longest_first(language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted(BENT[language].items(), key=lambda one: -len(one[0])))


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
                many = _plural(row[0]) if word.endswith("*") else ""
                _enter(table, word.rstrip("*"), Word(row[0], kind, many))
    for number in keys("numbers"):
        if int(number) > MOST_SMALL:
            for word in alternatives("numbers", number).split("|"):
                if word.isalpha():
                    _enter(table, word, Word(number, "small"))
    for theirs, english in _small(language):
        for word in theirs.split(";"):
            first, parted, last = word.partition(" … ")
            if parted:
                table.parted.setdefault(first, []).append((last, english))
                table.opens.add(first.split()[0])
            else:
                _enter(table, word, Word(english, "small"))
    return table


def _enter(table: Table, word: str, meaning: Word) -> None:
    # Written as requests are read: `all'erba` is two words.
    spaced = " ".join(word.replace("'", "' ").split()) if "'" in word else word
    if meaning.kind == "small" or spaced not in table.exact:
        table.exact[spaced] = meaning
    table.longest = max(table.longest, spaced.count(" ") + 1)


def _enter_verb(table: Table, stems: list[str], english: str) -> None:
    does, doing = Word(_third(english), "verb", base=english, finite=True), Word(_ing(english), "verb", base=english)
    dutch = table.language == "nl"
    # Those with endings that open the syllable, beside the bare one.
    opened = [stem for stem in stems if dutch and len(stem) > 2 and _closed(stem) != stem and _closed(stem) in stems]
    closed = [_closed(stem) for stem in opened]
    # `zetten` is to put sooner than that several did.
    ways = ((DOING, doing, closed), (FINITE, does, opened)) if dutch else ((FINITE, does, ()), (DOING, doing, ()))
    for endings, meaning, never in ways:
        for stem in stems:
            for ending in endings[table.language].split(" ") if stem not in never else ():
                table.verbs.setdefault(stem + ending, meaning)


def _closed(stem: str) -> str:
    """The Dutch stem as it is without an ending: `slap` (slapen) is slaap, `renn` ren, `bev` beef, `reiz` reis."""
    if stem[-1] == stem[-2]:
        return stem[:-1]
    short = stem[:-1] + {"v": "f", "z": "s"}.get(stem[-1], stem[-1])
    return re.sub(r"(?<![aeiou])([aeou])(?=[^aeiou]$)", r"\1\1", short)


@functools.cache
def english_words(every: bool = False) -> frozenset[str]:
    """The commonest English words, or `every` one that the lists have."""
    found: set[str] = set()
    for file, kind in LISTS.items():
        for row in _rows(file) if every or file not in RARER else ():
            words = row[0].split()
            found |= {*words, *((_ing(row[0]), _third(row[0])) if kind == "verb" else map(_plural, words))}
    smalls = [english for language in LANGUAGES if language != "nl" for _, english in _small(language)]
    found |= BOTH if every else set()
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
