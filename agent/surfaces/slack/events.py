"""Reads Slack's payloads into the few things that matter to Limner; whatever else comes is None."""

from __future__ import annotations

import html
import json
import re
from typing import Any, NamedTuple

from pydantic import BaseModel

from limner.agent.surfaces.slack.place import Place

MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
LINK = re.compile(r"<([^<>|]+)\|([^<>]*)>")
BARE = re.compile(r"<(?:mailto:)?([^<>|]+)>")
THUMBS = {"+1": True, "thumbsup": True, "heart": True, "heart_eyes": True, "star-struck": True, "-1": False}
THUMBS |= {"thumbsdown": False}
# A message with another subtype is an edit, a join, a topic: nobody's wish.
PLAIN = (None, "file_share", "thread_broadcast", "me_message")


class Own(BaseModel, frozen=True):
    """Who we are in this workspace."""

    team: str
    bot_user: str
    bot: str = ""


class Message(BaseModel, frozen=True):
    """Something a person wrote; `addressed` when it is surely meant for Limner."""

    place: Place
    text: str
    files: tuple[dict[str, Any], ...] = ()
    addressed: bool
    to_others: bool = False


class Reaction(BaseModel, frozen=True):
    """A thumb put on a message of ours, or taken off it."""

    user: str
    user_team: str
    channel: str
    ts: str
    liked: bool
    added: bool
    at: str


class Press(BaseModel, frozen=True):
    """A button; `value` is what we wrote into it."""

    place: Place
    action: str
    value: dict[str, str]
    message_ts: str
    at: str
    # The message as it is shown, so that an edit can keep the rest of it.
    blocks: tuple[dict[str, Any], ...] = ()


class Opened(BaseModel, frozen=True):
    """The assistant's side panel was opened."""

    place: Place


class Command(BaseModel, frozen=True):
    """/limner and its words."""

    place: Place
    text: str


Read = Message | Reaction | Press | Opened | Command


class Mark(NamedTuple):
    """`key` makes two deliveries the same thing; things of one lane wait for each other; `ts` is when it was said."""

    key: str
    lane: str
    ts: str


def mark_of(body: dict[str, Any]) -> Mark | None:
    """What the inbox files a payload under; None for what is nothing to us."""
    if body.get("type") == "event_callback":
        event = body.get("event", {})
        if event.get("type") in ("app_mention", "message") and event.get("ts") and event.get("channel"):
            if event.get("subtype") not in PLAIN:
                return None
            # A mention in a channel comes twice, as app_mention and as message, with two event ids.
            lane = str(event.get("thread_ts") or event["ts"])
            return Mark(f"message {body.get('team_id')} {event['channel']} {event['ts']}", lane, str(event["ts"]))
        if event.get("type") in ("reaction_added", "reaction_removed", "assistant_thread_started"):
            key = f"event {body.get('event_id')}"
            return Mark(key, key, str(event.get("event_ts", "")))
        return None
    if body.get("type") == "block_actions" and body.get("actions"):
        action, user = body["actions"][0], body.get("user", {}).get("id")
        at, box = str(action.get("action_ts", "")), body.get("container", {})
        lane = str(box.get("thread_ts") or box.get("message_ts"))
        return Mark(f"press {user} {at} {action.get('action_id')} {box.get('message_ts')}", lane, at)
    if body.get("command"):
        trigger = str(body.get("trigger_id", ""))
        return Mark(f"command {trigger}", f"command {trigger}", trigger.partition(".")[2])
    return None


def team_of(body: dict[str, Any]) -> str:
    """The workspace the payload is for."""
    return str(body.get("team_id") or (body.get("team") or {}).get("id") or "")


def read(body: dict[str, Any], own: Own) -> Read | None:
    """The payload as one of the things above."""
    if body.get("type") == "event_callback":
        event = body["event"]
        kind = event["type"]
        if kind in ("app_mention", "message"):
            return _message(event, own)
        if kind in ("reaction_added", "reaction_removed"):
            return _reaction(event, own)
        if kind == "assistant_thread_started":
            thread = event["assistant_thread"]
            return Opened(
                place=Place(
                    team=own.team, channel=thread["channel_id"], thread=thread["thread_ts"], user=thread["user_id"]
                )
            )
        return None
    if body.get("type") == "block_actions":
        return _press(body, own)
    if body.get("command"):
        place = Place(team=own.team, channel=body["channel_id"], thread="", user=body["user_id"])
        return Command(place=place, text=str(body.get("text", "")).strip())
    return None


def plain(text: str, bot_user: str) -> str:
    """What a person reads: without the mention of us, links and mentions as words, entities as characters."""
    text = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", " ", text)
    text = MENTION.sub(r"@\1", text)
    text = LINK.sub(lambda found: ("#" if found[1].startswith("#") else "") + found[2], text)
    return re.sub(r"[ \t]+", " ", html.unescape(BARE.sub(r"\1", text))).strip()


def _message(event: dict[str, Any], own: Own) -> Message | None:
    user = event.get("user", "")
    if not user or event.get("bot_id") or user in (own.bot_user, "USLACKBOT"):
        return None
    place = Place(
        team=own.team,
        channel=event["channel"],
        thread=event.get("thread_ts") or event["ts"],
        user=user,
        user_team=str(event.get("user_team") or event.get("team") or own.team),
        ts=event["ts"],
    )
    text = str(event.get("text") or "")
    said_to = set(MENTION.findall(text))
    return Message(
        place=place,
        text=plain(text, own.bot_user),
        files=tuple(event.get("files") or ()),
        addressed=place.private or event["type"] == "app_mention" or own.bot_user in said_to,
        to_others=bool(said_to - {own.bot_user}),
    )


def _reaction(event: dict[str, Any], own: Own) -> Reaction | None:
    item, name = event.get("item", {}), str(event.get("reaction", "")).partition("::")[0]
    if item.get("type") != "message" or name not in THUMBS or event.get("user") == own.bot_user:
        return None
    return Reaction(
        user=event["user"],
        user_team=str(event.get("user_team") or own.team),
        channel=item["channel"],
        ts=item["ts"],
        liked=THUMBS[name],
        added=event["type"] == "reaction_added",
        at=str(event.get("event_ts", "")),
    )


def _press(body: dict[str, Any], own: Own) -> Press | None:
    action, box, message = body["actions"][0], body.get("container", {}), body.get("message", {})
    channel = box.get("channel_id") or body.get("channel", {}).get("id")
    if not channel:
        return None
    chosen = action.get("selected_option") or action
    try:
        value = json.loads(chosen.get("value") or "{}")
    except ValueError:
        return None
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        return None
    place = Place(
        team=own.team,
        channel=channel,
        thread=box.get("thread_ts") or message.get("thread_ts") or box.get("message_ts", ""),
        user=body["user"]["id"],
        user_team=str(body["user"].get("team_id") or own.team),
    )
    return Press(
        place=place,
        action=str(action.get("action_id", "")),
        value=value,
        message_ts=str(box.get("message_ts", "")),
        at=str(action.get("action_ts", "")),
        blocks=tuple(message.get("blocks") or ()),
    )
