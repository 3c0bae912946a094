"""Clocks: the real one, and one for scripts that stands still until a turn moves it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from limner.agent.messages import RequestError

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000}


class ScriptClock:
    """Gives the same moment until it is moved, so that a script run again writes the same dates."""

    def __init__(self, start: datetime) -> None:
        self.now = start if start.tzinfo else start.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


def duration(text: str) -> timedelta:
    """ "7 days", "1 week and 2 hours"; raises RequestError for anything else."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]+?)s?\b", text.lower())
    rest = re.sub(r"(\d+(?:\.\d+)?)\s*([a-z]+?)s?\b|,|and|\s", "", text.lower())
    if not parts or rest or any(unit not in UNITS for _, unit in parts):
        raise RequestError(f"{text!r} is no length of time; write for example “7 days” or “2 hours”")
    return timedelta(seconds=sum(float(count) * UNITS[unit] for count, unit in parts))
