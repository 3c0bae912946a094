"""Who is asking, and whether they may: tokens, the host a request was meant for, the page it came from, its size."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limner.agent.messages import RequestError
from limner.agent.surfaces.http.trouble import TooLarge, error_body

TOKEN_COOKIE = "limner_token"
USER_COOKIE = "limner_user"
LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
SHORTEST_TOKEN = 16
LONGEST_BODY = 110_000_000
LONGEST_USER = 100
# What a monitor and a person without a token may see.
OPEN = ("/healthz", "/readyz", "/login")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """Whose tokens are good. Without tokens only this machine may ask, and everybody at it is trusted."""

    user: str = "me"
    tokens: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, user: str, host: str, given: Iterable[str]) -> Access:
        """From `--host` and `--auth TOKEN` or `--auth NAME:TOKEN`; a token alone is the default user's."""
        tokens: dict[str, str] = {}
        for one in given:
            name, colon, token = one.rpartition(":")
            if len(token) < SHORTEST_TOKEN:
                raise RequestError(
                    f"a token has at least {SHORTEST_TOKEN} characters; make one with `openssl rand -hex 16`"
                )
            if token in tokens:
                raise RequestError("two users have the same token; give each their own")
            tokens[token] = name if colon else user
        if host not in LOOPBACK and not tokens:
            raise RequestError(
                f"--host {host} lets other machines in, so --auth TOKEN is needed (or LIMNER_AUTH); "
                "make one with `openssl rand -hex 16`"
            )
        return cls(user=user, tokens=tokens)

    def user_of(self, token: str) -> str | None:
        """Compares with every token, so that the time taken tells nothing."""
        found = None
        for known, user in self.tokens.items():
            if hmac.compare_digest(known.encode(), token.encode("utf-8", "surrogatepass")):
                found = user
        return found


class Gate:
    """ASGI middleware: nothing passes to the app before it is known who asks and that they may."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        refusal = self._foreign(asked, scope) or self._unknown(asked, scope)
        if refusal is not None:
            log.warning("refused %s %r: %d", scope.get("method", "WS"), scope["path"][:200], refusal.status_code)
            if scope["type"] == "http":
                await refusal(scope, receive, _with_headers(send))
            else:
                await send({"type": "websocket.close"})
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        await self.app(scope, _limited(receive), _with_headers(send))

    def _foreign(self, asked: HTTPConnection, scope: Scope) -> Response | None:
        """Another site's page that makes a browser ask us, or a name that was bent to point at this machine."""
        headers, host = asked.headers, asked.headers.get("host", "")
        if not self.access.tokens and _name(host) not in LOOPBACK:
            return _refused(403, f"this server answers only at localhost, not at {_name(host)[:100]!r}", "wrong_host")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            return _refused(413, f"the request is larger than {LONGEST_BODY // 10**6} MB", "too_large")
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        visit = scope.get("method") == "GET" and headers.get("sec-fetch-mode") == "navigate"
        abroad = origin is not None and urlsplit(origin).netloc != host
        if (abroad or site in ("cross-site", "same-site")) and not visit:
            return _refused(403, "this request came from another site's page and is not done", "cross_origin")
        return None

    def _unknown(self, asked: HTTPConnection, scope: Scope) -> Response | None:
        state = scope.setdefault("state", {})
        if not self.access.tokens:
            chosen = unquote(asked.cookies.get(USER_COOKIE, "")).strip()
            state |= {"user": chosen if 0 < len(chosen) <= LONGEST_USER else self.access.user, "signed_in": False}
            return None
        user = self.access.user_of(_token(asked))
        if user is not None:
            state |= {"user": user, "signed_in": True}
            return None
        if scope["path"] in OPEN:
            return None
        if "text/html" in asked.headers.get("accept", ""):
            return RedirectResponse("/login", 303)
        said = "the token is wrong" if _token(asked) else "a token is needed: Authorization: Bearer TOKEN"
        refusal = _refused(401, said, "invalid_api_key")
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal


def _limited(receive: Receive) -> Receive:
    """The same body, as long as it is no longer than allowed; a chunked one does not say so beforehand."""
    got = 0

    async def receiving() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > LONGEST_BODY:
            raise TooLarge(f"the request is larger than {LONGEST_BODY // 10**6} MB")
        return message

    return receiving


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _token(asked: HTTPConnection) -> str:
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else asked.cookies.get(TOKEN_COOKIE, "")


def _name(host: str) -> str:
    """The host without its port: `[::1]:80` is `[::1]`."""
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host


def _refused(status: int, text: str, code: str) -> Response:
    return JSONResponse(error_body(text, code), status)
