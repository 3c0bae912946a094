"""POST /v1/chat/completions: the last thing the person said goes to the assistant, which remembers the rest itself."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from limner.agent.jobs.job import Job
from limner.agent.messages import Attachment, ClipMade, ImageMade, Reply, RequestError
from limner.agent.messages import Request as Asked
from limner.agent.surfaces.http.asking import MOST_PICTURES, SURFACE, Key, Name, Wishes, drawing, picture_from
from limner.agent.surfaces.http.images import reply_of
from limner.agent.surfaces.http.models import NAME, check_model
from limner.agent.surfaces.http.public import STREAM, address, answer, public_event, user_of

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

MOST_MESSAGES = 1000
# A limit also makes pydantic refuse halves of surrogate pairs, which no file and no database takes.
Words = Annotated[str, Field(max_length=200_000)]


class Part(BaseModel):
    """A piece of a message: text, or a picture as a data URL."""

    model_config = ConfigDict(extra="ignore")
    type: Literal["text", "image_url"]
    text: Words = ""
    image_url: dict[str, str] | str | None = None


class Said(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Words | list[Part] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""

    @property
    def pictures(self) -> list[str]:
        parts = self.content if isinstance(self.content, list) else []
        found = [part.image_url for part in parts if part.type == "image_url"]
        return [str(one.get("url", "")) if isinstance(one, dict) else str(one) for one in found]


class Conversation(Wishes):
    """What was said. Only the last message of the person is new; what came before, Limner remembers by session."""

    messages: Annotated[list[Said], Field(min_length=1, max_length=MOST_MESSAGES)]
    model: Name | None = None
    stream: bool = Field(default=False, strict=True)


class Message(BaseModel):
    """The answer; `images` are data URLs, in the order of the handles in `limner.made`."""

    role: Literal["assistant"] = "assistant"
    content: str
    images: list[dict[str, Any]] = []


class Choice(BaseModel):
    """The one answer there is."""

    index: int = 0
    message: Message
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """A finished answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    limner: dict[str, Any] = Field(default={}, description="the job, its plan, what was made and assumed")


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/chat", tags=["OpenAI"])

    @routes.post("/completions", response_model=Completion, responses=STREAM)
    async def completions(request: Request, body: Conversation, key: Key = "") -> Response:
        """Say something; pictures go in as data URLs and come out the same way. With `stream`, server-sent chunks."""
        check_model(desk, body.model)
        user, model = user_of(request), body.model or NAME
        asked = await asyncio.to_thread(_asked, desk, user, body)
        job = await asyncio.to_thread(desk.submit, asked, surface=SURFACE, key=key)
        headers = {"X-Limner-Job": job.id}
        if body.stream:
            chunks = _chunks(desk, request, job, model)
            return StreamingResponse(
                chunks, media_type="text/event-stream", headers=headers | {"Cache-Control": "no-store"}
            )
        reply = await reply_of(desk, job)
        message = Message(
            content=_content(request, reply), images=await asyncio.to_thread(_images, desk, user, reply.made)
        )
        completion = Completion(
            id=f"chatcmpl-{job.id}",
            created=int(time.time()),
            model=model,
            choices=[Choice(message=message)],
            limner={"job": job.id, **answer(request, reply).model_dump(mode="json")},
        )
        return JSONResponse(completion.model_dump(mode="json"), headers=headers)

    return routes


def _asked(desk: Desk, user: str, body: Conversation) -> Asked:
    last = next((one for one in reversed(body.messages) if one.role == "user"), None)
    if last is None:
        raise RequestError("there is no message of the user in it; add one with role user")
    pictures = last.pictures
    if len(pictures) > MOST_PICTURES:
        raise RequestError(f"{len(pictures)} pictures at once are too many; send {MOST_PICTURES} or fewer")
    files: tuple[Attachment, ...] = tuple(
        picture_from(desk, user, url, number) for number, url in enumerate(pictures, start=1)
    )
    start = "attached" if files and body.motion else None
    plan = drawing(desk, user, body, last.words, start=start) if body.stated else ""
    session = body.session or _session(body.messages)
    return Asked(user=user, session=session, text=last.words, attachments=files, plan=plan, seed=body.seed)


def _session(messages: list[Said]) -> str:
    """Clients send no name of the conversation, but always its first words."""
    first = next(one for one in messages if one.role == "user").words
    return f"chat-{hashlib.sha256(first.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _content(request: Request, reply: Reply) -> str:
    shown = [f"![{one.caption}]({address(request, one.handle)})" for one in reply.made]
    return "\n\n".join([reply.text, *shown])


def _images(desk: Desk, user: str, made: tuple[ImageMade | ClipMade, ...]) -> list[dict[str, Any]]:
    found = []
    for one in made:
        served = desk.file(user, one.handle)
        data = base64.b64encode(served.path.read_bytes()).decode()
        found.append({"type": "image_url", "image_url": {"url": f"data:{served.media_type};base64,{data}"}})
    return found


async def _chunks(desk: Desk, request: Request, job: Job, model: str) -> AsyncIterator[str]:
    """The reply's words and pictures as deltas; every other event in a field of its own that clients pass over."""
    created = int(time.time())

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": f"chatcmpl-{job.id}", "object": "chat.completion.chunk", "created": created, "model": model}
        return f"data: {json.dumps({**head, 'choices': [choice], **more}, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""}, limner={"job": job.id})
    async for _, event in desk.watch(job.user, job.id):
        shown = public_event(request, event)
        if isinstance(event, ImageMade | ClipMade):
            yield chunk({"images": await asyncio.to_thread(_images, desk, job.user, (event,))}, limner=shown)
        elif isinstance(event, Reply):
            yield chunk({"content": _content(request, event)})
            yield chunk({}, "stop", limner=shown)
        else:
            yield chunk({}, limner=shown)
    yield "data: [DONE]\n\n"
