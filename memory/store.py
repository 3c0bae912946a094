"""Memory: the one door to everything Limner remembers about a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from limner.memory.embedder import Embedder, ImageEmbedder
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
        raise NotImplementedError

    def close(self) -> None:
        """Give the folder back to other processes."""
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

    def record_feedback(
        self, user: str, handle: str, liked: bool | None, *, turn_id: str | None = None, note: str = ""
    ) -> None:
        """Thumbs up, thumbs down, or None to take it back."""
        raise NotImplementedError

    def get_turn(self, turn_id: str) -> Turn | None:
        raise NotImplementedError

    def turns(self, user: str, *, session: str | None = None, scope: str = PERSONAL, limit: int = 20) -> list[Turn]:
        """The latest turns with their outcomes, oldest first."""
        raise NotImplementedError

    # --- handles -----------------------------------------------------------------------------------

    def new_handle(self, user: str, kind: str) -> str:
        """The next free name of this kind: img-12, clip-3, upload-4. Never given twice."""
        raise NotImplementedError

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
        raise NotImplementedError

    def get_handle(self, user: str, handle: str, *, scope: str = PERSONAL) -> Handle | None:
        """This user's handle, or a subject another user granted to them or to this scope."""
        raise NotImplementedError

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
        raise NotImplementedError

    def similar(self, user: str, image_vector: Sequence[float], *, k: int = 5) -> list[Hit]:
        """The user's own pictures nearest to this one, by pixels and not by caption."""
        raise NotImplementedError

    # --- facts -------------------------------------------------------------------------------------

    def observe(self, user: str, turn_id: str, facts: Sequence[Observation]) -> list[Fact]:
        """Weigh claims against what is known; gives the facts they became or strengthened."""
        raise NotImplementedError

    def extract(self, user: str, turn_id: str) -> list[Fact]:
        """Read the turn's own words, by rule and by the extractor if there is one, and observe the claims."""
        raise NotImplementedError

    def correct(self, user: str, fact_id: str, text: str, *, turn_id: str | None = None) -> list[Fact]:
        """The person says a fact is wrong and what is right; empty text only closes it."""
        raise NotImplementedError

    def questions(self, user: str, *, scope: str = PERSONAL) -> list[Question]:
        """Contradictions only the person can settle."""
        raise NotImplementedError

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
        raise NotImplementedError

    def profile(self, user: str, *, facet: str | None = None, scope: str = PERSONAL) -> list[ProfileLine]:
        raise NotImplementedError

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
        raise NotImplementedError

    def search(self, user: str, text: str, k: int = 10, *, scope: str = PERSONAL) -> list[Hit]:
        raise NotImplementedError

    # --- sharing -----------------------------------------------------------------------------------

    def grant(self, owner: str, subject: str, to: str) -> None:
        """Let another user, or a scope like channel:C1, use a subject."""
        raise NotImplementedError

    def revoke(self, owner: str, subject: str, to: str) -> None:
        raise NotImplementedError

    def granted(self, user: str, *, scope: str = PERSONAL) -> list[Handle]:
        """Subjects of others this user may use here."""
        raise NotImplementedError

    # --- forgetting, carrying, mending --------------------------------------------------------------

    def forget(self, user: str, what: str | Interval, *, pictures: bool = False) -> Receipt:
        """Erase for good: a handle, "@biscuit", a fact or turn id, an Interval, "session:NAME" or "everything".

        Pictures made with a forgotten subject stay, without its name, unless `pictures`; the receipt lists them.
        """
        raise NotImplementedError

    def files_erased(self, user: str, receipt_id: str) -> None:
        """The owner of Receipt.files has erased them; until then `unfinished` keeps listing them."""
        raise NotImplementedError

    def unfinished(self) -> list[Receipt]:
        """Receipts whose files still wait for their owner to erase them, also after a crash."""
        raise NotImplementedError

    def export(self, user: str, path: Path) -> Path:
        """One zip with everything of this user: JSON Lines, files and schema."""
        raise NotImplementedError

    def import_(self, user: str, path: Path) -> Stats:
        raise NotImplementedError

    def verify(self, user: str | None = None) -> list[Finding]:
        """What is wrong, if anything; changes nothing."""
        raise NotImplementedError

    def rebuild(self, user: str | None = None) -> list[str]:
        """Make facts, profiles, text index and vectors again from the journal; says what it mended."""
        raise NotImplementedError

    def stats(self, user: str) -> Stats:
        raise NotImplementedError

    def idle(self, user: str | None = None) -> None:
        """Work that can wait: write profiles, embed what is new, feed Chroma. Call it after the reply."""
        raise NotImplementedError
