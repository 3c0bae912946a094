"""Ids of remembered things: turn-1-17 is turn 17 in book 1; a book is one person's or one channel's memory."""

from __future__ import annotations

import re

from limner.memory.problem import MemoryProblem

_ID = re.compile(r"(turn|fact|profile|feedback)-(\d{1,9})-(\d{1,15})")


def make(kind: str, book: int, number: int) -> str:
    return f"{kind}-{book}-{number}"


def parse(text: str, kind: str) -> tuple[int, int]:
    """The book and number in an id of this kind."""
    found = _ID.fullmatch(text)
    if not found or found[1] != kind:
        raise MemoryProblem(f"{text!r} is not a {kind} id; they look like {kind}-1-17")
    return int(found[2]), int(found[3])


def is_id(text: str, kind: str) -> bool:
    found = _ID.fullmatch(text)
    return bool(found and found[1] == kind)


def book_of(what: object) -> int | None:
    """The book an id points into; None when it is no id."""
    found = _ID.fullmatch(what) if isinstance(what, str) else None
    return int(found[2]) if found else None


def moved(text: str, old: int, new: int) -> str:
    """The same text with the ids of one book written as ids of another; an import gives a new book."""
    return re.sub(rf"\b(turn|fact|profile|feedback)-{old}-(\d+)\b", rf"\g<1>-{new}-\g<2>", text)
