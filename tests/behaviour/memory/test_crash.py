"""kill -9 in the middle of writing, indexing, rebuilding and forgetting: nothing lost, nothing half forgotten."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from limner.memory import HashEmbedder, Memory
from limner.memory.embedder import Vectors
from tests.behaviour.memory.killing import Say, answered, killed
from tests.memory.conftest import residue

KILLS = 200
SEED = 11
INDEX_KILLS = 12
FRESH_AFTER = 150
ITEMS = 1100
"""Past a thousand vectors Chroma writes its index files."""


def opened(folder: Path) -> Memory:
    return Memory.open(folder, embedder=HashEmbedder())


def talk(folder: Path, start: int, say: Say) -> None:
    """Turns, facts, pictures, vectors, forgets and rebuilds, each acknowledged when it returns."""
    with opened(folder) as memory:
        say("open")
        for number in range(start, start + 10_000):
            name = f"Zed{number}x"
            said = f"I love keep{number}. My dog is called {name}"
            turn = memory.record_turn("ana", "s", said, request_id=f"r{number}")
            say(f"turn {number}")
            memory.extract("ana", turn.id)
            vector = np.random.default_rng(number).normal(size=64)
            memory.put_handle("ana", f"@{name.lower()}", kind="subject", turn_id=turn.id, image_vector=vector.tolist())
            memory.recall("ana", "draw my dog")
            if number % 2 == 0:
                memory._chroma.feed(memory._shelf.book("ana"))
            if number % 3 == 0:
                say(f"forgetting {number}")
                memory.forget("ana", f"@{name.lower()}")
                say(f"forgot {number}")
            if number % 5 == 0:
                say(f"rebuilding {number}")
                memory.rebuild("ana")
                say(f"rebuilt {number}")


def state(folder: Path, forgetting: list[int]) -> dict[str, Any]:
    """What the next start finds."""
    with opened(folder) as memory:
        findings = [one.what for one in memory.verify()]
        told = " ".join(turn.text for turn in memory.turns("ana", limit=100_000))
        half = []
        for number in forgetting:
            gone = np.random.default_rng(number).normal(size=64)
            unit = (gone / np.linalg.norm(gone)).astype(np.float32).tobytes()
            if f"Zed{number}x" not in told and (
                memory.get_handle("ana", f"@zed{number}x") or residue(folder, f"zed{number}x", unit)
            ):
                half.append(number)
        waiting = [path.name for path in (folder / "forgetting").glob("*")]
        return {"findings": findings, "told": told, "half": half, "waiting": waiting}


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing(tmp_path: Path, evidence: Callable[[str, str], None]) -> None:
    import chromadb  # noqa: F401  imported once, before the first fork

    folder, chance = tmp_path / "memory", random.Random(SEED)
    acknowledged: set[int] = set()
    forgetting: set[int] = set()
    said, reached = Counter[str](), 0
    for kill in range(KILLS):
        for line in killed(partial(talk, folder, reached), chance.randint(1, 9), chance.uniform(0.0, 0.06)):
            kind, _, number = line.partition(" ")
            if number.isdigit():
                reached = max(reached, int(number) + 1)
                if kind == "turn":
                    acknowledged.add(int(number))
                elif kind == "forgetting":
                    forgetting.add(int(number))
                said.update([kind])
        recent = sorted(forgetting)[-12:]
        found = answered(partial(state, folder, recent))
        assert found["findings"] == [] and found["half"] == [] and found["waiting"] == [], (kill, found)
        assert not [number for number in acknowledged if f"keep{number}." not in found["told"]], kill
        if reached > FRESH_AFTER:  # a fresh start keeps the loop quick
            folder, reached = tmp_path / f"memory{kill}", 0
            acknowledged.clear()
            forgetting.clear()
    evidence(
        "kill -9, by `pytest -m slow tests/behaviour/memory`",
        f"{KILLS} kills at random moments of writing, feeding Chroma, rebuilding and forgetting: {said['turn']:,} "
        f"acknowledged turns, none lost; {said['forgetting'] - said['forgot']} forgets and "
        f"{said['rebuilding'] - said['rebuilt']} rebuilds cut short, none half done after the next start.",
    )


def index(folder: Path, say: Say) -> None:
    """Nothing but Chroma: the same ids over and over, and the whole index anew."""
    with spread(folder) as memory:
        book = memory._shelf.book("ana")
        for round_ in range(1000):
            say("feeding")
            memory._chroma.feed(book)
            if round_ % 3 == 1:
                say("discarding")
                memory._chroma.discard()
            with book.write() as db:
                db.execute("UPDATE item SET fed = 0")


class Spread:
    """Small vectors that differ from each other as those of texts do; hashed words nearly coincide."""

    name = "spread-32"
    size = 32

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [np.random.default_rng(list(text.encode())).normal(size=self.size) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def spread(folder: Path) -> Memory:
    return Memory.open(folder, embedder=Spread())


def answers(folder: Path, probes: list[str]) -> list[Any]:
    """The first hits by scan and through Chroma, and what verify says."""
    with spread(folder) as memory:
        exact = [[hit.id for hit in memory.search("ana", probe, 1)] for probe in probes]
        memory._search.exact_up_to = 10
        through = [[hit.id for hit in memory.search("ana", probe, 1)] for probe in probes]
        return [exact, through, [one.what for one in memory.verify()]]


@pytest.mark.slow
def test_kills_while_chroma_writes_leave_no_wrong_answers(tmp_path: Path, evidence: Callable[[str, str], None]) -> None:
    import chromadb  # noqa: F401

    folder, chance = tmp_path / "memory", random.Random(5)
    answered(lambda: _fill(folder))
    for kill in range(INDEX_KILLS):
        killed(partial(index, folder), chance.randint(1, 4), chance.uniform(0.0, 1.5))
        probes = [f"topic{chance.randrange(ITEMS)} weather" for _ in range(12)]
        exact, through, findings = answered(partial(answers, folder, probes))
        assert through == exact and findings == [], (kill, exact, through, findings)
    evidence(
        "kill -9 while Chroma writes, by `pytest -m slow tests/behaviour/memory`",
        f"{INDEX_KILLS} kills while {ITEMS:,} vectors were written, written again and rebuilt: every answer through "
        "Chroma after the next start is that of the exact scan, and every vector finds itself. An index that was open "
        "when its process died is made again.",
    )


def _fill(folder: Path) -> int:
    with spread(folder) as memory:
        for number in range(ITEMS):
            memory.record_turn("ana", f"s{number}", f"topic{number} weather")
        memory.search("ana", "topic", 1)
        return memory.stats("ana").turns
