"""What surfaces and the assistant ask of whatever draws, and how long that takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from limner.tools.base import Cancel, Kind, Progress, Tool, never, silent
from limner.tools.library import Artifact, ArtifactKind, Library
from limner.tools.specs import AnimateSpec, GenerateSpec, Rendered, RenderedClip

Work = Literal["image", "clip", "subject", "style", "motion"]
# Seconds on one core of a two-core machine with the sticker family, until this machine has shown its own.
FIRST_GUESS: dict[Work, float] = {"image": 1.0, "clip": 5.0, "subject": 50.0, "style": 50.0, "motion": 90.0}


class Renderer(Protocol):
    """What surfaces and the assistant ask of an engine; `Engine` and `FakeEngine` both are one."""

    def generate(
        self, spec: GenerateSpec, *, progress: Progress = silent, cancel: Cancel = never
    ) -> list[Rendered]: ...

    def animate(self, spec: AnimateSpec, *, progress: Progress = silent, cancel: Cancel = never) -> RenderedClip: ...

    def learn(
        self,
        kind: ArtifactKind,
        name: str,
        files: Sequence[Path],
        *,
        owner: str,
        library: Library,
        class_noun: str = "",
        method: str | None = None,
        seed: int = 0,
        replace: bool = False,
        progress: Progress = silent,
        cancel: Cancel = never,
    ) -> Artifact:
        """Learns from photos (subject, style) or clips (motion) and puts the artifact into the library."""

    def choose(self, kind: Kind, name: str, library: Library, owner: str, scale: float | None = None) -> Tool:
        """The tool behind a name: the owner's artifact first, then what the family knows natively; else ToolError."""

    def styles(self) -> tuple[str, ...]: ...

    def motions(self) -> tuple[str, ...]: ...

    def describe(self) -> dict[str, Any]:
        """Family, base hash, device, threads, library versions."""

    def estimate(self, work: Work, count: int = 1) -> float:
        """Seconds this will take here, roughly."""


@dataclass
class Stopwatch:
    """Remembers how long work takes here, for the next estimate."""

    seconds: dict[Work, float]
    work: Work
    count: int
    began: float = 0.0

    def __enter__(self) -> None:
        self.began = time.perf_counter()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.seconds[self.work] = (time.perf_counter() - self.began) / self.count
