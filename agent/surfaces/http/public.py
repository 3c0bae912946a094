"""What leaves the server: jobs, events and pictures by handle and address, never by path."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import Request
from pydantic import BaseModel, Field

from limner.agent.jobs.job import Job, JobState
from limner.agent.messages import ClipMade, Event, ImageMade, Reply, Status

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

PICTURES = "/v1/pictures"
LONGEST_NUMBER = 18
# For the OpenAPI page: what one event of a stream is like; `data` is JSON, but for OpenAI's closing [DONE].
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
                    "required": ["data"],
                }
            }
        }
    }
}


class Made(BaseModel, frozen=True):
    """One picture or clip that a job made."""

    handle: str
    kind: str
    url: str
    caption: str
    seed: int
    width: int
    height: int
    scores: dict[str, float] = {}


class Answer(BaseModel, frozen=True):
    """What a job came to."""

    status: Status
    text: str
    plan: str = ""
    made: tuple[Made, ...] = ()
    question: str = ""
    choices: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


class PublicJob(BaseModel, frozen=True):
    """A job as its owner sees it."""

    id: str
    object: str = "job"
    session: str
    state: JobState
    text: str
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    position: int | None = Field(default=None, description="how many are served before it")
    wait_s: float | None = Field(default=None, description="guess of the seconds until it starts")
    error: str = ""
    delivery_error: str = ""
    reply: Answer | None = Field(default=None, description="there when the work is over")


def user_of(request: Request) -> str:
    """Whose request the gate found it to be."""
    return str(request.state.user)


def seen_before(said: str, after: int) -> int:
    """The last event a reader saw: `said` by a browser that reconnects, else `after`."""
    return int(said) if said.isdecimal() and len(said) <= LONGEST_NUMBER else after


def made(request: Request, one: ImageMade | ClipMade) -> Made:
    return Made(
        handle=one.handle,
        kind=one.kind,
        url=address(request, one.handle),
        caption=one.caption,
        seed=one.seed,
        width=one.width,
        height=one.height,
        scores=one.scores,
    )


def address(request: Request, handle: str) -> str:
    return f"{str(request.base_url).rstrip('/')}{PICTURES}/{handle}"


def answer(request: Request, reply: Reply) -> Answer:
    return Answer(
        status=reply.status,
        text=reply.text,
        plan=reply.plan,
        made=tuple(made(request, one) for one in reply.made),
        question=reply.question.text if reply.question else "",
        choices=reply.question.choices if reply.question else (),
        errors=reply.errors,
        assumed=reply.assumed,
    )


def public_job(request: Request, desk: Desk, job: Job) -> PublicJob:
    reply = next((one for _, one in desk.events(job.user, job.id) if isinstance(one, Reply)), None)
    return PublicJob(
        **job.model_dump(include=set(PublicJob.model_fields) - {"object", "reply"}),
        reply=answer(request, reply) if reply else None,
    )


def public_event(request: Request, event: Event) -> dict[str, Any]:
    if isinstance(event, ImageMade | ClipMade):
        return made(request, event).model_dump(mode="json")
    if isinstance(event, Reply):
        return {"kind": "reply", **answer(request, event).model_dump(mode="json")}
    return event.model_dump(mode="json")
