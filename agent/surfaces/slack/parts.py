"""Sends each part of a reply once: claimed before, noted after, looked for in the thread when a crash fell between."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from limner.agent.jobs.log import JobLog
from limner.agent.surfaces.slack.blocks import EVENT
from limner.agent.surfaces.slack.events import Own
from limner.agent.surfaces.slack.place import Place
from limner.agent.surfaces.slack.web import Doubtful, Refused, TryLater, Web

Detail = dict[str, Any]
# A file shared a moment before a crash takes this long at most to be seen in its thread.
SHARED_WITHIN_S = 10.0


class Parts:
    """The parts of one surface's jobs; a job may be any name that is the same after a restart."""

    def __init__(self, log: JobLog, web: Web, own: Own, shared_within_s: float = SHARED_WITHIN_S) -> None:
        self.log, self.web, self.own, self.shared_within_s = log, web, own, shared_within_s

    def once(
        self,
        job: str,
        part: str,
        send: Callable[[], Detail],
        find: Callable[[Detail], Detail | None] = lambda detail: None,
    ) -> Detail:
        """Send it unless it arrived before; gives what is needed to find it again.

        `find` looks for a part of which a crash left only that it was being sent, and gets what was noted of it.
        """
        known = self.log.deliveries(job).get(part)
        if known is not None and known.state == "sent":
            return known.detail
        if known is not None and known.state == "sending" and (found := find(known.detail)) is not None:
            self.log.delivered(job, part, found)
            return found
        self.log.sending(job, part, {**(known.detail if known else {}), "at": time.time()})
        try:
            detail = send()
        except Doubtful:
            raise  # it stays claimed: the next try looks first
        except (TryLater, Refused) as error:
            self.log.not_delivered(job, part, str(error))
            raise
        self.log.delivered(job, part, detail)
        return detail

    def message(self, job: str, part: str, place: Place) -> Callable[[Detail], Detail | None]:
        """Finds a message of ours by what it carries with it."""

        def find(noted: Detail) -> Detail | None:
            for one in self.thread(place):
                mark = one.get("metadata") or {}
                payload = mark.get("event_payload") or {}
                if mark.get("event_type") == EVENT and payload == {"job": job, "part": part}:
                    return {"ts": one["ts"]}
            return None

        return find

    def file(self, name: str, place: Place) -> Callable[[Detail], Detail | None]:
        """Finds a file of ours by its name, which no other file has."""

        def find(noted: Detail) -> Detail | None:
            until = float(noted.get("at", 0)) + self.shared_within_s
            while True:
                for one in self.thread(place):
                    for file in one.get("files") or ():
                        if file.get("name") == name:
                            return {"file": file["id"], "ts": one["ts"]}
                if time.time() >= until:
                    return None
                if self.web.stopping.wait(1.0):
                    raise Doubtful("stopped while looking for a file", 0.0)

        return find

    def unmarked(self, place: Place, text: str) -> str | None:
        """The beginning of a streamed text, whose mark is only set at its end: our message that carries none."""
        begins = _letters(text)[:30]
        for one in self.thread(place):
            ours = one.get("user") == self.own.bot_user and not one.get("files") and not one.get("metadata")
            said = _letters(str(one.get("text", "")))
            if ours and (begins.startswith(said[:30]) if said else bool(one.get("streaming_state"))):
                return str(one["ts"])
        return None

    def thread(self, place: Place) -> Iterator[Detail]:
        """The messages of a thread, all pages of it."""
        cursor = ""
        while True:
            try:
                page = self.web.get(
                    "conversations.replies",
                    channel=place.channel,
                    ts=place.thread,
                    include_all_metadata="true",
                    limit=200,
                    cursor=cursor or None,
                )
            except Refused as error:
                if error.code in ("thread_not_found", "message_not_found"):  # its first message was deleted
                    return
                raise
            yield from page.get("messages", ())
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
