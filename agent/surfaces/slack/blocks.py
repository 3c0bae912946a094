"""What Limner's messages look like: Block Kit, with everything people wrote made harmless first."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from limner.agent.messages import ClipMade, ImageMade, Progress

Block = dict[str, Any]
# Slack's own limits.
TEXT, SELECT, OPTION, CHOICES, LABEL = 2900, 90, 150, 20, 70
SHOWN = re.compile(r"\.(?:png|gif|jpe?g)$", re.I)
EVENT = "limner_part"
BAR = 12


def safe(text: str) -> str:
    """Words that stay words: no mentions of people or channels, no links with another face, no markup of Slack's."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\]\s*\(", "] (", plain)


def one_line(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1] + "…"


def metadata(job: str, part: str) -> dict[str, Any]:
    """By this a message is found again after a crash."""
    return {"event_type": EVENT, "event_payload": {"job": job, "part": part}}


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:TEXT] or " "}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:TEXT] or " "}]}


def button(text: str, action: str, value: dict[str, str], style: str = "", sure: str = "") -> Block:
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": one_line(text, LABEL), "emoji": True},
        "action_id": action,
        "value": json.dumps(value),
    }
    if style:
        made["style"] = style
    if sure:
        made["confirm"] = {
            "title": {"type": "plain_text", "text": "Sure?"},
            "text": {"type": "plain_text", "text": one_line(sure, 280)},
            "confirm": {"type": "plain_text", "text": "Yes"},
            "deny": {"type": "plain_text", "text": "No"},
        }
    return made


def card(made: ImageMade | ClipMade, job: str, owner: str, file_id: str, motions: Sequence[str]) -> list[Block]:
    """A picture with its buttons; `file_id` is empty when Slack can't show the file in a block."""
    about, name = {"j": job, "h": made.handle}, f"*{made.handle}*"
    blocks: list[Block] = []
    if file_id and SHOWN.search(made.path.name):
        blocks.append(
            {
                "type": "image",
                "slack_file": {"id": file_id},
                "alt_text": one_line(made.caption or made.handle, 200),
                "title": {"type": "plain_text", "text": one_line(f"{made.handle}: {made.caption}", 200)},
            }
        )
    elif made.caption:
        name += f": {safe(one_line(made.caption, 200))}"
    blocks.append(context(f"{name} · seed {made.seed} · {made.width}×{made.height} · for <@{owner}>"))
    row = [button("Vary", "limner_vary", about)]
    if isinstance(made, ImageMade) and motions:
        options = [
            {
                "text": {"type": "plain_text", "text": one_line(one, LABEL)},
                "value": json.dumps(about | {"m": one}),
            }
            for one in motions[:SELECT]
            if len(json.dumps(about | {"m": one})) <= OPTION
        ]
        row.append(
            {
                "type": "static_select",
                "placeholder": {"type": "plain_text", "text": "Animate"},
                "action_id": "limner_animate",
                "options": options,
            }
        )
    row.append(button("Emoji", "limner_emoji", about))
    row.append(button("Forget", "limner_forget", about, "danger", f"Erase {made.handle} for good, here and in memory?"))
    blocks.append({"type": "actions", "elements": row})
    blocks.append(thumbs(about))
    return blocks


def thumbs(about: dict[str, str]) -> Block:
    def half(text: str, liked: str, label: str) -> Block:
        return {
            "text": {"type": "plain_text", "text": text, "emoji": True},
            "value": json.dumps(about | {"liked": liked}),
            "accessibility_label": label,
        }

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "limner_rate",
                "positive_button": half("👍", "1", "I like this one"),
                "negative_button": half("👎", "0", "I do not like this one"),
            }
        ],
    }


def choices(offered: Sequence[str], job: str) -> list[Block]:
    """A button for each answer to a question; none when the person has to write it."""
    row = [
        button(one, f"limner_choose_{number}", {"j": job, "c": one})
        for number, one in enumerate(offered[:CHOICES])
        if len(one) <= 500
    ]
    return [{"type": "actions", "elements": row}] if row else []


def lending(name: str, handle: str, job: str) -> list[Block]:
    """After something was learned in a channel: may the others use it?"""
    about = {"j": job, "h": handle}
    return [
        context(f"{safe(name)} is yours. Others can use it only when you say so."),
        {
            "type": "actions",
            "elements": [
                button("Lend to this channel", "limner_lend", about | {"to": "channel"}),
                button("Lend to everyone here", "limner_lend_all", about | {"to": "workspace"}),
            ],
        },
    ]


def approval(job: str, entry: str, what: str, seconds: float | None, files: int) -> list[Block]:
    """Before training: what it is and costs."""
    cost = f"about {seconds:.0f} s of computing" if seconds else "some computing time"
    about = {"j": job, "e": entry}
    return [
        section(f"Learning *{safe(what)}* from {files} file{'s' if files != 1 else ''} takes {cost}. Shall I start?"),
        {
            "type": "actions",
            "elements": [
                button("Start", "limner_train", about, "primary"),
                button("Leave it", "limner_leave", about),
            ],
        },
    ]


def given_up(said: str, job: str) -> list[Block]:
    """What could not be posted where it belongs can be had in private."""
    return [section(said), {"type": "actions", "elements": [button("Send it here", "limner_again", {"j": job})]}]


def progress(event: Progress | None, job: str, plan: str) -> tuple[str, list[Block]]:
    """The message that is edited while the work goes on: as text, and as blocks with a way to stop it."""
    said = "Getting ready"
    if event is not None:
        share = event.done / event.total if event.total else 0.0
        bar = "▰" * round(share * BAR) + "▱" * (BAR - round(share * BAR))
        left = f", about {event.eta_s:.0f} s left" if event.eta_s is not None and event.eta_s >= 1 else ""
        said = f"{bar} {safe(one_line(event.label, 80))} {event.done}/{event.total}{left}"
    blocks = [section(said)]
    if plan:
        blocks.append(context(f"`{safe(one_line(plan, 300)).replace('`', '')}`"))
    blocks.append({"type": "actions", "elements": [button("Stop", "limner_cancel", {"j": job})]})
    return said, blocks
