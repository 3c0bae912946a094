"""Subjects usable at once: drawn after their photos, learned in the background, where drawing goes on undisturbed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from limner.tools.base import Cancel, Cancelled, Kind, Progress, Tool, ToolError, never, silent
from limner.tools.engine import Engine
from limner.tools.library import Artifact, ArtifactKind, Library

log = logging.getLogger(__name__)


class Paused(ToolError):  # noqa: N818 (an event, not a fault)
    """The program ends; what was learned so far stays on disk, and the next one goes on there."""


@dataclass
class Meanwhile:
    """Learns and chooses as an Engine does, but nobody waits. A subject's training replaces its reference only if that
    pays (see `teach`); one that was cut off goes on when the subject is next drawn."""

    engine: Engine
    _waiting: list[tuple[Library, Artifact, int]] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

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
        if kind == "subject" and method is None and self.engine.refers():
            made = self.engine.refer(name, files, owner=owner, library=library, class_noun=class_noun, replace=replace)
            self.go_on(library, made, seed)
            return made
        return self.engine.learn(
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
        if kind == "subject" and (known := library.find(owner, "subject", name)) is not None:
            self.go_on(library, known)
        return self.engine.choose(kind, name, library, owner, scale)

    def go_on(self, library: Library, known: Artifact, seed: int = 0) -> None:
        """Learns what is only referred to so far, in its turn, unless that was tried or cannot be."""
        if not known.provisional:
            return
        with self._lock:
            if not any(_same(one, known) for _, one, _ in self._waiting):
                self._waiting.append((library, known, seed))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="learning")
                self._thread.start()

    def wait(self) -> None:
        """Until everything is learned."""
        if (thread := self._thread) is not None:
            thread.join()

    def _work(self) -> None:
        import torch

        if self.engine.threads is not None:
            torch.set_num_threads(self.engine.threads)  # each thread has its own number
        apprentice = self.engine.beside()  # gone with this thread: a second base is much to keep
        try:
            while True:
                with self._lock:
                    if not self._waiting:
                        self._thread = None
                        return
                    library, known, seed = self._waiting[0]
                self._learn(apprentice, library, known, seed)
                with self._lock:
                    del self._waiting[0]
        except Paused:
            log.info("learning %s goes on when it is next drawn", known.name)

    def _learn(self, apprentice: Engine, library: Library, known: Artifact, seed: int) -> None:
        def end() -> None:
            if not threading.main_thread().is_alive():
                raise Paused("the program ends")

        def gone() -> bool:
            end()
            found = library.find(known.owner, known.kind, known.name)
            return found is None or not _same(found, known)

        try:
            apprentice.learn(
                known.kind,
                known.name,
                known.references,
                owner=known.owner,
                library=library,
                class_noun=known.class_noun,
                seed=seed,
                progress=lambda label, done, of: end(),
                cancel=gone,
            )
        except Cancelled:
            log.info("%s was forgotten before it was learned", known.name)
        except Paused:
            raise
        except Exception as error:  # nobody is there to hear it; the subject stays drawn after its photos
            log.warning("%s could not be learned in the background: %s", known.name, error, exc_info=True)
            if not gone():
                library.note(known, {}, {"tried": str(error)})


def _same(one: Artifact, other: Artifact) -> bool:
    return (one.owner, one.name, one.sha256, one.tool) == (other.owner, other.name, other.sha256, other.tool)
