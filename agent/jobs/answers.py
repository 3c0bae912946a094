"""What the engine answers at once, beside the running job: lists, reasons, facts, likes, forgetting, files."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from pydantic import BaseModel

from limner.agent import forgetting
from limner.agent.assistant import Assistant
from limner.agent.handles import HANDLE, canonical, named
from limner.agent.jobs.job import NotThere
from limner.agent.jobs.values import (
    MOST_SHOWN,
    EvidenceLine,
    FactLine,
    Named,
    NamedKind,
    Picture,
    Served,
    SessionLine,
    TurnLine,
    UsedLine,
    Why,
)
from limner.agent.learning import bring_in
from limner.agent.messages import Question, Reply, RequestError
from limner.agent.outputs import plain, without_record
from limner.agent.provenance import evidence, in_words, prompt, record_of
from limner.memory import Fact, Handle, Turn, times
from limner.tools import portable
from limner.tools.library import Artifact

PICTURES = ("image", "clip", "upload")
LEARNED = ("@", "style:", "motion:")
MEDIA = {"png": "image/png", "gif": "image/gif", "webp": "image/webp", "mp4": "video/mp4"}
OWN_ID = re.compile(r"(?:fact|turn)-\d{1,9}-\d{1,15}")
# A copy made for a download is fetched at once; what is older was left behind by a front that was killed.
COPY_LASTS_S = 600
Alone = Callable[[str], AbstractContextManager[None]]
Expect = Callable[[str, str, str], None]


class Answers:
    """Every public method is a question a front may ask; all take the user first and look no further."""

    def __init__(self, assistant: Assistant, alone: Alone, expect: Expect) -> None:
        self._assistant, self._studio, self._memory = assistant, assistant.studio, assistant.studio.memory
        self._alone = alone  # keeps a user's turns and forgets apart
        self._expect = expect  # is told who looks at a conversation, and so may go on with it
        self._copies = self._studio.data / "copies"

    def table(self) -> Mapping[str, Callable[..., Any]]:
        names = [name for name in vars(type(self)) if not name.startswith("_") and name != "table"]
        return {name: _as_json(getattr(self, name)) for name in names}

    # --- pictures ---------------------------------------------------------------------------------------

    def images(
        self,
        user: str,
        *,
        when: str,
        since: str | None,
        until: str | None,
        kind: str | None,
        limit: int,
        **filters: Any,
    ) -> list[Picture]:
        span = {"since": _moment(since), "until": _moment(until)}
        if when:
            interval = times.interval(when, self._studio.clock())
            if interval is None:
                raise RequestError(f"{when!r} names no time; write “yesterday”, “last week”, “in October”")
            # What is older than the last page of a list is still within the words.
            span = {"since": interval.start, "until": min(filter(None, (interval.end, span["until"])))}
        kinds = (kind,) if kind else PICTURES
        found = [one for each in kinds for one in self._memory.handles(user, kind=each, limit=limit, **span, **filters)]  # type: ignore[arg-type]
        newest = sorted(found, key=lambda one: one.at, reverse=True)[:limit]
        return [_picture(one) for one in newest]

    def picture(self, user: str, handle: str) -> Picture:
        return _picture(self._own(user, handle))

    def why(self, user: str, handle: str) -> Why:
        one = self._own(user, handle)
        record = record_of(self._studio, user, one.handle)
        reasons = evidence(self._studio, record)
        return Why(
            handle=record.handle,
            kind=record.kind,
            request=record.request,
            session=record.session,
            made=record.created_at,
            plan=tuple(line for line in record.plan.splitlines() if not line.startswith("because(")),
            prompt=prompt(record),
            seed=int(record.spec["seed"]),
            width=record.width,
            height=record.height,
            frames=record.frames,
            parents=record.parents,
            used=tuple(UsedLine(**one.model_dump()) for one in record.used),
            evidence=tuple(EvidenceLine(id=one, text=text) for one, text in reasons.items()),
            family=str(record.engine.get("family", "")),
            scores=self._scores(one),
            text=in_words(record, reasons),
        )

    def rate(self, user: str, handle: str, liked: bool | None) -> None:
        self._assistant.rate(user, self._own(user, handle).handle, liked)

    # --- what is known -----------------------------------------------------------------------------------

    def named(self, user: str, kind: NamedKind) -> list[Named]:
        studio = self._studio
        learned = [self._with_likeness(user, _named(one)) for one in studio.library.list(user, kind)]
        known = {one.name for one in learned}
        native = {"style": studio.engine.styles, "motion": studio.engine.motions}.get(kind)
        return learned + [
            Named(kind=kind, name=name, handle=named(kind, name), native=True)
            for name in (native() if native else ())
            if name not in known
        ]

    def facts(self, user: str, text: str, scope: str) -> list[FactLine]:
        words = text.casefold().split()
        found = [self._fact(one) for one in self._memory.facts(user, scope=scope)]
        return [one for one in found if all(word in one.text.casefold() for word in words)]

    def correct(self, user: str, fact_id: str, text: str) -> list[FactLine]:
        with self._alone(user):
            return [self._fact(one) for one in self._memory.correct(user, fact_id, text)]

    def recall(self, user: str, text: str, scope: str) -> list[FactLine]:
        lines = self._memory.recall(user, text, scope=scope).lines
        return [
            FactLine(id=one.id, text=one.text, facet=one.kind, since=one.date, evidence=one.evidence, said=(one.why,))
            for one in lines
        ]

    def turns(self, user: str, session: str, limit: int, scope: str, upto: str | None) -> list[TurnLine]:
        self._expect(user, session, scope)
        found = self._memory.turns(user, session=session, scope=scope, limit=limit, upto=upto)
        return [self._turn(user, one) for one in found if one.user == user]

    def sessions(self, user: str, limit: int) -> list[SessionLine]:
        return [
            SessionLine(name=one.name, turns=one.turns, last=one.last, first_words=one.first_words[:80])
            for one in self._memory.sessions(user, limit)
        ]

    # --- sharing --------------------------------------------------------------------------------------------

    def lend(self, user: str, subject: str, to: str) -> None:
        self._memory.grant(user, named("subject", subject.removeprefix("@")), to)

    def take_back(self, user: str, subject: str, to: str) -> None:
        self._memory.revoke(user, named("subject", subject.removeprefix("@")), to)

    # --- forgetting ----------------------------------------------------------------------------------------

    def undo(self, user: str, session: str, turn: str) -> str:
        with self._alone(user):
            if turn and self._assistant.last_turn(user, session).id != turn:
                raise RequestError("that is not the last turn any more; look at the conversation as it is now")
            return forgetting.describe(self._assistant.undo(user, session))

    def forget(self, user: str, what: str, session: str, pictures: bool, scope: str) -> str:
        with self._alone(user):
            found = what if OWN_ID.fullmatch(what) else forgetting.find(self._studio, user, session, what, scope)
            if isinstance(found, Question):
                raise RequestError(found.text)
            shutil.rmtree(self._copies, ignore_errors=True)
            receipt = forgetting.forget(self._studio, user, found, pictures=pictures, scope=scope)
            return forgetting.describe(receipt)

    # --- files -----------------------------------------------------------------------------------------------

    def file(self, user: str, handle: str, metadata: bool) -> Served:
        one = self._own(user, handle)
        if one.path is None or not one.path.is_file():
            raise NotThere(f"the file of {one.handle} is gone; draw it again")
        suffix = one.path.suffix[1:].lower()
        served = Served(path=one.path, media_type=MEDIA[suffix], name=f"{one.handle}.{suffix}")
        if metadata or suffix != "png":
            return served  # only PNGs carry a record inside
        copy = self._copy(served.name)
        shutil.copyfile(one.path, copy)
        without_record(copy)
        return served.model_copy(update={"path": copy, "temporary": True})

    def reference(self, user: str, kind: NamedKind, name: str, number: int) -> Served:
        found = self._studio.library.get(user, kind, name).references
        if not 0 <= number < len(found):
            raise NotThere(f"{name} has {len(found)} reference pictures, counted from 0; there is no {number}")
        return Served(path=found[number], media_type="image/png", name=found[number].name)

    def exported(self, user: str, kind: NamedKind, name: str) -> Served:
        artifact = self._studio.library.get(user, kind, name)
        copy = self._copy(f"{plain(artifact.name)}.limner")
        return Served(
            path=portable.export(artifact, copy), media_type="application/zip", name=copy.name, temporary=True
        )

    def take_in(self, user: str, file: str, name: str | None) -> Named:
        with self._alone(user):
            _, artifact = bring_in(self._studio, user, Path(file), name)
        return _named(artifact)

    # --- inside -------------------------------------------------------------------------------------------------

    def _own(self, user: str, handle: str) -> Handle:
        """A picture, clip or upload of this very user; everything else is answered as if it were not there."""
        counted = canonical(handle) if HANDLE.fullmatch(handle) else ""
        found = self._memory.get_handle(user, counted) if counted else None
        if found is None or found.user != user or found.kind not in PICTURES:
            raise NotThere(f"there is no {handle[:80]!r} among your pictures")
        return found

    def _scores(self, one: Handle) -> dict[str, float]:
        """How much a picture shows its subjects, as it was measured when it was made."""
        turn = self._memory.get_turn(one.turn_id) if one.turn_id else None
        made = (turn.detail.get("reply") or {}).get("made", []) if turn else []
        return next((dict(each["scores"]) for each in made if each["handle"] == one.handle), {})

    def _with_likeness(self, user: str, one: Named) -> Named:
        """A subject with the mean score of the latest pictures of it."""
        pictures = self._memory.handles(user, subject=one.name, limit=MOST_SHOWN) if one.kind == "subject" else []
        found = [score for each in pictures if (score := self._scores(each).get(one.handle)) is not None]
        return one.model_copy(update={"scores": {**one.scores, "likeness": fmean(found)}}) if found else one

    def _uploads(self, user: str, turn_id: str) -> tuple[str, ...]:
        sent = self._memory.handles(user, kind="upload", turn=turn_id, newest_first=False, limit=500)
        return tuple(one.handle for one in sent)

    def _turn(self, user: str, turn: Turn) -> TurnLine:
        made = [one for one in turn.handles if not one.startswith(LEARNED)]
        last = made[-MOST_SHOWN:]
        known = [one for one in (self._memory.get_handle(user, handle) for handle in last) if one is not None]
        return TurnLine(
            id=turn.id,
            session=turn.session,
            at=turn.at,
            text=turn.text,
            uploads=self._uploads(user, turn.id) if turn.attachments else (),
            handles=turn.handles,
            shown=tuple(_picture(one) for one in known),
            gone=tuple(one for one in last if one not in {each.handle for each in known}),
            earlier=len(made) - len(last),
            status=turn.status,
            reply=Reply.model_validate(turn.detail["reply"]) if turn.detail.get("reply") else None,
            request_id=turn.request_id or "",
        )

    def _fact(self, one: Fact) -> FactLine:
        turns = [self._memory.get_turn(ref) for ref in one.evidence if ref.startswith("turn-")]
        said = tuple(turn.text for turn in turns if turn is not None and turn.text)
        return FactLine(
            id=one.id, text=one.text, facet=one.facet, since=one.valid_from, evidence=one.evidence, said=said
        )

    def _copy(self, name: str) -> Path:
        self._copies.mkdir(parents=True, exist_ok=True)
        for old in self._copies.iterdir():
            if time.time() - old.stat().st_mtime > COPY_LASTS_S:
                shutil.rmtree(old, ignore_errors=True)
        return Path(tempfile.mkdtemp(dir=self._copies)) / name


def _as_json(answer: Callable[..., Any]) -> Callable[..., Any]:
    def answering(**arguments: Any) -> Any:
        value = answer(**arguments)
        if isinstance(value, list):
            return [one.model_dump(mode="json") for one in value]
        return value.model_dump(mode="json") if isinstance(value, BaseModel) else value

    return answering


def _picture(one: Handle) -> Picture:
    return Picture(
        handle=one.handle,
        kind=one.kind,  # type: ignore[arg-type]  # the callers let no other kinds through
        made=one.at,
        caption=one.caption,
        liked=one.liked,
        session=one.session,
        seed=one.seed,
        subjects=one.subjects,
        styles=one.styles,
        motion=one.motion,
        parents=one.parents,
        turn_id=one.turn_id or "",
    )


def _named(one: Artifact) -> Named:
    return Named(
        kind=one.kind,
        name=one.name,
        handle=named(one.kind, one.name),
        class_noun=one.class_noun,
        learned=one.created_at,
        provisional=one.provisional,
        trigger=one.trigger,
        tool=one.tool,
        family=one.family,
        sha256=one.sha256,
        scores=one.scores,
        references=len(one.references),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
