"""A subject is lent to a person or a shared place by a grant that can be taken back; nothing else goes along."""

from __future__ import annotations

from collections.abc import Sequence

from limner.memory import pictures, recall
from limner.memory.problem import MemoryProblem
from limner.memory.shelf import Shelf, check_name
from limner.memory.values import PERSONAL, Handle, RecallLine


def grant(shelf: Shelf, owner: str, subject: str, to: str) -> None:
    known = pictures.get(shelf.known(owner), subject)
    if known is None or known.kind != "subject":
        raise MemoryProblem(f"{owner} has no subject {subject!r} to share; `limner subjects` lists them")
    shelf.db.execute("INSERT OR IGNORE INTO grants VALUES (?, ?, ?)", (owner, known.handle, check_name(to)))


def revoke(shelf: Shelf, owner: str, subject: str, to: str) -> None:
    query = "DELETE FROM grants WHERE owner = ? AND subject = ? AND grantee = ?"
    if not shelf.db.execute(query, (owner, subject.casefold(), to)).rowcount:
        raise MemoryProblem(f"{subject} was not shared with {to}; `limner memory grants` lists what is")


def granted(shelf: Shelf, user: str, scope: str) -> list[Handle]:
    """Subjects of others this user may use here."""
    found = []
    for owner, subject in shelf.grants((user, *_places(scope))):
        book = shelf.find(owner)
        one = pictures.get(book, subject) if book and owner != user else None
        if one is not None:
            found.append(one)
    return found


def lines(shelf: Shelf, user: str, scope: str, subjects: Sequence[str]) -> tuple[RecallLine, ...]:
    """What the lent subjects among these are."""
    found: list[RecallLine] = []
    for owner, subject in shelf.grants((user, *_places(scope))):
        book = shelf.find(owner) if owner != user or scope != PERSONAL else None
        if book is not None and subject in subjects:
            found += recall.subject_lines(book, [subject])
    return tuple(found)


def _places(scope: str) -> tuple[str, ...]:
    return () if scope == PERSONAL else (scope,)
