"""Reference pictures through the stock IP-Adapter layers: put in, used, taken out, the denoiser as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from limner.tools.base import ToolError
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.maps import Box, BoxLayout
from limner.tools.families.quiet import quiet


@dataclass
class Reference:
    """Encoded reference pictures: [zeros, pictures], the pair guidance wants."""

    embeds: list[Tensor]
    scale: float
    speaking: list[Any]  # the processors that hear it, wherever something else stands in for them meanwhile
    gate: dict[str, Any] | None = None

    def arguments(self) -> dict[str, Any]:
        """For the stock pipeline's call."""
        given: dict[str, Any] = {"ip_adapter_image_embeds": self.embeds}
        return given if self.gate is None else given | {"cross_attention_kwargs": self.gate}

    def switch(self, told: object) -> None:
        for processor in self.speaking:
            processor.scale = [0.0 if told is None else self.scale] * len(processor.scale)


@contextmanager
def referenced(
    backbone: Backbone, photos: Sequence[Image.Image], scale: float, box: Box | None = None
) -> Iterator[Reference]:
    """Loads the family's IP-Adapter for one generation. With a `box` the references speak only there, and softly at
    its edge: stock masks are cut to 0 and 1, which leaves a seam."""
    pipe = backbone.pipe
    folder = backbone.family.ip_adapter_folder(backbone.folder)
    if folder is None or not folder.exists():
        raise ToolError(
            f"the {backbone.family.name} family has no IP-Adapter here; learn the subject from photos instead"
        )
    before = processors(backbone.denoiser)
    components = {name: getattr(pipe, name) for name in ("image_encoder", "feature_extractor")}
    projection = backbone.denoiser.encoder_hid_proj
    hidden = backbone.denoiser.config.encoder_hid_dim_type
    try:
        with quiet(), torch.random.fork_rng(devices=[]):
            # The stock loader initialises layers at random before it fills them.
            pipe.load_ip_adapter(
                str(folder),
                subfolder="",
                weight_name=next(folder.glob("*.safetensors")).name,
                image_encoder_folder="image_encoder",
                local_files_only=True,
            )
        speaking = [one for one in processors(backbone.denoiser).values() if hasattr(one, "to_k_ip")]
        embeds = encoded(pipe, photos, backbone)
        gate = None if box is None else {"ip_adapter_masks": [_gate(box, backbone, len(photos))]}
        backbone.image_embeds, backbone.attention_arguments = embeds, gate
        reference = Reference([torch.cat([torch.zeros_like(embeds), embeds])], scale, speaking, gate)
        reference.switch(told=True)
        yield reference
    finally:
        backbone.image_embeds, backbone.attention_arguments = None, None
        # Deleted first: assigning None to a module's slot would leave the slot.
        del backbone.denoiser.encoder_hid_proj
        backbone.denoiser.encoder_hid_proj = projection
        backbone.denoiser.register_to_config(encoder_hid_dim_type=hidden)
        backbone.denoiser.set_attn_processor(before)
        pipe.register_modules(**components)


@torch.no_grad()
def encoded(pipe: Any, photos: Sequence[Image.Image], backbone: Backbone) -> Tensor:
    """(1, pictures, width): what the image encoder sees."""
    pixels = pipe.feature_extractor(list(photos), return_tensors="pt").pixel_values
    seen: Tensor = pipe.image_encoder(pixels.to(backbone.device, pipe.image_encoder.dtype)).image_embeds
    return seen.unsqueeze(0).to(backbone.dtype)


def _gate(box: Box, backbone: Backbone, pictures: int) -> Tensor:
    """(1, pictures, side, side), as the stock processors want it."""
    soft = BoxLayout({"box": box}).soft("box", backbone.latent_side)
    return soft.expand(1, pictures, -1, -1).to(backbone.device, backbone.dtype)


def processors(model: Any) -> dict[str, Any]:
    """A copy: set_attn_processor empties the dict it is given."""
    return dict(model.attn_processors)
