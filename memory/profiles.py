"""Facet profiles: what history says for one kind of choice: ranked, counted, every line with its evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable

from limner.memory import index
from limner.memory.book import Book
from limner.memory.journal import moment
from limner.memory.values import ProfileLine

_TAKEN_FROM_LIKES = ("style", "motion", "subject")


def mark_likes(book: Book) -> None:
    """Feedback changed: the profiles that count liked pictures are out of date (in the caller's transaction)."""
    for facet in _TAKEN_FROM_LIKES:
        book.db.execute("INSERT INTO facet VALUES (?, 0, 1) ON CONFLICT (name) DO UPDATE SET stale = 1", (facet,))


def refresh(book: Book, facets: Iterable[str] | None = None) -> int:
    """Write the stale profiles again; gives how many. No line can outlive its evidence, for it is read from it here."""
    wanted = set(facets) if facets is not None else None
    stale = [row[0] for row in book.db.execute("SELECT name FROM facet WHERE stale = 1 ORDER BY name")]
    todo = [facet for facet in stale if wanted is None or facet in wanted]
    if not todo:
        return 0
    with book.write() as db:
        for facet in todo:
            for (n,) in db.execute("SELECT n FROM profile WHERE facet = ?", (facet,)).fetchall():
                index.drop(db, "profile", n)
            db.execute("DELETE FROM profile WHERE facet = ?", (facet,))
            db.execute("UPDATE facet SET version = version + 1, stale = 0 WHERE name = ?", (facet,))
            version = db.execute("SELECT version FROM facet WHERE name = ?", (facet,)).fetchone()[0]
            lines = sorted(_from_facts(book, facet) + _from_likes(book, facet), key=_rank, reverse=True)
            for place, (text, polarity, subject, evidence, at) in enumerate(lines):
                row = (facet, version, place, text, polarity, subject, _support(evidence), json.dumps(evidence), at)
                added = db.execute(
                    "INSERT INTO profile (facet, version, place, text, polarity, subject, support, evidence, at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    row,
                )
                index.add(db, "profile", int(added.lastrowid or 0), at, text)
    return len(todo)


def read(book: Book, facet: str | None = None) -> list[ProfileLine]:
    refresh(book, None if facet is None else (facet,))
    where, values = ("WHERE facet = ?", (facet,)) if facet is not None else ("", ())
    rows = book.db.execute(
        "SELECT n, facet, text, polarity, subject, support, evidence, at, version FROM profile "
        f"{where} ORDER BY facet, place",
        values,
    )
    return [
        ProfileLine(
            id=book.id("profile", n),
            facet=name,
            text=text,
            polarity=polarity,
            subject=subject,
            support=support,
            evidence=tuple(json.loads(evidence)),
            at=moment(at),
            version=version,
        )
        for n, name, text, polarity, subject, support, evidence, at, version in rows
    ]


_Line = tuple[str, int, str, list[str], str]


def _rank(line: _Line) -> tuple[int, int, str]:
    """What the person refuses comes first, then what was said most often, then what was said last."""
    return int(line[1] < 0), _support(line[3]), line[4]


def _support(evidence: list[str]) -> int:
    """How often it was said or liked; the fact itself is no saying of its own."""
    return sum(not ref.startswith("fact-") for ref in evidence)


def _from_facts(book: Book, facet: str) -> list[_Line]:
    rows = book.db.execute(
        "SELECT fact.text, polarity, subject, valid_from, json_group_array(evidence.ref), fact.n FROM fact"
        " JOIN evidence ON evidence.fact = fact.n WHERE facet = ? AND valid_to IS NULL GROUP BY fact.n",
        (facet,),
    )
    return [
        (text, polarity, subject, sorted([book.id("fact", n), *json.loads(refs)]), at)
        for text, polarity, subject, at, refs, n in rows.fetchall()
    ]


def _from_likes(book: Book, facet: str) -> list[_Line]:
    """Counted from the pictures themselves: "liked 3 pictures in inkwash" says what happened and concludes nothing."""
    if facet not in _TAKEN_FROM_LIKES:
        return []
    if facet == "motion":
        query = "SELECT motion, liked, handle, at FROM handle WHERE liked IS NOT NULL AND motion <> '' ORDER BY at"
        rows = book.db.execute(query)
    else:
        query = (
            "SELECT link.name, liked, handle.handle, at FROM handle JOIN link ON link.handle = handle.n"
            " WHERE liked IS NOT NULL AND role = ? AND kind IN ('image', 'clip') ORDER BY at"
        )
        rows = book.db.execute(query, (facet,))
    counted: dict[tuple[str, int], tuple[list[str], str]] = {}
    for name, liked, handle, at in rows.fetchall():
        evidence, _ = counted.setdefault((name, liked), ([], at))
        evidence.append(handle)
        counted[name, liked] = (evidence, at)
    where = {"style": "in", "motion": "moving with", "subject": "of"}[facet]
    return [
        (
            f"User {'liked' if liked else 'disliked'} {len(evidence)} picture{'s'[: len(evidence) - 1]} {where} {name}",
            1 if liked else -1,
            name if facet == "subject" else "",
            evidence,
            at,
        )
        for (name, liked), (evidence, at) in counted.items()
    ]
