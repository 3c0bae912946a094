"""The planner's weight files: found, complete and unaltered before anything native reads them."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limner.agent.plan import PlanError

FOLDER = Path(__file__).parent / "weights"
ELSE = "Reinstall limner, or choose another planner: --planner ollama:MODEL, openai:MODEL, anthropic:MODEL"


@dataclass(frozen=True)
class Weights:
    """The first file of the model, the adapter trained on top of it, if there is one, and every file's SHA-256."""

    model: Path
    adapter: Path | None
    sums: Mapping[Path, str]


def listed(folder: Path = FOLDER) -> Weights:
    """The weights as their card names them."""
    card = folder / "card.json"
    if not card.is_file():
        raise PlanError(f"the embedded planner's weights are not in {folder}. {ELSE}")
    try:
        sums: dict[str, dict[str, str]] = json.loads(card.read_text(encoding="utf-8"))
        files, adapter = sums["files"], sums.get("adapter", {})
        first = folder / min(files)
    except (ValueError, KeyError, TypeError) as error:
        raise PlanError(f"the embedded planner's {card} is damaged ({error}). {ELSE}") from error
    found = {folder / name: wanted for name, wanted in {**files, **adapter}.items()}
    return Weights(first, next((folder / name for name in adapter), None), found)


def checked(folder: Path = FOLDER) -> Weights:
    """The weights; PlanError when a file is missing or damaged (the native loader would end the process)."""
    weights = listed(folder)
    for path, wanted in weights.sums.items():
        if not path.is_file():
            raise PlanError(f"the embedded planner's weight file {path} is missing. {ELSE}")
        found = sum_of(path)
        if found != wanted:
            raise PlanError(f"the embedded planner's weight file {path} is damaged (SHA-256 {found[:12]}…). {ELSE}")
    return weights


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_processor(cpuinfo: Path = Path("/proc/cpuinfo"), machine: str = platform.machine()) -> None:
    """The native library is built for AVX2; without it the process would die of an illegal instruction."""
    if machine not in ("x86_64", "AMD64") or not cpuinfo.is_file():
        return
    if "avx2" not in cpuinfo.read_text(encoding="utf-8", errors="replace"):
        raise PlanError(f"this processor has no AVX2, which the embedded planner needs. {ELSE}")
