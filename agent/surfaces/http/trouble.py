"""What a caller of the API is told when something is wrong, in the shape OpenAI's clients read."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from limner.agent.jobs.job import Busy, KeyReused, NotThere
from limner.agent.jobs.line import EngineDown
from limner.agent.messages import RequestError

SORRY = "sorry, this should not happen; the server's log has the details. What was finished is kept"
log = logging.getLogger(__name__)


class TooLarge(RequestError):  # noqa: N818 (what a caller is told)
    """A body that is longer than it said, or than we read."""


class Error(BaseModel):
    """What went wrong and how to mend it."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Trouble(BaseModel):
    """The body of every answer that is not a success."""

    error: Error


# For the OpenAPI page: every route can give these.
RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": Trouble, "description": "Something to mend in the request"},
    401: {"model": Trouble, "description": "No token, or a wrong one"},
    403: {"model": Trouble, "description": "From another site's page"},
    404: {"model": Trouble, "description": "Not there, or not yours"},
    413: {"model": Trouble, "description": "Too large"},
    422: {"model": Trouble, "description": "Not of the form described here"},
    429: {"model": Trouble, "description": "Busy; Retry-After says for how long"},
    503: {"model": Trouble, "description": "The engine is being started"},
}


def error_body(text: str, code: str, param: str | None = None) -> dict[str, Any]:
    kind = "server_error" if code in ("internal", "engine_down") else "invalid_request_error"
    return Trouble(error=Error(message=text, type=kind, param=param, code=code)).model_dump()


def explain(app: FastAPI) -> None:
    """Answer every kind of trouble in that shape."""

    @app.exception_handler(RequestError)
    async def mendable(request: Request, error: RequestError) -> JSONResponse:
        headers = {"Retry-After": f"{error.retry_after_s:.0f}"} if isinstance(error, Busy) else None
        status, code = _status(error)
        # By route and kind: what was sent, and who it is about, stays out of the log.
        log.warning("refused %s %s: %d %s", request.method, route_of(request), status, code)
        return JSONResponse(error_body(str(error), code), status, headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        log.warning("refused %s %s: 422", request.method, route_of(request))
        first = error.errors()[0]
        where = ".".join(str(one) for one in first["loc"][1:]) or str(first["loc"][0])
        return JSONResponse(error_body(f"{where}: {first['msg']}", "malformed", where), 422)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        log.warning("refused %s %s: %d", request.method, route_of(request), error.status_code)
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
        headers = dict(error.headers or {}) | (_allowed(request) if error.status_code == 405 else {})
        return JSONResponse(error_body(str(error.detail), code), error.status_code, headers)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, route_of(request), exc_info=error)
        return JSONResponse(error_body(SORRY, "internal"), 500)


def route_of(request: Request) -> str:
    """The route as it is declared, which names nobody; ? where there is none."""
    return str(getattr(request.scope.get("route"), "path", "?"))


def _allowed(request: Request) -> dict[str, str]:
    """Every method of an address, which may be declared in several routes; Starlette names those of the first."""
    methods = request.app.openapi()["paths"].get(route_of(request), {})
    return {"Allow": ", ".join(method.upper() for method in methods)} if methods else {}


def _status(error: RequestError) -> tuple[int, str]:
    if isinstance(error, Busy):
        return 429, "busy"
    if isinstance(error, EngineDown):
        return 503, "engine_down"
    if isinstance(error, KeyReused):
        return 422, "idempotency_key_reused"
    if isinstance(error, NotThere):
        return 404, "not_found"
    if isinstance(error, TooLarge):
        return 413, "too_large"
    return 400, "mendable"
