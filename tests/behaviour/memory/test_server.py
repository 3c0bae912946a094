"""`--chroma http://…`: a real Chroma server for the vectors, with the same answers and the same forgetting."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from limner.memory import HashEmbedder, Memory
from tests.memory.conftest import say

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


@pytest.fixture
def server(tmp_path: Path, socket_enabled: None) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(tmp_path / "server")]
    process = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL)
    for _ in range(240):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.25)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_a_server_answers_as_the_scan_does_and_forgets(server: str, tmp_path: Path) -> None:
    folder = tmp_path / "memory"
    with Memory.open(folder, embedder=HashEmbedder(), chroma=server) as memory:
        for number in range(70):
            say(memory, "ana", f"we talked about topic{number} and weather{number % 7}")
        say(memory, "bob", "we talked about secret13")
        memory.idle()
        exact = [hit.id for hit in memory.search("ana", "topic13 weather6", 3)]
        memory._search.exact_up_to = 10
        assert [hit.id for hit in memory.search("ana", "topic13 weather6", 3)] == exact
        assert "secret" not in repr(memory.search("ana", "secret13", 40))
        assert memory.verify() == []
        assert not (folder / "vectors" / "chroma.sqlite3").exists()
        memory.forget("ana", "everything")
        names = [one.name for one in memory._chroma._connect().list_collections()]
        assert [name for name in names if "turn" in name] == [], "ana's are gone, bob's were too few to be sent"
        say(memory, "ana", "we talked about topic99")
        assert memory.search("ana", "topic99", 1)[0].text == "we talked about topic99"
