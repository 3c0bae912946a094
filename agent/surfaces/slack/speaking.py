"""Small things said in a thread, or to one person in it, and taken back."""

from __future__ import annotations

import logging
from typing import Any

from limner.agent.surfaces.slack import blocks
from limner.agent.surfaces.slack.inbox import Inbox
from limner.agent.surfaces.slack.parts import Detail, Parts
from limner.agent.surfaces.slack.place import Place
from limner.agent.surfaces.slack.web import Refused

log = logging.getLogger(__name__)


class Speaking:
    """What is no part of a job's answer; `key` is the entry of the inbox that it answers."""

    def __init__(self, parts: Parts, inbox: Inbox) -> None:
        self.parts, self.inbox, self.web = parts, inbox, parts.web

    def note(self, key: str, place: Place, text: str, part: str = "note") -> None:
        """A few words in the thread, once for this entry."""
        job = f"entry {key}"
        self.parts.once(
            job,
            part,
            lambda: self.post(place, blocks.safe(text), None, blocks.metadata(job, part)),
            self.parts.message(job, part, place),
        )

    def post(
        self, place: Place, text: str, shown: list[blocks.Block] | None, mark: dict[str, Any] | None = None
    ) -> Detail:
        posted = self.web.call(
            "chat.postMessage",
            channel=place.channel,
            thread_ts=place.thread or None,
            text=text,
            blocks=shown,
            metadata=mark,
            unfurl_links=False,
            unfurl_media=False,
        )
        return {"ts": posted["ts"]}

    def whisper(self, key: str, place: Place, text: str, *, safe: bool = False) -> None:
        """Words only this person sees; at most once, since nobody can look whether they were seen."""
        job = f"entry {key}"
        known = self.parts.log.deliveries(job).get("whisper")
        if known is not None and known.state == "sending":
            return

        words = text if safe else blocks.safe(text)

        def send() -> Detail:
            there = {"channel": place.channel, "user": place.user, "thread_ts": place.thread or None}
            try:
                self.web.call("chat.postEphemeral", text=words, **there)
            except Refused as error:
                self._aside(place, words, error)
            return {}

        self.parts.once(job, "whisper", send)

    def _aside(self, place: Place, words: str, why: Refused) -> None:
        """In private, when the place where it belongs was left or archived: a press is never met with silence."""
        log.warning("%s; %s is told in private", why, place.user)
        try:
            self.web.call("chat.postMessage", channel=place.user, text=f"About <#{place.channel}>: {words}")
        except Refused as error:
            log.error("%s cannot be told: %s", place.user, error)

    def unpost(self, user: str, handle: str) -> None:
        """Take a picture off Slack: its file, and the messages that show it."""
        for post in self.inbox.posts(user, handle):
            for method, arguments in (
                ("files.delete", {"file": post.file}),
                ("chat.delete", {"channel": post.channel, "ts": post.ts}),
            ):
                try:
                    self.web.call(method, **arguments)
                except Refused as error:  # gone already
                    log.info("%s: %s", handle, error)
            self.inbox.unposted(post)
