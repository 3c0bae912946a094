"""The work of one turn: who asked, what came along, what the steps before made, whom to tell, when to stop."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from limner.agent.messages import ClipMade, Event, ImageMade, Learned, Progress, Question, Request
from limner.agent.plan import Plan
from limner.agent.studio import Studio


class Kept(BaseModel, frozen=True):
    """An attachment that is now the user's upload."""

    handle: str
    path: Path
    name: str
    kind: str


class StepResult(BaseModel, frozen=True):
    """What one step came to. Ids and paths only: it is written into the checkpoint."""

    step: int
    made: tuple[ImageMade | ClipMade, ...] = ()
    learned: tuple[Learned, ...] = ()
    said: str = ""
    question: Question | None = None
    error: str = ""
    cancelled: bool = False
    wanted: tuple[str, ...] = ()
    # Pictures made with what was forgotten: the next turn may say that they go too.
    offered: tuple[str, ...] = ()

    @property
    def handles(self) -> tuple[str, ...]:
        return tuple(one.handle for one in (*self.made, *self.learned))


@dataclass
class Work:
    """Handed to every action."""

    studio: Studio
    request: Request
    turn_id: str
    plan: Plan
    uploads: tuple[Kept, ...]
    earlier: list[StepResult]
    emit: Callable[[Event], None]
    cancel: Callable[[], bool]
    memory_ids: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def user(self) -> str:
        return self.request.user

    def job_id(self, step: int, number: int = 0) -> str:
        """The same for the same picture of the same turn, however often the turn is replayed."""
        return hashlib.sha256(f"{self.user}\0{self.turn_id}\0{step}\0{number}".encode()).hexdigest()[:16]

    def progress(self, job: str) -> Callable[[str, int, int], None]:
        """A listener for the engine that adds the time left."""
        began, label_now = time.monotonic(), ""

        def tell(label: str, done: int, total: int) -> None:
            nonlocal began, label_now
            if label != label_now:  # each phase has its own pace
                began, label_now = time.monotonic(), label
            left = (time.monotonic() - began) / done * (total - done) if done else None
            self.emit(Progress(job=job, label=label, done=done, total=total, eta_s=left))

        return tell

    def cited(self, step: int, argument: str) -> tuple[str, ...]:
        """The memories that the plan names as the reason for one argument of a step."""
        reasons = [one for one in self.plan.because if one.step == step and one.argument == argument]
        return tuple(dict.fromkeys(memory_id for one in reasons for memory_id in one.memory_ids))

    def last_made(self) -> ImageMade | ClipMade | None:
        return next((one.made[-1] for one in reversed(self.earlier) if one.made), None)
