"""Verify, rebuild and stats: what is wrong with a memory, and how it is made whole from its journal."""

from __future__ import annotations

import sqlite3

from limner.memory import facts, forget, profiles, salvage, schema
from limner.memory.book import Book, connect, migrate
from limner.memory.chroma import ChromaIndex
from limner.memory.journal import moment
from limner.memory.problem import Damage, MemoryProblem, is_damage
from limner.memory.shelf import Shelf
from limner.memory.values import Finding, Stats

JOURNAL = (
    "book",
    "turn",
    "attachment",
    "feedback",
    "counter",
    "handle",
    "link",
    "picture",
    "fingerprint",
    "observation",
)


def stats(book: Book) -> Stats:
    db = book.db

    def count(query: str) -> int:
        return int(db.execute(query).fetchone()[0])

    first, last = db.execute("SELECT min(at), max(at) FROM turn").fetchone()
    return Stats(
        turns=count("SELECT count(*) FROM turn"),
        handles=count("SELECT count(*) FROM handle"),
        facts=count("SELECT count(*) FROM fact WHERE valid_to IS NULL"),
        closed_facts=count("SELECT count(*) FROM fact WHERE valid_to IS NOT NULL"),
        profile_lines=count("SELECT count(*) FROM profile"),
        vectors=vectors(book),
        feedback=count("SELECT count(*) FROM feedback"),
        sessions=count("SELECT count(DISTINCT session) FROM turn"),
        bytes=sum(path.stat().st_size for path in book.path.parent.glob(f"{book.path.stem}.*")),
        first=moment(first) if first else None,
        last=moment(last) if last else None,
    )


def vectors(book: Book) -> int:
    query = "SELECT (SELECT count(*) FROM item WHERE vector IS NOT NULL) + (SELECT count(*) FROM picture)"
    return int(book.db.execute(query).fetchone()[0])


_CHECKS = (
    ("SELECT count(*) FROM fact WHERE NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.fact = fact.n)",
     "{} facts have no evidence"),
    ("SELECT count(*) FROM profile WHERE evidence = '[]'", "{} profile lines have no evidence"),
    ("SELECT count(*) FROM turn WHERE NOT EXISTS (SELECT 1 FROM item WHERE kind = 'turn' AND ref = turn.n)",
     "{} turns cannot be found by search"),
    ("SELECT count(*) FROM item WHERE NOT EXISTS (SELECT 1 FROM words WHERE words.rowid = item.n)",
     "{} searchable things have lost their words"),
    ("SELECT count(*) FROM item WHERE vector IS NOT NULL AND length(vector) % 4 <> 0", "{} vectors are cut short"),
    ("SELECT count(*) FROM observation WHERE NOT EXISTS (SELECT 1 FROM turn WHERE turn.n = observation.turn)",
     "{} claims point at turns that are gone"),
)  # fmt: skip


def verify(shelf: Shelf, chroma: ChromaIndex, owner: str) -> list[Finding]:
    where = f"memory of {owner}"
    try:
        book = shelf.find(owner)
        if book is None:
            return [Finding(where, "nothing is remembered under this name", mendable=False)]
        found = [
            Finding(where, f"damaged pages: {line}", mendable=True)
            for (line,) in book.db.execute("PRAGMA integrity_check(10)").fetchall()
            if line != "ok"
        ]
        for query, said in _CHECKS:
            count = int(book.db.execute(query).fetchone()[0])
            if count:
                found.append(Finding(where, said.format(count), mendable=True))
    except (sqlite3.DatabaseError, MemoryProblem) as error:
        broken = isinstance(error, Damage) or (isinstance(error, sqlite3.DatabaseError) and is_damage(error))
        return [Finding(where, f"cannot be read: {error}", mendable=broken)]
    try:
        missing = chroma.behind(book)
    except MemoryProblem as error:
        return [*found, Finding("vector index", str(error), mendable=True)]
    if missing:
        found.append(Finding("vector index", f"{missing} vectors of {owner} are missing from Chroma", mendable=True))
    return found


def rebuild(shelf: Shelf, owner: str) -> list[str]:
    """Derived tables again from the journal; when pages are damaged, the readable rows move to a new file first."""
    said: list[str] = []
    if owner not in shelf.owners():
        raise MemoryProblem(f"nothing is remembered for {owner!r} yet; check the name given with --user")
    book = _opened(shelf, owner)
    if book is None or _damaged(book):
        lost = _salvage(shelf, owner)
        said.append(
            f"{owner}: moved what could be read to a new file" + (f"; lost {lost}" if lost else "; nothing lost")
        )
        book = shelf.book(owner)
    with book.write() as db:
        db.execute("DELETE FROM observation WHERE turn NOT IN (SELECT n FROM turn)")
        db.execute("DELETE FROM facet")
        db.execute("DELETE FROM profile")
        db.execute("UPDATE picture SET fed = 0")
        forget.refill(book)
        db.execute("UPDATE item SET vector = NULL, model = NULL, fed = 0")
        facts.refold(book)
        profiles.mark_likes(book)
    profiles.refresh(book)
    count = stats(book)
    said.append(f"{owner}: {count.turns} turns gave {count.facts} facts and {count.profile_lines} profile lines")
    return said


def drop_damaged(shelf: Shelf, owner: str) -> None:
    """Damaged files that were set aside hold what is being forgotten; they go with it."""
    for path in (*shelf.books.glob(f"{shelf.path_of(owner).stem}.damaged*"), *shelf.folder.glob("shelf.damaged*")):
        path.unlink()


def _opened(shelf: Shelf, owner: str) -> Book | None:
    """None when the file cannot be read; one that is newer, or on a full disk, is whole and stays as it is."""
    try:
        return shelf.find(owner)
    except Damage:
        return None


def _damaged(book: Book) -> bool:
    try:
        return [row[0] for row in book.db.execute("PRAGMA integrity_check(1)")] != ["ok"]
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return True


def _salvage(shelf: Shelf, owner: str) -> str:
    """Copy every journal row that can still be read; the damaged file stays beside it under another name."""
    shelf.put_away(owner)
    path = shelf.path_of(owner)
    damaged = salvage.set_aside(path)
    fresh = connect(path)
    lost: list[str] = []
    try:
        migrate(fresh, schema.BOOK, path)
        fresh.execute("BEGIN")
        for table in JOURNAL:
            missing = salvage.copy_rows(damaged, fresh, table)
            if missing:
                lost.append(f"{missing} of {table}")
        fresh.execute("INSERT OR REPLACE INTO book VALUES ('owner', ?)", (owner,))
        fresh.execute("COMMIT")
    finally:
        fresh.close()
    return ", ".join(lost)
