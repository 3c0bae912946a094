"""Hands out pictures, clips, reference thumbnails and exports: by handle, never by path."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from limner.agent.jobs.values import NamedKind, Served
from limner.agent.surfaces.web.person import user_of
from limner.agent.surfaces.web.trouble import explained

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk
    from limner.agent.surfaces.web.look import Look

# A handle always means the same pixels; but another person in this browser must ask anew, so it is asked each time.
HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    # Opened in a tab of its own, a file may run and load nothing.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
}


def router(desk: Desk, look: Look) -> APIRouter:
    routes = APIRouter(route_class=explained(look))

    @routes.get("/files/{handle}")
    def file(request: Request, handle: str, metadata: Literal["yes", "no"] = "yes", download: str = "") -> FileResponse:
        return _sent(desk.file(user_of(request), handle, metadata=metadata == "yes"), bool(download))

    @routes.get("/references/{kind}/{name:path}/{number}")
    def reference(request: Request, kind: NamedKind, name: str, number: int) -> FileResponse:
        return _sent(desk.reference(user_of(request), kind, name, number), False)

    @routes.get("/export/{kind}/{name:path}")
    def export(request: Request, kind: NamedKind, name: str) -> FileResponse:
        return _sent(desk.exported(user_of(request), kind, name), True)

    return routes


def _sent(served: Served, download: bool) -> FileResponse:
    # A copy made for this answer lies in a folder of its own.
    then = BackgroundTask(shutil.rmtree, served.path.parent, ignore_errors=True) if served.temporary else None
    return FileResponse(
        served.path,
        media_type=served.media_type,
        filename=served.name if download else None,
        headers=HEADERS,
        background=then,
    )
