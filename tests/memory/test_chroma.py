"""Chroma answers for books too large to scan, and may be damaged or deleted without loss."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from limner.memory import Memory
from tests.memory.conftest import say


def test_chroma_finds_what_the_scan_finds_and_mends_itself(memory: Memory, folder: Path) -> None:
    for number in range(40):
        say(memory, "ana", f"we talked about topic{number} and weather{number % 7}")
        say(memory, "bob", f"we talked about topic{number} and secret{number}")
    exact = [hit.id for hit in memory.search("ana", "topic13 weather6", 3)]
    memory._search.exact_up_to = 10
    assert [hit.id for hit in memory.search("ana", "topic13 weather6", 3)] == exact
    assert "secret" not in repr(memory.search("ana", "secret13", 40))
    memory._chroma.close()
    shutil.rmtree(folder / "vectors")
    assert [hit.id for hit in memory.search("ana", "topic13 weather6", 3)] == exact
    memory._chroma.close()
    (folder / "vectors" / "chroma.sqlite3").write_bytes(b"rubbish" * 1000)
    assert [hit.id for hit in memory.search("ana", "topic13 weather6", 3)] == exact
    assert memory.verify() == []


IMPORTING = """
import sys, threading
from pathlib import Path
from limner.memory import HashEmbedder, Memory

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "chromadb":
            reading = threading.Thread(target=lambda: read.append(memory.turns("ana")), daemon=True)
            reading.start()
            reading.join(20)
            print("read" if read else "waited")

read = []
with Memory.open(Path(sys.argv[1]), embedder=HashEmbedder()) as memory:
    for number in range(80):
        memory.record_turn("ana", "s", f"we talked about topic{number}")
    sys.meta_path.insert(0, Watch())
    memory.idle("ana")
"""


def test_nobody_waits_while_chroma_is_loaded(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", IMPORTING, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["read"]
