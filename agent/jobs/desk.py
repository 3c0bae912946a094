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
from typing import Any, Self

from limner.agent.jobs.job import Job, JobState
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


class Desk:
    """One front process's view of one data folder."""

    def __init__(self, settings: Settings, log: JobLog, engine: Supervisor) -> None:
        self.settings, self.log, self.engine = settings, log, engine

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the job log and have an engine started; returns before that is ready (see `ready`)."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go; the engine ends some seconds after its last front, when its queue is empty."""
        raise NotImplementedError

    # --- jobs: straight to the log, whether the engine is up or not ---------------------------------------

    def submit(self, request: Request, *, surface: str, key: str = "", delivery: dict[str, Any] | None = None) -> Job:
        """Queue a request; the same (surface, user, key) again gives the same job. Raises Busy, KeyReused."""
        return self.log.submit(request, surface=surface, key=key, delivery=delivery)

    def job(self, user: str, job_id: str) -> Job:
        """One job of this user; RequestError when there is none."""
        raise NotImplementedError

    def jobs(
        self, user: str, *, session: str | None = None, states: tuple[JobState, ...] = (), limit: int = 50
    ) -> list[Job]:
        """Latest jobs, oldest first."""
        return self.log.jobs(user, session=session, states=states, limit=limit)

    def events(self, user: str, job_id: str, after: int = -1) -> list[tuple[int, Event]]:
        """Events so far; numbers grow, so `after` is the last one seen."""
        raise NotImplementedError

    def follow(self, user: str, job_id: str, after: int = -1) -> Iterator[tuple[int, Event]]:
        """Events as they come, to the Reply (always the last). Blocks; any number of followers at once."""
        raise NotImplementedError

    def watch(self, user: str, job_id: str, after: int = -1) -> AsyncIterator[tuple[int, Event]]:
        """`follow` for async code."""
        raise NotImplementedError

    def wait(self, user: str, job_id: str, timeout_s: float | None = None) -> Reply:
        """The reply of a job; RequestError when it takes longer."""
        raise NotImplementedError

    def cancel(self, user: str, job_id: str) -> Job:
        """Stop it: at once when queued, at the next step when running; what is finished stays."""
        raise NotImplementedError

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
        limit: int = 50,
    ) -> list[Picture]:
        """Pictures, clips and uploads, newest first. `when` takes words ("last week"), `text` words of the caption."""
        raise NotImplementedError

    def picture(self, user: str, handle: str) -> Picture:
        """One of them."""
        raise NotImplementedError

    def named(self, user: str, kind: NamedKind) -> list[Named]:
        """Learned subjects, styles or motions, then the native ones."""
        raise NotImplementedError

    def facts(self, user: str, text: str = "") -> list[FactLine]:
        """What is remembered of the person and their subjects, each line with its evidence."""
        raise NotImplementedError

    def correct(self, user: str, fact_id: str, text: str) -> list[FactLine]:
        """Say it right; empty text only closes the fact. Gives what took its place."""
        raise NotImplementedError

    def why(self, user: str, handle: str) -> Why:
        """Request, plan, memories, adapters with their effect, seed."""
        raise NotImplementedError

    def rate(self, user: str, handle: str, liked: bool | None) -> None:
        """Thumbs up, down, or taken back (None)."""
        raise NotImplementedError

    def undo(self, user: str, session: str) -> str:
        """Forget the last turn and what it made; the receipt in words."""
        raise NotImplementedError

    def forget(self, user: str, what: str, *, session: str = "default", pictures: bool = False) -> str:
        """Erase for good: a name, handle, fact or turn id, "last week", "everything". The receipt in words.

        RequestError with the question in it when the words do not say clearly what.
        """
        raise NotImplementedError

    def recall(self, user: str, text: str) -> list[FactLine]:
        """Facts and turns that matter for some words."""
        raise NotImplementedError

    def turns(self, user: str, session: str, limit: int = 50) -> list[TurnLine]:
        """The conversation so far, oldest first."""
        raise NotImplementedError

    def sessions(self, user: str) -> list[SessionLine]:
        """Conversations, the latest first."""
        raise NotImplementedError

    def health(self) -> Health:
        """What the engine says of itself; EngineDown when it does not answer."""
        raise NotImplementedError

    # --- files ------------------------------------------------------------------------------------------------

    def file(self, user: str, handle: str, *, metadata: bool = True) -> Served:
        """The file of a picture, clip or upload; without metadata, a copy that holds pixels only."""
        raise NotImplementedError

    def reference(self, user: str, kind: NamedKind, name: str, number: int) -> Served:
        """One reference thumbnail of something learned."""
        raise NotImplementedError

    def export_subject(self, user: str, name: str) -> Served:
        """One subject with its adapter and references as a single file; yours to delete after sending."""
        raise NotImplementedError

    def import_subject(self, user: str, file: Path, name: str | None = None) -> Named:
        """Take in such a file."""
        raise NotImplementedError

    def upload(self, user: str, name: str, data: bytes) -> Attachment:
        """Keep a file until its request is done; RequestError when it is no picture or clip, or too large."""
        raise NotImplementedError
