"""What a front process sees of one request on its way: its state, its place in the queue, its deliveries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, Field

from limner.agent.messages import RequestError, Status


class JobState(StrEnum):
    """`delivering`: the work is done and a surface still has to hand it over; only jobs with `delivery` go there."""

    queued = "queued"
    running = "running"
    delivering = "delivering"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"

    @property
    def over(self) -> bool:
        return self in (JobState.done, JobState.failed, JobState.cancelled)


class Job(BaseModel, frozen=True):
    """One request. `outcome` is how the work ended, `state` where the job is now."""

    id: str
    user: str
    session: str
    surface: str
    key: str
    state: JobState
    text: str = Field(description="what was asked; empty once it is forgotten")
    created: datetime
    started: datetime | None = None
    ended: datetime | None = Field(default=None, description="when the work ended; the delivery may take longer")
    position: int | None = Field(default=None, description="how many are served before it, while it is queued")
    wait_s: float | None = Field(default=None, description="guess of the seconds until it starts, while it is queued")
    attempts: int = Field(default=0, description="how often an engine began it")
    outcome: Status | None = None
    turn_id: str = ""
    error: str = Field(default="", description="why the work failed")
    delivery: dict[str, Any] | None = Field(
        default=None, description="where the surface hands it over: channel, thread"
    )
    delivery_error: str = Field(default="", description="why the surface gave up handing it over; the work is kept")


class Delivery(BaseModel, frozen=True):
    """One part of a reply on its way out: a file, a text. `sending` after a crash means: look before sending again."""

    part: str
    state: Literal["sending", "sent", "failed"]
    detail: dict[str, Any] = {}
    attempts: int = 0
    error: str = ""


class Busy(RequestError):  # noqa: N818 (a state, not a fault)
    """The queue is full; the message says for how long, `retry_after_s` the same in seconds."""

    def __init__(self, retry_after_s: float, why: str = "") -> None:
        self.retry_after_s = max(1.0, retry_after_s)
        super().__init__(f"busy, about {self.retry_after_s:.0f} s{why}; send it again then")


class NotThere(RequestError):  # noqa: N818 (what happened, said plainly)
    """Nothing of that name, or somebody else's, which is told alike."""


class KeyReused(RequestError):  # noqa: N818 (what happened, said plainly)
    """The same idempotency key came with another request."""
