"""kill -9 of the engine and of the front, at random moments: nothing is lost and nothing is done twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.line import CARD
from limner.agent.messages import Request
from limner.agent.settings import Settings

Drawing = Callable[..., Request]
USERS = ("ana", "bob", "eve")
FRONT = """
import os, random, signal, sys
from limner.agent.jobs.desk import Desk
from limner.agent.messages import Request
from limner.agent.settings import Settings

settings, chance = Settings.model_validate_json(sys.argv[1]), random.Random(int(sys.argv[2]))
desk = Desk.open(settings, linger_s=5)
for number in range(6):
    plan = f'generate_image(prompt="fox {number}")'
    desk.submit(Request(user="ana", session="s", text=f"fox {number}", plan=plan), surface="web", key=f"click {number}")
    if chance.random() < 0.3:
        os.kill(os.getpid(), signal.SIGKILL)
print("all sent")
os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_engine(settings: Settings) -> None:
    """As the kernel does when memory runs out."""
    with suppress(OSError, ValueError, KeyError):
        os.kill(json.loads((settings.data / CARD).read_text())["pid"], signal.SIGKILL)


def check_once(desk: Desk, user: str, jobs: int, each: int) -> None:
    """Every job done, every picture once: in memory, on disk and in the replies."""
    replies = [desk.wait(user, job.id, 120) for job in desk.jobs(user, limit=200)]
    assert [one.status for one in replies] == ["done"] * jobs
    shown = [handle for one in replies for handle in one.handles]
    assert sorted(shown) == sorted({one.handle for one in desk.images(user, limit=500)})
    assert len(set(shown)) == len(shown) == jobs * each
    files = list(desk.settings.out.rglob(f"{user}-*.png"))
    assert len(files) == jobs * each
    assert len(desk.turns(user, "s", limit=500)) == jobs


def kill_at_random(desk: Desk, chance: random.Random, kills: int) -> None:
    for _ in range(kills):
        desk.ready(120)
        time.sleep(chance.random() * 0.4)
        kill_engine(desk.settings)


@pytest.mark.parametrize("kills", [2, pytest.param(40, marks=pytest.mark.slow)])
def test_killing_the_engine_loses_nothing_and_doubles_nothing(
    tmp_path: Path, settings_in: Callable[[Path], Settings], drawing: Drawing, kills: int
) -> None:
    chance, rounds = random.Random(7), max(1, kills // 4)
    with Desk.open(settings_in(tmp_path), linger_s=0.1) as desk:
        for number in range(rounds):
            for user in USERS:
                desk.submit(drawing(user, f"fox {number}", 2), surface="web", key=f"click {number}")
            kill_at_random(desk, chance, -(-kills // rounds))
            for user in USERS:
                for job in desk.jobs(user, limit=200):
                    desk.wait(user, job.id, 120)
        for user in USERS:
            check_once(desk, user, rounds, 2)


@pytest.mark.parametrize("kills", [1, pytest.param(12, marks=pytest.mark.slow)])
def test_killing_the_front_loses_nothing_and_doubles_nothing(
    tmp_path: Path, settings_in: Callable[[Path], Settings], kills: int
) -> None:
    settings = settings_in(tmp_path)
    for seed in range(kills):
        subprocess.run(
            [sys.executable, "-c", FRONT, settings.model_dump_json(), str(seed)], capture_output=True, timeout=120
        )
    with Desk.open(settings, linger_s=0.1) as desk:
        for number in range(6):  # what a person does whose page was cut off: sends it again
            plan = f'generate_image(prompt="fox {number}")'
            again = Request(user="ana", session="s", text=f"fox {number}", plan=plan)
            desk.submit(again, surface="web", key=f"click {number}")
        for job in desk.jobs("ana"):
            desk.wait("ana", job.id, 120)
        check_once(desk, "ana", 6, 1)


def test_a_folder_in_use_is_said_and_not_damaged(tmp_path: Path, settings_in: Callable[[Path], Settings]) -> None:
    from limner.agent.jobs.line import EngineDown
    from limner.memory import HashEmbedder, Memory

    settings = settings_in(tmp_path)
    with (
        Memory.open(settings.data / "memory", embedder=HashEmbedder()),
        Desk.open(settings, linger_s=0.1) as desk,
        pytest.raises(EngineDown, match="in use by"),
    ):
        desk.ready(120)
