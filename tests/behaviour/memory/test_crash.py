"""kill -9 in the middle of writing, rebuilding and forgetting: nothing acknowledged is lost, nothing half forgotten."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from limner.memory import HashEmbedder, Memory
from tests.memory.conftest import residue

KILLS = 200

# Says what it acknowledged on standard output, one line each, as a surface would.
WORK = """
import sys
from pathlib import Path
from limner.memory import HashEmbedder, Memory
folder, start = Path(sys.argv[1]), int(sys.argv[2])
with Memory.open(folder, embedder=HashEmbedder()) as memory:
    print("open", flush=True)
    for number in range(start, start + 10_000):
        name = f"Zed{number}x"
        turn = memory.record_turn("ana", "s", f"I love keep{number}. My dog is called {name}", request_id=f"r{number}")
        print("turn", number, flush=True)
        memory.extract("ana", turn.id)
        memory.put_handle("ana", f"@{name.lower()}", kind="subject", turn_id=turn.id)
        if number % 3 == 0:
            print("forgetting", number, flush=True)
            memory.forget("ana", f"@{name.lower()}")
            print("forgot", number, flush=True)
        if number % 7 == 0:
            memory.rebuild("ana")
        memory.recall("ana", "draw my dog")
"""


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing(tmp_path: Path, evidence: Callable[[str, str], None]) -> None:
    folder, script = tmp_path / "memory", tmp_path / "work.py"
    script.write_text(WORK)
    chance = random.Random(11)
    acknowledged: set[int] = set()
    forgetting: set[int] = set()
    reached = turns_in_all = cut_short = 0
    for kill in range(KILLS):
        process = subprocess.Popen([sys.executable, str(script), str(folder), str(reached)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.4))
        process.kill()
        for line in process.communicate()[0].decode().splitlines():
            said = line.split()
            if len(said) == 2 and said[1].isdigit():
                reached = max(reached, int(said[1]) + 1)
                (acknowledged if said[0] == "turn" else forgetting).add(int(said[1]))
                turns_in_all += said[0] == "turn"
                cut_short += {"forgetting": 1, "forgot": -1}.get(said[0], 0)
        with Memory.open(folder, embedder=HashEmbedder()) as memory:
            turns = [turn.text for turn in memory.turns("ana", limit=100_000)]
            assert memory.verify() == [], kill
            told = " ".join(turns)
            assert not [number for number in acknowledged if f"keep{number}." not in told], kill
            half = [
                number
                for number in forgetting
                if f"Zed{number}x" not in told
                and (memory.get_handle("ana", f"@zed{number}x") or residue_of(folder, number))
            ]
            assert not half, kill
            assert not list((folder / "forgetting").glob("*")) if (folder / "forgetting").exists() else True
        if reached > 150:  # a fresh start keeps the loop quick
            folder = tmp_path / f"memory{kill}"
            acknowledged.clear()
            forgetting.clear()
            reached = 0
    evidence(
        "kill -9, by `pytest -m slow tests/behaviour/memory`",
        f"{KILLS} kills at random moments of writing, rebuilding and forgetting: {turns_in_all:,} acknowledged turns, "
        f"none lost; {cut_short} forgets cut short, none half done after the next start.",
    )


def residue_of(folder: Path, number: int) -> list[str]:
    return residue(folder, f"zed{number}x")
