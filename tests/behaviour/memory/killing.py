"""Children that are killed: work in a forked process that reports over a pipe, until SIGKILL or its own end."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

Say = Callable[[str], None]


def killed(work: Callable[[Say], None], lines: int, after: float) -> list[str]:
    """Run the work, kill it so many seconds after so many lines, and give all that it said.

    Forking spares each of hundreds of children the seconds that Chroma takes to import.
    """
    pid, said = _forked(work)
    with os.fdopen(said, "r") as pipe:
        first = [pipe.readline() for _ in range(lines)]
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
        rest = pipe.read()
    os.waitpid(pid, 0)
    # The last line may have been cut; only whole ones were said.
    return [line.strip() for line in first] + rest.split("\n")[:-1]


def answered(work: Callable[[], Any]) -> Any:
    """What a function gives in a process of its own, so that none of its threads or locks stay behind."""
    pid, said = _forked(lambda say: say(json.dumps(work())))
    with os.fdopen(said, "r") as lines:
        told = lines.read()
    status = os.waitpid(pid, 0)[1]
    assert status == 0, f"the child ended with {status}: {told}"
    return json.loads(told)


def _forked(work: Callable[[Say], None]) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        work(lambda line: _write(writing, line))
        status = 0
    except BaseException as error:
        _write(writing, f"{type(error).__name__}: {error}")
    finally:
        os._exit(status)


def _write(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())
