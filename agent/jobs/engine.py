"""The engine process: the one owner of models and memory on a device. Claims jobs, writes events, answers fronts."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from limner.agent.jobs.job import Job
from limner.agent.jobs.line import Switchboard
from limner.agent.jobs.log import JobLog
from limner.agent.jobs.supervisor import MENDABLE
from limner.agent.jobs.values import Health
from limner.agent.messages import Event, Progress, Reply, Request, RequestError
from limner.agent.settings import Settings

if TYPE_CHECKING:
    from limner.agent.assistant import Assistant
    from limner.memory import Receipt

JOBS = "jobs.sqlite"
INBOX = "inbox"
IDLE_S = 0.02
# Often enough for a bar that moves, seldom enough to cost nothing beside the drawing.
PROGRESS_S = 0.1
CANCEL_S = 0.15
MOST_ATTEMPTS = 5
# How long the words of "forget ..." stay for whoever follows that very job.
BLOT_S = 20.0
LONGEST_WAIT_S = 120.0
LEFT_BEHIND_S = 24 * 3600
log = logging.getLogger(__name__)


class Engine:
    """Works on one job at a time; the answers to fronts come from other threads."""

    def __init__(self, assistant: Assistant, jobs: JobLog, settings: Settings) -> None:
        self.assistant, self.jobs, self.settings = assistant, jobs, settings
        self.inbox = settings.data / INBOX
        self.began, self.finished = time.monotonic(), 0
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._expected: tuple[str, str, str, tuple[str, ...]] | None = None

    def health(self, user: str) -> dict[str, object]:
        return Health(
            pid=os.getpid(),
            family=self.settings.family,
            planner=self.settings.planner,
            waiting=self.jobs.waiting(),
            finished=self.finished,
            uptime_s=round(time.monotonic() - self.began, 1),
        ).model_dump(mode="json")

    @contextmanager
    def alone(self, user: str) -> Iterator[None]:
        """A user's turn and their forgetting never run into each other."""
        with self._guard:
            lock = self._locks.setdefault(user, threading.Lock())
        if not lock.acquire(timeout=LONGEST_WAIT_S):
            raise RequestError("one of your pictures is still being made; wait for it or cancel it, then try again")
        try:
            yield
        finally:
            lock.release()

    def expect(self, user: str, session: str, scope: str, places: tuple[str, ...] = ()) -> None:
        """Somebody is about to ask for something: when nothing else is to be done, what is known of it is read."""
        self._expected = (user, session, scope, places)

    def run(self, stop: Callable[[], bool]) -> None:
        """Until `stop`, one job after the other."""
        while not stop():
            self.jobs.blots(time.time())
            claimed = self.jobs.claim()
            if claimed is None:
                expected, self._expected = self._expected, None
                if expected:
                    self.assistant.expect(*expected)
                time.sleep(IDLE_S)
                continue
            self.work(*claimed)
            self.finished += 1
            _, request = claimed
            self.expect(request.user, request.session, request.scope, request.places)

    def work(self, job: Job, request: Request) -> None:
        """One job, to its reply. What was finished before a crash is found and not made again."""
        if job.attempts > MOST_ATTEMPTS:
            said = f"this request stopped the engine {MOST_ATTEMPTS} times and is given up; what was finished is kept"
            self._end(job, request, _failed(request, said))
            return
        try:
            with self.alone(request.user):
                self._turn(job, request)
        except Exception as error:
            log.exception("job %s failed", job.id)
            said = f"sorry, this should not happen: {error or type(error).__name__}. What was finished is kept"
            self._end(job, request, _failed(request, said))

    def _turn(self, job: Job, request: Request) -> None:
        for event in _paced(self.assistant.stream(request, _seldom(lambda: self.jobs.cancelled(job.id)))):
            if isinstance(event, Reply):
                # At once: the assistant goes on clearing up after its last event.
                self._end(job, request, event)
            else:
                self.jobs.append(job.id, event)

    def _end(self, job: Job, request: Request, reply: Reply) -> None:
        if "forget(" in reply.plan:
            from limner.agent.wording import without_names

            self.jobs.blot(job.id, without_names(reply), time.time() + BLOT_S)
        self.jobs.end(job.id, reply)
        if not request.dry_run:
            for one in request.attachments:
                if one.path.is_relative_to(self.inbox):
                    one.path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """What ended long ago, and uploads that were never sent."""
        self.jobs.sweep()
        now = time.time()
        for file in self.inbox.glob("*/*"):
            if now - file.stat().st_mtime > LEFT_BEHIND_S:
                file.unlink(missing_ok=True)
        shutil.rmtree(self.settings.data / "copies", ignore_errors=True)


def serve(settings: Settings, linger_s: float | None = None) -> None:
    """Run the engine of a data folder; with `linger_s`, until no front has been there for so long and all is done.

    Gives back at once when another engine already serves the folder.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data / "engine.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.info("another engine serves %s", settings.data)
        return
    with lock, _stop_on_signal() as stopped:
        _serve(settings, linger_s, stopped)


def _serve(settings: Settings, linger_s: float | None, stopped: Callable[[], bool]) -> None:
    from limner.agent.assistant import open_assistant
    from limner.agent.jobs.answers import Answers
    from limner.agent.late_engine import renderer_of
    from limner.agent.plan import PlanError
    from limner.memory import MemoryProblem
    from limner.tools import ToolError

    jobs = JobLog(settings.data / JOBS)

    def forgotten(user: str, receipt: Receipt) -> None:
        jobs.erase(user, {*receipt.turns, *receipt.redacted}, {*receipt.handles, *receipt.redacted})

    renderer = renderer_of(settings, beside=True)
    with open_assistant(settings, lambda: datetime.now(UTC), engine=renderer, forgotten=forgotten) as assistant:
        engine = Engine(assistant, jobs, settings)
        answers = {**Answers(assistant, engine.alone, engine.expect).table(), "health": engine.health}
        engine.sweep()
        jobs.blots(float("inf"))
        jobs.requeue()
        switchboard = Switchboard(settings.data, answers, (RequestError, PlanError, MemoryProblem, ToolError))
        try:
            engine.run(_lonely(switchboard, jobs, linger_s, stopped))
        finally:
            switchboard.close()
            jobs.close()


def _lonely(
    switchboard: Switchboard, jobs: JobLog, linger_s: float | None, stopped: Callable[[], bool]
) -> Callable[[], bool]:
    last = time.monotonic()

    def over() -> bool:
        nonlocal last
        if stopped():
            return True
        if linger_s is None:
            return False
        if switchboard.fronts or jobs.waiting():
            last = time.monotonic()
        return time.monotonic() - last > linger_s

    return over


def _paced(events: Iterator[Event]) -> Iterator[Event]:
    """Without the progress that comes too fast to be seen; the last step of a phase is always told."""
    told = 0.0
    for event in events:
        if isinstance(event, Progress) and event.done < event.total:
            if time.monotonic() - told < PROGRESS_S:
                continue
            told = time.monotonic()
        yield event


def _seldom(ask: Callable[[], bool]) -> Callable[[], bool]:
    """The same question, really asked a few times a second."""
    asked, answer = 0.0, False

    def asking() -> bool:
        nonlocal asked, answer
        if not answer and time.monotonic() - asked > CANCEL_S:
            asked, answer = time.monotonic(), ask()
        return answer

    return asking


def _failed(request: Request, said: str) -> Reply:
    return Reply(request_id=request.request_id, turn_id="", status="failed", text=said, errors=(said,))


@contextmanager
def _stop_on_signal() -> Iterator[Callable[[], bool]]:
    """SIGTERM and Ctrl-C let the running job finish; a second Ctrl-C does not."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped.is_set
    finally:
        for one, was in before.items():
            signal.signal(one, was)


def main() -> None:
    """As a front starts it: the settings as JSON on stdin."""
    parser = argparse.ArgumentParser(prog="limner engine")
    parser.add_argument("--linger", type=float, default=None)
    arguments = parser.parse_args()
    settings = Settings.model_validate_json(sys.stdin.read())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    from limner.memory import MemoryProblem

    try:
        serve(settings, arguments.linger)
    except (RequestError, MemoryProblem) as error:
        print(error, file=sys.stderr)
        raise SystemExit(MENDABLE) from error


if __name__ == "__main__":
    main()
