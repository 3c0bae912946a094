"""Follows each Slack job and brings its results into the thread, each part once, whatever breaks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from limner.agent.jobs.job import Job, JobState
from limner.agent.jobs.log import JobLog
from limner.agent.messages import ClipMade, ImageMade, Learned, PlanMade, Reply
from limner.agent.surfaces.slack import blocks
from limner.agent.surfaces.slack.blocks import Block
from limner.agent.surfaces.slack.inbox import Inbox, Post
from limner.agent.surfaces.slack.parts import Detail, Parts
from limner.agent.surfaces.slack.place import SURFACE, Place
from limner.agent.surfaces.slack.telling import tell
from limner.agent.surfaces.slack.watching import Watching
from limner.agent.surfaces.slack.web import Refused, TryLater, Web

log = logging.getLogger(__name__)
AT_ONCE = 80
POLL_S = 0.1
# Dozens of jobs that wait are not to keep the process from taking in what is said.
LONGEST_POLL_S = 0.6
GIVE_UP_AFTER_S = 86_400.0
LONGEST_PAUSE_S = 300.0
PROCESSED_WITHIN_S = 30.0
TRIAL = "trial"
OUTCOMES = {"failed": "Not done", "cancelled": "Stopped", "asked": "A question first"}


class Courier:
    """One thread a job. What was made is never made again because Slack was in the way."""

    def __init__(
        self,
        joblog: JobLog,
        parts: Parts,
        inbox: Inbox,
        motions: Callable[[str], Sequence[str]],
        trial_over: Callable[[Job, Place, Reply, float | None], None],
        forgot: Callable[[str, bool], None],
    ) -> None:
        self.log, self.parts, self.inbox = joblog, parts, inbox
        self.web: Web = parts.web
        self.motions, self.trial_over, self.forgot = motions, trial_over, forgot
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier")
        self._taken: set[str] = set()
        self._turns: dict[tuple[str, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def take(self, job: Job) -> None:
        """Follow it to its end, unless somebody does already."""
        with self._lock:
            if job.id in self._taken or self.web.stopping.is_set():
                return
            self._taken.add(job.id)
        self._pool.submit(self._bring, job)

    def again(self, job: Job, place: Place) -> bool:
        """Hand over, in another place, what was given up; False when it was not, or is being handed over already."""
        found = self.log.deliver_again(job.id, {"place": place.model_dump(), "since": time.time()})
        if found is not None:
            self.take(found)
        return found is not None

    def resume(self) -> None:
        """After a restart: everything that was under way."""
        for job in self.log.open_jobs(SURFACE):
            self.take(job)

    def close(self) -> None:
        self.web.stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _bring(self, job: Job) -> None:
        try:
            place = Place.model_validate((job.delivery or {})["place"])
            watching = Watching(self.parts, job, place)
            if job.state in (JobState.queued, JobState.running):
                watching.begin("looking at your files" if (job.delivery or {}).get("kind") == TRIAL else "thinking")
            if self._watch(job, watching):
                self._until_delivered(job, place, watching)
        except Exception:  # it stays `delivering`, and is taken up again at the next start
            log.exception("job %s could not be brought to Slack", job.id)
        finally:
            with self._lock:
                self._taken.discard(job.id)

    def _watch(self, job: Job, watching: Watching) -> bool:
        """Until the work is over; False when we are to stop before."""
        after, pause = -1, POLL_S
        trial = (job.delivery or {}).get("kind") == TRIAL
        while not self.web.stopping.is_set():
            over, events = self.log.news(job.id, after)
            for number, event in events:
                after = number
                if not over or isinstance(event, PlanMade):
                    watching.event(event)
            if over:
                return True
            if not trial:
                watching.tick()
            pause = POLL_S if events else min(pause * 1.15, LONGEST_POLL_S)
            self.web.stopping.wait(pause)
        return False

    def _until_delivered(self, job: Job, place: Place, watching: Watching) -> None:
        pause = 0.5
        while not self.web.stopping.is_set():
            now = self.log.get(job.id)
            if now is None:
                return
            try:
                # One at a time in a thread: answers keep their order, and a half-sent one has one owner.
                with self._turn(place):
                    self._hand_over(now, place, watching)
            except TryLater as error:
                since = (now.delivery or {}).get("since") or (now.ended.timestamp() if now.ended else time.time())
                if time.time() - since > GIVE_UP_AFTER_S:
                    self._give_up(now, place, str(error))
                    return
                log.warning("job %s is done, its delivery waits: %s", job.id, error)
                self.web.stopping.wait(max(error.after_s, pause))
                pause = min(pause * 2, LONGEST_PAUSE_S)
            except Refused as error:
                self._give_up(now, place, str(error))
                return
            else:
                self.log.settle(job.id)
                return

    def _turn(self, place: Place) -> threading.Lock:
        with self._lock:
            return self._turns.setdefault((place.channel, place.thread), threading.Lock())

    def _hand_over(self, job: Job, place: Place, watching: Watching) -> None:
        events = [event for _, event in self.log.events(job.id)]
        reply = next((one for one in reversed(events) if isinstance(one, Reply)), None)
        if reply is None:  # forgotten meanwhile
            watching.finish("Forgotten", None)
            return
        if (job.delivery or {}).get("kind") == TRIAL:
            estimate = next((one.estimate_s for one in events if isinstance(one, PlanMade)), None)
            self.trial_over(job, place, reply, estimate)
            return
        made = {one.handle: one for one in events if isinstance(one, ImageMade | ClipMade)}
        made |= {one.handle: one for one in reply.made}
        learned = [one for one in events if isinstance(one, Learned)]
        if text := reply.text.strip() or ("" if made else "Done."):
            tell(self.parts, job.id, "text", place, text, self._under_text(job, place, reply, learned))
        for one in made.values():
            self._picture(job, place, one)
        seconds = (job.ended - job.started).total_seconds() if job.ended and job.started else None
        watching.finish(OUTCOMES.get(reply.status, "Done"), seconds)
        if "forget(" in reply.plan:
            self.forgot(job.user, "everything" in reply.plan)

    def _under_text(self, job: Job, place: Place, reply: Reply, learned: Sequence[Learned]) -> list[Block]:
        if reply.question is not None:
            return blocks.choices(reply.question.choices, job.id)
        if place.private:
            return []
        subjects = [one for one in learned if one.what == "subject"]
        return [block for one in subjects for block in blocks.lending(one.name, one.handle, job.id)]

    def _picture(self, job: Job, place: Place, made: ImageMade | ClipMade) -> None:
        """The file into the thread, then its card with the picture and the buttons."""
        if not made.path.is_file():
            log.info("%s of job %s is gone from disk; it was forgotten", made.handle, job.id)
            return
        name = file_name(made.handle, job.id, made.path)

        def upload() -> Detail:
            title = blocks.one_line(f"{made.handle}: {made.caption}", 120)
            data, alt = made.path.read_bytes(), made.caption[:900] or made.handle
            return {"file": self.web.upload(data, name, title, place.channel, place.thread, alt)}

        file_id = str(self.parts.once(job.id, f"file {made.handle}", upload, self.parts.file(name, place))["file"])
        if share := self.shown(file_id, place):
            self.note(job, place, share, made.handle, file_id)
        part = f"card {made.handle}"
        posted = self.parts.once(
            job.id,
            part,
            lambda: self._card(job, place, made, part, file_id if share else ""),
            self.parts.message(job.id, part, place),
        )
        self.note(job, place, str(posted["ts"]), made.handle, file_id)

    def _card(self, job: Job, place: Place, made: ImageMade | ClipMade, part: str, file_id: str) -> Detail:
        for shown in dict.fromkeys((file_id, "")):
            try:
                posted = self.web.call(
                    "chat.postMessage",
                    channel=place.channel,
                    thread_ts=place.thread,
                    text=blocks.safe(f"{made.handle}: {made.caption}"),
                    blocks=blocks.card(made, job.id, place.user, shown, self.motions(job.user)),
                    metadata=blocks.metadata(job.id, part),
                    unfurl_links=False,
                    unfurl_media=False,
                )
            except Refused as error:
                # A file Slack is not ready with can't be in a block; the file itself is in the thread already.
                if not shown or error.code not in ("invalid_blocks", "invalid_blocks_format"):
                    raise
            else:
                return {"ts": posted["ts"]}
        raise AssertionError("the last try returns or raises")

    def note(self, job: Job, place: Place, ts: str, handle: str, file_id: str) -> None:
        """Which message shows what, for reactions and for forgetting."""
        self.inbox.posted(Post(place.channel, ts, job.user, job.id, handle, file_id))

    def shown(self, file_id: str, place: Place) -> str:
        """Wait until Slack knows what the file is; the time stamp of the message that shows it, empty if never."""
        end, pause = time.monotonic() + PROCESSED_WITHIN_S, 0.2
        while time.monotonic() < end:
            file = self.web.get("files.info", file=file_id)["file"]
            shares = (file.get("shares") or {}).values()
            here = [one for kind in shares for one in kind.get(place.channel, ())]
            if file.get("mimetype") and here:
                return str(here[0]["ts"])
            if self.web.stopping.wait(pause):
                raise TryLater("stopping", 0.0)
            pause = min(pause * 1.6, 3.0)
        return ""

    def _give_up(self, job: Job, place: Place, why: str) -> None:
        """What was made is kept, and its owner is told so where they can be reached."""
        log.error("job %s is done but can't be delivered: %s", job.id, why)
        made = ", ".join(job_handles(self.log, job.id)) or "the answer"
        text = f"I finished {made}, but could not post it in <#{place.channel}> ({why}). It is kept."
        told = {"channel": place.user, "text": text, "blocks": blocks.given_up(text, job.id)}
        try:
            self.parts.once(
                job.id,
                f"apology {place.channel}",
                lambda: {"ts": self.web.call("chat.postMessage", **told)["ts"]},
            )
        except (TryLater, Refused) as error:
            log.info("and its owner could not be told: %s", error)
        self.log.settle(job.id, why)


def file_name(handle: str, job: str, path: Path) -> str:
    """A name no other file in Slack has, so that it is found again."""
    return f"{handle}-{job[:12]}{path.suffix}"


def job_handles(joblog: JobLog, job: str) -> list[str]:
    return [one.handle for _, one in joblog.events(job) if isinstance(one, ImageMade | ClipMade)]
