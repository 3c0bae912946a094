"""Whose page this is. With tokens a person is who their token says; without, who they say they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from limner.agent.messages import RequestError
from limner.agent.surfaces.http.access import LONGEST_USER, USER_COOKIE
from limner.agent.surfaces.web.trouble import explained

if TYPE_CHECKING:
    from limner.agent.surfaces.web.look import Look

# The names chosen in this browser before: nobody else's are ever shown.
PEOPLE_COOKIE = "limner_people"
MOST_PEOPLE = 12
A_YEAR_S = 31_536_000


def user_of(request: Request) -> str:
    """Set by the gate in front of every route."""
    return str(request.state.user)


def may_switch(request: Request) -> bool:
    return not request.state.signed_in


def router(look: Look) -> APIRouter:
    routes = APIRouter(route_class=explained(look))

    @routes.get("/people")
    def people(request: Request) -> Response:
        if not may_switch(request):
            return RedirectResponse("/", 303)
        return look.bare(request, "people.html", people=_people(request))

    @routes.post("/people")
    def choose(request: Request, user: Annotated[str, Form()]) -> Response:
        name = " ".join(user.split())
        if not may_switch(request):
            raise RequestError("you are who your token says; sign in with another one")
        if not name or len(name) > LONGEST_USER or not name.isprintable():
            raise RequestError(f"a name has 1 to {LONGEST_USER} letters")
        names = list(dict.fromkeys([name, *_people(request)]))[:MOST_PEOPLE]
        answer = RedirectResponse("/", 303)
        for key, value in ((USER_COOKIE, quote(name)), (PEOPLE_COOKIE, "|".join(quote(one, safe="") for one in names))):
            answer.set_cookie(key, value, max_age=A_YEAR_S, httponly=True, samesite="lax")
        return answer

    return routes


def _people(request: Request) -> list[str]:
    said = [unquote(one) for one in request.cookies.get(PEOPLE_COOKIE, "").split("|") if one]
    return list(dict.fromkeys([user_of(request), *said]))
