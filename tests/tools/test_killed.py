"""kill -9 in the middle of a training: nothing half is listed, and the same lesson goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from limner.tools import Cancelled, Engine, Library

LESSON = """
import sys
from pathlib import Path
from limner.tools import Engine, Library
engine = Engine.load("sticker", device="cpu", threads=1, folder=Path(sys.argv[1]))
engine.learn("subject", "Rex", [Path(p) for p in sys.argv[3:]], owner="ann", library=Library(Path(sys.argv[2])),
             class_noun="dog", settings={"steps": 100000, "prior_pictures": 1, "prior_steps": 1})
"""


@pytest.mark.slow
def test_a_killed_lesson_goes_on(engine: Engine, tiny_folder: Path, library: Library, photos: list[Path]) -> None:
    given = [str(tiny_folder), str(library.folder), *(str(p) for p in photos)]
    with subprocess.Popen([sys.executable, "-c", LESSON, *given]) as process:
        until = time.monotonic() + 300
        while not list(library.folder.glob(".work-*/*/training.safetensors")):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.2)
        os.kill(process.pid, signal.SIGKILL)
    assert not library.list("ann")
    settings = {"steps": 100000, "prior_pictures": 1, "prior_steps": 1}
    heard: list[int] = []

    def hear(label: str, done: int, of: int) -> None:
        if label == "learning Rex":
            heard.append(done)

    with pytest.raises(Cancelled):
        engine.learn(
            "subject",
            "Rex",
            photos,
            owner="ann",
            library=library,
            class_noun="dog",
            settings=settings,
            progress=hear,
            cancel=lambda: len(heard) >= 3,
        )
    assert heard[0] > 30
    assert not list(library.folder.glob(".staging-*")) and not list(library.folder.glob(".work-*"))
