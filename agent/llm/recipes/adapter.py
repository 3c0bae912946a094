"""A checkpoint trained on from the shipped weights, as llama.cpp's LoRA file beside them: a tenth of their size."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from limner.agent.llm.recipes.base import HEADS, KEY_HEADS, PARTS, interleaved

NAME = "planner-adapter.gguf"


def averaged(checkpoints: Sequence[Path]) -> dict[str, torch.Tensor]:
    """What several seeds of one training learned, as one (arXiv:2203.05482). They began alike and went not far, so that
    their factors may be averaged as they are."""
    loaded = [torch.load(checkpoint) for checkpoint in checkpoints]
    return {name: torch.stack([weights[name].float() for weights in loaded]).mean(0) for name in loaded[0]}


def changes(checkpoints: Sequence[Path]) -> dict[str, NDArray[np.float32]]:
    """The two factors of every layer's change, under llama.cpp's names and with its order of rows."""
    names = {home: part for part, home in PARTS.items()}
    found = {}
    for name, value in averaged(checkpoints).items():
        _, lora, factor = name.partition(".lora_")
        if not lora:
            raise SystemExit(
                f"{checkpoints[0]} also trained {name}, which an adapter cannot carry; train with pieces = false"
            )
        layer, *home = name.split(".layers.")[1].split(".")[:3]
        part, matrix = names[".".join(home)], value.numpy()
        if factor.startswith("B") and part in ("attn_q", "attn_k"):
            matrix = interleaved(matrix, HEADS if part == "attn_q" else KEY_HEADS, back=True)
        found[f"blk.{layer}.{part}.weight.lora_{factor[0].lower()}"] = matrix
    return found


def factors(path: Path) -> dict[str, torch.Tensor]:
    """The other way round: what an adapter's file holds, under the names it was trained by."""
    from gguf import GGUFReader

    found = {}
    for tensor in GGUFReader(path).tensors:
        _, layer, part, _, factor = tensor.name.split(".")
        matrix = np.asarray(tensor.data, dtype=np.float32)
        if factor == "lora_b" and part in ("attn_q", "attn_k"):
            matrix = interleaved(matrix, HEADS if part == "attn_q" else KEY_HEADS)
        name = f"model.base_model.model.model.layers.{layer}.{PARTS[part]}.lora_{factor[-1].upper()}.default.weight"
        found[name] = torch.from_numpy(matrix.copy())
    return found


def unpack(folder: Path, work: Path) -> None:
    """Lays the adapter of these weights, if they have one, where training begins with it."""
    if (folder / NAME).is_file():
        torch.save(factors(folder / NAME), work / "adapter.pt")


def write_adapter(checkpoints: Sequence[Path], folder: Path) -> Path:
    """The file of their average, and its SHA-256 in the card of the weights it belongs to."""
    import gguf

    path, tensors = folder / NAME, changes(checkpoints)
    rank = next(value.shape[0] for name, value in tensors.items() if name.endswith("lora_a"))
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    # Training scales every change by alpha / rank = 2, and so does llama.cpp.
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, 2.0 * rank)
    for name, value in tensors.items():
        writer.add_tensor(name, np.ascontiguousarray(value.astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["adapter"] = {NAME: hashlib.sha256(path.read_bytes()).hexdigest()}
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return path
