"""`limner slack --check`: what the tokens may do, and what is missing for which part of Limner."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from limner.agent.surfaces.slack.config import SlackSettings

# Scope of the bot token: what does not work without it.
NEEDED = {
    "app_mentions:read": "being mentioned",
    "assistant:write": "the side panel and the status line",
    "channels:history": "threads in channels, and looking after a crash whether an answer arrived",
    "chat:write": "answering at all",
    "commands": "/limner",
    "files:read": "reading the photos people send",
    "files:write": "sending pictures",
    "groups:history": "threads in private channels",
    "im:history": "direct messages",
    "mpim:history": "group messages",
    "reactions:read": "thumbs as feedback",
}
WHAT_TO_DO = {
    "token_expired": "it has expired; reinstall the app under “OAuth & Permissions” and export the new token",
    "token_revoked": "it was revoked; reinstall the app and export the new token",
    "invalid_auth": "Slack does not know it; copy it again from “OAuth & Permissions”",
    "not_authed": "it is empty; copy it again from “OAuth & Permissions”",
    "account_inactive": "the app was removed from the workspace; install it again",
}


class Finding(BaseModel, frozen=True):
    """One line of the report."""

    ok: bool
    about: str
    text: str


def check(chosen: SlackSettings) -> list[Finding]:
    """Ask Slack; nothing is posted."""
    found = _bot(WebClient(token=chosen.bot_token.get_secret_value(), base_url=chosen.api_url, retry_handlers=[]))
    if chosen.app_token is not None:
        found.append(
            _app(WebClient(token=chosen.app_token.get_secret_value(), base_url=chosen.api_url, retry_handlers=[]))
        )
    elif chosen.signing_secret is None:
        text = "neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP, --port) is set; set one"
        found.append(Finding(ok=False, about="connection", text=text))
    if chosen.signing_secret is not None:
        found.append(Finding(ok=True, about="signing secret", text="set; used with --port"))
    return found


def report(found: list[Finding]) -> str:
    return "\n".join(f"{'ok ' if one.ok else 'NO '} {one.about}: {one.text}" for one in found)


def _bot(client: WebClient) -> list[Finding]:
    answer = _ask(client, "auth.test")
    if isinstance(answer, str):
        return [Finding(ok=False, about="SLACK_BOT_TOKEN", text=WHAT_TO_DO.get(answer, answer))]
    data, scopes = answer
    if not data.get("bot_id"):
        text = "this is a person's token (xoxp-…), not the app's; take the Bot User OAuth Token (xoxb-…)"
        return [Finding(ok=False, about="SLACK_BOT_TOKEN", text=text)]
    found = [Finding(ok=True, about="SLACK_BOT_TOKEN", text=f"{data.get('user')} in {data.get('team')}")]
    for scope, use in NEEDED.items():
        there = scope in scopes
        text = use if there else f"missing, so no {use}; add it under “OAuth & Permissions” and reinstall the app"
        found.append(Finding(ok=there, about=scope, text=text))
    return found


def _app(client: WebClient) -> Finding:
    answer = _ask(client, "apps.connections.open")
    if isinstance(answer, str):
        text = {"missing_scope": "it lacks the scope connections:write; make a new app-level token with it"}
        return Finding(ok=False, about="SLACK_APP_TOKEN", text=text.get(answer, WHAT_TO_DO.get(answer, answer)))
    return Finding(ok=True, about="SLACK_APP_TOKEN", text="Socket Mode can be opened")


def _ask(client: WebClient, method: str) -> tuple[dict[str, Any], set[str]] | str:
    """The answer and the scopes the token has, or Slack's word for why not."""
    try:
        response = client.api_call(method)
    except SlackApiError as error:
        return str(error.response.get("error") or error.response.status_code)
    except OSError as error:
        return f"Slack cannot be reached ({error})"
    given = next((value for name, value in response.headers.items() if name.lower() == "x-oauth-scopes"), "")
    data: dict[str, Any] = response.data  # type: ignore[assignment]
    return data, {one.strip() for one in str(given).split(",")}
