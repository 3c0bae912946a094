"""Memories in a temporary folder, with a clock tests can move and an embedder that needs no model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from limner.memory import HashEmbedder, Memory, Turn


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 10, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "memory"


@pytest.fixture
def memory(folder: Path, clock: Clock) -> Iterator[Memory]:
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as opened:
        yield opened


def say(memory: Memory, user: str, text: str, session: str = "s1", scope: str = "personal") -> Turn:
    """Record a turn and read it, as the assistant does."""
    turn = memory.record_turn(user, session, text, scope=scope)
    memory.extract(user, turn.id)
    return turn


def draw(
    memory: Memory, user: str, caption: str, *, subject: str = "", style: str = "", liked: bool | None = None
) -> str:
    """Record a picture, as the assistant does."""
    turn = memory.record_turn(user, "s1", f"draw {caption}")
    handle = memory.new_handle(user, "image")
    memory.put_handle(
        user,
        handle,
        kind="image",
        caption=caption,
        subjects=[subject] if subject else [],
        styles=[style] if style else [],
        turn_id=turn.id,
    )
    memory.record_outcome(turn.id, plan_text=f"generate_image(prompt={caption!r})", reply="here", handles=[handle])
    if liked is not None:
        memory.record_feedback(user, handle, liked)
    return handle


def residue(folder: Path, *needles: str | bytes) -> list[str]:
    """Files under the folder in which a needle can still be found, whatever its case."""
    wanted = [(one.encode() if isinstance(one, str) else one).lower() for one in needles]
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            found += [f"{path.name}: {one[:40]!r}" for one in wanted if one in content]
    return found
