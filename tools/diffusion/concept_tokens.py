"""Made-up words with learned embeddings, put into prompts without touching the tokenizer or the text encoder's weights.

A placeholder such as "<biscuit>" takes as many token positions as it has vectors. Its ids are an ordinary word's;
a hook on the embedding layer puts the learned rows in their place. So there is nothing to restore, ids above the end
token cannot mislead CLIP's pooling, and gradients reach the vectors when they are being learned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from limner.tools.base import ToolError
from limner.tools.diffusion.keeping import save_tensors

Span = tuple[int, int]  # first position, one past the last


@dataclass
class Concepts:
    """Placeholder -> one (vectors, width) tensor per text encoder."""

    rows: dict[str, list[Tensor]] = field(default_factory=dict)

    @classmethod
    def load(cls, files: Sequence[Path]) -> Concepts:
        """Reads textual-inversion files: {placeholder: rows}, or {"<placeholder>.clip_l": ..., ".clip_g": ...}."""
        from safetensors.torch import load_file

        found = cls()
        for file in files:
            for key, rows in sorted(load_file(file).items()):
                name = key.removesuffix(".clip_l").removesuffix(".clip_g")
                # clip_g sorts before clip_l but is the second encoder.
                place = 0 if key.endswith(".clip_l") else len(found.rows.get(name, []))
                found.rows.setdefault(name, []).insert(place, rows.float().reshape(-1, rows.shape[-1]))
        return found

    def save(self, file: Path) -> None:
        flat = {}
        for name, encoders in self.rows.items():
            for suffix, rows in zip(("",) if len(encoders) == 1 else (".clip_l", ".clip_g"), encoders, strict=True):
                flat[name + suffix] = rows.detach().float().cpu().contiguous()
        save_tensors(flat, file)

    def named(self, placeholder: str) -> Concepts:
        """With a word of its own where the file has none: "emb_params", or one key for each encoder of SDXL."""
        if set(self.rows) == {"clip_g", "clip_l"}:
            return Concepts({placeholder: [*self.rows["clip_l"], *self.rows["clip_g"]]})
        return Concepts({placeholder if name == "emb_params" else name: rows for name, rows in self.rows.items()})

    def __or__(self, other: Concepts) -> Concepts:
        return Concepts(self.rows | other.rows)


@dataclass(frozen=True)
class Tokenized:
    ids: Tensor  # (batch, length)
    spans: tuple[dict[str, Span], ...]  # placeholder -> where its first mention sits


def initial_rows(tokenizer: Any, encoder: Any, word: str, count: int) -> Tensor:
    """`count` rows that begin as the meaning of an ordinary word."""
    ids = tokenizer(word, add_special_tokens=False).input_ids or [tokenizer.eos_token_id]
    rows: Tensor = encoder.get_input_embeddings().weight.detach()[ids].float()
    return rows.mean(0, keepdim=True).repeat(count, 1)


def tokenize(tokenizer: Any, prompts: Sequence[str], lengths: Mapping[str, int]) -> Tokenized:
    """CLIP ids of fixed length, with `lengths[placeholder]` positions kept free wherever a placeholder stands."""
    room: int = tokenizer.model_max_length
    stand_in = tokenizer("thing", add_special_tokens=False).input_ids[:1]
    rows, spans = [], []
    for prompt in prompts:
        ids: list[int] = []
        found: dict[str, Span] = {}
        for piece in _split(prompt, tuple(lengths)):
            if piece in lengths:
                if len(ids) + lengths[piece] > room - 2:
                    continue  # beyond what the encoder reads; a missing span is told by the caller
                found.setdefault(piece, (len(ids) + 1, len(ids) + 1 + lengths[piece]))
                ids += stand_in * lengths[piece]
            else:
                ids += tokenizer(piece, add_special_tokens=False).input_ids
        ids = ids[: room - 2]
        rows.append(
            [tokenizer.bos_token_id, *ids, *[tokenizer.eos_token_id], *_padding(tokenizer, room - 2 - len(ids))]
        )
        spans.append(found)
    return Tokenized(torch.tensor(rows), tuple(spans))


@contextmanager
def spliced(encoder: Any, tokenized: Tokenized, rows: Mapping[str, Tensor]) -> Iterator[None]:
    """Within, the encoder reads the learned rows where the placeholders stand."""
    if not any(tokenized.spans):
        yield
        return

    def splice(module: Any, arguments: Any, output: Tensor) -> Tensor:
        output = output.clone()
        for row, spans in enumerate(tokenized.spans):
            for name, (first, last) in spans.items():
                output[row, first:last] = rows[name].to(output)
        return output

    hook = encoder.get_input_embeddings().register_forward_hook(splice)
    try:
        yield
    finally:
        hook.remove()


def spoken(prompt: str, placeholders: Sequence[str]) -> str:
    """The prompt without its made-up words, for an encoder that has no rows for them."""
    return " ".join(piece.strip() for piece in _split(prompt, placeholders) if piece not in placeholders)


def check_width(rows: Tensor, encoder: Any, name: str) -> None:
    width = encoder.get_input_embeddings().weight.shape[1]
    if rows.shape[-1] != width:
        raise ToolError(f"{name} was learned for another base model: its token is {rows.shape[-1]} wide, not {width}")


def _split(prompt: str, placeholders: Sequence[str]) -> list[str]:
    import re

    if not placeholders:
        return [prompt]
    longest_first = sorted(placeholders, key=len, reverse=True)
    pieces = re.split("(" + "|".join(re.escape(p) for p in longest_first) + ")", prompt, flags=re.IGNORECASE)
    known = {p.casefold(): p for p in placeholders}
    return [known.get(piece.casefold(), piece) for piece in pieces if piece.strip()]


def _padding(tokenizer: Any, count: int) -> list[int]:
    return [tokenizer.pad_token_id] * count
