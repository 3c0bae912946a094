"""Where the slow tests write what they measured."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.behaviour.sections import write_section


@pytest.fixture
def evidence() -> Callable[[str, str], None]:
    """Print a result; with EVIDENCE=docs/evidence/memory.md also write it to the page."""

    def write(title: str, text: str) -> None:
        print(text)
        if page := os.environ.get("EVIDENCE"):
            write_section(Path(page), title, text, "Memory, measured")

    return write
