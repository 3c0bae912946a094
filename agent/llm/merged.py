"""The planner's weights as a machine keeps them, made once on each: with the adapter in them, and in four bits.

llama.cpp computes an adapter beside the weights anew at every token, and a core reads all weights once a token: fewer
bytes are a faster plan. The recipe's stage `round` trains the adapter through this very rounding.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from limner.agent.llm.fourbit import packed
from limner.agent.llm.shipped import FOLDER, Weights, checked, listed, sum_of
from limner.agent.plan import PlanError

HOW = "2"  # counts up when what is written below changes, so that older files are replaced
PATIENCE_S = 60.0  # for another program that is adding or loading
# A folder that cannot be written, a full disk, a lock not given (TimeoutError); weights or an adapter of another kind.
UNABLE = (OSError, ValueError, LookupError, NotImplementedError)
NAME = "planner.gguf"
LINEAR = re.compile(r"blk\.\d+\.(attn_(q|k|v|output)|ffn_(gate|up|down))\.weight")
ARCHITECTURE = "general.architecture"
# What a file says of itself and not of the model.
OWN = ("GGUF.", "split.", ARCHITECTURE, "general.alignment", "general.file_type")
Changes = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
log = logging.getLogger(__name__)


@contextmanager
def merged(folder: Path = FOLDER, *, home: Path) -> Iterator[Weights]:
    """The weights with their adapter in them and in four bits, kept in `home`; as they ship where that cannot be.

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
    log.info("adding the planner's adapter to its weights and rounding them to four bits, once")
    begun = target.with_suffix(".part")
    begun.mkdir()
    try:
        _write(checked(folder), begun)
        begun.rename(target)
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return listed(target)


def _write(weights: Weights, target: Path) -> None:
    """The model in one file and a card of its own."""
    from gguf import GGUF_DEFAULT_ALIGNMENT, GGUFReader, GGUFWriter

    readers = {path: GGUFReader(path) for path in weights.sums if path != weights.adapter}
    fields = readers[weights.model].fields
    tensors = [tensor for reader in readers.values() for tensor in reader.tensors]
    with closing(GGUFWriter(target / NAME, fields[ARCHITECTURE].contents())) as writer:
        _describe(writer, fields, tensors)
    # Not by the writer, to which a full disk is no error when the last bytes of a tensor do not fit; and one at a
    # time, so that the whole is never in memory.
    with (target / NAME).open("ab") as file:
        for data in _data(tensors, _changes(weights)):
            file.write(bytes(-file.tell() % GGUF_DEFAULT_ALIGNMENT))
            file.write(data.tobytes())
        file.write(bytes(-file.tell() % GGUF_DEFAULT_ALIGNMENT))
    card = {"files": {NAME: sum_of(target / NAME)}}
    (target / "card.json").write_text(json.dumps(card), encoding="utf-8")


def _describe(writer: Any, fields: Mapping[str, Any], tensors: Sequence[Any]) -> None:
    """What comes before the data: all that the model's own files say of it, and what kinds its tensors now are of."""
    from gguf import LlamaFileType
    from gguf.constants import GGML_QUANT_SIZES

    for name, field in fields.items():
        if not name.startswith(OWN):
            writer.add_key_value(name, field.contents(), field.types[0])
    writer.add_file_type(LlamaFileType.MOSTLY_Q4_0)
    for tensor in tensors:
        kind, shape = _kind(tensor), [int(length) for length in reversed(tensor.shape)]
        block, size = GGML_QUANT_SIZES[kind]
        writer.add_tensor_info(tensor.name, shape, np.dtype(np.float32), tensor.n_elements // block * size, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()


def _data(tensors: Iterable[Any], changes: Changes) -> Iterator[NDArray[Any]]:
    """Each tensor's bytes: as they are, or of its sum with its change, as its kind wants them."""
    from gguf.quants import dequantize, quantize

    for tensor in tensors:
        kind, change = _kind(tensor), changes.pop(tensor.name, None)
        if change is None and kind == tensor.tensor_type:
            yield tensor.data
            continue
        value = dequantize(np.asarray(tensor.data), tensor.tensor_type)
        if change is not None:
            up, down = change
            if value.shape != (len(up), down.shape[1]):
                raise ValueError(f"the adapter does not fit {tensor.name}")
            value = value + up @ down
        yield packed(value) if kind.name == "Q4_0" else quantize(value, kind)
    if changes:
        raise ValueError(f"the adapter changes {min(changes)}, which the model has not got")


def _kind(tensor: Any) -> Any:
    """How this tensor is kept: embeddings and norms as they ship, no training went through a rounding of those."""
    from gguf import GGMLQuantizationType

    return GGMLQuantizationType.Q4_0 if LINEAR.fullmatch(tensor.name) else tensor.tensor_type


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
