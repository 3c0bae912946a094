"""Runs the front: Bolt speaks Socket Mode or HTTP and checks signatures; each payload is on disk before it is acked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

from limner.agent.jobs.desk import Desk
from limner.agent.messages import RequestError
from limner.agent.surfaces.slack.clerk import Clerk
from limner.agent.surfaces.slack.config import SlackSettings
from limner.agent.surfaces.slack.events import Own, mark_of
from limner.agent.surfaces.slack.inbox import Inbox
from limner.agent.surfaces.slack.parts import SHARED_WITHIN_S, Parts
from limner.agent.surfaces.slack.web import Refused, TryLater, Web

log = logging.getLogger(__name__)
DATABASE = "slack.sqlite"
PATH = "/slack/events"


@contextmanager
def opened(desk: Desk, chosen: SlackSettings, shared_within_s: float = SHARED_WITHIN_S) -> Iterator[tuple[App, Clerk]]:
    """The Bolt app and the clerk behind it, at work until the block ends."""
    web = Web(chosen.bot_token.get_secret_value(), chosen.api_url)
    own = who_we_are(web)
    inbox = Inbox(desk.settings.data / DATABASE)
    clerk = Clerk(desk, web, inbox, own, chosen.api_url, Parts(desk.log, web, own, shared_within_s))
    try:
        clerk.start()
        yield bolt(web, chosen, inbox, clerk.wake), clerk
    finally:
        clerk.close()
        inbox.close()


def who_we_are(web: Web) -> Own:
    """Our ids in the workspace of the token."""
    try:
        told = web.call("auth.test")
    except (TryLater, Refused) as error:
        raise RequestError(f"Slack does not let us in: {error}") from error
    return Own(team=told["team_id"], bot_user=told["user_id"], bot=told.get("bot_id", ""))


def bolt(web: Web, chosen: SlackSettings, inbox: Inbox, wake: Callable[[], None]) -> App:
    """An app whose only listener writes the payload down; then Slack is told, and then it is worked on."""

    def write_down(req: BoltRequest, resp: BoltResponse, next_: Callable[[], Any]) -> BoltResponse | None:
        if req.body.get("type") in ("url_verification", "ssl_check"):
            next_()
            return None
        mark = mark_of(req.body)
        if mark is not None:
            try:
                new = inbox.put(mark, req.body)
            except Exception:  # Slack sends again what it is not told about
                log.exception("could not be written down")
                return BoltResponse(status=500, body="")
            if new:
                wake()
        return BoltResponse(status=200, body="")

    secret = chosen.signing_secret.get_secret_value() if chosen.signing_secret else None
    return App(
        client=web.client,
        signing_secret=secret or "unused in Socket Mode",
        before_authorize=write_down,
        token_verification_enabled=False,
        request_verification_enabled=secret is not None,
        logger=logging.getLogger("limner.slack.bolt"),
    )


def run_socket(app: App, chosen: SlackSettings, until: Callable[[], bool]) -> None:
    """Over a WebSocket that we open: no public address is needed."""
    from slack_bolt.adapter.socket_mode import SocketModeHandler

    if chosen.app_token is None:
        raise RequestError("SLACK_APP_TOKEN is not set; Socket Mode needs an app-level token (xapp-…), or use --port")
    handler = SocketModeHandler(app, chosen.app_token.get_secret_value())
    try:
        handler.connect()  # type: ignore[no-untyped-call]
        while not until():
            time.sleep(0.2)
    finally:
        handler.close()  # type: ignore[no-untyped-call]


def run_http(app: App, chosen: SlackSettings, host: str, port: int) -> None:
    """Behind a public address that Slack posts to; every request must carry the app's signature."""
    import uvicorn
    from slack_bolt.adapter.asgi import SlackRequestHandler

    if chosen.signing_secret is None:
        raise RequestError("SLACK_SIGNING_SECRET is not set; without it anybody could post as Slack")
    uvicorn.run(SlackRequestHandler(app, path=PATH), host=host, port=port, log_level="warning")
