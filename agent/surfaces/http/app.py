"""The server behind `limner serve`: OpenAI's doors, jobs, pictures, MCP, health, and the web page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.routing import Route

from limner.agent.surfaces import web
from limner.agent.surfaces.http import chat, docs, health, images, jobs, models, pictures, signin
from limner.agent.surfaces.http.access import Access, Gate
from limner.agent.surfaces.http.trouble import RESPONSES, explain
from limner.agent.surfaces.mcp.late import LateMcp

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk
    from limner.agent.settings import Settings

SAID = "Say who and what matters to you, then talk to draw and animate them. Send the token as Authorization: Bearer."


def create_app(desk: Desk, settings: Settings, access: Access | None = None) -> FastAPI:
    """The app of one desk. Without `access`, whoever reaches it from this machine is `settings.user`."""
    access = access or Access(user=settings.user)
    mcp = LateMcp(desk)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mcp.running():
            yield

    app = FastAPI(
        title="Limner",
        description=SAID,
        version=version("limner"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # FastAPI traces requests by itself, and one variable in the environment has it send them to a collector.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    explain(app)
    meters = health.Meters(desk)
    for part in (chat, images, models, jobs, pictures):
        app.include_router(part.router(desk), responses=RESPONSES)
    app.include_router(health.router(desk, meters))
    app.include_router(signin.router(access))
    app.include_router(docs.router(app))
    app.router.routes.append(Route("/mcp", endpoint=mcp))
    web.mount(app, desk, settings)
    app.add_middleware(health.Metered, meters=meters)
    app.add_middleware(Gate, access=access)
    return app
