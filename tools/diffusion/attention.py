"""The attention of a UNet with edit points: where keys and values are made, before the softmax, and after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from diffusers.image_processor import IPAdapterMaskProcessor
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

Kind = Literal["self", "cross", "temporal"]
# (site, hidden states of the text, keys, values) -> keys, values
KeyValueEdit = Callable[[Any, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Site:
    """One attention layer of a denoiser."""

    name: str
    kind: Kind
    place: str  # down, mid or up

    @classmethod
    def of(cls, processor: str) -> Site:
        """From the name of its processor: "down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor"."""
        kind: Kind = "temporal" if "motion_modules" in processor else "cross" if ".attn2." in processor else "self"
        return cls(processor.removesuffix(".processor"), kind, processor.partition("_")[0])


def sites(model: Any) -> list[Site]:
    return [Site.of(name) for name in model.attn_processors]


def keep_keys(_: Any, __: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    return key, value


@dataclass
class EditedAttention:
    """The stock scaled dot-product attention; `edit` may change keys and values before heads are split, `bias` (site,
    queries) is added to what is compared, `seen` (site, probabilities) is told what was looked at, gradients and all.

    Only a site whose probabilities are wanted is computed the long way. Where `pictures`, an IP-Adapter's own
    processor, stood before, reference pictures go on speaking beside the text.
    """

    edit: KeyValueEdit = keep_keys
    site: Site | None = None
    bias: Callable[[Site, int], Tensor | None] | None = None
    seen: Callable[[Site, Tensor], None] | None = None
    pictures: Any = None

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | tuple[Tensor, list[Tensor]] | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        ip_adapter_masks: list[Tensor] | None = None,
        **_: Any,
    ) -> Tensor:
        batch, length, _width = hidden_states.shape
        shown: list[Tensor] = []
        if isinstance(encoder_hidden_states, tuple):
            encoder_hidden_states, shown = encoder_hidden_states
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query, key, value = attn.to_q(hidden_states), attn.to_k(context), attn.to_v(context)
        key, value = self.edit(attn, context, key, value)

        def heads(rows: Tensor) -> Tensor:
            return rows.view(batch, -1, attn.heads, rows.shape[-1] // attn.heads).transpose(1, 2)

        mixed = self._mixed(heads(query), heads(key), heads(value), attention_mask)
        for number, (rows, scale) in enumerate(zip(shown, self.pictures.scale if shown else (), strict=True)):
            for part, where in _spoken(rows, ip_adapter_masks[number] if ip_adapter_masks else None, length):
                told = heads(self.pictures.to_k_ip[number](part)), heads(self.pictures.to_v_ip[number](part))
                mixed = mixed + scale * where * scaled_dot_product_attention(heads(query), *told)
        out = mixed.transpose(1, 2).reshape(batch, length, -1).to(query.dtype)
        out = attn.to_out[1](attn.to_out[0](out))
        result: Tensor = (out + hidden_states if attn.residual_connection else out) / attn.rescale_output_factor
        return result

    def _mixed(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        if self.site and self.bias:
            own = self.bias(self.site, query.shape[2])
            if own is not None:
                mask = own.to(query) if mask is None else mask + own.to(query)
        if self.site is None or self.seen is None:
            return scaled_dot_product_attention(query, key, value, attn_mask=mask)
        scores = query.float() @ key.float().transpose(-1, -2) / query.shape[-1] ** 0.5
        looked = torch.softmax(scores if mask is None else scores + mask, -1)
        self.seen(self.site, looked)
        return looked.to(value.dtype) @ value


@contextmanager
def edited(model: Any, edit: KeyValueEdit) -> Iterator[None]:
    """Every cross-attention of a UNet reads through `edit`; its own processors come back afterwards."""
    with hooked(model, EditedAttention(edit), lambda site: site.kind == "cross"):
        yield


@contextmanager
def hooked(model: Any, processor: EditedAttention, where: Callable[[Site], bool]) -> Iterator[None]:
    """The chosen sites run `processor`, told which site it is; all others keep theirs, and these come back."""
    before = model.attn_processors
    mine = {
        name: replace(processor, site=Site.of(name), pictures=own if hasattr(own, "to_k_ip") else None)
        if where(Site.of(name))
        else own
        for name, own in before.items()
    }
    # set_attn_processor empties the dict it is given.
    model.set_attn_processor(dict(mine))
    try:
        yield
    finally:
        model.set_attn_processor(dict(before))


def _spoken(rows: Tensor, masks: Tensor | None, queries: int) -> Iterator[tuple[Tensor, Tensor | float]]:
    """What reference pictures (batch, pictures, tokens, width) say, and where: each in its mask, or all everywhere."""
    if masks is None:
        yield rows.flatten(1, 2) if rows.ndim == 4 else rows, 1.0
        return
    for number in range(rows.shape[1]):
        inside = IPAdapterMaskProcessor.downsample(masks[:, number], len(rows), queries, 1)
        yield rows[:, number], inside.to(rows).unsqueeze(1)


def base_projection(layer: Any, rows: Tensor) -> Tensor:
    """A projection as it is without any adapter."""
    projected: Tensor = getattr(layer, "base_layer", layer)(rows)
    return projected


def replaced(rows: Tensor, first: int, last: int, new: Tensor) -> Tensor:
    """`rows` (batch, length, width) with positions first..last taken from `new`."""
    return torch.cat([rows[:, :first], new, rows[:, last:]], 1)
