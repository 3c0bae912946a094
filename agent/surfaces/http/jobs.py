"""Jobs: POST one, see how it goes, follow its events, stop it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from limner.agent.jobs.job import Job, JobState
from limner.agent.messages import Request as Asked
from limner.agent.surfaces.http.asking import MOST_PICTURES, SURFACE, Key, Wishes, drawing, picture_from
from limner.agent.surfaces.http.public import STREAM, PublicJob, public_event, public_job, seen_before, user_of

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

PING_S = 15
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class NewJob(Wishes):
    """Something to do, in words; with subjects, styles or motion it is drawn as it stands."""

    text: str = Field(min_length=1, max_length=20_000)
    pictures: Annotated[list[str], Field(max_length=MOST_PICTURES)] = Field(default=[], description="data URLs")
    dry_run: bool = Field(default=False, strict=True, description="only say what would be done")


class Jobs(BaseModel):
    """The latest, oldest first."""

    object: str = "list"
    data: list[PublicJob]


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/jobs", tags=["Jobs"])

    @routes.post("", status_code=202)
    def submit(request: Request, body: NewJob, key: Key = "") -> PublicJob:
        """Queue it and answer at once."""
        user = user_of(request)
        files = tuple(picture_from(desk, user, url, number) for number, url in enumerate(body.pictures, start=1))
        plan = drawing(desk, user, body, body.text) if body.stated else ""
        asked = Asked(
            user=user,
            session=body.session or "api",
            text=body.text,
            attachments=files,
            plan=plan,
            seed=body.seed,
            dry_run=body.dry_run,
        )
        return public_job(request, desk, desk.submit(asked, surface=SURFACE, key=key))

    @routes.get("")
    def jobs(
        request: Request,
        state: Annotated[list[JobState] | None, Query()] = None,
        session: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 20,
    ) -> Jobs:
        """Your jobs, from every surface."""
        found = desk.jobs(user_of(request), session=session, states=tuple(state or ()), limit=limit)
        return Jobs(data=[public_job(request, desk, one) for one in found])

    @routes.get("/{job_id}")
    def job(request: Request, job_id: JobId) -> PublicJob:
        """Where it is now, and when it is over, what came of it."""
        return public_job(request, desk, desk.job(user_of(request), job_id))

    @routes.delete("/{job_id}")
    def cancel(request: Request, job_id: JobId) -> PublicJob:
        """Stop it: at once while it waits, at the next step while it runs. What is finished stays."""
        return public_job(request, desk, desk.cancel(user_of(request), job_id))

    @routes.get("/{job_id}/events", response_class=EventSourceResponse, responses=STREAM)
    async def events(
        request: Request,
        job_id: JobId,
        after: Annotated[int, Query(ge=-1, description="the last event already seen")] = -1,
        last_event_id: Annotated[str, Header(description="sent by a client that reconnects")] = "",
    ) -> EventSourceResponse:
        """Progress as server-sent events, to the reply. Reconnecting with Last-Event-ID misses nothing."""
        job = await asyncio.to_thread(desk.job, user_of(request), job_id)
        return EventSourceResponse(
            _events(desk, request, job, seen_before(last_event_id, after)),
            ping=PING_S,
            headers={"Cache-Control": "no-store"},
        )

    return routes


async def _events(desk: Desk, request: Request, job: Job, after: int) -> AsyncIterator[ServerSentEvent]:
    async for number, event in desk.watch(job.user, job.id, after):
        yield ServerSentEvent(json.dumps(public_event(request, event)), event=event.kind, id=str(number))
