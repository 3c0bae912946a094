"""The plain values a front process gets from the engine: no tensors, no database rows, nothing of another user."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from limner.agent.messages import Reply

PictureKind = Literal["image", "clip", "upload"]
NamedKind = Literal["subject", "style", "motion"]


class Picture(BaseModel, frozen=True):
    """One picture, clip or upload of a user."""

    handle: str
    kind: PictureKind
    made: datetime
    caption: str = ""
    liked: bool | None = None
    session: str = ""
    seed: int | None = None
    subjects: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    motion: str = ""
    parents: tuple[str, ...] = Field(default=(), description="handles it was made from")
    turn_id: str = ""


class Named(BaseModel, frozen=True):
    """A subject, style or motion that can be used by name; `native` ones come with the model family."""

    kind: NamedKind
    name: str
    handle: str
    class_noun: str = ""
    native: bool = False
    learned: datetime | None = None
    provisional: bool = Field(default=False, description="drawn after its photos until it is learned")
    trigger: str = ""
    tool: str = ""
    family: str = ""
    sha256: str = ""
    scores: dict[str, float] = {}
    references: int = Field(default=0, description="thumbnails that desk.reference(user, kind, name, n) gives")


class FactLine(BaseModel, frozen=True):
    """One thing remembered, with the person's own words it came from."""

    id: str
    text: str
    facet: str
    since: datetime
    evidence: tuple[str, ...] = Field(default=(), description="ids of turns, pictures or facts")
    said: tuple[str, ...] = Field(default=(), description="the words of those turns")


class UsedLine(BaseModel, frozen=True):
    """One adapter or named style behind a picture, with the measured size of its effect."""

    kind: str
    name: str
    tool: str
    scale: float
    effect: float
    sha256: str = ""


class EvidenceLine(BaseModel, frozen=True):
    """A memory that decided something, and what it says."""

    id: str
    text: str


class Why(BaseModel, frozen=True):
    """How a picture came to be; `text` says all of it in words."""

    handle: str
    kind: Literal["image", "clip"]
    request: str
    session: str
    made: datetime
    plan: tuple[str, ...]
    prompt: str
    seed: int
    width: int
    height: int
    frames: int
    parents: tuple[str, ...] = ()
    used: tuple[UsedLine, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()
    family: str = ""
    scores: dict[str, float] = Field(default={}, description="how much it shows each subject, from -1 to 1")
    text: str


# A turn can make hundreds of pictures; so many of them are told with it, the rest is in the gallery.
MOST_SHOWN = 24


class TurnLine(BaseModel, frozen=True):
    """One thing a person said in a session, and what came of it; `uploads` and `handles` are for desk.file."""

    id: str
    session: str
    at: datetime
    text: str
    uploads: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    shown: tuple[Picture, ...] = Field(default=(), description="the last MOST_SHOWN pictures, without forgotten ones")
    gone: tuple[str, ...] = Field(default=(), description="which of those were forgotten")
    earlier: int = Field(default=0, description="how many pictures of this turn came before them")
    status: str = Field(default="", description="empty while it is being worked on")
    reply: Reply | None = None
    request_id: str = Field(default="", description="the id of its job")


class SessionLine(BaseModel, frozen=True):
    """One conversation of a user."""

    name: str
    turns: int
    last: datetime
    first_words: str


class Health(BaseModel, frozen=True):
    """What the engine says of itself."""

    pid: int
    family: str
    planner: str
    waiting: int
    finished: int
    uptime_s: float


class Served(BaseModel, frozen=True):
    """A file to hand out, with the type to send it as; a temporary one is a copy to delete after sending."""

    path: Path
    media_type: str
    name: str
    temporary: bool = False
