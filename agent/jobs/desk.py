"""The desk: what a front process (web page, Slack, HTTP API, MCP) uses. Light: no torch, no chroma, no model.

    with Desk.open(settings) as desk:                      # starts the engine process, or finds the one that runs
        job = desk.submit(Request(user="ana", session="s", text="draw a fox"), surface="web", key="click-17")
        for number, event in desk.follow("ana", job.id):   # events.StatusChanged ... Reply, see agent/messages.py
            ...

* Every method takes the user first and only ever shows what is that user's. Handles of others, guessed handles and
  paths are refused with RequestError("there is no ...").
* Mendable trouble is RequestError (its message is for the person): Busy (queue full, `.retry_after_s`), KeyReused,
  EngineDown (engine cannot start, says why).
* submit/get/jobs/cancel/follow/events and the delivery records go straight to the job log: they work, and lose
  nothing, while the engine is being started again. The others ask the engine over a local socket; one call takes a few
  milliseconds, also while a picture is drawn. `undo`, `forget`, `correct` wait for that user's running turn.
* Everything here blocks. In async code use `await asyncio.to_thread(desk.images, user)`, and
  `async for number, event in desk.watch(user, job_id, after)` for events.
* Events and replies carry server-side paths: never send those to a client, send the handle and serve
  `desk.file(user, handle)`.
* A request whose caller knows what it wants (a button: vary, animate) sends `Request(plan=...)`, tool calls in the
  text form of agent/plan.py, e.g. `animate(prompt="Biscuit hops", subjects=["Biscuit"], motion="hop",
  image_ref="img-3")`; nothing is planned then. `text` is what is written into the history.
* Uploads: `attachment = desk.upload(user, name, data)` checks size and kind at once and gives an Attachment for
  Request(attachments=...). The engine re-encodes every picture: pixels only, upright, no EXIF.
* Deliveries (Slack): submit with delivery={...}; when the work is over the job is `delivering` until you `settle` it.
  For each part: `if desk.log.sending(job.id, part): send; desk.log.delivered(job.id, part, {...})`, on trouble
  `not_delivered`. `desk.log.undelivered("slack")` after a restart; a part left `sending` may or may not have arrived.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from limner.agent.jobs.inbox import keep
from limner.agent.jobs.job import Job, JobState, NotThere
from limner.agent.jobs.line import Line
from limner.agent.jobs.log import POLL_S, JobLog
from limner.agent.jobs.supervisor import Supervisor
from limner.agent.jobs.values import (
    FactLine,
    Health,
    Named,
    NamedKind,
    Picture,
    PictureKind,
    Served,
    SessionLine,
    TurnLine,
    Why,
)
from limner.agent.messages import Attachment, Event, Reply, Request, RequestError
from limner.agent.settings import Settings

JOBS = "jobs.sqlite"
PERSONAL = "personal"
LONGEST_PAUSE_S = 0.2
Value = TypeVar("Value", bound=BaseModel)


class Desk:
    """One front process's view of one data folder."""

    def __init__(self, settings: Settings, log: JobLog, engine: Supervisor) -> None:
        self.settings, self.log, self.engine = settings, log, engine
        self._line = Line(settings.data)

    @classmethod
    def open(cls, settings: Settings, *, linger_s: float = 10.0) -> Self:
        """Open the job log and have an engine started; returns before that is ready (see `ready`)."""
        engine = Supervisor(settings, linger_s=linger_s)
        desk = cls(settings, JobLog(settings.data / JOBS), engine)
        engine.start()
        return desk

    def close(self) -> None:
        """Let go; the engine ends some seconds after its last front, when its queue is empty."""
        self.engine.close()
        self.log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def ready(self, timeout_s: float = 60) -> None:
        """Wait for the engine; EngineDown with the reason when it cannot be started."""
        self.engine.ready(timeout_s)

    # --- jobs: straight to the log, whether the engine is up or not ---------------------------------------

    def submit(self, request: Request, *, surface: str, key: str = "", delivery: dict[str, Any] | None = None) -> Job:
        """Queue a request; the same (surface, user, key) again gives the same job. Raises Busy, KeyReused."""
        return self.log.submit(request, surface=surface, key=key, delivery=delivery)

    def job(self, user: str, job_id: str) -> Job:
        """One job of this user; RequestError when there is none."""
        found = self.log.get(job_id, user)
        if found is None:
            raise NotThere(f"there is no job {job_id[:80]!r} of yours")
        return found

    def jobs(
        self, user: str, *, session: str | None = None, states: tuple[JobState, ...] = (), limit: int = 50
    ) -> list[Job]:
        """Latest jobs, oldest first."""
        return self.log.jobs(user, session=session, states=states, limit=limit)

    def events(self, user: str, job_id: str, after: int = -1) -> list[tuple[int, Event]]:
        """Events so far; numbers grow, so `after` is the last one seen."""
        return self.log.events(self.job(user, job_id).id, after)

    def follow(
        self, user: str, job_id: str, after: int = -1, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, Event]]:
        """Events as they come, to the Reply (always the last). Blocks; any number of followers at once."""
        yield from self.log.follow(self.job(user, job_id).id, after, stop=stop)

    async def watch(self, user: str, job_id: str, after: int = -1) -> AsyncIterator[tuple[int, Event]]:
        """`follow` for async code."""
        async for events in self.batches(user, job_id, after):
            for one in events:
                yield one

    async def batches(self, user: str, job_id: str, after: int = -1) -> AsyncIterator[list[tuple[int, Event]]]:
        """`watch`, with all that is new at once: who reads slowly or comes late can leave some of it out."""
        found, pause_s = (await asyncio.to_thread(self.job, user, job_id)).id, POLL_S
        while True:
            over, events = await asyncio.to_thread(self.log.news, found, after)
            if events:
                after = events[-1][0]
                yield events
                if isinstance(events[-1][1], Reply):
                    return
            if over:
                return
            # Who waits in a long queue is asked for less often.
            pause_s = POLL_S if events else min(pause_s * 1.1, LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s)

    def wait(self, user: str, job_id: str, timeout_s: float | None = None) -> Reply:
        """The reply of a job; RequestError when it takes longer."""
        end = time.monotonic() + timeout_s if timeout_s is not None else float("inf")
        for _, event in self.follow(user, job_id, stop=lambda: time.monotonic() > end):
            if isinstance(event, Reply):
                return event
        raise RequestError(f"job {job_id} is not done yet; ask for it again later")

    def cancel(self, user: str, job_id: str) -> Job:
        """Stop it: at once when queued, at the next step when running; what is finished stays."""
        return self.log.cancel(self.job(user, job_id).id, user) or self.job(user, job_id)

    # --- quick reads and commands: asked of the engine -----------------------------------------------------

    def images(
        self,
        user: str,
        *,
        subject: str | None = None,
        style: str | None = None,
        motion: str | None = None,
        kind: PictureKind | None = None,
        liked: bool | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        when: str = "",
        text: str = "",
        session: str | None = None,
        turn: str | None = None,
        parent: str | None = None,
        limit: int = 50,
    ) -> list[Picture]:
        """Pictures, clips and uploads, newest first. `when` takes words ("last week"), `text` words of the caption.

        `turn` is the id of the turn that made them, `parent` the handle of what they were made from.
        """
        filters = {
            "subject": subject,
            "style": style,
            "motion": motion,
            "kind": kind,
            "liked": liked,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "when": when,
            "text": text or None,
            "session": session,
            "turn": turn,
            "parent": parent,
            "limit": limit,
        }
        return self._several(Picture, "images", user=user, **filters)

    def picture(self, user: str, handle: str) -> Picture:
        """One of them."""
        return self._one(Picture, "picture", user=user, handle=handle)

    def named(self, user: str, kind: NamedKind) -> list[Named]:
        """Learned subjects, styles or motions, then the native ones."""
        return self._several(Named, "named", user=user, kind=kind)

    def facts(self, user: str, text: str = "", scope: str = PERSONAL) -> list[FactLine]:
        """What is remembered of the person and their subjects, each line with its evidence."""
        return self._several(FactLine, "facts", user=user, text=text, scope=scope)

    def correct(self, user: str, fact_id: str, text: str) -> list[FactLine]:
        """Say it right; empty text only closes the fact. Gives what took its place."""
        return self._several(FactLine, "correct", user=user, fact_id=fact_id, text=text)

    def why(self, user: str, handle: str) -> Why:
        """Request, plan, memories, adapters with their effect, seed."""
        return self._one(Why, "why", user=user, handle=handle)

    def rate(self, user: str, handle: str, liked: bool | None) -> None:
        """Thumbs up, down, or taken back (None)."""
        self._ask("rate", user=user, handle=handle, liked=liked)

    def undo(self, user: str, session: str, turn: str = "") -> str:
        """Forget the last turn and what it made; the receipt in words. Refused when that is no longer `turn`."""
        return str(self._ask("undo", user=user, session=session, turn=turn))

    def forget(
        self, user: str, what: str, *, session: str = "default", pictures: bool = False, scope: str = PERSONAL
    ) -> str:
        """Erase for good: a name, handle, fact or turn id, "last week", "everything". The receipt in words.

        RequestError with the question in it when the words do not say clearly what.
        """
        return str(self._ask("forget", user=user, what=what, session=session, pictures=pictures, scope=scope))

    def lend(self, user: str, subject: str, to: str) -> None:
        """Let another user, or a place as channel:NAME or workspace:NAME, use a subject of this user's."""
        self._ask("lend", user=user, subject=subject, to=to)

    def take_back(self, user: str, subject: str, to: str) -> None:
        """End such a loan; what was drawn meanwhile stays with those who drew it."""
        self._ask("take_back", user=user, subject=subject, to=to)

    def recall(self, user: str, text: str, scope: str = PERSONAL) -> list[FactLine]:
        """Facts and turns that matter for some words."""
        return self._several(FactLine, "recall", user=user, text=text, scope=scope)

    def turns(
        self, user: str, session: str, limit: int = 50, scope: str = PERSONAL, upto: str | None = None
    ) -> list[TurnLine]:
        """The end of the conversation, or the stretch of it that ends with the turn `upto`; oldest first."""
        return self._several(TurnLine, "turns", user=user, session=session, limit=limit, scope=scope, upto=upto)

    def sessions(self, user: str, limit: int = 100) -> list[SessionLine]:
        """Conversations, the latest first."""
        return self._several(SessionLine, "sessions", user=user, limit=limit)

    def health(self) -> Health:
        """What the engine says of itself; EngineDown when it does not answer."""
        return self._one(Health, "health", user="")

    # --- files ------------------------------------------------------------------------------------------------

    def file(self, user: str, handle: str, *, metadata: bool = True) -> Served:
        """The file of a picture, clip or upload; without metadata, a copy that holds pixels only."""
        return self._one(Served, "file", user=user, handle=handle, metadata=metadata)

    def reference(self, user: str, kind: NamedKind, name: str, number: int) -> Served:
        """One reference thumbnail of something learned."""
        return self._one(Served, "reference", user=user, kind=kind, name=name, number=number)

    def exported(self, user: str, kind: NamedKind, name: str) -> Served:
        """Something learned, its adapter and references as a single file; yours to delete after sending."""
        return self._one(Served, "exported", user=user, kind=kind, name=name)

    def take_in(self, user: str, file: Path, name: str | None = None) -> Named:
        """Take in such a file."""
        return self._one(Named, "take_in", user=user, file=str(file), name=name)

    def upload(self, user: str, name: str, data: bytes) -> Attachment:
        """Keep a file until its request is done; RequestError when it is no picture or clip, or too large."""
        return keep(self.settings.data / "inbox", user, name, data)

    # --- inside -----------------------------------------------------------------------------------------------

    def _ask(self, method: str, /, **arguments: Any) -> Any:
        self.engine.ready()
        return self._line.ask(method, **arguments)

    def _one(self, shape: type[Value], method: str, /, **arguments: Any) -> Value:
        return shape.model_validate(self._ask(method, **arguments))

    def _several(self, shape: type[Value], method: str, /, **arguments: Any) -> list[Value]:
        return [shape.model_validate(one) for one in self._ask(method, **arguments)]
