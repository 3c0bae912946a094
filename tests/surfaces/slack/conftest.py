"""A whole bot on a bench: the mock of Slack, the real front, and a real engine with the fake family in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pydantic import SecretStr
from slack_bolt import App, BoltRequest, BoltResponse

from limner.agent.assistant import open_assistant
from limner.agent.context import PlanContext
from limner.agent.jobs.answers import Answers
from limner.agent.jobs.desk import Desk
from limner.agent.jobs.engine import Engine
from limner.agent.jobs.line import Switchboard
from limner.agent.jobs.log import JobLog
from limner.agent.jobs.supervisor import Supervisor
from limner.agent.messages import RequestError
from limner.agent.plan import Plan, PlanError, parse_plan
from limner.agent.settings import Settings
from limner.agent.surfaces.slack.clerk import Clerk
from limner.agent.surfaces.slack.config import SlackSettings
from limner.agent.surfaces.slack.serve import opened
from limner.memory import MemoryProblem
from limner.tools import FakeEngine, ToolError
from tests.surfaces.slack.mock_slack import APP_TOKEN, BOT_TOKEN, SECRET, MockSlack

Json = dict[str, Any]


class Book:
    """A planner that looks the words up; unknown ones are answered with a greeting."""

    name = "book"

    def __init__(self) -> None:
        self.plans: dict[str, str] = {}
        self.asked: list[str] = []

    def plan(self, context: PlanContext, text: str) -> Plan:
        self.asked.append(text)
        return parse_plan(self.plans.get(text, 'reply(text="Hello there.")'))


class Bench:
    """Sends payloads in and waits until all is quiet."""

    def __init__(self, slack: MockSlack, desk: Desk, book: Book, painter: FakeEngine, chosen: SlackSettings) -> None:
        self.slack, self.desk, self.book, self.painter, self.chosen = slack, desk, book, painter, chosen
        self._open = ExitStack()
        self.app: App
        self.clerk: Clerk
        self.start()

    def start(self) -> None:
        self.app, self.clerk = self._open.enter_context(opened(self.desk, self.chosen, shared_within_s=0.0))

    def stop(self) -> None:
        self._open.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def send(self, *payloads: Json) -> None:
        for payload in payloads:
            answer: BoltResponse = self.app.dispatch(BoltRequest(mode="socket_mode", body=payload))
            assert answer.status == 200

    def settle(self, timeout_s: float = 20.0) -> None:
        end = time.monotonic() + timeout_s
        quiet = 0
        while quiet < 2:
            quiet = quiet + 1 if self.clerk.idle() else 0
            assert time.monotonic() < end, (self.clerk.inbox.waiting(), self.desk.log.open_jobs("slack"))
            time.sleep(0.02)

    def say(self, *payloads: Json) -> None:
        self.send(*payloads)
        self.settle()

    def card(self, channel: str, handle: str = "img-1") -> Json:
        return self.part(channel, f"card {handle}")

    def part(self, channel: str, name: str) -> Json:
        """The message that carries this part."""
        for one in self.slack.messages[channel]:
            if (one.get("metadata") or {}).get("event_payload", {}).get("part") == name:
                return one
        raise AssertionError(f"no {name} in {channel}: {self.slack.parts(channel)}")

    def whispers(self) -> list[Json]:
        return self.slack.called("chat.postEphemeral")


@pytest.fixture
def slack() -> Iterator[MockSlack]:
    mock = MockSlack()
    yield mock
    mock.close()


@pytest.fixture
def chosen(slack: MockSlack) -> SlackSettings:
    return SlackSettings(
        bot_token=SecretStr(BOT_TOKEN), app_token=SecretStr(APP_TOKEN), signing_secret=None, api_url=slack.api
    )


@pytest.fixture
def signed(chosen: SlackSettings) -> SlackSettings:
    return chosen.model_copy(update={"signing_secret": SecretStr(SECRET)})


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def painter() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def desk(tmp_path: Path, book: Book, painter: FakeEngine) -> Iterator[Desk]:
    settings = Settings(family="fake", embedder="words", data=tmp_path / "data", out=tmp_path / "out", user="me")
    settings.data.mkdir(parents=True)
    jobs, over = JobLog(settings.data / "jobs.sqlite"), threading.Event()

    def forgotten(user: str, receipt: Any) -> None:
        jobs.erase(user, {*receipt.turns, *receipt.redacted}, {*receipt.handles, *receipt.redacted})

    with open_assistant(settings, lambda: datetime.now(UTC), planner=book, engine=painter, forgotten=forgotten) as one:
        engine = Engine(one, jobs, settings)
        answers = {**Answers(one, engine.alone).table(), "health": engine.health}
        line = Switchboard(settings.data, answers, (RequestError, PlanError, MemoryProblem, ToolError))
        worker = threading.Thread(target=engine.run, args=(over.is_set,), daemon=True)
        worker.start()
        front = Desk(settings, JobLog(settings.data / "jobs.sqlite"), Supervisor(settings, spawn=False))
        front.engine.start()
        yield front
        over.set()
        worker.join()
        front.close()
        line.close()
        jobs.close()


@pytest.fixture
def bench(slack: MockSlack, desk: Desk, book: Book, painter: FakeEngine, chosen: SlackSettings) -> Iterator[Bench]:
    one = Bench(slack, desk, book, painter, chosen)
    yield one
    one.stop()


@pytest.fixture
def photo() -> Callable[[int], bytes]:
    def draw(number: int) -> bytes:
        picture = Image.new("RGB", (96, 96), ("white", "lightblue", "green")[number % 3])
        ImageDraw.Draw(picture).ellipse((20, 20, 70, 80 - number), fill="brown")
        buffer = BytesIO()
        picture.save(buffer, "PNG")
        return buffer.getvalue()

    return draw
