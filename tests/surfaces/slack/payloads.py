"""Payloads in the shape Slack sends them, field for field; ids are made up."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from tests.surfaces.slack.mock_slack import BOT_USER, TEAM

Json = dict[str, Any]
_numbers = count(1)


def event(inner: Json, *, team: str = TEAM, event_id: str = "") -> Json:
    number = next(_numbers)
    return {
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": "A0LIMNER",
        "event": inner,
        "type": "event_callback",
        "event_id": event_id or f"Ev0{number:08d}",
        "event_time": 1700000000 + number,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-eyJldCI6ImFwcF9tZW50aW9uIn0",
    }


def mention(channel: str, user: str, text: str, ts: str, *, thread: str = "", files: tuple[Json, ...] = ()) -> Json:
    inner: Json = {
        "user": user,
        "type": "app_mention",
        "ts": ts,
        "client_msg_id": "b3b6ba18-3b5c-4b2e-9a60-2f3a1b0f6f11",
        "text": f"<@{BOT_USER}> {text}",
        "team": TEAM,
        "blocks": _rich(text),
        "channel": channel,
        "event_ts": ts,
    }
    inner |= {"thread_ts": thread} if thread else {}
    inner |= {"files": list(files), "upload": False} if files else {}
    return event(inner)


def twin(mentioned: Json) -> Json:
    """The same message once more, as message.channels."""
    inner = mentioned["event"] | {"type": "message", "channel_type": "channel"}
    return event(inner)


def message(
    channel: str, user: str, text: str, ts: str, *, thread: str = "", files: tuple[Json, ...] = (), **more: Any
) -> Json:
    kind = "im" if channel.startswith("D") else "channel"
    inner: Json = {
        "user": user,
        "type": "message",
        "ts": ts,
        "client_msg_id": "c1f8b0a2-76f6-4a53-8a1d-9f0d1a2b3c4d",
        "text": text,
        "team": TEAM,
        "blocks": _rich(text),
        "channel": channel,
        "event_ts": ts,
        "channel_type": kind,
    }
    inner |= {"thread_ts": thread, "parent_user_id": user} if thread else {}
    inner |= {"files": list(files), "upload": False, "subtype": "file_share", "display_as_bot": False} if files else {}
    return event(inner | more)


def reaction(user: str, channel: str, ts: str, name: str, at: str, *, added: bool = True) -> Json:
    inner = {
        "type": "reaction_added" if added else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel, "ts": ts},
        "item_user": BOT_USER,
        "event_ts": at,
    }
    return event(inner)


def panel_opened(user: str, channel: str, thread: str) -> Json:
    inner = {
        "type": "assistant_thread_started",
        "assistant_thread": {
            "user_id": user,
            "context": {"channel_id": "C0TEAM", "team_id": TEAM, "enterprise_id": None},
            "channel_id": channel,
            "thread_ts": thread,
        },
        "event_ts": thread,
    }
    return event(inner)


def press(user: str, channel: str, shown: Json, action_id: str, *, option: int | None = None, at: str = "") -> Json:
    """A press on a button of a message as it stands in the mock; `option` picks a half or a menu entry."""
    element = next(
        one
        for block in shown["blocks"]
        for one in block.get("elements", ())
        if one.get("action_id", "").startswith(action_id)
    )
    action: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": "b1"}
    if element["type"] == "feedback_buttons":
        half = element["positive_button" if option == 0 else "negative_button"]
        action |= {"value": half["value"], "text": half["text"]}
    elif element["type"] == "static_select":
        action |= {"selected_option": element["options"][option or 0], "placeholder": element["placeholder"]}
    else:
        action |= {"value": element["value"], "text": element["text"]}
    number = next(_numbers)
    action["action_ts"] = at or f"170000{number:04d}.000100"
    return {
        "type": "block_actions",
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
        "api_app_id": "A0LIMNER",
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ",
        "container": {
            "type": "message",
            "message_ts": shown["ts"],
            "channel_id": channel,
            "is_ephemeral": False,
            "thread_ts": shown.get("thread_ts"),
        },
        "trigger_id": f"{number}.987654321.abcdef",
        "team": {"id": TEAM, "domain": "limner-test"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": "team"},
        "message": json.loads(json.dumps(shown)),
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/T0LIMNER/1/abc",
        "actions": [action],
    }


def command(user: str, channel: str, text: str) -> Json:
    return {
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ",
        "team_id": TEAM,
        "team_domain": "limner-test",
        "channel_id": channel,
        "channel_name": "team",
        "user_id": user,
        "user_name": user.lower(),
        "command": "/limner",
        "text": text,
        "api_app_id": "A0LIMNER",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0LIMNER/1/abc",
        "trigger_id": f"{next(_numbers)}.987654321.abcdef",
    }


def _rich(text: str) -> list[Json]:
    return [
        {
            "type": "rich_text",
            "block_id": "q0Yp2",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
        }
    ]
