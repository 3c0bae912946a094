"""What a person is told when a page or an act is refused: a page, or JSON where our script asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from limner.agent.jobs.job import Busy
from limner.agent.jobs.line import EngineDown
from limner.agent.messages import RequestError
from limner.agent.plan import PlanError
from limner.agent.surfaces.http.trouble import SORRY, error_body, route_of

if TYPE_CHECKING:
    from limner.agent.surfaces.web.look import Look

TITLES = {404: "Not here", 429: "One moment", 503: "One moment", 500: "Sorry"}
log = logging.getLogger(__name__)


def explained(look: Look) -> type[APIRoute]:
    """A route that answers so."""

    class Explained(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def explaining(request: Request) -> Response:
                try:
                    return await handle(request)
                except (RequestError, PlanError) as error:
                    waits = {"Retry-After": f"{error.retry_after_s:.0f}"} if isinstance(error, Busy) else {}
                    return _told(look, request, _status(request, error), str(error), waits)
                except RequestValidationError as error:
                    fields = ", ".join(str(one["loc"][-1]) for one in error.errors())
                    return _told(look, request, 400, f"something is missing or wrong in the request: {fields}")
                except HTTPException as error:  # a form that cannot be read, or holds too much
                    return _told(look, request, error.status_code, str(error.detail))
                except Exception:
                    log.exception("%s %s failed", request.method, route_of(request))
                    return _told(look, request, 500, SORRY)

            return explaining

    return Explained


def _status(request: Request, error: Exception) -> int:
    if isinstance(error, Busy):
        return 429
    if isinstance(error, EngineDown):
        return 503
    return 404 if request.method == "GET" else 400


def _told(look: Look, request: Request, status: int, said: str, headers: dict[str, str] | None = None) -> Response:
    if status < 500:  # by route: what was sent, and who it is about, stays out of the log
        log.warning("refused %s %s: %d", request.method, route_of(request), status)
    text = _sentence(said)
    if "text/html" in request.headers.get("accept", ""):
        title = TITLES.get(status, "That did not work")
        # An engine that is being started is there in a second or two.
        page = look.bare(request, "trouble.html", status, title=title, text=text, refresh=status == 503)
        page.headers.update(headers or {})
        return page
    return JSONResponse(error_body(text, "refused"), status, headers)


def _sentence(said: str) -> str:
    """The message with a capital and a full stop; a file name or handle at its start stays as it is."""
    first = said.split(maxsplit=1)[:1]
    capital = f"{said[:1].upper()}{said[1:]}" if first and first[0].isalpha() else said
    return capital if capital.endswith((".", "?", "!", "”")) else f"{capital}."
