"""Measure serving: what a front weighs, twenty users at once, and what the assistant costs beside the pipeline.

python -m benchmarks.serving [--family sticker] [--users 20] [--pictures 3] [--out docs/evidence/serving.md]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from limner.agent.jobs.desk import Desk
from limner.agent.messages import Request
from limner.agent.settings import Settings
from limner.agent.surfaces.http.access import Access
from limner.agent.surfaces.http.app import create_app
from tests.behaviour.sections import write_section

PROBES = 20
PAIRS = 8
PROMPT = "a fox in the snow"
FRONTS = 7
FRONT = """
import re, time
from limner.agent.surfaces.opening import loading
with loading():
    import uvicorn, limner.agent.jobs.desk, limner.agent.surfaces.http.app
print(time.process_time(), int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", default="sticker")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--pictures", type=int, default=3)
    parser.add_argument("--only", choices=["front", "load", "overhead"])
    parser.add_argument("--out", type=Path, default=Path("docs/evidence/serving.md"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        settings = Settings.load(
            family=chosen.family, embedder="words", data=root / "data", out=root / "out", user="user 0", threads=1
        )
        if chosen.only in (None, "front"):
            told = front()
            write_section(chosen.out, "A front process, imported", told, "Serving")
            print(told)
        if chosen.only in (None, "load"):
            told = load(settings, chosen.users, chosen.pictures)
            write_section(chosen.out, f"{chosen.users} users at once, family {chosen.family}", told, "Serving")
            print(told)
        if chosen.only in (None, "overhead"):
            told = overhead(settings)
            write_section(chosen.out, f"The assistant beside the pipeline, family {chosen.family}", told, "Serving")
            print(told)


def front() -> str:
    """A new Python that imports what `limner serve` is made of, several times over."""
    runs = []
    for _ in range(FRONTS):
        done = subprocess.run([sys.executable, "-c", FRONT], capture_output=True, text=True, check=True)
        runs.append([float(one) for one in done.stdout.split()])
    seconds, megabytes = (statistics.median(one) for one in zip(*runs, strict=True))
    return "\n".join(
        [
            f"{_where()} Median of {FRONTS}, Python's own start with it.",
            "",
            "| measured | |",
            "|---|---|",
            f"| processor seconds (goal 0.5) | {seconds:.2f} |",
            f"| resident MB (goal 120) | {megabytes:.0f} |",
        ]
    )


def load(settings: Settings, users: int, pictures: int) -> str:
    """Every user asks for all their pictures at the same moment, over HTTP, and waits for each of them."""
    tokens = [f"token-of-user-number-{number}" for number in range(users)]
    access = Access.of("user 0", "0.0.0.0", [f"user {number}:{token}" for number, token in enumerate(tokens)])
    done: list[list[dict[str, Any]]] = [[] for _ in tokens]
    took = [0.0] * users
    with Desk.open(settings, linger_s=0.1) as desk:
        desk.ready(600)
        # The first picture loads the model; nobody of the twenty is to wait for that.
        warm = Request(user="warm", text=PROMPT, plan=f'generate_image(prompt="{PROMPT}")')
        desk.wait("warm", desk.submit(warm, surface="bench").id, 600)
        with Server(desk, settings, access) as address:
            start = threading.Barrier(users)
            began = [0.0]

            def ask(number: int) -> None:
                headers = {"Authorization": f"Bearer {tokens[number]}"}
                with httpx.Client(base_url=address, headers=headers, timeout=3600) as client:
                    start.wait()
                    began[0] = began[0] or time.monotonic()
                    body = {"text": f"{PROMPT} for user {number}", "subjects": [], "styles": ["flat"]}
                    jobs = [client.post("/v1/jobs", json=body | {"seed": n}).json()["id"] for n in range(pictures)]
                    for job in jobs:
                        client.get(f"/v1/jobs/{job}/events")
                        done[number].append(client.get(f"/v1/jobs/{job}").json())
                    took[number] = time.monotonic() - began[0]

            threads = [threading.Thread(target=ask, args=(number,)) for number in range(users)]
            reactions: list[float] = []
            for thread in threads:
                thread.start()
            with httpx.Client(
                base_url=address, headers={"Authorization": f"Bearer {tokens[0]}"}, timeout=3600
            ) as probe:
                for number in range(PROBES):
                    reactions.append(first_seen(probe, number))
            for thread in threads:
                thread.join()
            strangers = sum(
                client_sees(address, tokens[(number + 1) % users], job)
                for number, jobs in enumerate(done)
                for job in jobs
            )
    replies = [job["reply"] for jobs in done for job in jobs]
    errors = sum(reply["status"] != "done" for reply in replies)
    owned = sum(f"user {number}" in job["reply"]["plan"] for number, jobs in enumerate(done) for job in jobs)
    return "\n".join(
        [
            _where(),
            "",
            "| measured | |",
            "|---|---|",
            f"| pictures asked for, made, failed | {users * pictures}, {len(replies) - errors}, {errors} |",
            f"| pictures with their owner, seen by another user | {owned}, {strangers} |",
            f"| seconds until a user has all of theirs: first, last | {min(took):.1f}, {max(took):.1f} |",
            f"| fairness, last by first (goal 1.5; with perfect turns {_perfect(users, pictures):.2f}) | "
            f"{max(took) / min(took):.2f} |",
            f"| first visible reaction while all of that runs, p50, p95 (goal 300 ms) | "
            f"{1000 * statistics.median(reactions):.0f} ms, {1000 * sorted(reactions)[int(0.95 * PROBES)]:.0f} ms |",
        ]
    )


def first_seen(client: httpx.Client, number: int) -> float:
    """Seconds from sending words to the first event of their stream; the job itself is taken back."""
    began = time.monotonic()
    body = {"messages": [{"role": "user", "content": f"probe {number}"}], "stream": True, "styles": ["flat"]}
    with client.stream("POST", "/v1/chat/completions", json=body) as stream:
        lines = (line for line in stream.iter_lines() if line.startswith("data: "))
        next(lines)
        seen = time.monotonic() - began
        client.delete(f"/v1/jobs/{stream.headers['X-Limner-Job']}")
    return seen


def client_sees(address: str, token: str, job: dict[str, Any]) -> bool:
    """Whether somebody else gets the picture by its handle and address."""
    for made in job["reply"]["made"]:
        answer = httpx.get(f"{address}/v1/jobs/{job['id']}", headers={"Authorization": f"Bearer {token}"})
        other = httpx.get(f"{address}/v1/pictures/{made['handle']}/why", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 404 or (other.status_code == 200 and other.json()["request"] == job["text"]):
            return True
    return False


class Server:
    """The app on a free port of this machine."""

    def __init__(self, desk: Desk, settings: Settings, access: Access) -> None:
        config = uvicorn.Config(create_app(desk, settings, access), host="127.0.0.1", port=0, log_level="warning")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


def overhead(settings: Settings) -> str:
    """One picture by diffusers' pipeline alone, by the engine, and by a whole turn whose plan is given; paired."""
    import torch

    from limner.agent.assistant import open_assistant
    from limner.tools import GenerateSpec

    with open_assistant(settings, lambda: datetime.now(UTC)) as assistant:
        late = assistant.studio.engine
        spec = GenerateSpec(prompt=PROMPT, seed=1)
        drawn = late.generate(spec)[0]
        pipe = getattr(getattr(late, "engine", None), "pipe", None)

        def bare() -> None:
            assert pipe is not None
            pipe(
                drawn.settings["prompt"],
                num_inference_steps=drawn.settings["num_inference_steps"],
                guidance_scale=drawn.settings["guidance_scale"],
                generator=torch.Generator().manual_seed(1),
            )

        def turn() -> None:
            plan = f'generate_image(prompt="{PROMPT}", seed=1)'
            reply = assistant.handle(Request(user="bench", text=PROMPT, plan=plan))
            assert reply.status == "done", reply.text

        turn()
        ways: dict[str, Callable[[], object]] = {"engine": lambda: late.generate(spec), "turn": turn}
        if pipe is not None:
            ways["pipeline"] = bare
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(PAIRS):
            for name, way in ways.items():
                began = time.process_time()
                way()
                seconds[name].append(time.process_time() - began)
    middle = {name: statistics.median(took) for name, took in seconds.items()}
    base = middle.get("pipeline", middle["engine"])
    rows = [f"| {name} | {took:.3f} | {100 * (took / base - 1):+.1f} % |" for name, took in middle.items()]
    return "\n".join(
        [
            f"{_where()} Processor seconds of one picture, median of {PAIRS}, one thread; the plan is given, so no",
            "language model is asked. `turn` is all of it: recall, checks, file, record, memory.",
            "",
            "| | s | beside the pipeline |",
            "|---|---|---|",
            *rows,
            "",
            f"Raw: `{json.dumps({name: [round(one, 3) for one in took] for name, took in seconds.items()})}`",
        ]
    )


def _perfect(users: int, pictures: int) -> float:
    """The first user's last picture comes when everybody has all but one."""
    return users * pictures / (users * (pictures - 1) + 1)


def _where() -> str:
    where = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}"
    return f"{where}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} when it ended."


if __name__ == "__main__":
    main()
