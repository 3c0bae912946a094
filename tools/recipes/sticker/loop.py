"""What every stage of the recipe shares: the learning-rate schedule, the log and resumable checkpoints."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch


def half_precision() -> torch.autocast:
    """bfloat16 where the processor multiplies it itself; elsewhere torch emulates it, several times slower."""
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=native)


def warmup_stable_decay(step: int, lr: float, warmup: int, decay_from: int, steps: int) -> float:
    """Constant after a warm-up, linear to 2 % at the end: a longer run only moves `decay_from`."""
    if step < warmup:
        return lr * (step + 1) / warmup
    if step < decay_from:
        return lr
    return lr * max(0.02, 1 - (step - decay_from) / max(1, steps - decay_from))


def advance(optimizer: torch.optim.Optimizer, loss: torch.Tensor, rate: float) -> None:
    """One step of an optimizer at the learning rate `rate`."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


@dataclass
class Loop:
    """Counts steps of one stage, logs JSON lines, and writes a checkpoint every `every` seconds.

    `state` names what is saved: anything with state_dict() and load_state_dict().
    A killed run continues from its last checkpoint; the file is replaced atomically.
    """

    folder: Path
    steps: int
    state: dict[str, Any]
    every: float = 180.0
    step: int = 0
    _sums: dict[str, list[float]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        saved = began = time.monotonic()
        first = self.step
        while self.step < self.steps:
            yield self.step
            self.step += 1
            if self.step % 250 == 0 or self.step == self.steps:  # a run shorter than that has a line too
                seconds = time.monotonic() - began
                means = {k: round(sum(v) / len(v), 5) for k, v in self._sums.items()}
                self._sums.clear()
                rate = (self.step - first) / max(seconds, 1e-9)
                self.log({"step": self.step, **means, "steps_per_s": round(rate, 2)})
            if time.monotonic() - saved > self.every:
                self.save()
                saved = time.monotonic()
        self.save()

    def note(self, **values: float) -> None:
        """Adds to the means of the next log line."""
        for name, value in values.items():
            self._sums.setdefault(name, []).append(float(value))

    def log(self, row: dict[str, Any]) -> None:
        with (self.folder / "log.jsonl").open("a") as out:
            out.write(json.dumps(row) + "\n")
        print(self.folder.name, json.dumps(row), flush=True)

    def save(self) -> None:
        part = self.folder / "checkpoint.part"
        torch.save({"step": self.step, **{k: v.state_dict() for k, v in self.state.items()}}, part)
        part.replace(self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        file = self.folder / "checkpoint.pt"
        if file.exists():
            saved = torch.load(file, weights_only=True)
            self.step = saved["step"]
            torch.manual_seed(torch.initial_seed() + self.step)  # or the first batches would be drawn again
            for name, thing in self.state.items():
                thing.load_state_dict(saved[name])
