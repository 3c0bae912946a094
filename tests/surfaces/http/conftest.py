"""`limner serve` on loopback with two users and a real engine process on the fake family."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from PIL import Image, ImageDraw

from limner.agent.jobs.desk import Desk
from limner.agent.settings import Settings
from limner.agent.surfaces.http.access import Access
from limner.agent.surfaces.http.app import create_app

ANA, BOB = "token-of-ana-0123456789", "token-of-bob-0123456789"


class Served:
    """A running server; `address` is where, `ana` and `bob` are clients with their tokens."""

    def __init__(self, desk: Desk, access: Access) -> None:
        self.desk = desk
        app = create_app(desk, desk.settings, access)
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.ana, self.bob, self.nobody = self.client(ANA), self.client(BOB), httpx.Client(base_url=self.address)

    def client(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {token}"}, timeout=120)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    settings = Settings.load(
        family="fake", embedder="words", data=folder / "data", out=folder / "out", user="ana", threads=1
    )
    with Desk.open(settings, linger_s=0.1) as desk:
        desk.ready(300)
        server = Served(desk, Access.of("ana", "0.0.0.0", [f"ana:{ANA}", f"bob:{BOB}"]))
        yield server
        server.close()


@pytest.fixture
def photo(tmp_path: Path) -> bytes:
    picture = Image.new("RGB", (96, 96), "white")
    ImageDraw.Draw(picture).ellipse((20, 20, 70, 80), fill="brown")
    picture.save(tmp_path / "photo.png")
    return (tmp_path / "photo.png").read_bytes()
