"""What one can do on the pages: say something, press a button under a picture, rate, correct, forget, undo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from limner.agent import again, messages
from limner.agent.jobs.job import Job
from limner.agent.messages import RequestError
from limner.agent.surfaces.web.entries import begun
from limner.agent.surfaces.web.look import talk
from limner.agent.surfaces.web.person import user_of
from limner.agent.surfaces.web.trouble import explained

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk
    from limner.agent.surfaces.web.look import Look

MOST_FILES = 24
BUTTONS = ("vary", "animate")
THUMBS = {"up": True, "down": False, "none": None}
Words = Annotated[str, Form()]


def router(desk: Desk, look: Look) -> APIRouter:
    routes = APIRouter(prefix="/web", route_class=explained(look))

    def taken(request: Request, job: Job, names: tuple[str, ...] = ()) -> Response:
        user = user_of(request)
        page = f"{talk(job.session)}#turn-{job.id}"
        return _done(request, page, job=job.id, page=page, html=lambda: look.turn(user, begun(desk, user, job, names)))

    @routes.post("/say")
    async def say(request: Request) -> Response:
        """Words and photos; `key` makes sending the same thing twice harmless."""
        user = user_of(request)
        async with request.form(max_files=MOST_FILES, max_fields=10) as form:
            files = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
            attachments = []
            for one in files:
                data, name = await one.read(), Path(one.filename or "").name
                attachments.append(await asyncio.to_thread(desk.upload, user, name, data))
            wish = messages.Request(
                user=user, session=_session(form), text=_text(form, "text"), attachments=tuple(attachments)
            )
            if not wish.text and not attachments:
                raise RequestError("there is nothing to send; say what to draw, or attach photos")
            job = await asyncio.to_thread(desk.submit, wish, surface="web", key=_text(form, "key"))
            return await asyncio.to_thread(taken, request, job, tuple(one.name for one in attachments))

    @routes.post("/press")
    def press(
        request: Request, press: Words, handle: Words, session: Words, motion: Words = "", key: Words = ""
    ) -> Response:
        """The buttons under a picture: vary, animate."""
        if press not in BUTTONS:
            raise RequestError(f"press is one of {', '.join(BUTTONS)}, not {press[:80]!r}")
        user = user_of(request)
        one, why = desk.picture(user, handle), desk.why(user, handle)
        if press == "animate":
            text, plan = f"Animate {one.handle}: {motion}", again.animate(one, why, motion)
        else:
            text, plan = f"Vary {one.handle}", again.vary(one, why)
        wish = messages.Request(user=user, session=session or "default", text=text, plan=plan)
        return taken(request, desk.submit(wish, surface="web", key=key))

    @routes.post("/jobs/{job_id}/cancel")
    def cancel(request: Request, job_id: str) -> Response:
        """What is being drawn stops at its next step and says so itself; what waited is over at once."""
        return taken(request, desk.cancel(user_of(request), job_id))

    @routes.post("/rate")
    def rate(request: Request, handle: Words, liked: Words) -> Response:
        if liked not in THUMBS:
            raise RequestError(f"liked is one of {', '.join(THUMBS)}, not {liked!r}")
        desk.rate(user_of(request), handle, THUMBS[liked])
        return _done(request, f"/pictures/{quote(handle)}", liked=liked)

    @routes.post("/undo")
    def undo(request: Request, session: Words, turn: Words) -> Response:
        """The last turn, if that is the one the page shows as such."""
        return _done(request, talk(session), receipt=desk.undo(user_of(request), session, turn))

    @routes.post("/forget")
    def forget(request: Request, what: Words, session: Words = "default", pictures: Words = "") -> Response:
        receipt = desk.forget(user_of(request), what, session=session, pictures=bool(pictures))
        return _done(request, "/memory", receipt=receipt)

    @routes.post("/correct")
    def correct(request: Request, fact: Words, text: Words) -> Response:
        lines = desk.correct(user_of(request), fact, text.strip())
        return _done(request, f"/memory#{lines[0].id}" if lines else "/memory", facts=[one.id for one in lines])

    @routes.post("/import")
    async def take_in(request: Request) -> Response:
        """A subject, style or motion that Limner exported."""
        async with request.form(max_files=1, max_fields=2) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise RequestError("no file came; choose one that Limner exported")
            with TemporaryDirectory() as folder:
                path = Path(folder) / "exported.zip"
                path.write_bytes(await file.read())
                known = await asyncio.to_thread(desk.take_in, user_of(request), path)
        return _done(request, f"/library#{known.handle}", handle=known.handle)

    return routes


def _done(request: Request, to: str, html: Callable[[], str] | None = None, **values: Any) -> Response:
    """JSON for our script; a browser that runs none is sent on to a page."""
    if "application/json" not in request.headers.get("accept", ""):
        return RedirectResponse(to, 303)
    return JSONResponse({**values, **({"html": html()} if html else {})})


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _session(form: FormData) -> str:
    return _text(form, "session") or "default"
