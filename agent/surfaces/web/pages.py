"""The pages one can go to: a conversation, the gallery, a picture, the library, memory."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from limner.agent.jobs.job import NotThere
from limner.agent.jobs.values import Named, Picture
from limner.agent.messages import RequestError
from limner.agent.surfaces.web import look as words
from limner.agent.surfaces.web.entries import around, conversation
from limner.agent.surfaces.web.person import user_of
from limner.agent.surfaces.web.trouble import explained

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk
    from limner.agent.surfaces.web.look import Look

A_WALL = 60
# An icon, what one can do, and words to do it with.
IDEAS = (
    ("photo", "Introduce someone", "This is my dog Biscuit, remember him"),
    ("gallery", "Draw a scene", "Draw a fox in the snow in the flat style"),
    ("animate", "Make it move", "Make a panda bounce on the beach"),
)
FACETS = {
    "subject": "Who and what matters",
    "style": "Styles",
    "motion": "Motions",
    "palette": "Colours",
    "composition": "Composition",
    "format": "Size and number",
    "dislike": "Not wanted",
    "person": "You",
}
NOTHING = {
    "subject": "Nobody yet. Drop three to six photos into a conversation and say who it is.",
    "style": "No style yet. Attach pictures drawn in one and give it a name.",
    "motion": "No motion yet. Attach a short GIF and say what moves like that.",
}


def router(desk: Desk, look: Look) -> APIRouter:
    routes = APIRouter(route_class=explained(look))

    @routes.get("/")
    def home(request: Request) -> RedirectResponse:
        """The latest conversation of this person, from whatever surface."""
        sessions = desk.sessions(user_of(request))
        return RedirectResponse(words.talk(sessions[0].name) if sessions else "/new", 303)

    @routes.get("/new")
    def new(request: Request, draft: str = "") -> RedirectResponse:
        name = f"{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(3)}"
        return RedirectResponse(words.talk(name) + (f"?draft={quote(draft)}" if draft else ""), 303)

    @routes.get("/chat/{session:path}")
    def chat(request: Request, session: str, draft: str = "", upto: str = "", at: str = "") -> HTMLResponse:
        """The end of the conversation; `upto` gives the stretch that ends with a turn, `at` the one with a picture."""
        user = user_of(request)
        turn = desk.picture(user, at).turn_id if at else ""
        window = around(desk, user, session, turn) if turn else conversation(desk, user, session, upto)
        entries = window.entries
        return look.page(
            request,
            "chat.html",
            here="chat",
            session=session,
            title=next((entry.text for entry in entries if entry.text), "New conversation")[:80],
            window=window,
            focus=next((entry.id for entry in entries if turn and entry.turn == turn), ""),
            draft=draft[:2000],
            ideas=IDEAS,
            motions=look.motions(user),
            films=look.films(user, [one for entry in entries for one in entry.pictures]),
        )

    @routes.get("/gallery")
    def gallery(request: Request) -> HTMLResponse:
        user = user_of(request)
        names = ("text", "subject", "style", "motion", "when", "kind", "turn", "older")
        asked = {name: request.query_params.get(name, "").strip() for name in names}
        asked["liked"] = "yes" if request.query_params.get("liked") else ""
        found, trouble = _found(desk, user, asked)
        more, found = len(found) > A_WALL, found[:A_WALL]
        return look.page(
            request,
            "gallery.html",
            here="gallery",
            asked=asked,
            found=found,
            trouble=trouble,
            filtered=any(value for name, value in asked.items() if name != "older"),
            older=_gallery(asked, older=found[-1].made.isoformat()) if more else "",
            newest=_gallery(asked, older="") if asked["older"] else "",
            with_kind=lambda kind: _gallery(asked, kind=kind),
            subjects=[one.name for one in desk.named(user, "subject")],
            styles=[one.name for one in desk.named(user, "style")],
            motions=look.motions(user),
            films=look.films(user, found),
        )

    @routes.get("/pictures/{handle}")
    def picture(request: Request, handle: str) -> HTMLResponse:
        user = user_of(request)
        one, why, trouble = desk.picture(user, handle), None, ""
        if one.kind != "upload":
            try:
                why = desk.why(user, handle)
            except RequestError as error:  # the record was forgotten, the picture stays
                trouble = str(error)
        return look.page(
            request,
            "picture.html",
            here="gallery",
            one=one,
            why=why,
            trouble=trouble,
            parents=[_ancestor(desk, user, handle) for handle in one.parents],
            children=[_shown(each) for each in desk.images(user, parent=one.handle, limit=A_WALL)],
            motions=look.motions(user),
            films=look.films(user, [one]),
        )

    @routes.get("/why/{handle}")
    def why(request: Request, handle: str) -> HTMLResponse:
        """For the sheet over the conversation."""
        return look.bare(request, "why.html", why=desk.why(user_of(request), handle))

    @routes.get("/library")
    def library(request: Request) -> HTMLResponse:
        user = user_of(request)
        shelves = []
        for kind, title in (("subject", "Subjects"), ("style", "Styles"), ("motion", "Motions")):
            things = desk.named(user, kind)  # type: ignore[arg-type]
            learned = [one for one in things if not one.native]
            shelves.append((kind, title, learned, [one for one in things if one.native]))
        return look.page(
            request,
            "library.html",
            here="library",
            shelves=shelves,
            nothing=NOTHING,
            use_words=_use_words,
            reference=lambda one, number: f"/references/{one.kind}/{quote(one.name, safe='')}/{number}",
            export=lambda one: f"/export/{one.kind}/{quote(one.name, safe='')}",
        )

    @routes.get("/memory")
    def memory(request: Request, text: str = "") -> HTMLResponse:
        user = user_of(request)
        order = list(FACETS)
        facts = sorted(
            desk.facts(user, text.strip()), key=lambda one: order.index(one.facet) if one.facet in order else len(order)
        )
        facets = [(facet, list(lines)) for facet, lines in groupby(facts, key=lambda one: one.facet)]
        return look.page(request, "memory.html", here="memory", text=text, facets=facets, titles=FACETS, receipt="")

    return routes


def _found(desk: Desk, user: str, asked: dict[str, str]) -> tuple[list[Picture], str]:
    """One picture more than a page holds, when there is one."""
    names = ("subject", "style", "motion", "text", "turn")
    filters: dict[str, Any] = {name: asked[name] for name in names if asked[name]}
    if asked["kind"] in ("image", "clip", "upload"):
        filters["kind"] = asked["kind"]
    if asked["liked"]:
        filters["liked"] = True
    try:
        filters["until"] = datetime.fromisoformat(asked["older"]) if asked["older"] else None
    except ValueError:
        return [], "the address of this page is damaged; begin again with the gallery"
    try:
        return desk.images(user, when=asked["when"], limit=A_WALL + 1, **filters), ""
    except RequestError as error:
        return [], str(error)


def _gallery(asked: dict[str, str], **changed: str) -> str:
    query = urlencode({name: value for name, value in {**asked, **changed}.items() if value})
    return f"/gallery?{query}" if query else "/gallery"


def _ancestor(desk: Desk, user: str, handle: str) -> dict[str, str]:
    """A parent is a picture, something learned, or was forgotten since."""
    try:
        return _shown(desk.picture(user, handle))
    except NotThere:
        return {"handle": handle, "href": f"/library#{handle}", "shown": "", "alt": handle}


def _shown(one: Picture) -> dict[str, str]:
    return {
        "handle": one.handle,
        "href": f"/pictures/{one.handle}",
        "shown": words.file(one.handle),
        "alt": words.alt(one),
    }


def _use_words(one: Named) -> str:
    """How to begin a request with it."""
    if one.kind == "subject":
        return f"Draw {one.name} "
    return f"Draw in the {one.name} style: " if one.kind == "style" else f"Make a clip, motion {one.name}: "
