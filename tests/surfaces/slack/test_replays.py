"""Events that come twice, late, out of order, again after a restart, and into kills: each is answered once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.surfaces.slack import payloads
from tests.surfaces.slack.conftest import Bench
from tests.surfaces.slack.mock_slack import BOT_USER, Fault, MockSlack
from tests.surfaces.slack.mock_socket import MockSocket
from tests.surfaces.slack.zygote import NOUNS

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
Json = dict[str, Any]
ROOT = Path(__file__).parents[3]
KILLS = 24
PATIENCE_S = 900
POSTING = ("chat.startStream", "chat.stopStream", "chat.postMessage", "files.completeUploadExternal", "upload")


def requests(slack: MockSlack, count: int, people: int, channels: int) -> list[Json]:
    """So many different mentions, each in a thread of its own."""
    found = []
    for number in range(count):
        channel, user = f"C0ROOM{number % channels}", f"U0PERSON{number % people}"
        text = f"draw a {NOUNS[number % len(NOUNS)]}"
        found.append(payloads.mention(channel, user, text, slack.said(channel, user, text)))
    return found


def mixed(events: list[Json], total: int, chance: random.Random) -> list[Json]:
    """Each event and its twin, repeated at random to `total`, and shaken so that neighbours change places."""
    each = [one for event in events for one in (event, payloads.twin(event))]
    copies = each + [chance.choice(each) for _ in range(total - len(each))]
    place = {id(one): number // 2 for number, one in enumerate(each)}
    return sorted(copies, key=lambda one: place[id(one)] + chance.uniform(0, 6))


def deliveries(slack: MockSlack, event: Json) -> Counter[str]:
    """What is in the thread of a message, by kind."""
    found: Counter[str] = Counter()
    for one in slack.thread(event["event"]["channel"], event["event"]["ts"]):
        if one["user"] != BOT_USER:
            continue
        part = (one.get("metadata") or {}).get("event_payload", {}).get("part", "")
        found["file" if one.get("files") else part.partition(" ")[0] or "unmarked"] += 1
    del found["progress"]
    return found


def test_replayed_shaken_and_broken_events_are_answered_once(bench: Bench) -> None:
    chance = random.Random(11)
    bench.book.plans |= {f"draw a {noun}": f'generate_image(prompt="a {noun}")' for noun in NOUNS}
    events = requests(bench.slack, 12, people=4, channels=3)
    for number, one in enumerate(mixed(events, 60, chance)):
        if number % 12 == 5:
            bench.slack.fail(chance.choice(POSTING), Fault(lost=chance.choice(("before", "after"))))
        bench.send(one)
        if number in (20, 40):
            bench.restart()
    bench.settle()
    bench.restart()
    bench.send(*mixed(events, 40, chance))
    bench.settle()
    assert [deliveries(bench.slack, one) for one in events] == [Counter(text=1, file=1, card=1)] * len(events)
    assert bench.desk.log.counts() == {"done": len(events)} and len(bench.book.asked) == len(events)


class Farm:
    """A bot and an engine, each a process that can be killed and started again."""

    def __init__(self, slack: MockSlack, folder: Path) -> None:
        self.errors = (folder / "farm.log").open("ab")
        words = [sys.executable, "-m", "tests.surfaces.slack.zygote", str(folder), slack.api]
        pipe = subprocess.PIPE
        self.zygote = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=self.errors, text=True)
        self._hear()
        self.running: dict[str, int] = {}

    def start(self, what: str) -> None:
        assert self.zygote.stdin is not None
        self.zygote.stdin.write(f"{what}\n")
        self.zygote.stdin.flush()
        self.running[what] = int(self._hear())

    def kill(self, what: str) -> None:
        os.kill(self.running.pop(what), signal.SIGKILL)

    def close(self) -> None:
        for what in list(self.running):
            with contextlib.suppress(ProcessLookupError):
                self.kill(what)
        self.zygote.kill()
        self.zygote.wait()
        self.errors.close()

    def _hear(self) -> str:
        assert self.zygote.stdout is not None
        return self.zygote.stdout.readline().strip()


@pytest.fixture
def farm(slack: MockSlack, tmp_path: Path) -> Iterator[tuple[Farm, MockSocket]]:
    socket = MockSocket()
    slack.sockets.append(socket.url)
    one = Farm(slack, tmp_path)
    for what in ("engine", "bot"):
        one.start(what)
    yield one, socket
    one.close()
    socket.close()


@pytest.mark.slow
def test_a_thousand_replayed_events_with_kills_are_answered_once(
    slack: MockSlack, farm: tuple[Farm, MockSocket], tmp_path: Path
) -> None:
    herd, socket = farm
    chance = random.Random(int(os.environ.get("LIMNER_TEST_SEED", "5")))
    events = requests(slack, 80, people=10, channels=6)
    sent = mixed(events, 1000, chance)
    when = sorted(chance.sample(range(20, 980), KILLS))
    kills = {number: "engine" if turn % 3 == 2 else "bot" for turn, number in enumerate(when)}
    outstanding: set[int] = set()
    place = {one["event"]["ts"]: number for number, one in enumerate(events)}
    for number, one in enumerate(sent):
        if what := kills.get(number):
            herd.kill(what)
            herd.start(what)
        if number % 25 == 0:
            slack.fail(chance.choice(POSTING), Fault(lost=chance.choice(("before", "after"))))
        outstanding.add(place[one["event"]["ts"]])
        socket.send(one)
        time.sleep(0.02)  # so that those who were started again come as far as working
        end = time.monotonic() + PATIENCE_S
        while len(outstanding) > 20:  # a queue that is full says so, which is another test
            outstanding = {n for n in outstanding if deliveries(slack, events[n])["card"] == 0}
            socket.again()
            time.sleep(0.1)
            assert time.monotonic() < end, f"stuck at {number} with {sorted(outstanding)}"
    end = time.monotonic() + PATIENCE_S
    while socket.unacked or any(deliveries(slack, one)["card"] == 0 for one in events):
        socket.again()
        time.sleep(0.2)
        assert time.monotonic() < end, [deliveries(slack, one) for one in events]
    time.sleep(3)  # whatever came twice is there by now
    slowest, killed = max(socket.latencies), Counter(kills.values())
    print(f"{socket.sent} envelopes, killed {dict(killed)}, {socket.connections} lines, slowest ack {slowest:.2f} s")
    assert [deliveries(slack, one) for one in events] == [Counter(text=1, file=1, card=1)] * len(events)
    assert len(list((tmp_path / "out").rglob("*.png"))) == len(events), "each was drawn once"
