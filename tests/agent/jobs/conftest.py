"""A desk with a real engine process on the fake family; plans are given, so that no language model is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limner.agent.jobs.desk import Desk
from limner.agent.messages import Request
from limner.agent.settings import Settings

Opening = Callable[[Path], Settings]


@pytest.fixture(scope="session")
def settings_in() -> Opening:
    def making(folder: Path) -> Settings:
        return Settings.load(
            family="fake", embedder="words", data=folder / "data", out=folder / "out", user="ana", threads=1
        )

    return making


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, settings_in: Opening) -> Iterator[Desk]:
    """One engine for all tests of a run; each test takes users of its own."""
    with Desk.open(settings_in(tmp_path_factory.mktemp("desk")), linger_s=0.1) as opened:
        opened.ready(120)
        yield opened


@pytest.fixture
def drawing() -> Callable[..., Request]:
    """A request that draws `count` pictures without planning."""

    def asking(user: str, what: str, count: int = 1, **more: object) -> Request:
        plan = f'generate_image(prompt="{what}", count={count})'
        return Request.model_validate({"user": user, "session": "s", "text": f"draw {what}", "plan": plan, **more})

    return asking
