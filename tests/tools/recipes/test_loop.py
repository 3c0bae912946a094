"""A stage's log tells where its training stands, also at the end of a short run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from limner.tools.recipes.sticker.loop import Loop


def run(folder: Path, steps: int) -> list[dict[str, Any]]:
    """The log after a run up to `steps` in which the loss of each step is its number."""
    loop = Loop(folder, steps, {"model": torch.nn.Linear(1, 1)})
    for step in loop:
        loop.note(loss=step)
    file = folder / "log.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def test_a_short_run_logs_its_last_step(tmp_path: Path) -> None:
    rows = run(tmp_path, 3)
    assert [(row["step"], row["loss"]) for row in rows] == [(3, 1.0)]


def test_the_last_line_tells_only_of_the_steps_after_the_line_before(tmp_path: Path) -> None:
    assert [(row["step"], row["loss"]) for row in run(tmp_path, 252)] == [(250, 124.5), (252, 250.5)]


def test_a_run_that_ends_on_a_line_or_has_nothing_left_to_do_logs_no_other(tmp_path: Path) -> None:
    assert [row["step"] for row in run(tmp_path, 250)] == [250]
    assert [row["step"] for row in run(tmp_path, 250)] == [250]
    assert [row["step"] for row in run(tmp_path, 251)] == [250, 251]
