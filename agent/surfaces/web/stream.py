"""The events of one job as the page wants them: server-sent, numbered, pictures as HTML."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from limner.agent.jobs.job import Job
from limner.agent.jobs.line import EngineDown
from limner.agent.jobs.values import MOST_SHOWN
from limner.agent.messages import ClipMade, Event, ImageMade, PlanMade, Progress, Reply, StatusChanged
from limner.agent.surfaces.http.public import seen_before
from limner.agent.surfaces.web.entries import finished, picture_of
from limner.agent.surfaces.web.person import user_of
from limner.agent.surfaces.web.trouble import explained

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk
    from limner.agent.surfaces.web.look import Look

PING_S = 15


def router(desk: Desk, look: Look) -> APIRouter:
    routes = APIRouter(prefix="/web", route_class=explained(look))

    @routes.get("/jobs/{job_id}/stream")
    async def stream(request: Request, job_id: str, after: int = -1) -> EventSourceResponse:
        """Everything after event `after`; a browser that reconnects says itself what it has seen."""
        user = user_of(request)
        job = await asyncio.to_thread(desk.job, user, job_id)
        seen = request.headers.get("last-event-id", "")
        return EventSourceResponse(
            _events(desk, look, user, job, seen_before(seen, after)),
            ping=PING_S,
            headers={"Cache-Control": "no-store"},
        )

    return routes


async def _events(desk: Desk, look: Look, user: str, job: Job, after: int) -> AsyncIterator[ServerSentEvent]:
    motions: list[str] = []
    async for events in desk.batches(user, job.id, after):
        left_out, last_left, events = _thinned(events)
        if left_out:
            yield ServerSentEvent(json.dumps({"count": left_out}), event="left_out", id=str(last_left))
        for number, event in events:
            try:
                if isinstance(event, ImageMade) and not motions:
                    motions = await asyncio.to_thread(look.motions, user)
                kind, values = await asyncio.to_thread(_shown, desk, look, user, job, event, motions)
            except EngineDown:
                return  # the browser comes back and asks on from the last event it saw
            if kind:
                yield ServerSentEvent(json.dumps(values), event=kind, id=str(number))


def _thinned(events: list[tuple[int, Event]]) -> tuple[int, int, list[tuple[int, Event]]]:
    """Without pictures that would make room for later ones at once: how many, the number of the last, and the rest."""
    if isinstance(events[-1][1], Reply):
        return 0, -1, events[-1:]  # it shows the whole turn anew
    made = [number for number, event in events if isinstance(event, ImageMade | ClipMade)]
    if len(made) <= MOST_SHOWN:
        return 0, -1, events
    last_left = made[-MOST_SHOWN - 1]
    return len(made) - MOST_SHOWN, last_left, [one for one in events if one[0] > last_left]


def _shown(desk: Desk, look: Look, user: str, job: Job, event: Event, motions: list[str]) -> tuple[str, dict[str, Any]]:
    """Words and errors come with the reply, which shows the whole turn anew."""
    match event:
        case StatusChanged():
            return "status", {"text": _capital(event.text)}
        case PlanMade():
            return "plan", {"estimate_s": event.estimate_s}
        case Progress():
            values = event.model_dump(include={"done", "total", "eta_s"})
            return "progress", {"label": _capital(event.label), **values}
        case ImageMade() | ClipMade():
            one = picture_of(event, job.created)
            return "made", {"handle": one.handle, "html": look.plate(user, one, motions)}
        case Reply():
            return "reply", {"html": look.turn(user, finished(desk, user, job, event))}
        case _:
            return "", {}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
