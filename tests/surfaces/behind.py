"""A real engine with the fake family, in the process that asks for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from limner.agent.assistant import open_assistant
from limner.agent.context import PlanContext
from limner.agent.jobs.answers import Answers
from limner.agent.jobs.engine import Engine
from limner.agent.jobs.line import Switchboard
from limner.agent.jobs.log import JobLog
from limner.agent.messages import RequestError
from limner.agent.plan import Plan, PlanError, parse_plan
from limner.agent.settings import Settings
from limner.memory import MemoryProblem
from limner.tools import FakeEngine, ToolError


class Book:
    """A planner that looks the words up; unknown ones are answered with a greeting."""

    name = "book"

    def __init__(self) -> None:
        self.plans: dict[str, str] = {}
        self.asked: list[str] = []
        self.expected: list[PlanContext] = []

    def expect(self, context: PlanContext) -> None:
        self.expected.append(context)

    def plan(self, context: PlanContext, text: str) -> Plan:
        self.asked.append(text)
        return parse_plan(self.plans.get(text, 'reply(text="Hello there.")'))


@contextmanager
def engine(settings: Settings, book: Book, painter: FakeEngine) -> Iterator[threading.Thread]:
    """At work in a thread until the block ends."""
    settings.data.mkdir(parents=True, exist_ok=True)
    jobs, over = JobLog(settings.data / "jobs.sqlite"), threading.Event()

    def forgotten(user: str, receipt: Any) -> None:
        jobs.erase(user, {*receipt.turns, *receipt.redacted}, {*receipt.handles, *receipt.redacted})

    with open_assistant(settings, lambda: datetime.now(UTC), planner=book, engine=painter, forgotten=forgotten) as one:
        working = Engine(one, jobs, settings)
        jobs.requeue()
        answers = {**Answers(one, working.alone, working.expect).table(), "health": working.health}
        line = Switchboard(settings.data, answers, (RequestError, PlanError, MemoryProblem, ToolError))
        worker = threading.Thread(target=working.run, args=(over.is_set,), daemon=True)
        worker.start()
        try:
            yield worker
        finally:
            over.set()
            worker.join()
            line.close()
            jobs.close()
