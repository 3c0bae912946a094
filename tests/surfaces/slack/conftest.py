"""A whole bot on a bench: the mock of Slack, the real front, and a real engine with the fake family in a thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pydantic import SecretStr
from slack_bolt import App, BoltRequest, BoltResponse

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.log import JobLog
from limner.agent.jobs.supervisor import Supervisor
from limner.agent.settings import Settings
from limner.agent.surfaces.slack.clerk import Clerk
from limner.agent.surfaces.slack.config import SlackSettings
from limner.agent.surfaces.slack.serve import opened
from limner.tools import FakeEngine
from tests.surfaces.behind import Book, engine
from tests.surfaces.slack.mock_slack import APP_TOKEN, BOT_TOKEN, SECRET, MockSlack

Json = dict[str, Any]


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

    def settle(self, timeout_s: float = 120.0) -> None:
        end = time.monotonic() + timeout_s
        quiet = 0
        while quiet < 2:
            under_way = self.clerk.inbox.waiting() or self.desk.log.open_jobs("slack")
            quiet = 0 if under_way else quiet + 1
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
    folders = {"data": tmp_path / "data", "out": tmp_path / "out"}
    settings = Settings.load(None, family="fake", embedder="words", user="me", **folders)
    with engine(settings, book, painter):
        front = Desk(settings, JobLog(settings.data / "jobs.sqlite"), Supervisor(settings, spawn=False))
        front.engine.start()
        yield front
        front.close()


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
