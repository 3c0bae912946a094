"""Forgetting in two phases: write down what must go, erase it everywhere, prove it is gone, give a receipt."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel

from limner.memory import facts, index, looks, pictures, profiles, redaction
from limner.memory.book import Book
from limner.memory.ids import is_id
from limner.memory.journal import stamp
from limner.memory.problem import MemoryProblem
from limner.memory.values import Interval, Receipt

NAMED = 12
"""Handles a receipt lists by name in words; as a value it has them all."""


class Intent(BaseModel):
    """What one forget erases; a file of its own, removed at the end, so that no trace stays in a database page."""

    id: str
    user: str
    owner: str
    what: str
    shared: bool = False
    """The book belongs to a place; what others said in it stays as it is."""
    everything: bool = False
    erased: bool = False
    turns: list[int] = []
    facts: list[int] = []
    handles: list[str] = []
    words: list[str] = []
    """Names to take out of whatever stays."""
    files: list[str] = []
    receipt: dict[str, list[str]] = {}


What = str | Interval
"""A handle, "@biscuit", a fact or turn id, a time, "session:NAME" or "everything"."""


def plan(book: Book, user: str, wanted: Sequence[What], *, with_pictures: bool, shared: bool) -> Intent:
    """Read what these cover in this book. In a shared book only the user's own words are touched."""
    intent = Intent(id=uuid.uuid4().hex[:12], user=user, owner=book.owner, what=said(wanted), shared=shared)
    for what in wanted:
        _cover(book, intent, what, with_pictures)
    intent.turns, intent.facts = list(dict.fromkeys(intent.turns)), list(dict.fromkeys(intent.facts))
    intent.handles, intent.words = list(dict.fromkeys(intent.handles)), list(dict.fromkeys(intent.words))
    _plan_rest(book, intent)
    return intent


def pictures_of(book: Book, what: What, scope: str) -> list[str]:
    """The owner's pictures that were made in a shared place, in that time or session or ever."""
    made = ("upload", "image", "clip")
    span = {"since": what.start, "until": what.end} if isinstance(what, Interval) else {}
    session = what.removeprefix("session:") if isinstance(what, str) and what.startswith("session:") else None
    found = pictures.find(book, session=session, limit=100_000, **span)  # type: ignore[arg-type]
    return [one.handle for one in found if one.kind in made and one.detail.get("scope") == scope]


def _cover(book: Book, intent: Intent, what: What, with_pictures: bool) -> None:
    shared = intent.shared
    mine, values = ("user = ?", (intent.user,)) if shared else ("1", ())
    if what == "everything":
        intent.everything = not shared
        intent.turns += _numbers(book, f"SELECT n FROM turn WHERE {mine}", values)
        intent.handles += _names(book, "SELECT handle FROM handle", ()) if not shared else []
    elif isinstance(what, Interval):
        span = (stamp(what.start), stamp(what.end))
        intent.turns += _numbers(book, f"SELECT n FROM turn WHERE at >= ? AND at < ? AND {mine}", (*span, *values))
        intent.handles += _names(
            book, "SELECT handle FROM handle WHERE at >= ? AND at < ? AND kind IN ('upload', 'image', 'clip')", span
        )
    elif what.startswith("session:"):
        session = what.removeprefix("session:")
        intent.turns += _numbers(book, f"SELECT n FROM turn WHERE session = ? AND {mine}", (session, *values))
        intent.handles += _names(
            book, "SELECT handle FROM handle WHERE session = ? AND kind IN ('upload', 'image', 'clip')", (session,)
        )
    elif is_id(what, "turn"):
        query = f"SELECT n FROM turn WHERE n = ? AND {mine}"
        intent.turns += _numbers(book, query, (book.number_in(what, "turn"), *values))
    elif is_id(what, "fact"):
        query = f"SELECT n FROM observation WHERE n = ? AND {mine}"
        intent.facts += _numbers(book, query, (book.number_in(what, "fact"), *values))
    else:
        _plan_handle(book, intent, what, with_pictures)


def covers(intent: Intent) -> bool:
    return bool(intent.everything or intent.turns or intent.facts or intent.handles or intent.words)


def resolve(book: Book, what: str, spans: Interval | None) -> What:
    """A person's words for what to forget: a known name, else a time."""
    if what == "everything" or what.startswith("session:") or is_id(what, "turn") or is_id(what, "fact"):
        return what
    for name in (what, f"@{what.removeprefix('@')}", f"style:{what}", f"motion:{what}"):
        known = pictures.get(book, name.casefold() if name.startswith("@") else name)
        if known:
            return known.handle
    bare = "@" + what.removeprefix("@").casefold()
    if book.db.execute("SELECT 1 FROM fact WHERE lower(subject) = ? LIMIT 1", (bare,)).fetchone():
        return bare
    if spans is not None:
        return spans
    raise MemoryProblem(
        f"nothing called {what!r} is remembered; name a handle, a fact id, a day, session:NAME or everything"
    )


def _plan_handle(book: Book, intent: Intent, what: str, with_pictures: bool) -> None:
    known = pictures.get(book, what)
    intent.handles += [known.handle] if known else []
    if not what.startswith(("@", "style:", "motion:")):
        return
    name = what.removeprefix("@").removeprefix("style:").removeprefix("motion:")
    aliases = _names(
        book, "SELECT value FROM fact WHERE lower(subject) = ? AND slot IN ('name', 'nickname')", (what.casefold(),)
    )
    words = [name, *aliases]
    intent.words += words
    if known:
        intent.handles += [
            parent for parent in known.parents if (own := pictures.get(book, parent)) and own.kind == "upload"
        ]
    role = "subject" if what.startswith("@") else "style"
    for one in pictures.find(book, **{role: name}, limit=100_000):  # type: ignore[arg-type]
        if one.handle in intent.handles:
            continue
        if one.kind == "upload" or (with_pictures and one.kind in ("image", "clip")):
            intent.handles.append(one.handle)
    intent.facts += [
        n
        for n, user, body in book.db.execute("SELECT n, user, body FROM observation").fetchall()
        if redaction.mentions(body, words) and (user == intent.user or not intent.shared)
    ]


def _plan_rest(book: Book, intent: Intent) -> None:
    """What hangs on the things that go: claims with no other evidence, files, and the words of the receipt."""
    marks = ", ".join(map(str, intent.turns)) or "NULL"
    intent.facts = sorted({*intent.facts, *_numbers(book, f"SELECT n FROM observation WHERE turn IN ({marks})", ())})
    for handle in intent.handles:
        found = pictures.get(book, handle)
        if found and found.path:
            intent.files.append(str(found.path))
    query = f"SELECT path FROM attachment WHERE path IS NOT NULL AND turn IN ({marks})"
    intent.files = list(dict.fromkeys([*intent.files, *_names(book, query, ())]))
    gone = set(intent.handles)
    staying = [
        one.handle
        for word in intent.words[:1]
        for one in pictures.find(book, subject=word, limit=100_000)
        if one.kind in ("image", "clip") and one.handle not in gone
    ]
    about = redaction.told_of(book, intent.words).turns
    redacted = [
        book.id("turn", n)
        for n, user, *texts in book.db.execute("SELECT n, user, text, plan_text, reply, detail FROM turn").fetchall()
        if (n in about or redaction.mentions(" ".join(texts), intent.words))
        and (user == intent.user or not intent.shared)
    ]
    intent.receipt = {
        "turns": [book.id("turn", n) for n in intent.turns],
        "facts": [book.id("fact", n) for n in intent.facts],
        "handles": intent.handles,
        "redacted": redacted,
        "pictures": staying,
    }


def save(folder: Path, intent: Intent) -> None:
    """Put the intent on disk before anything is erased, so that a crash finishes the work and never halves it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{intent.id}.json"
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as file:
        file.write(intent.model_dump_json())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load_all(folder: Path) -> list[Intent]:
    for draft in folder.glob("*.part"):
        draft.unlink()
    return [Intent.model_validate_json(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def drop(folder: Path, intent_id: str) -> None:
    (folder / f"{intent_id}.json").unlink(missing_ok=True)


def erase(book: Book, intent: Intent) -> None:
    """Take it out of the journal, fold the facts anew without it, and leave no old page behind. Repeatable."""
    with book.write() as db:
        told = redaction.told_of(book, intent.words)
        for handle in intent.handles:
            for (n,) in db.execute("SELECT n FROM handle WHERE handle = ?", (handle,)).fetchall():
                index.drop(db, "handle", n)
                looks.drop(book, n)
                db.execute("DELETE FROM link WHERE handle = ?", (n,))
            db.execute("DELETE FROM handle WHERE handle = ?", (handle,))
            db.execute("DELETE FROM link WHERE name = ?", (handle,))
            db.execute("DELETE FROM feedback WHERE handle = ?", (handle,))
            db.execute("UPDATE attachment SET handle = '', path = NULL, name = '' WHERE handle = ?", (handle,))
        for n in intent.facts:
            db.execute("DELETE FROM observation WHERE n = ?", (n,))
        _without_followers(book, intent.facts)
        for n in intent.turns:
            name = book.id("turn", n)
            db.execute("UPDATE handle SET turn = NULL WHERE turn = ?", (name,))
            rated = db.execute("SELECT DISTINCT handle FROM feedback WHERE turn = ?", (name,)).fetchall()
            db.execute("DELETE FROM feedback WHERE turn = ?", (name,))
            for (handle,) in rated:  # a thumb given in words goes with the words; the one before it counts again
                left = "SELECT liked FROM feedback WHERE handle = ? ORDER BY n DESC LIMIT 1"
                db.execute(f"UPDATE handle SET liked = ({left}) WHERE handle = ?", (handle, handle))
            db.execute("DELETE FROM attachment WHERE turn = ?", (n,))
            db.execute("DELETE FROM turn WHERE n = ?", (n,))
        redaction.redact(book, intent.words, told, intent.user if intent.shared else None)
        db.execute("DELETE FROM profile")
        refill(book)
        facts.refold(book)
        profiles.mark_likes(book)
    profiles.refresh(book)
    compact(book)


def refill(book: Book) -> None:
    """Index turns and captions again in the caller's transaction, keeping the vectors of texts that did not change."""
    db = book.db
    kept = {
        text: (vector, model)
        for text, vector, model in db.execute(
            "SELECT words.text, vector, model FROM item JOIN words ON words.rowid = item.n WHERE vector IS NOT NULL"
        )
    }
    # A fresh table: FTS5 keeps deleted words in its segments until they are merged.
    db.execute("DROP TABLE words")
    db.execute("CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2')")
    db.execute("DELETE FROM item")
    for (n,) in db.execute("SELECT n FROM turn ORDER BY n").fetchall():
        index.add_turn(db, n)
    for n, at, caption in db.execute("SELECT n, at, caption FROM handle WHERE caption <> ''").fetchall():
        index.add(db, "handle", n, at, caption)
    for n, text in db.execute("SELECT rowid, text FROM words").fetchall():
        if text in kept:
            db.execute("UPDATE item SET vector = ?, model = ? WHERE n = ?", (*kept[text], n))


def compact(book: Book) -> None:
    """Rewrite the file without its free pages, and empty its log."""
    book.db.execute("VACUUM")
    book.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    book.version += 1


def receipt_of(intent: Intent, vectors: int = 0) -> Receipt:
    listed = {name: tuple(values) for name, values in intent.receipt.items()}
    told = [f"forgot {intent.what}"]
    told += [f"{_counted(listed[name], name[:-1])} erased" for name in ("turns", "facts") if listed.get(name)]
    if gone := listed.get("handles"):
        shown = ", ".join(gone[:NAMED]) + (" …" if len(gone) > NAMED else "")
        told.append(f"{_counted(gone, 'handle')} erased: {shown}")
    if redacted := listed.get("redacted"):
        told.append(f"{_counted(redacted, 'turn')} kept without the name")
    if still := listed.get("pictures"):
        told.append(f"{_counted(still, 'picture')} made with it still there: {', '.join(still)}")
    if intent.files:
        told.append(f"{_counted(intent.files, 'file')} to erase")
    files = tuple(Path(path) for path in intent.files)
    return Receipt(id=intent.id, what=intent.what, files=files, vectors=vectors, lines=tuple(told), **listed)


def _counted(things: Sequence[str], noun: str) -> str:
    return f"{len(things)} {noun}{'s'[: len(things) != 1]}"


def _without_followers(book: Book, gone: Iterable[int]) -> None:
    """Drop journal entries that were concluded from claims that go."""
    lost = {book.id("fact", n) for n in gone}
    while lost:
        followers = [
            n
            for n, body in book.db.execute("SELECT n, body FROM observation").fetchall()
            if lost & set(json.loads(body).get("depends_on", ())) or json.loads(body).get("value") in lost
        ]
        for n in followers:
            book.db.execute("DELETE FROM observation WHERE n = ?", (n,))
        lost = {book.id("fact", n) for n in followers}


def said(wanted: Sequence[What]) -> str:
    return ", ".join(
        one if isinstance(one, str) else (one.words or f"{one.start:%Y-%m-%d} to {one.end:%Y-%m-%d}") for one in wanted
    )


def _numbers(book: Book, query: str, values: tuple[object, ...]) -> list[int]:
    return [int(row[0]) for row in book.db.execute(query, values)]


def _names(book: Book, query: str, values: tuple[object, ...]) -> list[str]:
    return [str(row[0]) for row in book.db.execute(query, values)]
