"""Programs on one GPU draw in turns: none draws twice while another waits, a killed one holds nobody up."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from limner.agent.device_turns import my_turn
from limner.agent.late_engine import LateEngine
from limner.tools import Cancelled, GenerateSpec

GPU = "cuda"
DRAWING = """
import sys, time
from pathlib import Path
from limner.agent.device_turns import my_turn

folder, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(times):
    with my_turn(folder / "locks", sys.argv[4]), (folder / "log").open("a") as log:
        log.write(f"{name} begins\\n")
        log.flush()
        time.sleep(0.15)
        log.write(f"{name} ends\\n")
"""


def program(folder: Path, name: str, times: int, device: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", DRAWING, str(folder), name, str(times), device]
    one = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert one.stdout is not None and one.stdout.readline() == "ready\n"
    return one


def begin(one: subprocess.Popen[str]) -> None:
    assert one.stdin is not None
    one.stdin.write("\n")
    one.stdin.flush()


def test_two_programs_take_turns_and_neither_draws_beside_the_other(tmp_path: Path) -> None:
    # "cuda" is the first of them, whatever it is called.
    both = [program(tmp_path, "ana", 4, "cuda"), program(tmp_path, "bob", 4, "cuda:0")]
    for one in both:
        begin(one)
    assert [one.wait(60) for one in both] == [0, 0]
    lines = (tmp_path / "log").read_text().splitlines()
    turns = [line.split()[0] for line in lines[::2]]
    assert lines == [f"{name} {what}" for name in turns for what in ("begins", "ends")]
    last_of_first = max(turns.index("ana"), turns.index("bob"))
    together = turns[last_of_first : 8 - last_of_first]
    assert all(one != other for one, other in pairwise(together)), turns


def test_a_program_that_is_killed_holds_nobody_up(tmp_path: Path) -> None:
    one = program(tmp_path, "ana", 1000, GPU)
    begin(one)
    while not (tmp_path / "log").exists():
        time.sleep(0.01)
    one.kill()
    one.wait()
    began = time.monotonic()
    with my_turn(tmp_path / "locks", GPU):
        assert time.monotonic() - began < 5


def test_who_waits_is_told_so_and_may_stop(tmp_path: Path) -> None:
    told: list[str] = []
    with (
        my_turn(tmp_path, GPU),
        pytest.raises(Cancelled),
        my_turn(tmp_path, GPU, lambda label, done, total: told.append(label), lambda: bool(told)),
    ):
        pass
    assert told == ["waiting for another Limner that draws on cuda"]
    with my_turn(tmp_path, GPU):
        """Who stopped waiting left nothing locked."""


def test_other_gpus_and_the_processor_are_not_waited_for(tmp_path: Path) -> None:
    with my_turn(tmp_path, GPU), my_turn(tmp_path, "cuda:1"), my_turn(tmp_path, "cpu"), my_turn(tmp_path, "cpu"):
        pass


def test_where_no_lock_can_be_written_one_draws_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    with my_turn(tmp_path / "file" / "locks", GPU):
        assert "no turns are taken" in caplog.text


def test_what_draws_waits_for_its_turn(tmp_path: Path) -> None:
    late = LateEngine("sticker", "cpu", 1, turns=tmp_path)
    stopped = []
    with my_turn(tmp_path, GPU):
        for device in (GPU, "cpu"):
            late.engine.device = device
            with pytest.raises(Cancelled) as why:
                late.generate(GenerateSpec(prompt="a fox"), cancel=lambda: True)
            stopped.append("another Limner" in str(why.value))
    assert stopped == [True, False]
