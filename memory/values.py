"""The values memory takes and gives: turns, handles, observations, facts, recall lines, receipts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

Clock = Callable[[], datetime]
HandleKind = Literal["upload", "image", "clip", "subject", "style", "motion"]
Source = Literal["person", "rule", "llm"]

PERSONAL = "personal"
GONE = "[forgotten]"
"""Stands where a forgotten name was said."""

FACETS = ("subject", "style", "motion", "palette", "composition", "format", "dislike", "person")
"""What a plan can use; a facet outside this list is kept and searched, but belongs to no drawing request."""


def utc_now() -> datetime:
    """The clock of a real run; scripts and tests pass their own."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, `start` in, `end` out; `words` is what the person said."""

    start: datetime
    end: datetime
    words: str = ""

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a turn; its handle is registered with put_handle."""

    name: str
    handle: str = ""
    path: Path | None = None
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a person said, and what came of it."""

    id: str
    user: str
    session: str
    scope: str
    at: datetime
    text: str
    attachments: tuple[Attached, ...] = ()
    request_id: str | None = None
    status: str = ""
    plan_text: str = ""
    reply: str = ""
    handles: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    repeated: bool = False
    """True when this request id was acknowledged before and nothing new was written."""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation: how often the person spoke in it, when last, and how it began."""

    name: str
    turns: int
    last: datetime
    first_words: str


@dataclass(frozen=True, slots=True)
class Handle:
    """The stable name of an upload, picture, clip, subject, style or motion."""

    handle: str
    kind: HandleKind
    user: str
    at: datetime
    path: Path | None = None
    caption: str = ""
    subjects: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    motion: str = ""
    seed: int | None = None
    parents: tuple[str, ...] = ()
    turn_id: str | None = None
    session: str = ""
    liked: bool | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


class Observation(BaseModel, frozen=True):
    """One atomic claim read out of one turn, before it is weighed against what is already known."""

    text: str = Field(min_length=1, description="the claim in one short third-person sentence")
    facet: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", description="subject, style, motion, palette, ...")
    polarity: Literal[-1, 0, 1] = Field(default=0, description="1 likes, -1 dislikes, 0 plain statement")
    subject: str = Field(default="", description="the subject handle it is about, like @biscuit; empty for the user")
    slot: str = Field(
        default="", description="what is stated of it: kind, name, colour; a slot holds one value at a time"
    )
    value: str = Field(default="", description="the value alone: whippet, neon, square")
    source: Source = "llm"
    valid_from: datetime | None = Field(default=None, description="since when it holds, if not since the turn")
    depends_on: tuple[str, ...] = Field(default=(), description="ids of the facts this one was concluded from")


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim with its evidence; it holds from `valid_from` until `valid_to`."""

    id: str
    text: str
    facet: str
    polarity: int
    subject: str
    slot: str
    value: str
    source: Source
    scope: str
    user: str
    valid_from: datetime
    valid_to: datetime | None
    evidence: tuple[str, ...]
    depends_on: tuple[str, ...] = ()
    superseded_by: str | None = None
    why_closed: str = ""

    @property
    def live(self) -> bool:
        return self.valid_to is None


@dataclass(frozen=True, slots=True)
class Question:
    """Two claims that cannot both hold and that only the person can decide between."""

    id: str
    text: str
    fact_id: str
    rival: Observation


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """One ranked line of a facet profile; `evidence` is never empty."""

    id: str
    facet: str
    text: str
    polarity: int
    subject: str
    support: int
    evidence: tuple[str, ...]
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class RecallLine:
    """One thing remembered that matters now, and why it matched."""

    id: str
    text: str
    date: datetime
    why: str
    kind: Literal["fact", "profile", "turn"]
    evidence: tuple[str, ...]
    score: float | None = None
    """Likeness to the request; None for what comes whole because its scope does."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result; `id` is a turn, fact, profile line or handle. A look-alike of kind "same" is a copy."""

    id: str
    kind: str
    text: str
    at: datetime
    score: float


@dataclass(frozen=True, slots=True)
class Recall:
    """What a request brings back, within its word budget; `handles` are pictures it may mean, best first.

    `alike` are the pictures that look like those that came with the request, best first.
    """

    lines: tuple[RecallLine, ...] = ()
    interval: Interval | None = None
    facets: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    alike: tuple[Hit, ...] = ()

    @property
    def words(self) -> int:
        return sum(len(line.text.split()) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a forget removed; `files` belong to others, who erase them and call `files_erased`."""

    id: str
    what: str
    turns: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ()
    """Turns and pictures that stay, with the forgotten words taken out."""
    pictures: tuple[str, ...] = ()
    """Pictures made with the subject that are still there: ask, then forget them too."""
    files: tuple[Path, ...] = ()
    vectors: int = 0
    lines: tuple[str, ...] = ()
    """The same for a person to read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `verify` found wrong, and whether `rebuild` mends it."""

    where: str
    what: str
    mendable: bool


@dataclass(frozen=True, slots=True)
class Stats:
    """How much is remembered, in numbers."""

    turns: int = 0
    handles: int = 0
    facts: int = 0
    closed_facts: int = 0
    profile_lines: int = 0
    vectors: int = 0
    feedback: int = 0
    sessions: int = 0
    bytes: int = 0
    first: datetime | None = None
    last: datetime | None = None
