"""The journal: what was said, what came of it and how it was liked; append-only, and the source of all the rest."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from limner.memory import index
from limner.memory.book import Book
from limner.memory.problem import MemoryProblem
from limner.memory.values import PERSONAL, Attached, Session, Turn

LONGEST = 4_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufeff]")


class Said(TypedDict, total=False):
    """What may be told of a turn besides its words."""

    attachments: Sequence[Attached]
    request_id: str | None
    scope: str


class Outcome(TypedDict, total=False):
    """What came of a turn."""

    plan_text: str
    reply: str
    handles: Sequence[str]
    status: str
    detail: Mapping[str, Any] | None


def clean(text: str) -> str:
    """The text without control characters and broken surrogates, which no file or prompt should carry."""
    if len(text) > LONGEST:
        raise MemoryProblem(f"a message of {len(text):,} characters is too long to remember; attach it as a file")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))


def stamp(moment: datetime) -> str:
    """A time as stored: UTC, fixed width, so that text order is time order."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def no_earlier(book: Book, now: datetime) -> str:
    """The time to write down: a clock set back must not put a turn before the one it answers."""
    last = book.db.execute("SELECT at FROM turn ORDER BY n DESC LIMIT 1").fetchone()
    return max(stamp(now), last[0]) if last else stamp(now)


def record(book: Book, user: str, session: str, text: str, now: datetime, **told: Unpack[Said]) -> Turn:
    """Write a turn and make it searchable; one whose request id is known is given back as it is."""
    known = _answered(book, user, told.get("request_id"))
    if known is None:
        with book.write() as db:
            number = add_turn(book, user, session, text, now, **told)
            index.add_turn(db, number)
    turn = read_turn(book, number if known is None else known)
    assert turn is not None
    return replace(turn, repeated=known is not None)


def _answered(book: Book, user: str, request_id: str | None) -> int | None:
    query = "SELECT n FROM turn WHERE user = ? AND request_id = ?"
    row = book.db.execute(query, (user, request_id)).fetchone() if request_id is not None else None
    return int(row[0]) if row else None


def add_turn(book: Book, user: str, session: str, text: str, now: datetime, **told: Unpack[Said]) -> int:
    """Write a turn inside the caller's transaction; gives its number."""
    db = book.db
    row = (user, session, told.get("scope", PERSONAL), no_earlier(book, now), text, told.get("request_id"))
    added = db.execute("INSERT INTO turn (user, session, scope, at, text, request_id) VALUES (?, ?, ?, ?, ?, ?)", row)
    number = int(added.lastrowid or 0)
    for place, file in enumerate(told.get("attachments", ())):
        path = str(file.path) if file.path else None
        db.execute(
            "INSERT INTO attachment VALUES (?, ?, ?, ?, ?, ?)",
            (number, place, clean(file.name), file.handle, path, file.media_type),
        )
    return number


def set_outcome(db: sqlite3.Connection, number: int, **told: Unpack[Outcome]) -> bool:
    row = (
        told.get("status", "done"),
        clean(told.get("plan_text", "")),
        clean(told.get("reply", "")),
        _dump(list(told.get("handles", ()))),
        _dump(told.get("detail") or {}),
        number,
    )
    query = "UPDATE turn SET status = ?, plan_text = ?, reply = ?, handles = ?, detail = ? WHERE n = ?"
    return db.execute(query, row).rowcount == 1


def read_turn(book: Book, number: int) -> Turn | None:
    found = _turns(book, "WHERE n = ?", (number,))
    return found[0] if found else None


def latest_turns(book: Book, session: str | None, limit: int, upto: int | None = None) -> list[Turn]:
    """The last so many, or the last so many up to the turn of that number; oldest first."""
    wanted = {"session = ?": session, "n <= ?": upto}
    given = {condition: value for condition, value in wanted.items() if value is not None}
    where = f"WHERE {' AND '.join(given)} " if given else ""
    return _turns(book, f"{where}ORDER BY n DESC LIMIT ?", (*given.values(), limit))[::-1]


def sessions(book: Book, user: str, limit: int) -> list[Session]:
    """What this person talked about, the latest first; counted by the database, for there can be thousands of turns."""
    query = "SELECT session, count(*), max(n), min(n) FROM turn WHERE user = ? GROUP BY session"
    one = "SELECT at, text FROM turn WHERE n = ?"
    found = []
    for name, count, last, first in book.db.execute(f"{query} ORDER BY max(n) DESC LIMIT ?", (user, limit)).fetchall():
        (at, _), (_, words) = (book.db.execute(one, (n,)).fetchone() for n in (last, first))
        found.append(Session(name=name, turns=count, last=moment(at), first_words=words))
    return found


def _turns(book: Book, where: str, values: tuple[Any, ...]) -> list[Turn]:
    query = "SELECT n, user, session, scope, at, text, request_id, status, plan_text, reply, handles, detail FROM turn "
    return [
        Turn(
            id=book.id("turn", n),
            user=user,
            session=session,
            scope=scope,
            at=moment(at),
            text=text,
            attachments=_attachments(book.db, n),
            request_id=request_id,
            status=status,
            plan_text=plan_text,
            reply=reply,
            handles=tuple(json.loads(handles)),
            detail=json.loads(detail),
        )
        for n, user, session, scope, at, text, request_id, status, plan_text, reply, handles, detail in book.db.execute(
            query + where, values
        )
    ]


def _attachments(db: sqlite3.Connection, turn: int) -> tuple[Attached, ...]:
    query = "SELECT name, handle, path, media_type FROM attachment WHERE turn = ? ORDER BY place"
    return tuple(
        Attached(name, handle, Path(path) if path else None, media_type)
        for name, handle, path, media_type in db.execute(query, (turn,))
    )


def _dump(value: object) -> str:
    # `default=str` lets a detail hold paths and times; memory never needs them back as objects.
    return clean(json.dumps(value, ensure_ascii=False, default=str))
