"""`limner serve`, `limner engine` and `limner mcp`: the processes that go on until they are stopped."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from limner.agent.surfaces.flags import AUTH, settings
from limner.agent.surfaces.opening import explained, loading

# Long requests follow a picture while it is drawn; a reader that is cut off goes on where it was.
GRACE_S = 3


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8008,
    auth: Annotated[
        list[str] | None,
        typer.Option(envvar=AUTH, help="TOKEN, or NAME:TOKEN for each user; needed when --host is not this machine."),
    ] = None,
) -> None:
    """Serve the web page, OpenAI's API, MCP and jobs over HTTP, on this machine unless told otherwise."""
    with explained():
        chosen = settings(ctx)
        try:
            with loading():
                import uvicorn

                from limner.agent.jobs.desk import Desk
                from limner.agent.surfaces.http.access import Access
                from limner.agent.surfaces.http.app import create_app
        except ModuleNotFoundError as error:
            raise missing(error) from error
        access = Access.of(chosen.user, host, auth or [])
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        with Desk.open(chosen) as desk:
            app = create_app(desk, chosen, access)
            typer.echo(f"Limner is at http://{host}:{port} (Ctrl-C stops it)", err=True)
            uvicorn.run(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=GRACE_S)


def engine(ctx: typer.Context) -> None:
    """Run the one process that owns the models of a data folder; `serve` and `slack` start it themselves."""
    from limner.agent.jobs.engine import serve as run

    with explained():
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        run(settings(ctx))


def mcp(ctx: typer.Context) -> None:
    """Serve the MCP tools over stdin and stdout, for a program that starts Limner itself."""
    with explained():
        chosen = settings(ctx)
        try:
            with loading():
                from limner.agent.jobs.desk import Desk
                from limner.agent.surfaces.mcp.server import build
        except ModuleNotFoundError as error:
            raise missing(error) from error
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
        with Desk.open(chosen) as desk:
            build(desk, lambda _: chosen.user, local=True).run("stdio")


def missing(error: ModuleNotFoundError) -> Exception:
    """The message for somebody who installed Limner without its server."""
    from limner.agent.messages import RequestError

    return RequestError(f"{error.name} is not installed; `pip install 'limner[serve]'` brings it")
