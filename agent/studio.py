"""Everything a turn works with, passed in: memory, engine, library, ledger, folders and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import limner.tools
from limner.agent.ledger import Ledger
from limner.agent.scoring import ProbeScorer, Scorer
from limner.tools import Library, Renderer

if TYPE_CHECKING:
    from limner.agent.settings import Settings
    from limner.memory import Memory, Receipt

PROBES = Path(limner.tools.__file__).parent / "evaluate" / "weights"
LIBRARIES = ("limner", "torch", "diffusers", "transformers", "peft", "pillow", "av")


def nobody_else(user: str, receipt: Receipt) -> None:
    """Nobody outside the studio keeps words of a user."""


@dataclass(frozen=True)
class Studio:
    """One data folder opened; `close` gives it back."""

    memory: Memory
    engine: Renderer
    library: Library
    ledger: Ledger
    data: Path
    out: Path
    clock: Callable[[], datetime]
    clip_format: str = "gif"
    metadata: bool = True
    scorer: Scorer | None = None
    # The base its artifacts must have been learnt on; empty when any will do.
    family: str = ""
    # Told of every forget, for whoever keeps a user's words outside memory, as the job log does.
    forgotten: Callable[[str, Receipt], None] = nobody_else

    def close(self) -> None:
        self.ledger.close()
        self.memory.close()


def open_studio(settings: Settings, clock: Callable[[], datetime], engine: Renderer | None = None) -> Studio:
    """The studio of these settings; the engine loads its model only when a picture is made."""
    if engine is None:
        from limner.agent.late_engine import renderer_of

        engine = renderer_of(settings)
    library = Library(settings.data / "library")
    library.sweep()
    return Studio(
        memory=open_memory(settings, clock),
        engine=engine,
        library=library,
        ledger=Ledger(settings.data / "renders.sqlite"),
        data=settings.data,
        out=settings.out,
        clock=clock,
        clip_format=settings.clip_format,
        family=settings.family,
        metadata=settings.metadata,
        # The probes were trained on the sticker family's world and say nothing of photographs.
        scorer=ProbeScorer() if settings.family == "sticker" and PROBES.is_dir() else None,
    )


def open_memory(settings: Settings, clock: Callable[[], datetime]) -> Memory:
    """Memory alone, with the family's eye where it has one: what a picture looks like is found by it."""
    from limner.memory import HashEmbedder, Memory
    from limner.tools.eyes import image_encoder

    return Memory.open(
        settings.data / "memory",
        clock=clock,
        embedder=HashEmbedder() if settings.embedder == "words" else None,
        chroma=settings.chroma,
        image_embedder=None if settings.family == "fake" else image_encoder(settings.family, settings.weights),
    )


def versions() -> dict[str, str]:
    """The libraries whose change may change a picture."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found
