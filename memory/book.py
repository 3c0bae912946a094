"""One SQLite file for one owner, a person or a shared place: opened, migrated, written in transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limner.memory import ids, schema
from limner.memory.problem import MemoryProblem


class Book:
    """One owner's memory. Keeping owners in separate files makes a leak by a forgotten filter impossible,
    keeps search as fast with a million memories as with a thousand, and lets forgetting vacuum one small file."""

    def __init__(self, path: Path, owner: str, number: int) -> None:
        self.path = path
        self.owner = owner
        self.number = number
        self.version = 0
        """Goes up with every write; what is cached in front of the book is dropped when it differs."""
        self.db = connect(path)
        try:
            migrate(self.db, schema.BOOK, path)
            self._sign()
        except BaseException:
            self.db.close()
            raise

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on disk when the block ends, or none."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        finally:
            self.version += 1

    def id(self, kind: str, number: int) -> str:
        return ids.make(kind, self.number, number)

    def number_in(self, text: str, kind: str) -> int:
        book, number = ids.parse(text, kind)
        if book != self.number:
            raise MemoryProblem(f"there is no {kind} {text!r} in this memory")
        return number

    def _sign(self) -> None:
        signed = dict(self.db.execute("SELECT key, value FROM book WHERE key IN ('owner', 'number')").fetchall())
        if signed.get("owner", self.owner) != self.owner:
            raise MemoryProblem(f"{self.path} belongs to somebody else; it was renamed or copied by hand, put it back")
        mine = {"owner": self.owner, "number": str(self.number)}
        if signed != mine:
            with self.write() as db:
                db.executemany("INSERT OR REPLACE INTO book VALUES (?, ?)", mine.items())


def connect(path: Path) -> sqlite3.Connection:
    # Explicit transactions; threads share the connection under Memory's lock.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5, cached_statements=256)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")  # acknowledged means on disk, also when the power goes
        db.execute("PRAGMA secure_delete = ON")  # deleted cells are zeroed at once, not at the next vacuum
        db.execute("PRAGMA temp_store = MEMORY")  # a sort must not leave words in a temporary file
    except BaseException:
        db.close()
        raise
    return db


def migrate(db: sqlite3.Connection, steps: tuple[str, ...], path: Path) -> None:
    """Bring a file to the newest tables, one step a transaction."""
    at = int(db.execute("PRAGMA user_version").fetchone()[0])
    if at > len(steps):
        raise MemoryProblem(f"{path} was written by a newer Limner (tables {at}, this one knows {len(steps)}); update")
    for number in range(at, len(steps)):
        db.executescript(f"BEGIN IMMEDIATE; {steps[number]} PRAGMA user_version = {number + 1}; COMMIT;")
