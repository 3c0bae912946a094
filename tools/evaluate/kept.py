"""What a study has drawn so far, on disk: a study that is stopped goes on at the arm it was at."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from limner.tools.library import sha256

TOOLS = Path(__file__).parents[1]
# What decides how a method learns, draws and is judged; `family.py` measures the base alone.
DECIDING = ("evaluate", "diffusion", "subject", "style", "motion", "compose", "edit")


@dataclass
class Drawn:
    """What one arm made after training with one seed: per measure one value per prompt, the same in each arm."""

    scores: Mapping[str, Sequence[float]]
    pictures: Sequence[Image.Image] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Kept:
    """A folder that belongs to one study of one base model by one version of the code."""

    folder: Path

    def find(self, arm: str, seed: int) -> Drawn | None:
        home = self._home(arm, seed)
        if not (home / "scores.json").exists():
            return None
        told = json.loads((home / "scores.json").read_text("utf-8"))
        pictures = [Image.open(file).convert("RGB") for file in sorted(home.glob("*.png"))]
        return Drawn(told["scores"], pictures, told["seconds"])

    def keep(self, arm: str, seed: int, drawn: Drawn) -> None:
        """The scores come last: an arm without them is drawn again."""
        home = self._home(arm, seed)
        home.mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(drawn.pictures):
            picture.save(home / f"{number:03d}.png")
        part = home / f"scores.{os.getpid()}.part"
        scores = {measure: list(values) for measure, values in drawn.scores.items()}
        part.write_text(json.dumps({"scores": scores, "seconds": drawn.seconds}), "utf-8")
        part.replace(home / "scores.json")

    def _home(self, arm: str, seed: int) -> Path:
        return self.folder / f"{re.sub(r'[^a-z0-9]+', '-', arm.casefold())}-{seed}"


def kept(folder: Path, study: str, base_hash: str, photos: Sequence[Path], settings: str) -> Kept:
    """The place of a study under `folder`; of another base, other photos, settings or code there is another."""
    code = [
        sha256(file) for part in DECIDING for file in sorted((TOOLS / part).glob("*.py")) if file.name != "family.py"
    ]
    said = [base_hash, settings, *code, *(sha256(photo) for photo in photos)]
    return Kept(folder / f"{study}-{hashlib.sha256(' '.join(said).encode()).hexdigest()[:16]}")
