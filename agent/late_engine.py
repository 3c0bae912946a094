"""An engine that loads its model when something is first drawn: lists, plans and dry runs stay instant."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

from limner.agent.device_turns import my_turn
from limner.agent.settings import Settings
from limner.tools import (
    AnimateSpec,
    Artifact,
    Engine,
    FakeEngine,
    GenerateSpec,
    Library,
    Rendered,
    RenderedClip,
    Renderer,
    Tool,
)
from limner.tools.base import Cancel, Kind, Progress, never, silent
from limner.tools.families import family
from limner.tools.library import ArtifactKind
from limner.tools.meanwhile import Meanwhile
from limner.tools.renderer import FIRST_GUESS, Work


def renderer_of(settings: Settings, beside: bool = False) -> Renderer:
    """What draws by these settings. `beside`: who stays to talk need not wait while a subject is learned."""
    if settings.family == "fake":
        return FakeEngine()
    turns = Path.home() / ".limner" / "devices"
    return LateEngine(settings.family, settings.device, settings.threads, settings.weights, beside, turns)


class LateEngine:
    """A Renderer in front of an Engine that may not be there yet."""

    def __init__(
        self,
        name: str,
        device: str = "auto",
        threads: int | None = None,
        folder: Path | None = None,
        beside: bool = False,
        turns: Path | None = None,
    ) -> None:
        self._family = family(name)
        self._how = (name, device, threads, folder)
        self._beside, self._turns = beside, turns

    @cached_property
    def engine(self) -> Engine:
        return Engine.load(*self._how)

    @cached_property
    def learner(self) -> Engine | Meanwhile:
        return Meanwhile(self.engine) if self._beside else self.engine

    def styles(self) -> tuple[str, ...]:
        return tuple(self._family.styles)

    def motions(self) -> tuple[str, ...]:
        return tuple(self._family.motions)

    def estimate(self, work: Work, count: int = 1) -> float:
        return self.engine.estimate(work, count) if "engine" in self.__dict__ else FIRST_GUESS[work] * count

    def describe(self) -> dict[str, Any]:
        return self.engine.describe()

    def generate(self, spec: GenerateSpec, *, progress: Progress = silent, cancel: Cancel = never) -> list[Rendered]:
        with self._turn(progress, cancel):
            return self.engine.generate(spec, progress=progress, cancel=cancel)

    def animate(self, spec: AnimateSpec, *, progress: Progress = silent, cancel: Cancel = never) -> RenderedClip:
        with self._turn(progress, cancel):
            return self.engine.animate(spec, progress=progress, cancel=cancel)

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
        with self._turn(progress, cancel):
            return self.learner.learn(
                kind,
                name,
                files,
                owner=owner,
                library=library,
                class_noun=class_noun,
                method=method,
                seed=seed,
                replace=replace,
                progress=progress,
                cancel=cancel,
            )

    def choose(self, kind: Kind, name: str, library: Library, owner: str, scale: float | None = None) -> Tool:
        return self.learner.choose(kind, name, library, owner, scale)

    def _turn(self, progress: Progress, cancel: Cancel) -> AbstractContextManager[None]:
        """Other programs may draw on the same device. What is learned beside the talk is too long to wait for."""
        return my_turn(self._turns, self.engine.device, progress, cancel) if self._turns else nullcontext()
