"""Handles: the stable names of uploads, pictures, clips, subjects, styles and motions, and how to find them again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from limner.memory import index
from limner.memory.book import Book
from limner.memory.journal import clean, moment, stamp
from limner.memory.problem import MemoryProblem
from limner.memory.values import Handle, HandleKind


class Told(TypedDict, total=False):
    """What is told of a handle when it is given; every entry may be left out."""

    path: Path | None
    caption: str
    subjects: Sequence[str]
    styles: Sequence[str]
    motion: str
    seed: int | None
    parents: Sequence[str]
    turn_id: str | None
    detail: Mapping[str, Any]


class Wanted(TypedDict, total=False):
    """What a list of handles may be asked by; they meet every condition given."""

    kind: HandleKind | None
    session: str | None
    subject: str | None
    style: str | None
    motion: str | None
    liked: bool | None
    since: datetime | None
    until: datetime | None
    text: str | None
    turn: str | None
    parent: str | None
    limit: int
    newest_first: bool


_PREFIX = {"image": "img"}
_ROLES = ("subject", "style", "parent")


def next_handle(book: Book, kind: str, job: str = "") -> str:
    """Count up and give the name; counters outlive what they named, so a forgotten img-3 is never img-3 again.

    The last `job` that was given one is told the same again: killed before it wrote the name down, it leaves no gap.
    """
    prefix = _PREFIX.get(kind, kind)
    if not prefix.isidentifier():
        raise MemoryProblem(f"{kind!r} is no kind of handle; choose upload, image or clip")
    with book.write() as db:
        mine = f"{prefix} for {job}"
        if job and (given := db.execute("SELECT last FROM counter WHERE kind = ?", (mine,)).fetchone()):
            return f"{prefix}-{given[0]}"
        add = "INSERT INTO counter VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET last = last + 1"
        db.execute(add, (prefix,))
        last = db.execute("SELECT last FROM counter WHERE kind = ?", (prefix,)).fetchone()[0]
        db.execute("DELETE FROM counter WHERE kind LIKE ?", (f"{prefix} for %",))
        if job:
            db.execute("INSERT INTO counter VALUES (?, ?)", (mine, last))
    return f"{prefix}-{last}"


def plain_name(name: str) -> str:
    """A subject, style or motion as it is linked: without the sigil, in lower case."""
    return name.removeprefix("@").removeprefix("style:").removeprefix("motion:").strip().casefold()


def put(
    book: Book,
    handle: str,
    *,
    user: str,
    kind: HandleKind,
    at: datetime,
    session: str,
    path: Path | None = None,
    caption: str = "",
    subjects: Sequence[str] = (),
    styles: Sequence[str] = (),
    motion: str = "",
    seed: int | None = None,
    parents: Sequence[str] = (),
    turn_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write or replace a handle in the caller's transaction; a like given to it stays."""
    values = (
        clean(handle),
        user,
        kind,
        stamp(at),
        str(path) if path else None,
        clean(caption),
        motion,
        seed,
        turn_id,
        session,
        clean(json.dumps(detail or {}, ensure_ascii=False, default=str)),
    )
    row = book.db.execute(
        "INSERT INTO handle (handle, user, kind, at, path, caption, motion, seed, turn, session, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (handle) DO UPDATE SET kind = excluded.kind,"
        " path = excluded.path, caption = excluded.caption, motion = excluded.motion, seed = excluded.seed,"
        " turn = excluded.turn, session = excluded.session, detail = excluded.detail RETURNING n",
        values,
    ).fetchone()
    number = int(row[0])
    book.db.execute("DELETE FROM link WHERE handle = ?", (number,))
    for role, names in zip(_ROLES, (subjects, styles, parents), strict=True):
        for place, name in enumerate(names):
            book.db.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (number, role, place, clean(name)))
    if caption:
        index.add(book.db, "handle", number, stamp(at), clean(caption))
    return number


def get(book: Book, handle: str) -> Handle | None:
    found = query(book, "handle.handle = ?", (handle,), limit=1)
    if not found and handle.startswith(("@", "style:", "motion:")):
        found = query(book, "lower(handle.handle) = ?", (handle.casefold(),), limit=1)
    return found[0] if found else None


def find(
    book: Book,
    *,
    kind: HandleKind | None = None,
    session: str | None = None,
    subject: str | None = None,
    style: str | None = None,
    motion: str | None = None,
    liked: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str | None = None,
    turn: str | None = None,
    parent: str | None = None,
    limit: int = 50,
    newest_first: bool = True,
) -> list[Handle]:
    """Handles that meet every condition given."""
    wanted: list[str] = []
    values: list[Any] = []

    def want(condition: str, *given: Any) -> None:
        wanted.append(condition)
        values.extend(given)

    if kind is not None:
        want("handle.kind = ?", kind)
    if session is not None:
        want("handle.session = ?", session)
    for role, name in (("subject", subject), ("style", style)):
        if name is not None:
            want(
                "EXISTS (SELECT 1 FROM link WHERE link.handle = handle.n AND role = ? AND "
                "replace(replace(lower(name), '@', ''), 'style:', '') = ?)",
                role,
                plain_name(name),
            )
    if turn is not None:
        want("handle.turn = ?", turn)
    if parent is not None:
        want("EXISTS (SELECT 1 FROM link WHERE link.handle = handle.n AND role = 'parent' AND name = ?)", parent)
    if motion is not None:
        want("replace(lower(handle.motion), 'motion:', '') = ?", plain_name(motion))
    if liked is not None:
        want("handle.liked = ?", int(liked))
    if since is not None:
        want("handle.at >= ?", stamp(since))
    if until is not None:
        want("handle.at < ?", stamp(until))
    for word in (text or "").split():
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        want("handle.caption LIKE ? ESCAPE '\\'", f"%{escaped}%")
    return query(book, " AND ".join(wanted) or "1", tuple(values), limit=limit, newest_first=newest_first)


def query(book: Book, where: str, values: tuple[Any, ...], *, limit: int, newest_first: bool = True) -> list[Handle]:
    order = "DESC" if newest_first else "ASC"
    rows = book.db.execute(
        "SELECT n, handle, kind, user, at, path, caption, motion, seed, turn, session, liked, detail FROM handle "
        f"WHERE {where} ORDER BY at {order}, n {order} LIMIT ?",
        (*values, limit),
    ).fetchall()
    return [
        Handle(
            handle=handle,
            kind=kind,
            user=user,
            at=moment(at),
            path=Path(path) if path else None,
            caption=caption,
            subjects=_links(book, n, "subject"),
            styles=_links(book, n, "style"),
            motion=motion,
            seed=seed,
            parents=_links(book, n, "parent"),
            turn_id=turn,
            session=session,
            liked=None if liked is None else bool(liked),
            detail=json.loads(detail),
        )
        for n, handle, kind, user, at, path, caption, motion, seed, turn, session, liked, detail in rows
    ]


def _links(book: Book, number: int, role: str) -> tuple[str, ...]:
    rows = book.db.execute("SELECT name FROM link WHERE handle = ? AND role = ? ORDER BY place", (number, role))
    return tuple(row[0] for row in rows)


def like(book: Book, handle: str, liked: bool | None, *, user: str, turn_id: str | None, note: str, at: str) -> int:
    """Write feedback in the caller's transaction; the handle shows the latest word on it."""
    value = None if liked is None else int(liked)
    if book.db.execute("UPDATE handle SET liked = ? WHERE handle = ?", (value, handle)).rowcount == 0:
        raise MemoryProblem(f"there is no {handle!r} to like; `limner images` lists what there is")
    row = (user, handle, value, turn_id, clean(note), at)
    added = book.db.execute("INSERT INTO feedback (user, handle, liked, turn, note, at) VALUES (?, ?, ?, ?, ?, ?)", row)
    return int(added.lastrowid or 0)
