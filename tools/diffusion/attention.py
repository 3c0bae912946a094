"""Cross-attention with an edit point where keys and values are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

# (site, hidden states of the text, keys, values) -> keys, values
KeyValueEdit = Callable[[Any, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass
class EditedAttention:
    """The stock scaled dot-product attention; `edit` may change keys and values before heads are split."""

    edit: KeyValueEdit

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        **_: Any,
    ) -> Tensor:
        batch, length, _width = hidden_states.shape
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query, key, value = attn.to_q(hidden_states), attn.to_k(context), attn.to_v(context)
        key, value = self.edit(attn, context, key, value)

        def heads(rows: Tensor) -> Tensor:
            return rows.view(batch, -1, attn.heads, rows.shape[-1] // attn.heads).transpose(1, 2)

        mixed = scaled_dot_product_attention(heads(query), heads(key), heads(value), attn_mask=attention_mask)
        out = mixed.transpose(1, 2).reshape(batch, length, -1).to(query.dtype)
        out = attn.to_out[1](attn.to_out[0](out))
        result: Tensor = (out + hidden_states if attn.residual_connection else out) / attn.rescale_output_factor
        return result


@contextmanager
def edited(model: Any, edit: KeyValueEdit) -> Iterator[None]:
    """Every cross-attention of a UNet reads through `edit`; its own processors come back afterwards."""
    before = model.attn_processors
    mine = {
        name: EditedAttention(edit) if ".attn2." in name and "motion" not in name else p for name, p in before.items()
    }
    # set_attn_processor empties the dict it is given.
    model.set_attn_processor(dict(mine))
    try:
        yield
    finally:
        model.set_attn_processor(dict(before))


def base_projection(layer: Any, rows: Tensor) -> Tensor:
    """A projection as it is without any adapter."""
    projected: Tensor = getattr(layer, "base_layer", layer)(rows)
    return projected


def replaced(rows: Tensor, first: int, last: int, new: Tensor) -> Tensor:
    """`rows` (batch, length, width) with positions first..last taken from `new`."""
    return torch.cat([rows[:, :first], new, rows[:, last:]], 1)
