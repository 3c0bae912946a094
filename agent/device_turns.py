"""Programs of one person that draw on one GPU take turns, whatever data folders they serve."""

from __future__ import annotations

import logging
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from limner.tools.base import Cancel, Cancelled, Progress, never, silent

LOOK_AGAIN_S = 0.02
TELL_S = 0.5
log = logging.getLogger(__name__)


@contextmanager
def my_turn(folder: Path, device: str, progress: Progress = silent, cancel: Cancel = never) -> Iterator[None]:
    """Nobody else draws on the device meanwhile. A processor is shared by the system, and nobody waits for it."""
    if device == "cpu":
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("no turns are taken on %s: %s", device, error)
        yield
        return
    # A home may be shared by several machines; "cuda" is its first GPU.
    name = re.sub(r"\W", "-", f"{platform.node()} {device if ':' in device else f'{device}:0'}")
    queue, turn = FileLock(folder / f"{name}.queue"), FileLock(folder / f"{name}.turn")

    def take(lock: FileLock) -> None:
        while True:
            try:
                lock.acquire(timeout=TELL_S, poll_interval=LOOK_AGAIN_S)
                return
            except Timeout:
                if cancel():
                    raise Cancelled(f"stopped; another Limner draws on {device}") from None
                progress(f"waiting for another Limner that draws on {device}", 0, 1)

    # Who waits stands at the head of a queue, which one that has just drawn can only join behind.
    take(queue)
    try:
        take(turn)
    finally:
        queue.release()
    try:
        yield
    finally:
        turn.release()
