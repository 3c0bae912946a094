"""Work done side by side on a CPU. A small model's operations are too short to be shared out among threads; whole
pieces of work are not: two halves of a batch at once take three quarters of the time of the batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

MOST = 2  # smaller shares cost more in calls than they save
T = TypeVar("T")
U = TypeVar("U")


def hands(device: torch.device) -> int:
    """How many pieces of work this device does best at once."""
    if device.type != "cpu":
        return 1
    return max(1, min(MOST, _cores() // torch.get_num_threads()))


@dataclass(frozen=True)
class Helpers:
    """Threads that wait for work; without any, the caller does it all in turn."""

    pool: ThreadPoolExecutor

    def all(self, works: Sequence[Callable[[], T]]) -> list[T]:
        """The results in order. The caller does the first one himself. An error comes out when no work goes on."""
        others = [self.pool.submit(work) for work in works[1:]]
        try:
            first = works[0]()
        finally:
            wait(others)
        return [first, *(other.result() for other in others)]


@contextmanager
def helpers() -> Iterator[Helpers]:
    """Their threads begin with the first work for them, each with as many torch threads as the caller has."""
    threads = torch.get_num_threads()
    with ThreadPoolExecutor(MOST - 1, "hand", lambda: torch.set_num_threads(threads)) as pool:
        yield Helpers(pool)


def both(device: torch.device, first: Callable[[], T], second: Callable[[], U]) -> tuple[T, U]:
    """The results of two works that have nothing to do with each other."""
    if hands(device) == 1:
        return first(), second()
    works: list[Callable[[], Any]] = [first, second]
    with helpers() as beside:
        one, other = beside.all(works)
    return one, other


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1
