"""Memory: the one door to everything Limner remembers about a person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from limner.memory import (
    care,
    corrections,
    extraction,
    ids,
    journal,
    likeness,
    looks,
    portable,
    profiles,
    rules,
    sharing,
)
from limner.memory import facts as claims
from limner.memory import pictures as named
from limner.memory import recall as recalling
from limner.memory.book import Book
from limner.memory.chroma import ChromaIndex
from limner.memory.embedder import Embedder, ImageEmbedder, MiniLM, Thumbnail
from limner.memory.erasure import Erasure
from limner.memory.extraction import Extractor
from limner.memory.forget import What
from limner.memory.journal import clean, moment
from limner.memory.likeness import Picture
from limner.memory.problem import MemoryProblem, explained
from limner.memory.search import Search
from limner.memory.shelf import Shelf, check_name, owner_of
from limner.memory.values import (
    PERSONAL,
    Fact,
    Finding,
    Handle,
    HandleKind,
    Hit,
    Observation,
    ProfileLine,
    Question,
    Recall,
    Receipt,
    Session,
    Stats,
    Turn,
    utc_now,
)


class Memory:
    """Everything remembered under one folder. Every method names the user; one process owns the folder."""

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        embedder: Embedder | None = None,
        chroma: str | None = None,
        image_embedder: ImageEmbedder | None = None,
    ) -> Self:
        """Take the folder, finish forgets a crash interrupted, and load nothing heavy before it is needed."""
        index = ChromaIndex(folder / "vectors", chroma)
        return cls(folder, clock, embedder or MiniLM(), index, image_embedder or Thumbnail())

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        embedder: Embedder,
        chroma: ChromaIndex,
        image_embedder: ImageEmbedder,
    ) -> None:
        self.folder = folder
        self._clock = clock
        self._eye = image_embedder
        self._shelf = Shelf(folder)
        self._chroma = chroma
        self._search = Search(embedder, chroma)
        self._erasure = Erasure(self._shelf, chroma, self._search)
        # One writer: surfaces may call from several threads.
        self._lock = threading.RLock()
        try:
            self._erasure.finish()
        except BaseException:
            self._shelf.close()
            raise

    def close(self) -> None:
        """Give the folder back to other processes."""
        with self._lock:
            self._chroma.close()
            self._shelf.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    # --- the journal: what was said and made ------------------------------------------------------

    def record_turn(self, user: str, session: str, text: str, **told: Unpack[journal.Said]) -> Turn:
        """Write what the person said; on return it is on disk. The same request id gives the same turn."""
        said, session = clean(text), clean(session)
        with self._writing():
            scope = told.get("scope", PERSONAL)
            book = self._shelf.book(owner_of(user, scope))
            self._shelf.note_speaker(check_name(user), scope)
            return journal.record(book, user, session, said, self._clock(), **told)

    def record_outcome(self, turn_id: str, **told: Unpack[journal.Outcome]) -> None:
        """Write what came of a turn; writing it again replaces it."""
        with self._writing():
            book, number = self._book_of_turn(turn_id)
            with book.write() as db:
                known = journal.set_outcome(db, number, **told)
            if not known:
                raise MemoryProblem(f"there is no {turn_id}; it was forgotten or never recorded")

    def record_feedback(
        self, user: str, handle: str, liked: bool | None, *, turn_id: str | None = None, note: str = ""
    ) -> None:
        """Thumbs up, thumbs down, or None to take it back."""
        with self._writing():
            book = self._shelf.known(user)
            with book.write():
                at = journal.no_earlier(book, self._clock())
                named.like(book, handle, liked, user=user, turn_id=turn_id, note=note, at=at)
                profiles.mark_likes(book)

    def get_turn(self, turn_id: str) -> Turn | None:
        with self._writing():
            try:
                book, number = self._book_of_turn(turn_id)
            except MemoryProblem:
                return None
            return journal.read_turn(book, number)

    def turns(
        self, user: str, *, session: str | None = None, scope: str = PERSONAL, limit: int = 20, upto: str | None = None
    ) -> list[Turn]:
        """The latest turns with their outcomes, or those that end with the turn `upto`; oldest first."""
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            end = ids.parse(upto, "turn")[1] if upto else None
            return journal.latest_turns(book, session, limit, end) if book else []

    def sessions(self, user: str, limit: int = 100) -> list[Session]:
        """The user's own conversations, the latest first."""
        with self._writing():
            book = self._shelf.find(user)
            return journal.sessions(book, user, limit) if book else []

    # --- handles -----------------------------------------------------------------------------------

    def new_handle(self, user: str, kind: str, job: str = "") -> str:
        """The next free name of this kind: img-12, clip-3, upload-4. Never given twice, but to the same job again."""
        with self._writing():
            return named.next_handle(self._shelf.book(check_name(user)), kind, job)

    def put_handle(
        self,
        user: str,
        handle: str,
        *,
        kind: HandleKind,
        image_vector: Sequence[float] | None = None,
        **told: Unpack[named.Told],
    ) -> None:
        """Name a thing. A picture's look is read from its file here, unless its vector comes along."""
        turn_id = told.get("turn_id")
        turn = self.get_turn(turn_id) if turn_id else None
        look = looks.of(self._eye, kind, told.get("path"), image_vector)
        with self._writing():
            book = self._shelf.book(check_name(user))
            with book.write():
                at = moment(journal.no_earlier(book, self._clock()))
                session = turn.session if turn else ""
                number = named.put(book, handle, user=user, kind=kind, at=at, session=session, **told)
                if look is not None:
                    looks.put(book, number, look)

    def get_handle(self, user: str, handle: str, *, scope: str = PERSONAL) -> Handle | None:
        """This user's handle, or a subject another user granted to them or to this scope."""
        with self._writing():
            book = self._shelf.find(user)
            own = named.get(book, handle) if book else None
            lent = (one for one in self.granted(user, scope=scope) if one.handle == handle.casefold())
            return own or next(lent, None)

    def handles(self, user: str, **wanted: Unpack[named.Wanted]) -> list[Handle]:
        with self._writing():
            book = self._shelf.find(user)
            return named.find(book, **wanted) if book else []

    def similar(
        self,
        user: str,
        picture: Picture,
        *,
        k: int = 5,
        kinds: Collection[str] = looks.KINDS,
        but: Collection[str] = (),
    ) -> list[Hit]:
        """The user's own pictures that look most like this one, copies of it first; `but` leaves some out."""
        with self._writing():
            book = self._shelf.find(user)
            return likeness.similar(book, self._search, self._eye, picture, k, kinds, but) if book else []

    # --- facts -------------------------------------------------------------------------------------

    def observe(self, user: str, turn_id: str, facts: Sequence[Observation]) -> list[Fact]:
        """Weigh claims against what is known; gives the facts they became or strengthened."""
        with self._writing():
            book, number = self._book_of_turn(turn_id)
            return claims.observed(book, user, number, facts)

    def extract(self, user: str, turn_id: str) -> list[Fact]:
        """Read the turn's own words by rule and observe the claims; `study` adds what a language model reads in it."""
        with self._writing():
            turn = self.get_turn(turn_id)
            return self.observe(user, turn_id, rules.read(turn.text, self._subjects(user)) if turn else ())

    def study(self, user: str, turn_id: str, extractor: Extractor) -> list[Fact]:
        """Let a language model read the turn as well; claims that its words do not bear out are dropped."""
        turn = self.get_turn(turn_id)
        if turn is None:
            return []
        # Only the person's own words go in: what was recalled must never come back as something said.
        return self.observe(user, turn_id, extraction.from_model(turn.text, self._subjects(user), extractor))

    def correct(self, user: str, fact_id: str, text: str, *, turn_id: str | None = None) -> list[Fact]:
        """The person says a fact is wrong and what is right; empty text only closes it."""
        with self._writing():
            return corrections.correct(self._shelf.known(user), user, fact_id, text, turn_id)

    def questions(self, user: str, *, scope: str = PERSONAL) -> list[Question]:
        """Contradictions only the person can settle."""
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return claims.questions(book) if book else []

    def settle(self, user: str, question_id: str, turn_id: str, *, rival: bool) -> list[Fact]:
        """The person's answer to a question, given in this turn: the rival claim is right, or what was known is."""
        with self._writing():
            return corrections.settle(self._book_of_turn(turn_id)[0], user, question_id, turn_id, rival=rival)

    def facts(self, user: str, *, scope: str = PERSONAL, **wanted: Unpack[claims.Wanted]) -> list[Fact]:
        """Facts that hold now, or held `at` a moment; live=False adds the closed ones."""
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return claims.select(book, **wanted) if book else []

    def profile(self, user: str, *, facet: str | None = None, scope: str = PERSONAL) -> list[ProfileLine]:
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return profiles.read(book, facet) if book else []

    # --- recall ------------------------------------------------------------------------------------

    def recall(
        self,
        user: str,
        text: str,
        *,
        subjects: Sequence[str] = (),
        facets: Sequence[str] | None = None,
        pictures: Sequence[Picture] = (),
        scope: str = PERSONAL,
        budget_words: int = 150,
        at: datetime | None = None,
    ) -> Recall:
        """What matters for this request, in at most `budget_words`, each line with its reason and evidence.

        `pictures` came with the request: what looks like them, or like a handle the words liken to, is `alike`.
        """
        asked = recalling.read_request(clean(text), subjects, facets, at or self._clock())
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            shared = sharing.lines(self._shelf, user, scope, asked.subjects)
            if book is None:
                return Recall(lines=shared, facets=asked.facets)
            alike = likeness.alike(book, self._search, self._eye, asked.text, pictures)
            budget = budget_words - sum(len(line.text.split()) for line in shared)
            found = recalling.recall(book, self._search, asked, budget, alike)
            return replace(found, lines=(*shared, *found.lines)) if shared else found

    def search(self, user: str, text: str, k: int = 10, *, scope: str = PERSONAL) -> list[Hit]:
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return recalling.search(book, self._search, clean(text), k) if book else []

    # --- sharing -----------------------------------------------------------------------------------

    def grant(self, owner: str, subject: str, to: str) -> None:
        """Let another user, or a scope like channel:C1, use a subject."""
        with self._writing():
            sharing.grant(self._shelf, owner, subject, to)

    def revoke(self, owner: str, subject: str, to: str) -> None:
        with self._writing():
            sharing.revoke(self._shelf, owner, subject, to)

    def granted(self, user: str, *, scope: str = PERSONAL) -> list[Handle]:
        """Subjects of others this user may use here."""
        with self._writing():
            return sharing.granted(self._shelf, user, scope)

    def lent(self, owner: str) -> list[tuple[str, str]]:
        """This user's subjects that others may use, each with who or where."""
        with self._writing():
            return self._shelf.loans(owner)

    # --- forgetting, carrying, mending --------------------------------------------------------------

    def forget(
        self, user: str, what: What | Sequence[What], *, pictures: bool = False, scope: str = PERSONAL
    ) -> Receipt:
        """Erase for good: a handle, "@biscuit", a fact or turn id, an Interval, "session:NAME" or "everything".

        Pictures made with a forgotten subject stay, without its name, unless `pictures`; the receipt lists them.
        Said in a shared place, a time, a session or everything is that of the place; in private it is all there is.
        """
        with self._writing():
            return self._erasure.forget(user, what, self._clock(), pictures=pictures, scope=scope)

    def files_erased(self, user: str, receipt_id: str) -> None:
        """The owner of Receipt.files has erased them; until then `unfinished` keeps listing them."""
        with self._writing():
            self._erasure.files_erased(user, receipt_id)

    def unfinished(self) -> list[Receipt]:
        """Receipts whose files still wait for their owner to erase them, also after a crash."""
        with self._writing():
            return self._erasure.waiting()

    def export(self, user: str, path: Path) -> Path:
        """One zip with everything of this user: JSON Lines, files and schema."""
        with self._writing():
            return portable.export(self._shelf.known(user), path)

    def import_(self, user: str, path: Path) -> Stats:
        with self._writing():
            portable.restore(self._shelf, check_name(user), path)
            self._search.forget(user)
            return self.stats(user)

    def verify(self, user: str | None = None) -> list[Finding]:
        """What is wrong, if anything; changes nothing."""
        with self._writing():
            return care.verify(self._shelf, self._chroma, user)

    def rebuild(self, user: str | None = None) -> list[str]:
        """Make facts, profiles, text index and vectors again from the journal; says what it mended."""
        with self._writing():
            return care.rebuild(self._shelf, self._chroma, self._search, user)

    def stats(self, user: str) -> Stats:
        with self._writing():
            return care.stats(self._shelf, user)

    def idle(self, user: str | None = None) -> None:
        """Work that can wait: write profiles, embed what is new, feed Chroma. Call it after the reply."""
        with self._writing():
            due = care.due(self._shelf, user)
        if due:
            self._chroma.load()  # a second or two, in which others may read
        with self._writing():
            care.idle(self._shelf, self._chroma, self._search, self._eye, user)

    # --- inside ------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, explained(self.folder):
            yield

    def _book_of_turn(self, turn_id: str) -> tuple[Book, int]:
        number, turn = ids.parse(turn_id, "turn")
        book = self._shelf.numbered(number)
        if book is None:
            raise MemoryProblem(f"there is no {turn_id}; it was forgotten or never recorded")
        return book, turn

    def _subjects(self, user: str) -> dict[str, str]:
        return {one.handle.removeprefix("@"): one.handle for one in self.handles(user, kind="subject", limit=1000)}
