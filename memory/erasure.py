"""The erasing phase of a forget, over every book it touches: repeatable, and finished after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from limner.memory import forget, health, ids, times
from limner.memory.book import Book
from limner.memory.chroma import ChromaIndex
from limner.memory.forget import Intent, What
from limner.memory.problem import MemoryProblem
from limner.memory.search import Search
from limner.memory.shelf import Shelf
from limner.memory.values import PERSONAL, Interval, Receipt

STAYS = "what was said to me elsewhere stays; say it to me in private to erase that too"


class Erasure:
    """Plans on disk, erases in the books, the vectors and the shelf, and keeps the list of files of others."""

    def __init__(self, shelf: Shelf, chroma: ChromaIndex, search: Search) -> None:
        self._shelf = shelf
        self._chroma = chroma
        self._search = search
        self._intents = shelf.folder / "forgetting"

    def forget(self, user: str, what: What | Sequence[What], now: datetime, *, pictures: bool, scope: str) -> Receipt:
        """In the user's own book, and their own words in shared ones; said in a shared place, a time, a session or
        everything is that of the place."""
        places = self._shelf.places_of(user)
        own = self._shelf.book(user) if places else self._shelf.known(user)
        books = [own, *(book for place in places if (book := self._shelf.find(place)))]
        given = [what] if isinstance(what, str | Interval) else what
        wanted = [
            forget.resolve(own, one.strip(), times.interval(one, now)) if isinstance(one, str) else one for one in given
        ]
        intents = []
        for book in books:
            mine = [one for one in wanted if ids.book_of(one) in (None, book.number)]
            if scope != PERSONAL:
                mine = [here for one in mine for here in _in_place(own, book, one, scope)]
            intents.append(forget.plan(book, user, mine, with_pictures=pictures, shared=book is not own))
        intents = [one for one in intents if forget.covers(one)]
        if not intents:
            raise MemoryProblem(f"there is nothing of {user!r} in {forget.said(wanted)} to forget; it is already gone")
        for intent in intents:
            intent.what = forget.said(wanted)
        # One receipt answers for the files of all books, so that confirming it once is enough.
        intents[0].files = list(dict.fromkeys(path for intent in intents for path in intent.files))
        for intent in intents[1:]:
            intent.files = []
        for intent in intents:
            forget.save(self._intents, intent)
        receipt = self._erase(intents)
        if scope != PERSONAL and any(_is_broad(one) for one in wanted):
            receipt = replace(receipt, lines=(*receipt.lines, STAYS))
        return receipt

    def finish(self) -> None:
        """Complete what a crash interrupted."""
        pending = [one for one in forget.load_all(self._intents) if not one.erased]
        if pending:
            self._erase(pending)

    def waiting(self) -> list[Receipt]:
        return [forget.receipt_of(one) for one in forget.load_all(self._intents) if one.erased]

    def files_erased(self, user: str, receipt_id: str) -> None:
        if any(one.id == receipt_id and one.user == user for one in forget.load_all(self._intents)):
            forget.drop(self._intents, receipt_id)

    def _erase(self, intents: list[Intent]) -> Receipt:
        vectors = 0
        for intent in intents:
            book = self._shelf.find(intent.owner)
            if book is not None:
                self._search.forget(intent.owner)
                vectors += health.vectors(book)
                self._chroma.forget(book)
                forget.erase(book, intent)
                vectors -= health.vectors(book)
                if intent.everything:
                    self._shelf.remove(intent.owner)
            health.drop_damaged(self._shelf, intent.owner)
            self._shelf.forget_grants(intent.user, [f"@{word.casefold()}" for word in intent.words])
            intent.files = [path for path in intent.files if not self._unlink_own(Path(path))]
            intent.erased = True
            if intent.files:
                forget.save(self._intents, intent)
            else:
                forget.drop(self._intents, intent.id)
        first, *others = (forget.receipt_of(intent, vectors) for intent in intents)
        return replace(
            first,
            handles=(*first.handles, *(handle for other in others for handle in other.handles)),
            turns=(*first.turns, *(turn for other in others for turn in other.turns)),
            facts=(*first.facts, *(fact for other in others for fact in other.facts)),
            redacted=(*first.redacted, *(turn for other in others for turn in other.redacted)),
        )

    def _unlink_own(self, path: Path) -> bool:
        """Files inside the memory folder are ours to erase; the others are listed for their owner."""
        if path.is_relative_to(self._shelf.folder):
            path.unlink(missing_ok=True)
        return not path.exists()


def _in_place(own: Book, book: Book, what: What, scope: str) -> Sequence[What]:
    """What a wish said in a shared place covers in one of the books."""
    if not _is_broad(what):
        return [what]  # a name or an id is the same thing everywhere
    if book is own:
        return forget.pictures_of(own, what, scope)
    return [what] if book.owner == scope else []


def _is_broad(what: What) -> bool:
    """A time, a session or everything, which mean one thing in private and another in a shared place."""
    return not isinstance(what, str) or what == "everything" or what.startswith("session:")
