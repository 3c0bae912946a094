"""The web page: conversation, gallery, library and memory, rendered on the server and kept alive by a little script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.staticfiles import StaticFiles

from limner.agent.surfaces.web import acts, files, pages, person, stream
from limner.agent.surfaces.web.look import Look

if TYPE_CHECKING:
    from fastapi import FastAPI

    from limner.agent.jobs.desk import Desk
    from limner.agent.settings import Settings

STATIC = "/static"


def mount(app: FastAPI, desk: Desk, settings: Settings) -> None:
    """Add the pages to an app that already knows who is asking."""
    look = Look(desk, settings, STATIC)
    app.mount(STATIC, StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.include_router(person.router(look), include_in_schema=False)
    for part in (pages, acts, stream, files):
        app.include_router(part.router(desk, look), include_in_schema=False)
