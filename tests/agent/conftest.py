"""A studio in a temporary folder: real memory, library and ledger, the shipped fake engine, a clock that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from limner.agent.assistant import Assistant
from limner.agent.clock import ScriptClock
from limner.agent.ledger import Ledger
from limner.agent.messages import Attachment, Reply, Request
from limner.agent.planner import ScriptedPlanner
from limner.agent.studio import Studio
from limner.memory import HashEmbedder, Memory
from limner.tools import FakeEngine, Library

Opening = Callable[..., Assistant]


@pytest.fixture
def clock() -> ScriptClock:
    return ScriptClock(datetime(2026, 11, 16, 10, tzinfo=UTC))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def open_(tmp_path: Path, clock: ScriptClock, engine: FakeEngine) -> Iterator[Opening]:
    """Opens the same data folder, as often as a test likes, with the given plans."""
    opened: list[Assistant] = []

    def opening(*plans: str) -> Assistant:
        if opened:
            opened.pop().close()
        data = tmp_path / "data"
        studio = Studio(
            memory=Memory.open(data / "memory", clock=clock, embedder=HashEmbedder()),
            engine=engine,
            library=Library(data / "library"),
            ledger=Ledger(data / "renders.sqlite"),
            data=data,
            out=tmp_path / "out",
            clock=clock,
        )
        opened.append(Assistant(studio, ScriptedPlanner(plans)))
        return opened[-1]

    yield opening
    for one in opened:
        one.close()


@pytest.fixture
def photos(tmp_path: Path) -> tuple[Attachment, ...]:
    files = []
    for number, ground in enumerate(("white", "lightblue", "green")):
        picture = Image.new("RGB", (96, 96), ground)
        ImageDraw.Draw(picture).ellipse((20, 20, 70, 80), fill="brown")
        files.append(Attachment(path=tmp_path / f"photo-{number}.png"))
        picture.save(files[-1].path)
    return tuple(files)


@pytest.fixture
def say() -> Callable[..., Reply]:
    def saying(assistant: Assistant, text: str, session: str = "monday", **more: Any) -> Reply:
        return assistant.handle(Request(user="ana", session=session, text=text, seed=7, **more))

    return saying
