"""What every surface sends and receives: Request in, a stream of typed Events out, the last of them the Reply."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, Field, TypeAdapter

Status = Literal["done", "asked", "failed", "cancelled", "planned"]


class RequestError(Exception):
    """Something in the request that a person can change; the message says how."""


class Attachment(BaseModel, frozen=True):
    """A file that came with a request; `name` is what its sender called it."""

    path: Path
    name: str = ""


class Request(BaseModel, frozen=True):
    """One thing a person said. The same `request_id` is never worked on twice."""

    user: str = "me"
    session: str = "default"
    # Where it is said: "personal", or a place others read along in, as channel:NAME; its memory is the place's own.
    scope: str = "personal"
    # The wider place, as workspace:NAME, whose facts and lent subjects hold here too.
    workspace: str = ""
    text: str
    attachments: tuple[Attachment, ...] = ()
    seed: int | None = None
    dry_run: bool = False
    # Tool calls in the plan's text form, from a caller that knows what it wants (a button, an API): no planner then.
    plan: str = ""
    request_id: str = Field(default_factory=lambda: uuid4().hex)

    @property
    def places(self) -> tuple[str, ...]:
        """The scopes whose facts hold and whose loans count, the nearest first."""
        return (self.scope, self.workspace) if self.workspace else (self.scope,)


class StatusChanged(BaseModel, frozen=True):
    """What Limner is doing now, in a few words."""

    kind: Literal["status"] = "status"
    text: str


class PlanMade(BaseModel, frozen=True):
    """The validated plan, one call a line, what was assumed, and how long it should take."""

    kind: Literal["plan"] = "plan"
    plan: str
    assumed: tuple[str, ...] = ()
    estimate_s: float | None = None


class Progress(BaseModel, frozen=True):
    """Step `done` of `total` of one job; `eta_s` is the guess for what is left."""

    kind: Literal["progress"] = "progress"
    job: str
    label: str
    done: int
    total: int
    eta_s: float | None = None


class ImageMade(BaseModel, frozen=True):
    """A picture that is on disk."""

    kind: Literal["image"] = "image"
    handle: str
    path: Path
    caption: str
    seed: int
    width: int
    height: int
    scores: dict[str, float] = {}


class ClipMade(BaseModel, frozen=True):
    """An animation that is on disk."""

    kind: Literal["clip"] = "clip"
    handle: str
    path: Path
    caption: str
    seed: int
    frames: int
    width: int
    height: int
    scores: dict[str, float] = {}


class Learned(BaseModel, frozen=True):
    """A subject, style or motion that can now be used by name."""

    kind: Literal["learned"] = "learned"
    handle: str
    name: str
    what: Literal["subject", "style", "motion"]


class Question(BaseModel, frozen=True):
    """The one thing that must be known first; the next turn of the session answers it."""

    kind: Literal["question"] = "question"
    text: str
    choices: tuple[str, ...] = ()
    # The words of the request that are unclear; the picked choice takes their place.
    phrase: str = ""


class Said(BaseModel, frozen=True):
    """Words for the person."""

    kind: Literal["text"] = "text"
    text: str


class Failed(BaseModel, frozen=True):
    """What went wrong and how to mend it; what was finished before stays."""

    kind: Literal["error"] = "error"
    text: str
    step: int | None = None


class Reply(BaseModel, frozen=True):
    """Everything a turn came to; always the last event."""

    kind: Literal["reply"] = "reply"
    request_id: str
    turn_id: str
    status: Status
    text: str
    plan: str = ""
    handles: tuple[str, ...] = ()
    made: tuple[ImageMade | ClipMade, ...] = ()
    question: Question | None = None
    errors: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(one.path for one in self.made)


Event = Annotated[
    StatusChanged | PlanMade | Progress | ImageMade | ClipMade | Learned | Question | Said | Failed | Reply,
    Field(discriminator="kind"),
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def parse_event(value: dict[str, Any]) -> Event:
    """The event a surface got as JSON."""
    return _EVENT.validate_python(value)
