"""Every example runs."""

from __future__ import annotations

import runpy
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_quickstart_draws_a_picture(home: Path) -> None:
    replies = runpy.run_path(str(EXAMPLES / "quickstart.py"))["main"](True, home)
    assert [reply.status for reply in replies] == ["done", "done"]
    assert all(file.is_file() for reply in replies for file in reply.files)


def test_a_tool_can_be_added_in_one_class() -> None:
    assert runpy.run_path(str(EXAMPLES / "add_a_tool.py"))["main"]() == "a dog on the beach, joyful mood"
