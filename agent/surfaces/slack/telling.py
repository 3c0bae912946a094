"""The words of a reply, streamed into the thread: begun, added to line by line, ended with its buttons."""

from __future__ import annotations

import contextlib
from typing import Any

from limner.agent.surfaces.slack.blocks import Block, metadata, safe, section
from limner.agent.surfaces.slack.parts import Detail, Parts
from limner.agent.surfaces.slack.place import Place
from limner.agent.surfaces.slack.web import Refused

# Slack takes 12,000 characters at a time; shorter pieces are seen sooner.
PIECE = 3000
MOST = 30_000


def tell(parts: Parts, job: str, part: str, place: Place, text: str, blocks: list[Block]) -> Detail:
    """One message with these words, exactly once."""
    words = safe(text)[:MOST]

    def send() -> Detail:
        noted = parts.log.deliveries(job)[part].detail
        return finish(str(noted["ts"])) if "ts" in noted else stream()

    def stream() -> Detail:
        first, *rest = _pieces(words)
        try:
            begun = parts.web.call(
                "chat.startStream",
                channel=place.channel,
                thread_ts=place.thread,
                recipient_team_id=place.user_team or place.team,
                recipient_user_id=place.user,
                markdown_text=first,
            )
        except Refused:  # streaming is not for every kind of conversation or plan
            return post()
        ts = str(begun["ts"])
        parts.log.sending(job, part, {"ts": ts})
        try:
            for piece in rest:
                parts.web.call("chat.appendStream", channel=place.channel, ts=ts, markdown_text=piece)
            parts.web.call(
                "chat.stopStream", channel=place.channel, ts=ts, blocks=blocks or None, metadata=metadata(job, part)
            )
        except Refused:  # Slack ends a stream by itself when it was silent for too long
            return finish(ts)
        return {"ts": ts}

    def post() -> Detail:
        return {
            "ts": parts.web.call("chat.postMessage", thread_ts=place.thread, **_whole(place, words, blocks), **mark)[
                "ts"
            ]
        }

    def finish(ts: str) -> Detail:
        """A message that was begun: ended, and written anew as a whole, since nobody knows how far it came."""
        with contextlib.suppress(Refused):  # it was ended already
            parts.web.call("chat.stopStream", channel=place.channel, ts=ts)
        parts.web.call("chat.update", ts=ts, **_whole(place, words, blocks), **mark)
        return {"ts": ts}

    def find(noted: Detail) -> Detail | None:
        if "ts" in noted:
            return finish(str(noted["ts"]))
        found = parts.message(job, part, place)(noted)
        if found is None and (ts := parts.unmarked(place, words)) is not None:
            return finish(ts)
        return found

    mark: dict[str, Any] = {"metadata": metadata(job, part)}
    return parts.once(job, part, send, find)


def _whole(place: Place, words: str, blocks: list[Block]) -> dict[str, Any]:
    """The same message without streaming; blocks hide the text, so it is said in one of them."""
    shown = [*(section(piece) for piece in _pieces(words)[:10]), *blocks] if blocks else None
    return {"channel": place.channel, "text": words, "blocks": shown, "unfurl_links": False, "unfurl_media": False}


def _pieces(words: str) -> list[str]:
    """Whole lines together, as many as fit a piece."""
    found = [""]
    for line in words.splitlines(keepends=True) or [" "]:
        if len(found[-1]) + len(line) > PIECE or (found[-1] and len(found) < 8):
            found.append("")
        found[-1] += line[:PIECE]
    return found
