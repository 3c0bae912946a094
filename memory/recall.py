"""Recall: from a request to the few lines that matter for it, dated, with evidence, within a word budget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from limner.memory import facts, referents, times
from limner.memory.book import Book
from limner.memory.journal import moment, stamp
from limner.memory.rules import facets_named
from limner.memory.search import Found, Search
from limner.memory.values import FACETS, Hit, Interval, ProfileLine, Recall, RecallLine

ALWAYS = ("style", "palette", "composition", "format", "dislike")
"""Facets every picture is made with."""
CANDIDATES = 40
REFUSAL_LEAD = 0.2

_ABOUT_ME = re.compile(
    r"\b(?:know|remember|said|told|learned|think) (?:\w+ ){0,3}(?:about )?me\b|\b(?:do|did|what|which) (?:\w+ )*i"
    r" (?:\w+ )?(?:like|love|hate|prefer|say|said|tell|told)|\babout me\b|\bmy (?:taste|preferences)\b",
    re.IGNORECASE,
)
_MOVES = re.compile(r"\b(?:animat\w*|gif|clip|video|moving?|motion|bounc\w*|spin\w*|wobbl\w*|danc\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to memory, read."""

    text: str
    subjects: tuple[str, ...]
    facets: tuple[str, ...]
    interval: Interval | None


def read_request(text: str, subjects: Sequence[str], facets: Sequence[str] | None, now: datetime) -> Asked:
    named = tuple(dict.fromkeys("@" + name.removeprefix("@").casefold() for name in subjects))
    return Asked(text, named, tuple(facets) if facets is not None else facets_for(text), times.interval(text, now))


def facets_for(text: str) -> tuple[str, ...]:
    """The facets a plan for this request can use, those it names first."""
    if _ABOUT_ME.search(text):
        return FACETS
    moving = ["motion"] if _MOVES.search(text) else []
    return tuple(dict.fromkeys([*facets_named(text), *moving, *ALWAYS]))


def recall(book: Book, search: Search, asked: Asked, budget: int, alike: tuple[Hit, ...] = ()) -> Recall:
    """Preferences of the facets in scope come in full and first; similar turns and facts fill what is left."""
    block = _Block(budget)
    for line in _nearest_first(book, search, asked, _in_scope(search.profile(book), asked), budget):
        why = f"about {line.subject}" if line.facet == "subject" else f"{line.facet} preference"
        support = f", {line.support} times" if line.support > 1 else ""
        block.add(RecallLine(line.id, line.text, line.at, why + support, "profile", line.evidence))
    seen = {ref for line in block.lines for ref in line.evidence}
    similar = _similar(book, search, asked)
    gists = search.gists(book, [one.ref for one in similar if one.kind == "turn"])
    texts = _fact_texts(book, [one.ref for one in similar if one.kind == "fact"])
    outdated = search.outdated(book) if asked.interval is None else frozenset()
    for found in similar:
        name = book.id(found.kind, found.ref)
        kind: Literal["turn", "fact"] = "turn" if found.kind == "turn" else "fact"
        if kind == "turn":
            text, words = gists[found.ref]
        else:
            text = texts.get(found.ref, "")
            words = len(text.split())
        if text and name not in seen and name not in outdated and block.fits(words):
            evidence = (name,) if kind == "turn" else facts.evidence_of(book.db, found.ref)
            block.add(RecallLine(name, text, moment(found.at), _why(found, asked), kind, evidence, found.score))
        if block.full:
            break
    handles = referents.meant(book, asked.text, asked.interval, alike)
    return Recall(tuple(block.lines), asked.interval, asked.facets, handles, alike)


def search(book: Book, searcher: Search, text: str, k: int) -> list[Hit]:
    """The k best of everything, with its text."""
    texts = {
        "turn": "SELECT text FROM turn WHERE n = ?",
        "fact": "SELECT text FROM fact WHERE n = ?",
        "profile": "SELECT text FROM profile WHERE n = ?",
        "handle": "SELECT caption, handle FROM handle WHERE n = ?",
    }
    hits: dict[str, Hit] = {}
    for found in searcher.rank(book, text, 2 * k):
        row = book.db.execute(texts[found.kind], (found.ref,)).fetchone()
        name = row[1] if found.kind == "handle" else book.id(found.kind, found.ref)
        # A profile line says what its fact says: the first of the two is enough.
        hits.setdefault(row[0] or name, Hit(name, found.kind, row[0], moment(found.at), found.score))
    return list(hits.values())[:k]


def subject_lines(book: Book, subjects: Iterable[str]) -> list[RecallLine]:
    """What a granted subject is; nothing else of its owner's memory goes along."""
    wanted = {"@" + name.removeprefix("@").casefold() for name in subjects}
    return [
        RecallLine(fact.id, fact.text, fact.valid_from, f"{fact.subject} is shared with you", "fact", fact.evidence)
        for fact in facts.read(book, "facet = 'subject' AND valid_to IS NULL")
        if fact.subject.casefold() in wanted
    ]


class _Block:
    """Lines that fit, in the order they are offered; a line is never cut to fit."""

    def __init__(self, budget: int) -> None:
        self.left = budget
        self._refused = 0
        self.lines: list[RecallLine] = []
        self._texts: set[str] = set()

    @property
    def full(self) -> bool:
        return self.left < 4 or self._refused > 4

    def fits(self, words: int) -> bool:
        self._refused += words > self.left
        return words <= self.left

    def add(self, line: RecallLine) -> None:
        words = len(line.text.split())
        if self.fits(words) and line.text not in self._texts:
            self.left -= words
            self.lines.append(line)
            self._texts.add(line.text)
            self._refused = 0


def _in_scope(lines: list[ProfileLine], asked: Asked) -> list[ProfileLine]:
    order = {facet: place for place, facet in enumerate(("subject", *asked.facets))}
    every_subject = "subject" in asked.facets
    chosen = [
        line
        for line in lines
        if (line.facet in asked.facets or line.facet == "subject")
        and (not line.subject or every_subject or line.subject.casefold() in asked.subjects)
        and (line.facet != "subject" or line.subject)
    ]
    return sorted(chosen, key=lambda line: order[line.facet])


def _nearest_first(
    book: Book, search: Search, asked: Asked, lines: list[ProfileLine], budget: int
) -> list[ProfileLine]:
    """A block too long for the budget is put in order of likeness to the request, what is refused a little ahead."""
    if sum(len(line.text.split()) for line in lines) <= budget:
        return lines
    scores = {book.id("profile", one.ref): one.score for one in search.rank(book, asked.text, 500, ("profile",))}
    order = {facet: place for place, facet in enumerate(("subject", *asked.facets))}
    return sorted(
        lines, key=lambda line: (order[line.facet], -scores.get(line.id, 0.0) - REFUSAL_LEAD * (line.polarity < 0))
    )


def _similar(book: Book, search: Search, asked: Asked) -> list[Found]:
    found = search.rank(book, asked.text, CANDIDATES, ("turn", "fact"))
    if asked.interval:
        first, last = stamp(asked.interval.start), stamp(asked.interval.end)
        inside = [one for one in found if first <= one.at < last]
        return inside + [one for one in found if one not in inside] if inside else found
    return found


def _why(found: Found, asked: Asked) -> str:
    if asked.interval and asked.interval.holds(moment(found.at)):
        return f"{asked.interval.words}; similarity {found.score:.2f}"
    return f"similarity {found.score:.2f}"


def _fact_texts(book: Book, numbers: list[int]) -> dict[int, str]:
    """Of those that still hold."""
    if not numbers:
        return {}
    query = f"SELECT n, text FROM fact WHERE n IN ({', '.join(map(str, numbers))}) AND valid_to IS NULL"
    return dict(book.db.execute(query).fetchall())
