"""The adapter added into the weights, once on each machine: llama.cpp computes one beside them anew at every token."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from limner.agent.llm.shipped import FOLDER, Weights, checked, listed, sum_of
from limner.agent.plan import PlanError

HOW = "1"  # counts up when what is written below changes, so that older files are replaced
PATIENCE_S = 30.0  # for another program that is adding or loading
# A folder that cannot be written, a full disk, a lock not given (TimeoutError); weights or an adapter of another kind.
UNABLE = (OSError, ValueError, LookupError, NotImplementedError)
Changes = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
log = logging.getLogger(__name__)


@contextmanager
def merged(folder: Path = FOLDER, *, home: Path) -> Iterator[Weights]:
    """The weights with their adapter in them, kept in `home`; as they ship where that cannot be.

    Load them inside: until then no other version of Limner clears them away.
    """
    with ExitStack() as held:
        try:
            weights = _kept(folder, home, held) if listed(folder).adapter else checked(folder)
        except UNABLE as error:
            log.warning("plans take longer, the planner's adapter stays beside its weights: %s", error)
            weights = checked(folder)
        yield weights


def _kept(folder: Path, home: Path, held: ExitStack) -> Weights:
    home.mkdir(parents=True, exist_ok=True)
    held.enter_context(FileLock(home / "lock", timeout=PATIENCE_S))
    target = home / hashlib.sha256(" ".join([HOW, *sorted(listed(folder).sums.values())]).encode()).hexdigest()[:16]
    for other in home.iterdir():
        if other.is_dir() and other != target:
            shutil.rmtree(other, ignore_errors=True)
    try:
        return checked(target)
    except PlanError:
        shutil.rmtree(target, ignore_errors=True)
    log.info("adding the planner's adapter to its weights, once")
    begun = target.with_suffix(".part")
    begun.mkdir()
    try:
        _write(checked(folder), begun)
        begun.rename(target)
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return listed(target)


def _write(weights: Weights, target: Path) -> None:
    """Copies of the model's files that differ where the adapter changes them, and a card of their own."""
    from gguf import GGUFReader
    from gguf.quants import dequantize, quantize

    files = [path for path in weights.sums if path != weights.adapter]
    changes = _changes(weights)
    for path in files:
        shutil.copyfile(path, target / path.name)
        # Written, not mapped: a full disk is then an error, where a mapped file would end the process.
        with (target / path.name).open("r+b") as copy:
            for tensor in GGUFReader(path).tensors:
                if tensor.name not in changes:
                    continue
                up, down = changes.pop(tensor.name)
                value, change = dequantize(tensor.data, tensor.tensor_type), up @ down
                if value.shape != change.shape:
                    raise ValueError(f"the adapter does not fit {tensor.name}")
                copy.seek(tensor.data_offset)
                copy.write(quantize(value + change, tensor.tensor_type).tobytes())
    if changes:
        raise ValueError(f"the adapter changes {min(changes)}, which the model has not got")
    sums = {path.name: sum_of(target / path.name) for path in files}
    (target / "card.json").write_text(json.dumps({"files": sums}), encoding="utf-8")


def _changes(weights: Weights) -> Changes:
    """Both factors of what is added to each tensor, scaled as llama.cpp does."""
    from gguf import GGUFReader, Keys

    reader = GGUFReader(weights.adapter)
    alpha = reader.get_field(Keys.Adapter.LORA_ALPHA)
    factors = {tensor.name: np.asarray(tensor.data, dtype=np.float32) for tensor in reader.tensors}
    found: Changes = {}
    for name in [name for name in factors if name.endswith(".lora_a")]:
        down, up = factors.pop(name), factors.pop(f"{name[:-1]}b")
        found[name.removesuffix(".lora_a")] = (up * np.float32(alpha.contents() / len(down) if alpha else 1), down)
    if factors:
        raise ValueError(f"the adapter holds {min(factors)}, which is no change of a tensor")
    return found
