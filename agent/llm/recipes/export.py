"""Merge a checkpoint into the base and write the runtime's GGUF: Q8_0, split so that no file passes the limit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from limner.agent.llm.recipes.base import HEADS, KEY_HEADS, PARTS, interleaved
from limner.agent.llm.recipes.vocabulary import SPECIAL, SYNTAX

LIMIT = 80_000_000  # bytes a file; hosts of git repositories refuse 100 MB
CONTROL, NORMAL, USER_DEFINED = 3, 1, 4


def merged(work: Path, checkpoint: Path | None, rank: int = 16) -> dict[str, NDArray[np.float32]]:
    """llama.cpp's tensors with the LoRA added (alpha is twice the rank, hence the 2) and the trained syntax tokens."""
    raw: dict[str, NDArray[np.float32]] = {name: value.numpy() for name, value in torch.load(work / "base.pt").items()}
    if checkpoint is None:
        return raw
    trained = {name: value.float().numpy() for name, value in torch.load(checkpoint).items()}
    raw["token_embd.weight"][-len(SYNTAX) :] = trained["syntax"]
    names = {home: part for part, home in PARTS.items()}
    for name, up in trained.items():
        if "lora_B" not in name:
            continue
        path = name.split(".layers.")[1].split(".")
        part = names[".".join(path[1:3])]
        change = 2.0 * up @ trained[name.replace("lora_B", "lora_A")]
        if part in ("attn_q", "attn_k"):
            change = interleaved(change, HEADS if part == "attn_q" else KEY_HEADS, back=True)
        raw[f"blk.{path[0]}.{part}.weight"] += change
    return raw


def write(work: Path, checkpoint: Path | None, folder: Path, name: str = "planner") -> list[Path]:
    """The weight files, with card.json naming each one's SHA-256."""
    import gguf

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*.gguf"):
        old.unlink()
    writer = gguf.GGUFWriter(folder / f"{name}.gguf", "llama", split_max_size=LIMIT)
    weights = merged(work, checkpoint)
    tokenizer = json.loads((work / "tokenizer.json").read_text(encoding="utf-8"))
    known = set(SYNTAX) & set(tokenizer["model"]["vocab"])
    if known:
        # The last pieces of SYNTAX are tokens of the base already: those keep their rows, the spare ones go.
        weights["token_embd.weight"] = weights["token_embd.weight"][: -len(known)]
    _describe(writer, tokenizer, len(weights["token_embd.weight"]))
    quantised = gguf.GGMLQuantizationType.Q8_0
    for tensor, value in weights.items():
        if value.ndim == 1:
            writer.add_tensor(tensor, value.astype(np.float32))
        else:
            writer.add_tensor(tensor, gguf.quants.quantize(np.ascontiguousarray(value), quantised), raw_dtype=quantised)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    files = sorted(folder.glob(f"{name}-*.gguf")) or [folder / f"{name}.gguf"]
    card = {"files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}}
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return files


def _describe(writer: Any, tokenizer: dict[str, Any], size: int) -> None:
    import gguf

    writer.add_name("limner planner")
    writer.add_context_length(8192)
    writer.add_embedding_length(576)
    writer.add_block_count(30)
    writer.add_feed_forward_length(1536)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_dimension_count(64)
    writer.add_rope_freq_base(100000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(size)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(2)
    pieces = sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].__getitem__)
    added = [piece for piece in SYNTAX if piece not in tokenizer["model"]["vocab"]]
    kinds = [CONTROL] * SPECIAL + [USER_DEFINED if piece in SYNTAX else NORMAL for piece in pieces[SPECIAL:]]
    kinds += [USER_DEFINED] * len(added)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([*pieces, *added])
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
