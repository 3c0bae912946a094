"""Pictures and clips: listed, fetched by handle, explained."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask

from limner.agent.jobs.values import Picture, PictureKind, Served, Why
from limner.agent.surfaces.http.public import PICTURES, user_of

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

Handle = Annotated[str, Path(max_length=80, description="img-12, clip-3, upload-4")]
Word = Annotated[str | None, Query(max_length=100)]


class Pictures(BaseModel):
    """The newest first."""

    object: str = "list"
    data: list[Picture]


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix=PICTURES, tags=["Pictures"])

    @routes.get("")
    def pictures(
        request: Request,
        subject: Word = None,
        style: Word = None,
        motion: Word = None,
        kind: PictureKind | None = None,
        liked: bool | None = None,
        text: Annotated[str, Query(max_length=200, description="words of the caption")] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> Pictures:
        """Yours, by subject, style, motion, kind, like or words."""
        found = desk.images(
            user_of(request),
            subject=subject,
            style=style,
            motion=motion,
            kind=kind,
            liked=liked,
            text=text,
            limit=limit,
        )
        return Pictures(data=found)

    @routes.get("/{handle}", response_class=FileResponse)
    def picture(
        request: Request,
        handle: Handle,
        metadata: Annotated[bool, Query(description="false: a copy that holds pixels only")] = True,
    ) -> FileResponse:
        """The file itself."""
        return _sent(desk.file(user_of(request), handle, metadata=metadata))

    @routes.get("/{handle}/why")
    def why(request: Request, handle: Handle) -> Why:
        """The plan, the memories, the adapters with their measured effect, the seed."""
        return desk.why(user_of(request), handle)

    return routes


def _sent(served: Served) -> FileResponse:
    # A copy made for this answer lies in a folder of its own.
    then = BackgroundTask(shutil.rmtree, served.path.parent, ignore_errors=True) if served.temporary else None
    headers = {"Cache-Control": "private, no-cache", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(
        served.path,
        media_type=served.media_type,
        filename=served.name,
        content_disposition_type="inline",
        headers=headers,
        background=then,
    )
