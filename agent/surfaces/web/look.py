"""How the pages look: the templates, what every page needs, and words for dates, addresses and pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from limner.agent.jobs.values import MOST_SHOWN, Picture
from limner.agent.surfaces.http.access import LONGEST_BODY
from limner.agent.surfaces.web.entries import Entry
from limner.agent.surfaces.web.person import may_switch, user_of

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk
    from limner.agent.settings import Settings

# Everything a page loads comes from this server; a caption that smuggles in a script has nowhere to run it from.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Look:
    """Renders pages and pieces of pages for one desk."""

    def __init__(self, desk: Desk, settings: Settings, static: str) -> None:
        self.desk, self.settings = desk, settings
        self.env = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.env.globals |= {"static": static, "most_shown": MOST_SHOWN, "most_bytes": most_bytes}
        self.env.filters.update(talk=talk, file=file, day=day, moment=moment, alt=alt)

    def page(self, request: Request, template: str, here: str = "", status: int = 200, **values: Any) -> HTMLResponse:
        """One whole page, with the side that every page has."""
        user = user_of(request)
        values = {"sessions": self.desk.sessions(user), "session": "", **values}
        return self.bare(request, template, status, user=user, here=here, may_switch=may_switch(request), **values)

    def bare(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page that asks the engine for nothing: it is shown also when the engine is down."""
        theme = request.cookies.get("limner_theme", "")
        values = {"theme": theme if theme in ("light", "dark") else "", "films": (), "motions": (), **values}
        return HTMLResponse(self.env.get_template(template).render(values), status, HEADERS)

    def piece(self, template: str, macro: str, *arguments: Any, **values: Any) -> str:
        """One macro's HTML, to be put into a page that is open."""
        module = self.env.get_template(template).make_module({"films": (), "motions": (), **values})
        return str(getattr(module, macro)(*arguments))

    def turn(self, user: str, entry: Entry) -> str:
        made = entry.pictures
        return self.piece("_turn.html", "turn", entry, films=self.films(user, made), motions=self.motions(user))

    def plate(self, user: str, one: Picture, motions: list[str]) -> str:
        return self.piece("_parts.html", "plate", one, films=self.films(user, [one]), motions=motions)

    def motions(self, user: str) -> list[str]:
        return [one.name for one in self.desk.named(user, "motion")]

    def films(self, user: str, pictures: Any) -> frozenset[str]:
        """The clips that need a <video>: GIF and WebP play as pictures."""
        clips = [one.handle for one in pictures if one.kind == "clip"] if self.settings.clip_format == "mp4" else []
        served = {handle: self.desk.file(user, handle).media_type for handle in clips}
        return frozenset(handle for handle, media_type in served.items() if media_type.startswith("video/"))


def most_bytes() -> int:
    """What can be sent at once; a script that knows can say so before it sends."""
    from limner.agent.uploads import MAX_BYTES  # loads a reader of pictures, which no front needs at its start

    return min(MAX_BYTES, LONGEST_BODY)


def talk(session: str) -> str:
    return f"/chat/{quote(session, safe='')}"


def file(handle: str) -> str:
    return f"/files/{quote(handle, safe='')}"


def day(at: datetime) -> str:
    """In the server's own time zone: "today 14:05", "yesterday", "Mon 16 Nov", "16 Nov 2025"."""
    local, now = at.astimezone(), datetime.now(UTC).astimezone()
    if local.date() == now.date():
        return f"today {local:%H:%M}"
    if local.date() == (now - timedelta(days=1)).date():
        return "yesterday"
    return f"{local:%a} {local.day} {local:%b}" if local.year == now.year else f"{local.day} {local:%b %Y}"


def moment(at: datetime) -> str:
    local = at.astimezone()
    return f"{local.day} {local:%B %Y, %H:%M}"


def alt(one: Picture) -> str:
    """Words for who does not see the picture."""
    what = {"image": "Picture", "clip": "Clip", "upload": "Your picture"}[one.kind]
    styles = f", {' and '.join(one.styles)} style" if one.styles else ""
    motion = f", {one.motion}" if one.motion else ""
    return f"{what} {one.handle}: {one.caption or 'no caption'}{styles}{motion}"
