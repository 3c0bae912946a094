"""The page where a person gives their token once; a cookie that scripts can't read remembers it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from limner.agent.surfaces.http.access import TOKEN_COOKIE, Access

# Guessing a token of 16 characters is hopeless; this keeps anybody from trying in earnest.
PAUSE_S = 0.5
A_MONTH_S = 30 * 24 * 3600
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Limner</title><style>:root{{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}}
body{{max-width:22rem;margin:20vh auto;padding:0 1rem}}input,button{{font:inherit;width:100%;padding:.6rem;
margin-top:.5rem;box-sizing:border-box}}</style><h1>Limner</h1><form method="post" action="/login">
<label>Your token<input name="token" type="password" autocomplete="current-password" required autofocus></label>
<button>Sign in</button></form><p role="alert">{said}</p></html>"""
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"}


def router(access: Access) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login")
    def ask() -> HTMLResponse:
        return HTMLResponse(PAGE.format(said=""), headers=POLICY)

    @routes.post("/login")
    async def sign_in(request: Request, token: Annotated[str, Form(max_length=1000)]) -> Response:
        if access.user_of(token) is None:
            await asyncio.sleep(PAUSE_S)
            return HTMLResponse(PAGE.format(said="This token is not known here."), 401, headers=POLICY)
        answer = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(TOKEN_COOKIE, token, max_age=A_MONTH_S, httponly=True, secure=secure, samesite="lax")
        return answer

    @routes.post("/logout")
    def sign_out() -> Response:
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(TOKEN_COOKIE)
        return answer

    return routes
