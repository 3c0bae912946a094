"""Keeps a training on disk while it runs, so that a kill costs at most some steps: one file, replaced as a whole."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from limner.tools.base import ToolError

log = logging.getLogger(__name__)
FILE = "training.safetensors"


@dataclass
class State:
    """All that a training changes."""

    params: Sequence[Tensor]
    optimizers: Sequence[torch.optim.Optimizer]
    losses: list[float]


@dataclass
class Keeping:
    """`folder` belongs to one lesson: other pictures, numbers or base models have another."""

    folder: Path
    generator: torch.Generator
    beside: tuple[Sequence[Tensor], torch.optim.Optimizer] | None = None  # what the loss itself trains
    every: int = 30

    @property
    def file(self) -> Path:
        return self.folder / FILE

    def keep(self, state: State) -> None:
        """A full disk costs the checkpoint, not the training."""
        from safetensors.torch import save

        tensors = {f"param.{n}": param.detach().cpu().contiguous() for n, param in enumerate(state.params)}
        tensors["generator"] = self.generator.get_state()
        for number, optimizer in enumerate(state.optimizers):
            for at, values in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{number}.{at}.{key}": torch.as_tensor(v).cpu() for key, v in values.items()}
        part = self.file.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as handle:
                handle.write(save(tensors, {"losses": json.dumps(state.losses)}))
                handle.flush()
                os.fsync(handle.fileno())
            part.replace(self.file)
        except OSError as error:
            part.unlink(missing_ok=True)
            log.warning("could not keep the training so far (%s); if it is stopped now it starts over", error)

    def load(self, state: State) -> int:
        """Puts the kept training into `state`; says at which step it was, 0 if there is none that fits."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.file, "pt") as opened:
                losses = json.loads((opened.metadata() or {}).get("losses", "[]"))
                tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118 (no mapping)
        except FileNotFoundError:
            return 0
        except (SafetensorError, OSError, ValueError) as error:
            log.warning("the kept training %s is damaged (%s); starting over", self.file, error)
            return 0
        kept = [tensors.get(f"param.{n}") for n in range(len(state.params))]
        if any(one is None or one.shape != param.shape for one, param in zip(kept, state.params, strict=True)):
            return 0
        with torch.no_grad():
            for param, one in zip(state.params, kept, strict=True):
                param.copy_(one)  # type: ignore[arg-type]
        for number, optimizer in enumerate(state.optimizers):
            _fill(optimizer, tensors, f"optimizer.{number}.")
        self.generator.set_state(tensors["generator"])
        state.losses.extend(losses)
        return len(losses)


def save_tensors(tensors: Mapping[str, Tensor], file: Path, facts: Mapping[str, str] | None = None) -> None:
    """Writes a part of an artifact."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file(dict(tensors), file, metadata={"format": "pt", **(facts or {})})
    except (SafetensorError, OSError) as error:  # a full disk is a SafetensorError
        raise ToolError(f"could not save {file.name}: {error}. Free some space and try again") from error


def _fill(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], prefix: str) -> None:
    values: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith(prefix):
            at, _, name = key.removeprefix(prefix).partition(".")
            values.setdefault(int(at), {})[name] = tensor
    optimizer.load_state_dict({"state": values, "param_groups": optimizer.state_dict()["param_groups"]})
