"""Memory: the one door to everything Limner remembers about a person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from limner.memory import facts as claims
from limner.memory import health, ids, index, journal, pictures, portable, profiles, rules
from limner.memory import recall as recalling
from limner.memory.book import Book
from limner.memory.chroma import ChromaIndex
from limner.memory.embedder import Embedder, ImageEmbedder, MiniLM
from limner.memory.erasure import Erasure
from limner.memory.journal import clean, moment, stamp
from limner.memory.problem import MemoryProblem, explained
from limner.memory.search import Search
from limner.memory.shelf import Shelf, check_name, owner_of
from limner.memory.values import (
    PERSONAL,
    Attached,
    Fact,
    Finding,
    Handle,
    HandleKind,
    Hit,
    Interval,
    Observation,
    ProfileLine,
    Question,
    Recall,
    RecallLine,
    Receipt,
    Stats,
    Turn,
    utc_now,
)


class Extractor(Protocol):
    """A language model's reading of one turn; it is given what the person said and never what was recalled."""

    def extract(self, text: str, subjects: Mapping[str, str]) -> Sequence[Observation]: ...


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
        extractor: Extractor | None = None,
    ) -> Self:
        """Take the folder, finish forgets a crash interrupted, and load nothing heavy before it is needed."""
        return cls(
            folder, clock, embedder or MiniLM(), ChromaIndex(folder / "vectors", chroma), image_embedder, extractor
        )

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        embedder: Embedder,
        chroma: ChromaIndex,
        image_embedder: ImageEmbedder | None,
        extractor: Extractor | None,
    ) -> None:
        self.folder = folder
        self._clock = clock
        self._image_embedder = image_embedder
        self._extractor = extractor
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

    def record_turn(
        self,
        user: str,
        session: str,
        text: str,
        *,
        attachments: Sequence[Attached] = (),
        request_id: str | None = None,
        scope: str = PERSONAL,
    ) -> Turn:
        """Write what the person said; on return it is on disk. The same request id gives the same turn."""
        said = clean(text)
        with self._writing():
            book = self._shelf.book(owner_of(user, scope))
            self._shelf.note_speaker(check_name(user), scope)
            with book.write() as db:
                number, repeated = journal.add_turn(
                    book,
                    user=user,
                    session=clean(session),
                    scope=scope,
                    text=said,
                    attachments=attachments,
                    request_id=request_id,
                    now=self._clock(),
                )
                if not repeated:
                    index.add_turn(db, number)
            turn = journal.read_turn(book, number)
            assert turn is not None
            return replace(turn, repeated=repeated)

    def record_outcome(
        self,
        turn_id: str,
        *,
        plan_text: str = "",
        reply: str = "",
        handles: Sequence[str] = (),
        status: str = "done",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write what came of a turn; writing it again replaces it."""
        with self._writing():
            book, number = self._book_of_turn(turn_id)
            with book.write() as db:
                known = journal.set_outcome(
                    db, number, plan_text=plan_text, reply=reply, handles=handles, status=status, detail=detail or {}
                )
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
                pictures.like(book, handle, liked, user=user, turn_id=turn_id, note=note, at=at)
                profiles.mark_likes(book)

    def get_turn(self, turn_id: str) -> Turn | None:
        with self._writing():
            try:
                book, number = self._book_of_turn(turn_id)
            except MemoryProblem:
                return None
            return journal.read_turn(book, number)

    def turns(self, user: str, *, session: str | None = None, scope: str = PERSONAL, limit: int = 20) -> list[Turn]:
        """The latest turns with their outcomes, oldest first."""
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return journal.latest_turns(book, session, limit) if book else []

    # --- handles -----------------------------------------------------------------------------------

    def new_handle(self, user: str, kind: str) -> str:
        """The next free name of this kind: img-12, clip-3, upload-4. Never given twice."""
        with self._writing():
            return pictures.next_handle(self._shelf.book(check_name(user)), kind)

    def put_handle(
        self,
        user: str,
        handle: str,
        *,
        kind: HandleKind,
        path: Path | None = None,
        caption: str = "",
        subjects: Sequence[str] = (),
        styles: Sequence[str] = (),
        motion: str = "",
        seed: int | None = None,
        parents: Sequence[str] = (),
        turn_id: str | None = None,
        image_vector: Sequence[float] | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        turn = self.get_turn(turn_id) if turn_id else None
        if (
            image_vector is None
            and self._image_embedder is not None
            and path is not None
            and kind in ("upload", "image")
        ):
            image_vector = self._image_embedder.embed_image(path)
        with self._writing():
            book = self._shelf.book(check_name(user))
            with book.write() as db:
                at = moment(journal.no_earlier(book, self._clock()))
                number = pictures.put(
                    book,
                    handle,
                    user=user,
                    kind=kind,
                    at=at,
                    path=path,
                    caption=caption,
                    subjects=subjects,
                    styles=styles,
                    motion=motion,
                    seed=seed,
                    parents=parents,
                    turn_id=turn_id,
                    session=turn.session if turn else "",
                    detail=detail or {},
                )
                if image_vector is not None:
                    model = self._image_embedder.name if self._image_embedder else "given"
                    pictures.put_vector(book, number, model, image_vector)
                if caption:
                    index.add(db, "handle", number, stamp(at), clean(caption))

    def get_handle(self, user: str, handle: str, *, scope: str = PERSONAL) -> Handle | None:
        """This user's handle, or a subject another user granted to them or to this scope."""
        with self._writing():
            book = self._shelf.find(user)
            own = pictures.get(book, handle) if book else None
            return own or next(
                (one for one in self.granted(user, scope=scope) if one.handle == handle.casefold()), None
            )

    def handles(
        self,
        user: str,
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
        limit: int = 50,
        newest_first: bool = True,
    ) -> list[Handle]:
        with self._writing():
            book = self._shelf.find(user)
            if book is None:
                return []
            return pictures.find(
                book,
                kind=kind,
                session=session,
                subject=subject,
                style=style,
                motion=motion,
                liked=liked,
                since=since,
                until=until,
                text=text,
                limit=limit,
                newest_first=newest_first,
            )

    def similar(self, user: str, image_vector: Sequence[float], *, k: int = 5) -> list[Hit]:
        """The user's own pictures nearest to this one, by pixels and not by caption."""
        with self._writing():
            book = self._shelf.find(user)
            return pictures.nearest(book, image_vector, k) if book else []

    # --- facts -------------------------------------------------------------------------------------

    def observe(self, user: str, turn_id: str, facts: Sequence[Observation]) -> list[Fact]:
        """Weigh claims against what is known; gives the facts they became or strengthened."""
        with self._writing():
            book, number = self._book_of_turn(turn_id)
            self._own(book, user, number)
            with book.write():
                fresh = [claims.journalled(book, user, number, one) for one in facts]
            return claims.read(book, f"n IN ({', '.join(str(n) for n in fresh if n)})") if any(fresh) else []

    def extract(self, user: str, turn_id: str) -> list[Fact]:
        """Read the turn's own words, by rule and by the extractor if there is one, and observe the claims."""
        turn = self.get_turn(turn_id)
        if turn is None:
            raise MemoryProblem(f"there is no {turn_id}; it was forgotten or never recorded")
        known = {one.handle.removeprefix("@"): one.handle for one in self.handles(user, kind="subject", limit=1000)}
        found = rules.read(turn.text, known)
        if self._extractor is not None:
            # Only the person's own words go in: what was recalled must never come back as something said.
            found += [one.model_copy(update={"source": "llm"}) for one in self._extractor.extract(turn.text, known)]
        return self.observe(user, turn_id, found)

    def correct(self, user: str, fact_id: str, text: str, *, turn_id: str | None = None) -> list[Fact]:
        """The person says a fact is wrong and what is right; empty text only closes it."""
        with self._writing():
            book = self._shelf.known(user)
            number = book.number_in(fact_id, "fact")
            rows = claims.read(book, "n = ?", (number,))
            if not rows:
                raise MemoryProblem(f"there is no {fact_id}; `limner memory show` lists the facts with their ids")
            old = rows[0]
            evidence = turn_id or next(ref for ref in old.evidence if ref.startswith("turn-"))
            turn = book.number_in(evidence, "turn")
            with book.write() as db:
                retract = Observation(
                    text="retracted", facet=old.facet, slot=claims.RETRACTED, value=old.id, source="person"
                )
                claims.journalled(book, user, turn, retract)
                if not text:
                    return []
                new = Observation(
                    text=clean(text),
                    facet=old.facet,
                    polarity=old.polarity,  # type: ignore[arg-type]
                    subject=old.subject,
                    slot=old.slot,
                    value="" if not old.slot else rules.value_of(text, old.slot),
                    source="person",
                )
                fresh = claims.journalled(book, user, turn, new)
                db.execute("UPDATE fact SET superseded_by = ? WHERE n = ?", (fresh, number))
            return claims.read(book, "n = ?", (fresh,))

    def questions(self, user: str, *, scope: str = PERSONAL) -> list[Question]:
        """Contradictions only the person can settle."""
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return claims.questions(book) if book else []

    def facts(
        self,
        user: str,
        *,
        facet: str | None = None,
        subject: str | None = None,
        live: bool = True,
        at: datetime | None = None,
        scope: str = PERSONAL,
    ) -> list[Fact]:
        """Facts that hold now, or held `at` a moment; live=False adds the closed ones."""
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return claims.select(book, facet=facet, subject=subject, live=live, at=at) if book else []

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
        scope: str = PERSONAL,
        budget_words: int = 150,
        at: datetime | None = None,
    ) -> Recall:
        """What matters for this request, in at most `budget_words`, each line with its reason and evidence."""
        now = at or self._clock()
        asked = recalling.read_request(clean(text), subjects, facets, now)
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            found = recalling.recall(book, self._search, asked, budget_words) if book else Recall(facets=asked.facets)
            shared = self._shared_lines(user, scope, asked.subjects)
            return replace(found, lines=(*shared, *found.lines)) if shared else found

    def search(self, user: str, text: str, k: int = 10, *, scope: str = PERSONAL) -> list[Hit]:
        with self._writing():
            book = self._shelf.find(owner_of(user, scope))
            return recalling.search(book, self._search, clean(text), k) if book else []

    # --- sharing -----------------------------------------------------------------------------------

    def grant(self, owner: str, subject: str, to: str) -> None:
        """Let another user, or a scope like channel:C1, use a subject."""
        with self._writing():
            known = pictures.get(self._shelf.known(owner), subject)
            if known is None or known.kind != "subject":
                raise MemoryProblem(f"{owner} has no subject {subject!r} to share; `limner subjects` lists them")
            self._shelf.db.execute(
                "INSERT OR IGNORE INTO grants VALUES (?, ?, ?)", (owner, known.handle, check_name(to))
            )

    def revoke(self, owner: str, subject: str, to: str) -> None:
        with self._writing():
            self._shelf.db.execute(
                "DELETE FROM grants WHERE owner = ? AND subject = ? AND grantee = ?", (owner, subject.casefold(), to)
            )

    def granted(self, user: str, *, scope: str = PERSONAL) -> list[Handle]:
        """Subjects of others this user may use here."""
        with self._writing():
            found = []
            for owner, subject in self._shelf.grants((user, *_places(scope))):
                book = self._shelf.find(owner)
                one = pictures.get(book, subject) if book and owner != user else None
                if one is not None:
                    found.append(one)
            return found

    # --- forgetting, carrying, mending --------------------------------------------------------------

    def forget(self, user: str, what: str | Interval, *, pictures: bool = False) -> Receipt:
        """Erase for good: a handle, "@biscuit", a fact or turn id, an Interval, "session:NAME" or "everything".

        Pictures made with a forgotten subject stay, without its name, unless `pictures`; the receipt lists them.
        """
        with self._writing():
            return self._erasure.forget(user, what, self._clock(), pictures=pictures)

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
            portable.restore(self._shelf, check_name(user), path, self.folder / "imported")
            self._search.forget(user)
            return self.stats(user)

    def verify(self, user: str | None = None) -> list[Finding]:
        """What is wrong, if anything; changes nothing."""
        with self._writing():
            owners = [user] if user is not None else self._shelf.owners()
            return [finding for owner in owners for finding in health.verify(self._shelf, self._chroma, owner)]

    def rebuild(self, user: str | None = None) -> list[str]:
        """Make facts, profiles, text index and vectors again from the journal; says what it mended."""
        with self._writing():
            owners = [user] if user is not None else self._shelf.owners()
            done: list[str] = []
            for owner in owners:
                done += health.rebuild(self._shelf, owner)
                self._search.forget(owner)
            self._chroma.discard()
            for owner in owners:
                if (book := self._shelf.find(owner)) is not None:
                    self._search.ready(book)
            return done

    def stats(self, user: str) -> Stats:
        with self._writing():
            book = self._shelf.find(user)
            return health.stats(book) if book else Stats()

    def idle(self, user: str | None = None) -> None:
        """Work that can wait: write profiles, embed what is new, feed Chroma. Call it after the reply."""
        with self._writing():
            for owner in [user] if user is not None else self._shelf.owners():
                book = self._shelf.find(owner)
                if book is None:
                    continue
                profiles.refresh(book)
                self._search.ready(book)
                # Chroma takes two seconds to load: it waits until there is enough to be worth them.
                if index.waiting(book.db) >= FEED_FROM:
                    self._chroma.feed(book)

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

    def _own(self, book: Book, user: str, turn: int) -> None:
        if not book.db.execute("SELECT 1 FROM turn WHERE n = ? AND user = ?", (turn, user)).fetchone():
            raise MemoryProblem(f"{user!r} did not say {book.id('turn', turn)}; only their own turns can be evidence")

    def _shared_lines(self, user: str, scope: str, subjects: Sequence[str]) -> tuple[RecallLine, ...]:
        lines: list[RecallLine] = []
        for owner, subject in self._shelf.grants((user, *_places(scope))):
            book = self._shelf.find(owner) if owner != user or scope != PERSONAL else None
            if book is not None and subject in subjects:
                lines += recalling.subject_lines(book, [subject])
        return tuple(lines)


FEED_FROM = 64


def _places(scope: str) -> tuple[str, ...]:
    return () if scope == PERSONAL else (scope,)
