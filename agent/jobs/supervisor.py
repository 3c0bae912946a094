"""Keeps an engine process alive for a front: starts it where none runs, and again after it was killed."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO

from limner.agent.jobs.line import STAY, EngineDown, Line
from limner.agent.settings import Settings

LOG = "engine.log"
# As the engine ends when its last line says how to mend it.
MENDABLE = 75
PAUSES_S = (0.1, 0.5, 2.0, 5.0)
# A read that waits for ever is not woken by closing its file.
CLOSES_WITHIN_S = 0.1
log = logging.getLogger(__name__)


class Supervisor:
    """One thread that holds a line to the engine; when the line breaks, it starts the engine again."""

    def __init__(self, settings: Settings, *, linger_s: float = 10.0, spawn: bool = True) -> None:
        self.settings, self.linger_s, self.spawn = settings, linger_s, spawn
        self.line = Line(settings.data)
        self.problem = ""
        self.child: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="engine-supervisor")

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(5)

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    def ready(self, timeout_s: float = 60) -> None:
        """Wait until the engine answers; EngineDown with the reason when it cannot be started."""
        end = time.monotonic() + timeout_s
        while not self._ready.wait(0.05):
            if self.problem:
                raise EngineDown(self.problem)
            if self._closing.is_set() or time.monotonic() > end:
                raise EngineDown(f"the engine is not up after {timeout_s:.0f} s; see {self.settings.data / LOG}")

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._hold()
            except EngineDown:
                if not self.spawn:
                    self._closing.wait(0.2)
                    continue
                if self.child is None or self.child.poll() is not None:
                    if self.child is not None and self.child.returncode:
                        self._failures += 1
                        self._explain()
                        self._closing.wait(PAUSES_S[min(self._failures, len(PAUSES_S)) - 1])
                    self._start_engine()
                self._closing.wait(0.03)

    def _hold(self) -> None:
        """Stay on the line until it breaks."""
        connection = self.line.connect(STAY, {})
        try:
            connection.recv_bytes()
            self._failures, self.problem = 0, ""
            self._ready.set()
            while not self._closing.is_set():
                if connection.poll(CLOSES_WITHIN_S):
                    connection.recv_bytes()
        except (EOFError, OSError) as error:
            raise EngineDown("the engine stopped") from error
        finally:
            self._ready.clear()
            connection.close()

    def _start_engine(self) -> None:
        self.settings.data.mkdir(parents=True, exist_ok=True)
        with (self.settings.data / LOG).open("ab") as errors:
            self.child = _spawn(self.settings, self.linger_s, errors)

    def _explain(self) -> None:
        lines = (self.settings.data / LOG).read_text("utf-8", "replace").strip().splitlines()
        why = lines[-1] if lines else f"exit code {self.child.returncode if self.child else '?'}"
        log.error("the engine stopped before it was up, or was killed (%d in a row): %s", self._failures, why)
        if self._failures > 2 or (self.child and self.child.returncode == MENDABLE):
            self.problem = f"the engine cannot be started: {why}"


def _spawn(settings: Settings, linger_s: float, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the front's terminal must not cut off a picture.
    child = subprocess.Popen(
        [sys.executable, "-m", "limner.agent.jobs.engine", f"--linger={linger_s:g}"],
        stdin=subprocess.PIPE,
        stdout=errors,
        stderr=errors,
        start_new_session=True,
    )
    assert child.stdin is not None
    # One that died at once is told apart by its exit code, not here.
    with suppress(BrokenPipeError), child.stdin:
        child.stdin.write(settings.model_dump_json().encode())
    return child
