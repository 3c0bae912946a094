"""Learns in the background on an engine of its own, while the other one goes on drawing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

from limner.tools.base import Cancel, Progress, silent
from limner.tools.engine import Engine
from limner.tools.library import Artifact, Library


class Apprentice:
    """One lesson after the other. Closing stops the one at work; started again, it goes on where it was kept."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._make = engine
        self._engine: Engine | None = None
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(1, "apprentice")

    def learn(
        self,
        name: str,
        files: Sequence[Path],
        *,
        owner: str,
        library: Library,
        class_noun: str = "",
        progress: Progress = silent,
        **given: Any,
    ) -> Future[Artifact]:
        """Trains a subject that is known by reference; what comes back is the better of the two."""

        def work() -> Artifact:
            self._engine = self._engine or self._make()
            return self._engine.learn(
                "subject",
                name,
                files,
                owner=owner,
                library=library,
                class_noun=class_noun,
                progress=progress,
                cancel=self.stopped,
                **given,
            )

        return self._pool.submit(work)

    @property
    def stopped(self) -> Cancel:
        return self._stopped.is_set

    def close(self) -> None:
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Apprentice:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
