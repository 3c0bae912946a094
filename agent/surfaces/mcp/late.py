"""The MCP door of the HTTP server; the SDK is imported by the first caller, not by everybody who starts a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from mcp.server.mcpserver import Context

    from limner.agent.jobs.desk import Desk

LONGEST_CALL = 64_000_000


class LateMcp:
    """An ASGI app that builds its server when it is first called."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wanted, self._up, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._app: ASGIApp | None = None
        self._broken: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._wanted.set()
        await self._up.wait()
        if self._app is None:
            raise RuntimeError("the MCP server could not be built") from self._broken
        await self._app(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """For the life of the HTTP server; a stopped one may be started again, in another event loop."""
        self._wanted, self._up, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._app = self._broken = None
        serving = asyncio.create_task(self._serve())
        try:
            yield
        finally:
            self._over.set()
            self._wanted.set()
            await serving

    async def _serve(self) -> None:
        await self._wanted.wait()
        if self._over.is_set():
            return
        try:
            server = await asyncio.to_thread(self._build)
        except Exception as error:
            self._broken = error
            self._up.set()
            return
        # Without sessions: a restarted server goes on where the old one was, and each call shows its own token.
        # Hosts and origins are checked at the gate.
        from mcp.server.transport_security import TransportSecuritySettings

        self._app = server.streamable_http_app(
            streamable_http_path="/mcp",
            stateless_http=True,
            max_request_body_size=LONGEST_CALL,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        async with server.session_manager.run():
            self._up.set()
            await self._over.wait()

    def _build(self) -> MCPServer[Any]:
        from limner.agent.surfaces.mcp.server import build

        return build(self._desk, _user_of)


def _user_of(ctx: Context) -> str:
    request = ctx.request_context.request
    assert request is not None, "every call over HTTP has its request"
    return str(request.state.user)
