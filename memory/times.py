"""Time words to intervals: "last week", "from Tuesday", "yesterday", "in October"."""

from __future__ import annotations

from datetime import datetime

from limner.memory.values import Interval


def interval(text: str, now: datetime) -> Interval | None:
    """The stretch of time these words point at, seen from `now`; None when they name none."""
    raise NotImplementedError
