"""While a job waits and runs: the status under its thread, and one message that is edited as the work goes on."""

from __future__ import annotations

import contextlib
import time

from limner.agent.jobs.job import Job
from limner.agent.messages import Event, PlanMade, Progress, StatusChanged
from limner.agent.surfaces.slack.blocks import context, metadata, one_line, progress, safe
from limner.agent.surfaces.slack.parts import Detail, Parts
from limner.agent.surfaces.slack.place import Place
from limner.agent.surfaces.slack.web import Refused, TryLater

# Slack drops a status two minutes after it was set.
STATUS_EVERY_S = 60.0
EDIT_EVERY_S = 3.0
# Shorter work needs no message that says it goes on.
WORTH_TELLING_S = 1.5
PART = "progress"


class Watching:
    """What people see of one job before it is done. All of it may be left out when Slack is short of patience."""

    def __init__(self, parts: Parts, job: Job, place: Place) -> None:
        self.parts, self.job, self.place = parts, job, place
        self.plan = self.status = ""
        self.assumed: tuple[str, ...] = ()
        self.latest: Progress | None = None
        self.began = time.monotonic()
        self._status_at = self._edited_at = self._posted_at = 0.0
        self._shown: Progress | None = None

    def begin(self, status: str) -> None:
        """At once, before anybody knows how long it takes."""
        self._say(status)

    def event(self, event: Event) -> None:
        match event:
            case StatusChanged():
                self._say(event.text)
            case PlanMade():
                calls = [line for line in event.plan.splitlines() if not line.startswith(("because(", "say("))]
                self.plan, self.assumed = "; ".join(calls), event.assumed
            case Progress():
                self.latest = event
                self._say(f"{event.label}, about {event.eta_s:.0f} s left" if event.eta_s else event.label)
            case _:
                pass

    def tick(self) -> None:
        """Once in a while: keep the status alive, edit the message if there is something new."""
        now = time.monotonic()
        if self.status and now - self._status_at > STATUS_EVERY_S:
            self._set_status()
        if self.latest is None or self.latest == self._shown or now - self.began < WORTH_TELLING_S:
            return
        if now - self._edited_at < EDIT_EVERY_S:
            return
        self._edited_at = now
        text, blocks = progress(self.latest, self.job.id, self.plan)
        if (ts := self._message(text, blocks)) and self._shown is not None:
            self.parts.web.spare("chat.update", channel=self.place.channel, ts=ts, text=text, blocks=blocks)
        self._shown = self.latest

    def finish(self, outcome: str, seconds: float | None) -> None:
        """The edited message says how it ended and has nothing to press any more."""
        known = self.parts.log.deliveries(self.job.id).get(PART)
        if known is None:
            return

        def edit() -> Detail:
            ts = known.detail.get("ts") or (self.parts.message(self.job.id, PART, self.place)({}) or {}).get("ts")
            if ts:
                text = f"{outcome} after {seconds:.0f} s" if seconds else outcome
                shown = [context(text)]
                if self.plan:
                    shown.append(context(f"`{safe(one_line(self.plan, 300)).replace('`', '')}`"))
                shown += [context(safe(one_line(one, 300))) for one in self.assumed[:3]]
                with contextlib.suppress(Refused):  # somebody deleted it
                    self.parts.web.call("chat.update", channel=self.place.channel, ts=ts, text=text, blocks=shown)
            return {}

        self.parts.once(self.job.id, f"{PART} ended", edit)

    def _message(self, text: str, blocks: list[dict[str, object]]) -> str:
        """The message that is edited, posted the first time; empty while Slack does not take it."""
        if time.monotonic() < self._posted_at:
            return ""

        def post() -> Detail:
            posted = self.parts.web.call(
                "chat.postMessage",
                channel=self.place.channel,
                thread_ts=self.place.thread,
                text=text,
                blocks=blocks,
                metadata=metadata(self.job.id, PART),
            )
            return {"ts": posted["ts"]}

        try:
            find = self.parts.message(self.job.id, PART, self.place)
            return str(self.parts.once(self.job.id, PART, post, find)["ts"])
        except (TryLater, Refused):
            self._posted_at = time.monotonic() + 10
            return ""

    def _say(self, status: str) -> None:
        changed, self.status = status.split(",")[0] != self.status.split(",")[0], status
        if changed or time.monotonic() - self._status_at > STATUS_EVERY_S:
            self._set_status()

    def _set_status(self) -> None:
        self._status_at = time.monotonic()
        self.parts.web.spare(
            "assistant.threads.setStatus",
            channel_id=self.place.channel,
            thread_ts=self.place.thread,
            status=one_line(f"is {self.status}", 100),
        )
