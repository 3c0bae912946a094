"""POST /v1/images/generations and /v1/images/edits, as OpenAI's clients call them."""

from __future__ import annotations

import asyncio
import base64
import io
import re
import time
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, Field

from limner.agent.jobs.job import Job
from limner.agent.messages import Attachment, ClipMade, ImageMade, Reply, RequestError
from limner.agent.messages import Request as Asked
from limner.agent.surfaces.http.asking import MOST_AT_ONCE, MOST_PICTURES, SURFACE, Key, Name, Wishes, drawing, editing
from limner.agent.surfaces.http.models import check_model
from limner.agent.surfaces.http.public import address, user_of

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

LARGEST_SIDE = 2048
SESSION = "api"
Size = Annotated[str, Field(pattern=r"^(auto|[1-9]\d{0,3}x[1-9]\d{0,3})$", description="auto, or WIDTHxHEIGHT")]
Format = Literal["b64_json", "url"]


class Generation(Wishes):
    """What to draw. Own subjects named in the prompt are drawn from what was learned of them."""

    prompt: str = Field(min_length=1, max_length=4000)
    model: Name | None = None
    n: int = Field(default=1, strict=True, ge=1, le=MOST_AT_ONCE)
    size: Size = "auto"
    response_format: Format = "b64_json"


class OneImage(BaseModel):
    """A picture, inside the answer or by its address."""

    b64_json: str | None = None
    url: str | None = None
    handle: str
    seed: int
    media_type: str


class Images(BaseModel):
    """All of them, and the job that made them."""

    created: int
    data: list[OneImage]
    job: str


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/images", tags=["OpenAI"])

    @routes.post("/generations")
    async def generations(request: Request, response: Response, body: Generation, key: Key = "") -> Images:
        """Draw one or more pictures, or with `motion` a clip."""
        check_model(desk, body.model)
        _size(body.size)
        user = user_of(request)
        plan = await asyncio.to_thread(drawing, desk, user, body, body.prompt, body.n)
        asked = Asked(user=user, session=body.session or SESSION, text=body.prompt, plan=plan, seed=body.seed)
        job = await asyncio.to_thread(desk.submit, asked, surface=SURFACE, key=key)
        return await _answered(desk, request, response, job, body.response_format, body.size)

    @routes.post("/edits")
    async def edits(
        request: Request,
        response: Response,
        prompt: Annotated[str, Form(min_length=1, max_length=4000)],
        image: Annotated[list[UploadFile] | None, File(description="the picture to change")] = None,
        images: Annotated[list[UploadFile] | None, File(alias="image[]")] = None,
        image_ref: Annotated[
            str | None, Form(max_length=80, description="instead: the handle of an earlier one")
        ] = None,
        mask: Annotated[UploadFile | None, File(description="not supported")] = None,
        model: Annotated[str | None, Form()] = None,
        n: Annotated[int, Form(ge=1, le=MOST_AT_ONCE)] = 1,
        size: Annotated[Size, Form()] = "auto",
        response_format: Annotated[Format, Form()] = "b64_json",
        subjects: Annotated[list[str] | None, Form()] = None,
        styles: Annotated[list[str] | None, Form()] = None,
        motion: Annotated[str | None, Form(max_length=100)] = None,
        seed: Annotated[int | None, Form(ge=0, le=2**32 - 1)] = None,
        session: Annotated[str | None, Form(min_length=1, max_length=200)] = None,
        key: Key = "",
    ) -> Images:
        """Change a picture and keep the rest of it; with `motion`, set it in motion."""
        check_model(desk, model)
        _size(size)
        sent = [*(image or []), *(images or [])]
        if mask is not None:
            raise RequestError("masks are not supported; say in words what to change")
        if n != 1 or len(sent) > 1:
            raise RequestError("one picture is changed at a time: send one image, and n=1")
        if bool(sent) == bool(image_ref):
            raise RequestError("send the picture to change as `image`, or name an earlier one as `image_ref`")
        user = user_of(request)
        files = tuple([await _taken(desk, user, one) for one in sent[:MOST_PICTURES]])
        wishes = Wishes(
            subjects=tuple(subjects) if subjects else None,
            styles=tuple(styles) if styles else None,
            motion=motion or None,
            seed=seed,
        )
        if wishes.motion:
            plan = await asyncio.to_thread(drawing, desk, user, wishes, prompt, 1, image_ref or "attached")
        else:
            plan = editing(prompt, image_ref or "attached")
        asked = Asked(user=user, session=session or SESSION, text=prompt, attachments=files, plan=plan, seed=seed)
        job = await asyncio.to_thread(desk.submit, asked, surface=SURFACE, key=key)
        return await _answered(desk, request, response, job, response_format, size)

    return routes


async def reply_of(desk: Desk, job: Job) -> Reply:
    """Wait for it without holding a thread."""
    async for _, event in desk.watch(job.user, job.id):
        if isinstance(event, Reply):
            return event
    raise RequestError(f"what job {job.id} said is forgotten")


async def _answered(desk: Desk, request: Request, response: Response, job: Job, form: Format, size: str) -> Images:
    response.headers["X-Limner-Job"] = job.id
    reply = await reply_of(desk, job)
    if reply.status != "done" or not reply.made:
        raise RequestError(reply.text or "no picture came of it")
    data = [await asyncio.to_thread(_image, desk, request, job.user, one, form, size) for one in reply.made]
    return Images(created=int(time.time()), data=data, job=job.id)


def _image(desk: Desk, request: Request, user: str, one: ImageMade | ClipMade, form: Format, size: str) -> OneImage:
    served = desk.file(user, one.handle)
    image = OneImage(handle=one.handle, seed=one.seed, media_type=served.media_type)
    if form == "url":
        return image.model_copy(update={"url": address(request, one.handle)})
    data = served.path.read_bytes()
    if size != "auto" and one.kind == "image":
        data = _scaled(data, _size(size))
    return image.model_copy(update={"b64_json": base64.b64encode(data).decode()})


def _size(size: str) -> tuple[int, int]:
    """The family draws at its own size; what is asked for is made of that."""
    if size == "auto":
        return (0, 0)
    width, height = (int(one) for one in re.findall(r"\d+", size))
    if max(width, height) > LARGEST_SIDE:
        raise RequestError(f"size {size} is too large; at most {LARGEST_SIDE}x{LARGEST_SIDE}, or auto")
    return (width, height)


def _scaled(data: bytes, size: tuple[int, int]) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        if image.size == size:
            return data
        buffer = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


async def _taken(desk: Desk, user: str, file: UploadFile) -> Attachment:
    return await asyncio.to_thread(desk.upload, user, file.filename or "picture", await file.read())
