"""Observations folded into facts: duplicates strengthen, newer values supersede, what was concluded falls with it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from limner.memory import index
from limner.memory.book import Book
from limner.memory.journal import moment, stamp
from limner.memory.problem import MemoryProblem
from limner.memory.values import Fact, Observation, Question

_TRUST = {"person": 2, "rule": 2, "llm": 1}
_FILLER = re.compile(r"\b(?:a|an|the|some|any|really|very|so|please|always|much|more|less|too)\b|[^\w\s-]")


def add(book: Book, number: int, user: str, turn: int, observation: Observation) -> int | None:
    """Weigh journal entry `number`; gives the fact it became or strengthened, None when it waits for an answer."""
    db = book.db
    at, scope = db.execute("SELECT at, scope FROM turn WHERE n = ?", (turn,)).fetchone()
    since = stamp(observation.valid_from) if observation.valid_from else at
    key = _key(observation)
    evidence = book.id("turn", turn)
    rivals = _rivals(db, key, observation)
    for n, polarity, value, _, _ in rivals:
        if value == _plain(observation.value or observation.text) and polarity == observation.polarity:
            db.execute("INSERT OR IGNORE INTO evidence VALUES (?, ?)", (n, evidence))
            if _TRUST[observation.source] > 1:  # said again by the person: no guess against it is open any more
                db.execute("DELETE FROM question WHERE fact = ?", (n,))
                db.execute("UPDATE fact SET source = ? WHERE n = ? AND source = 'llm'", (observation.source, n))
            _stale(db, observation.facet)
            return int(n)
    for n, _, _, source, valid_from in rivals:
        if _TRUST[observation.source] < _TRUST[source]:
            # A guess never overrides what the person said; only the person can.
            db.execute("INSERT OR REPLACE INTO question VALUES (?, ?)", (number, n))
            return None
        if since < valid_from:
            # News about an earlier time: it is history at once.
            _insert(db, number, user, observation, key, scope, since, valid_to=valid_from, superseded_by=n)
            db.execute("INSERT INTO evidence VALUES (?, ?)", (number, evidence))
            return number
    _insert(db, number, user, observation, key, scope, since)
    db.execute("INSERT INTO evidence VALUES (?, ?)", (number, evidence))
    for needed in observation.depends_on:
        db.execute("INSERT OR IGNORE INTO depends VALUES (?, ?)", (number, book.number_in(needed, "fact")))
    for n, _, _, _, _ in rivals:
        close(db, n, since, "superseded", by=number)
    index.add(db, "fact", number, since, observation.text)
    _stale(db, observation.facet)
    return number


def journalled(book: Book, user: str, turn: int, observation: Observation) -> int | None:
    """Write the claim to the journal first, then weigh it (in the caller's transaction)."""
    row = book.db.execute("SELECT at FROM turn WHERE n = ?", (turn,)).fetchone()
    body = observation.model_dump_json()
    known = book.db.execute("SELECT n FROM observation WHERE turn = ? AND body = ?", (turn, body)).fetchone()
    if known:  # the same turn read twice adds nothing
        return int(known[0]) if book.db.execute("SELECT 1 FROM fact WHERE n = ?", known).fetchone() else None
    added = book.db.execute(
        "INSERT INTO observation (user, turn, at, body) VALUES (?, ?, ?, ?)", (user, turn, row[0], body)
    )
    return fold(book, int(added.lastrowid or 0), user, turn, row[0], observation)


def observed(book: Book, user: str, turn: int, observations: Sequence[Observation]) -> list[Fact]:
    """Claims made in one turn of the user's own; gives the facts they became or strengthened."""
    if not book.db.execute("SELECT 1 FROM turn WHERE n = ? AND user = ?", (turn, user)).fetchone():
        raise MemoryProblem(f"{user!r} did not say {book.id('turn', turn)}; only their own turns can be evidence")
    with book.write():
        fresh = [journalled(book, user, turn, one) for one in observations]
    return read(book, f"n IN ({', '.join(str(n) for n in fresh if n)})") if any(fresh) else []


def fold(book: Book, number: int, user: str, turn: int, at: str, observation: Observation) -> int | None:
    if observation.slot == RETRACTED:
        close(book.db, book.number_in(observation.value, "fact"), at, "the person said it is wrong")
        return None
    return add(book, number, user, turn, observation)


def close(db: sqlite3.Connection, number: int, at: str, why: str, by: int | None = None) -> None:
    """End a fact's interval and drop what was concluded from it."""
    row = db.execute("SELECT facet FROM fact WHERE n = ? AND valid_to IS NULL", (number,)).fetchone()
    if row is None:
        return
    db.execute(
        "UPDATE fact SET valid_to = max(?, valid_from), why_closed = ?, superseded_by = ? WHERE n = ?",
        (at, why, by, number),
    )
    index.drop(db, "fact", number)
    db.execute("DELETE FROM question WHERE fact = ?", (number,))
    _stale(db, row[0])
    for (child,) in db.execute("SELECT fact FROM depends WHERE on_fact = ?", (number,)).fetchall():
        close(db, child, at, "what it was concluded from no longer holds")


def read(book: Book, where: str = "1", values: tuple[Any, ...] = ()) -> list[Fact]:
    rows = book.db.execute(
        "SELECT n, user, facet, polarity, subject, slot, value, text, source, scope, valid_from, valid_to,"
        f" superseded_by, why_closed FROM fact WHERE {where} ORDER BY valid_from DESC, n DESC",
        values,
    ).fetchall()
    return [
        Fact(
            id=book.id("fact", n),
            text=text,
            facet=facet,
            polarity=polarity,
            subject=subject,
            slot=slot,
            value=value,
            source=source,
            scope=scope,
            user=user,
            valid_from=moment(valid_from),
            valid_to=moment(valid_to) if valid_to else None,
            evidence=evidence_of(book.db, n),
            depends_on=tuple(
                book.id("fact", row[0]) for row in book.db.execute("SELECT on_fact FROM depends WHERE fact = ?", (n,))
            ),
            superseded_by=book.id("fact", by) if by else None,
            why_closed=why,
        )
        for n, user, facet, polarity, subject, slot, value, text, source, scope, valid_from, valid_to, by, why in rows
    ]


class Wanted(TypedDict, total=False):
    """What facts may be asked by."""

    facet: str | None
    subject: str | None
    live: bool
    at: datetime | None


def select(
    book: Book,
    *,
    facet: str | None = None,
    subject: str | None = None,
    live: bool = True,
    at: datetime | None = None,
) -> list[Fact]:
    wanted, values = ["1"], list[Any]()
    if facet is not None:
        wanted.append("facet = ?")
        values.append(facet)
    if subject is not None:
        wanted.append("lower(subject) = ?")
        values.append("@" + subject.removeprefix("@").casefold())
    if at is not None:
        wanted.append("valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)")
        values += [stamp(at), stamp(at)]
    elif live:
        wanted.append("valid_to IS NULL")
    return read(book, " AND ".join(wanted), tuple(values))


def evidence_of(db: sqlite3.Connection, number: int) -> tuple[str, ...]:
    return tuple(row[0] for row in db.execute("SELECT ref FROM evidence WHERE fact = ? ORDER BY ref", (number,)))


def questions(book: Book) -> list[Question]:
    rows = book.db.execute(
        "SELECT question.n, question.fact, observation.body, fact.text FROM question"
        " JOIN observation ON observation.n = question.n JOIN fact ON fact.n = question.fact"
    ).fetchall()
    return [
        Question(
            id=book.id("fact", n),
            text=f"You told me: {known}. Now it looks as if: {rival.text}. Which is right?",
            fact_id=book.id("fact", fact),
            rival=rival,
        )
        for n, fact, rival, known in ((n, f, Observation.model_validate_json(body), text) for n, f, body, text in rows)
    ]


def refold(book: Book) -> None:
    """Make every fact again from the journal, in the caller's transaction."""
    db = book.db
    for table in ("fact", "evidence", "depends", "question"):
        db.execute(f"DELETE FROM {table}")
    for (number,) in db.execute("SELECT ref FROM item WHERE kind = 'fact'").fetchall():
        index.drop(db, "fact", number)
    db.execute(
        "INSERT INTO facet (name, version, stale) SELECT DISTINCT facet, 0, 1 FROM profile WHERE 1"
        " ON CONFLICT (name) DO UPDATE SET stale = 1"
    )
    for number, user, turn, at, body in db.execute(
        "SELECT n, user, turn, at, body FROM observation ORDER BY n"
    ).fetchall():
        fold(book, number, user, turn, at, Observation.model_validate_json(body))


RETRACTED = "retracted"
"""The slot of a journal entry by which the person takes a fact back; its value is the fact's id."""


def _key(observation: Observation) -> str:
    """What a claim competes with: its slot when a slot holds one value, else the same liked or disliked thing."""
    subject = observation.subject.casefold()
    if observation.slot:
        return f"{subject}|{observation.slot}"
    return f"{subject}||{_plain(observation.value or observation.text)}"


def _rivals(db: sqlite3.Connection, key: str, observation: Observation) -> list[tuple[int, int, str, str, str]]:
    rows = db.execute(
        "SELECT n, polarity, value, text, source, valid_from FROM fact WHERE key = ? AND valid_to IS NULL", (key,)
    ).fetchall()
    return [(n, polarity, _plain(value or text), source, since) for n, polarity, value, text, source, since in rows]


def _plain(value: str) -> str:
    return " ".join(_FILLER.sub(" ", value.casefold()).split())


def _insert(
    db: sqlite3.Connection,
    number: int,
    user: str,
    observation: Observation,
    key: str,
    scope: str,
    since: str,
    valid_to: str | None = None,
    superseded_by: int | None = None,
) -> None:
    db.execute(
        "INSERT INTO fact (n, user, facet, polarity, subject, slot, value, key, text, source, scope, valid_from,"
        " valid_to, superseded_by, why_closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(number, user, observation.facet, observation.polarity, observation.subject, observation.slot),
            *(observation.value, key, observation.text, observation.source, scope, since, valid_to, superseded_by),
            "superseded" if valid_to else "",
        ),
    )


def _stale(db: sqlite3.Connection, facet: str) -> None:
    db.execute("INSERT INTO facet VALUES (?, 0, 1) ON CONFLICT (name) DO UPDATE SET stale = 1", (facet,))
