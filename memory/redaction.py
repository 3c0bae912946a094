"""Taking the forgotten out of what stays: whole sentences of what was said, bare names of captions and details."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from limner.memory import ids
from limner.memory.book import Book
from limner.memory.values import GONE


class Told(NamedTuple):
    """What was known of the forgotten, the pictures that show it and the turns that drew them."""

    values: list[str]
    pictures: frozenset[int]
    turns: frozenset[int]


def told_of(book: Book, words: list[str]) -> Told:
    """Read before anything is erased: later nothing tells any more whose collar was green."""
    marks = ", ".join("?" * len(words))
    names = [word.casefold() for word in words]
    query = f"SELECT DISTINCT value FROM fact WHERE value <> '' AND lower(ltrim(subject, '@')) IN ({marks})"
    values = [row[0] for row in book.db.execute(query, names)]
    if not values:
        return Told([], frozenset(), frozenset())
    query = (
        "SELECT handle.n, turn FROM handle JOIN link ON link.handle = handle.n"
        f" WHERE role = 'subject' AND lower(ltrim(name, '@')) IN ({marks})"
    )
    rows = book.db.execute(query, names).fetchall()
    turns = frozenset(ids.parse(turn, "turn")[1] for _, turn in rows if turn)
    return Told(values, frozenset(n for n, _ in rows), turns)


def redact(book: Book, words: list[str], told: Told, only_of: str | None) -> None:
    """In the caller's transaction. Words that were said of it go only where it was named or drawn."""
    if not words:
        return
    db, gone = book.db, [*words, *told.values]
    said = db.execute("SELECT n, user, text, plan_text, reply, detail, handles, session FROM turn").fetchall()
    for n, user, *texts in said:
        if (n in told.turns or mentions(" ".join(texts), words)) and only_of in (None, user):
            text, plan_text, reply, detail, handles, session = texts
            changed = (*(_without_sentences(one, gone) for one in (text, plan_text, reply)),)
            kept = _each(detail, partial(_without_sentences, words=gone), words)
            blank = (*(_blank(one, words) for one in (handles, session)),)
            query = (
                "UPDATE turn SET text = ?, plan_text = ?, reply = ?, detail = ?, handles = ?, session = ? WHERE n = ?"
            )
            db.execute(query, (*changed, kept, *blank, n))
    for n, caption, detail in db.execute("SELECT n, caption, detail FROM handle").fetchall():
        if n in told.pictures or mentions(f"{caption} {detail}", words):
            these = gone if n in told.pictures else words
            blanked = (_blank(caption, these), _each(detail, partial(_blank, words=these), words))
            db.execute("UPDATE handle SET caption = ?, detail = ? WHERE n = ?", (*blanked, n))
    for table, column in (("attachment", "name"), ("feedback", "note")):
        for (one,) in db.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall():
            if mentions(one, words):
                db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (_blank(one, words), one))
    for word in words:
        names = (f"@{word.casefold()}", word.casefold(), f"style:{word.casefold()}")
        db.execute("DELETE FROM link WHERE lower(name) IN (?, ?, ?)", names)
        db.execute(
            "UPDATE handle SET motion = '' WHERE lower(motion) IN (?, ?)",
            (word.casefold(), f"motion:{word.casefold()}"),
        )


def mentions(text: str, words: list[str]) -> bool:
    return bool(words) and bool(_pattern(words).search(text.replace("_", " ")) or _pattern(words).search(text))


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words if word) or r"(?!)", re.IGNORECASE)


def _each(detail: str, changed: Callable[[str], str], words: list[str]) -> str:
    """A detail, which is JSON of any shape, with every text in it changed; numbers are no words."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {_blank(key, words): walk(one) for key, one in value.items()}
        if isinstance(value, list):
            return [walk(one) for one in value]
        return changed(value) if isinstance(value, str) else value

    return json.dumps(walk(json.loads(detail)), ensure_ascii=False)


def _without_sentences(text: str, words: list[str]) -> str:
    if not mentions(text, words):
        return text
    parts = re.split(r"(?<=[.!?;])\s+|\n", text)
    return " ".join(GONE if mentions(part, words) else part for part in parts)


def _blank(text: str, words: list[str]) -> str:
    return _pattern(words).sub(GONE, text)
