"""The data folder: one owner process, one book per person or shared place, and who granted what to whom."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from limner.memory import ids, salvage, schema
from limner.memory.book import Book, connect, migrate
from limner.memory.problem import MemoryProblem, explained, is_damage
from limner.memory.values import PERSONAL

OPEN_BOOKS = 128


class Shelf:
    """Gives out books by owner; a read never makes one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.books = folder / "books"
        with explained(folder):
            self.books.mkdir(parents=True, exist_ok=True)
            self._lock = _take(folder)
            try:
                self.db = _listed(folder / "shelf.sqlite3", self.books)
            except BaseException:
                self._lock.release()
                raise
        self._open: OrderedDict[str, Book] = OrderedDict()
        self._numbers: dict[str, int] = dict(self.db.execute("SELECT owner, n FROM book"))

    def close(self) -> None:
        for book in self._open.values():
            book.close()
        self._open.clear()
        self.db.close()
        self._lock.release()

    def find(self, owner: str) -> Book | None:
        """The owner's book, or None when nothing was ever remembered for them."""
        book = self._open.get(owner)
        if book is not None:
            self._open.move_to_end(owner)
            return book
        number = self._numbers.get(owner)
        return None if number is None else self._take_down(owner, number)

    def book(self, owner: str) -> Book:
        """The owner's book, made if this is the first time."""
        found = self.find(owner)
        if found is not None:
            return found
        self.db.execute("INSERT INTO book (owner) VALUES (?)", (check_name(owner),))
        number = int(self.db.execute("SELECT n FROM book WHERE owner = ?", (owner,)).fetchone()[0])
        self._numbers[owner] = number
        return self._take_down(owner, number)

    def known(self, user: str) -> Book:
        """The user's book; a clear message when there is none."""
        book = self.find(user)
        if book is None:
            raise MemoryProblem(f"nothing is remembered for {user!r} yet; check the name given with --user")
        return book

    def numbered(self, number: int) -> Book | None:
        for owner, known in self._numbers.items():
            if known == number:
                return self.find(owner)
        return None

    def owners(self) -> list[str]:
        return list(self._numbers)

    def put_away(self, owner: str) -> None:
        """Close one book, so that its file can be replaced or removed."""
        book = self._open.pop(owner, None)
        if book is not None:
            book.close()

    def remove(self, owner: str) -> None:
        """Take a whole book and every trace of its owner off the shelf."""
        self.remove_book(owner)
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("DELETE FROM grants WHERE owner = ? OR grantee = ?", (owner, owner))
        self.db.execute("DELETE FROM spoke WHERE user = ?", (owner,))
        self.db.execute("COMMIT")
        self.clean()

    def remove_book(self, owner: str) -> None:
        """Only the book, with the files of its imports; what was lent to its owner stays."""
        self.put_away(owner)
        for path in sorted(self.books.glob(f"{key_of(owner)}.*")):
            path.unlink()
        shutil.rmtree(self.imports_of(owner), ignore_errors=True)
        self.db.execute("DELETE FROM book WHERE owner = ?", (owner,))
        self._numbers.pop(owner, None)

    def clean(self) -> None:
        """Leave nothing of deleted rows in the shelf's own file or its log."""
        self.db.execute("VACUUM")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def path_of(self, owner: str) -> Path:
        return self.books / f"{key_of(owner)}.sqlite3"

    def imports_of(self, owner: str) -> Path:
        """Where the files of an import lie."""
        return self.folder / "imported" / key_of(owner)

    def grants(self, grantees: tuple[str, ...]) -> list[tuple[str, str]]:
        marks = ", ".join("?" * len(grantees))
        query = f"SELECT DISTINCT owner, subject FROM grants WHERE grantee IN ({marks}) ORDER BY owner, subject"
        return [(owner, subject) for owner, subject in self.db.execute(query, grantees)]

    def loans(self, owner: str) -> list[tuple[str, str]]:
        query = "SELECT subject, grantee FROM grants WHERE owner = ? ORDER BY subject, grantee"
        return self.db.execute(query, (owner,)).fetchall()

    def forget_grants(self, owner: str, subjects: list[str]) -> None:
        for subject in subjects:
            self.db.execute("DELETE FROM grants WHERE owner = ? AND subject = ?", (owner, subject))
        self.clean()

    def note_speaker(self, user: str, scope: str) -> None:
        if scope != PERSONAL:
            self.db.execute("INSERT OR IGNORE INTO spoke VALUES (?, ?)", (user, scope))

    def places_of(self, user: str) -> list[str]:
        return [row[0] for row in self.db.execute("SELECT scope FROM spoke WHERE user = ? ORDER BY scope", (user,))]

    def _take_down(self, owner: str, number: int) -> Book:
        with explained(self.path_of(owner)):
            book = Book(self.path_of(owner), owner, number)
        self._open[owner] = book
        while len(self._open) > OPEN_BOOKS:
            _, oldest = self._open.popitem(last=False)
            oldest.close()
        return book

    def __iter__(self) -> Iterator[Book]:
        for owner in self.owners():
            yield self.book(owner)


def key_of(owner: str) -> str:
    """A file and collection name for an owner; names of people are not safe as either."""
    return hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def owner_of(user: str, scope: str) -> str:
    """Whose book a turn goes to: the person's own, or that of the place it was said in."""
    if scope == PERSONAL:
        return check_name(user)
    if not scope.startswith(("channel:", "workspace:")):
        raise MemoryProblem(f"unknown scope {scope!r}; choose personal, channel:NAME or workspace:NAME")
    return scope


def check_name(user: str) -> str:
    if not user.strip() or len(user) > 512:
        raise MemoryProblem("a user needs a name of 1 to 512 characters; pass --user NAME")
    return user


def _listed(path: Path, books: Path) -> sqlite3.Connection:
    """The list of books; a damaged one is made again, for every book says whose it is."""
    try:
        return _checked(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        damaged = salvage.set_aside(path)
    db = _checked(path)
    db.execute("BEGIN IMMEDIATE")
    lost = [table for table in ("book", "grants", "spoke") if salvage.copy_rows(damaged, db, table)]
    for file in sorted(books.glob("*.sqlite3")):
        _enter(db, file)
    db.execute("COMMIT")
    told = "; what was lent has to be lent again" if "grants" in lost else ""
    logging.getLogger(__name__).warning("the list of books was damaged and is made again from them%s", told)
    return db


def _checked(path: Path) -> sqlite3.Connection:
    db = connect(path)
    try:
        migrate(db, schema.SHELF, path)
        if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(f"malformed: {found}")
    except BaseException:
        db.close()
        raise
    return db


def _enter(shelf: sqlite3.Connection, file: Path) -> None:
    """A book back on the list, under the number that the ids in it carry."""
    db = sqlite3.connect(file)
    try:
        signed = dict(db.execute("SELECT key, value FROM book WHERE key IN ('owner', 'number')").fetchall())
        cited = db.execute("SELECT ref FROM evidence WHERE ref LIKE 'turn-%' LIMIT 1").fetchone()
        spoke = db.execute("SELECT DISTINCT user, scope FROM turn WHERE scope <> ?", (PERSONAL,)).fetchall()
    except sqlite3.DatabaseError:
        return  # a book that is damaged as well says nothing
    finally:
        db.close()
    if "owner" in signed:
        # Books from before they carried their number have it in the ids of their evidence.
        number = int(signed["number"]) if "number" in signed else ids.book_of(cited[0]) if cited else None
        shelf.execute("INSERT OR IGNORE INTO book (n, owner) VALUES (?, ?)", (number, signed["owner"]))
        shelf.executemany("INSERT OR IGNORE INTO spoke VALUES (?, ?)", spoke)


def _take(folder: Path) -> FileLock:
    lock = FileLock(folder / "memory.lock")
    owner = folder / "memory.owner"
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        holder = owner.read_text().strip() if owner.exists() else "another process"
        raise MemoryProblem(
            f"{folder} is in use by {holder}; two at once would damage it. Close the other Limner, "
            "talk to it over its web page or API, or choose another folder with --data"
        ) from error
    owner.write_text(f"process {os.getpid()}\n")
    return lock
