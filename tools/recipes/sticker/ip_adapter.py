"""Trains an IP-Adapter (arXiv:2308.06721) with its image encoder on the frozen UNet: a picture speaks as a prompt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import CLIPVisionModelWithProjection

from limner.tools.recipes.sticker.clip import encode, normalise
from limner.tools.recipes.sticker.loop import Loop, half_precision, warmup_stable_decay
from limner.tools.recipes.sticker.unet import draw_steps, scheduler
from limner.tools.recipes.sticker.world import Placed, World, paint, pick_place

# Half of the captions do not name what the picture shows: a person's own subject has no word the UNet knows.
NAMELESS = ("a thing", "an object", "something")


@dataclass(frozen=True)
class Pair:
    """What is to be drawn, and a picture of the same sprite on another ground that tells how it looks."""

    target: NDArray[np.uint8]
    reference: NDArray[np.uint8]
    caption: str


def pair(world: World, rng: random.Random) -> Pair:
    """Another size, place and ground: what the two pictures share is the object alone."""
    sample = world.sample()
    while sample.relation or sample.motion:
        sample = world.sample()
    shown = sample.objects[0].noun
    side = rng.randint(72, 120)
    box = (rng.randint(0, 128 - side), rng.randint(0, 128 - side), side)
    reference = paint(world.art[sample.style], pick_place(rng), (Placed(shown, box),))
    caption = sample.caption
    if rng.random() < 0.5:
        named = next(n for n in world.nouns if n.name == shown)
        for word in sorted((shown, *named.synonyms), key=len, reverse=True):
            for article in ("a ", "an "):
                caption = caption.replace(article + word, rng.choice(NAMELESS))
    return Pair(sample.pixels, reference, caption)


def blank(unet: UNet2DConditionModel, width: int) -> dict[str, dict[str, Tensor]]:
    """An adapter in the stock layout whose keys and values start as the text's; `width` is the image embedding's."""
    context = unet.config.cross_attention_dim
    projection = nn.Linear(width, 4 * context)
    sites: dict[str, Tensor] = {}
    for number, name in enumerate(n for n in unet.attn_processors if n.endswith("attn2.processor")):
        attention = unet.get_submodule(name.removesuffix(".processor"))
        sites[f"{2 * number + 1}.to_k_ip.weight"] = attention.to_k.weight.detach().clone()
        sites[f"{2 * number + 1}.to_v_ip.weight"] = 0.1 * attention.to_v.weight.detach().clone()
    return {
        "image_proj": {
            "proj.weight": projection.weight.detach(),
            "proj.bias": projection.bias.detach(),
            "norm.weight": torch.ones(context),
            "norm.bias": torch.zeros(context),
        },
        "ip_adapter": sites,
    }


class Adapted(nn.Module):
    """The UNet with the adapter's layers in it, and the image encoder; only those two are trained and kept."""

    def __init__(self, unet: UNet2DConditionModel, encoder: CLIPVisionModelWithProjection) -> None:
        super().__init__()
        unet.requires_grad_(False)
        unet._load_ip_adapter_weights([blank(unet, encoder.config.projection_dim)], low_cpu_mem_usage=False)
        self.unet, self.encoder = unet, encoder
        self.layers = nn.ModuleList(p for p in unet.attn_processors.values() if isinstance(p, nn.Module))
        self.projection = unet.encoder_hid_proj.image_projection_layers[0]
        for part in (self.layers, self.projection, self.encoder):
            part.requires_grad_(True)

    def forward(self, noisy: Tensor, steps: Tensor, text: Tensor, reference: Tensor, seen: Tensor) -> Tensor:
        """`reference` (n, 3, 128, 128) in [-1, 1]; where `seen` is 0 the picture is not told."""
        embeds = self.encoder(pixel_values=reference).image_embeds * seen[:, None]
        velocity: Tensor = self.unet(
            noisy, steps, text, added_cond_kwargs={"image_embeds": [embeds[:, None]]}, return_dict=False
        )[0]
        return velocity

    def save(self, folder: Path) -> None:
        """The stock layout: `pipe.load_ip_adapter(folder, "", "ip-adapter.safetensors", image_encoder_folder=...)`."""
        folder.mkdir(exist_ok=True)
        weights = {
            f"image_proj.{k.replace('image_embeds', 'proj')}": v for k, v in self.projection.state_dict().items()
        }
        for number, layer in enumerate(self.layers):
            for way in ("k", "v"):
                weights[f"ip_adapter.{2 * number + 1}.to_{way}_ip.weight"] = getattr(layer, f"to_{way}_ip")[0].weight
        save_file({k: v.detach().contiguous() for k, v in weights.items()}, folder / "ip-adapter.safetensors")
        self.encoder.save_pretrained(folder / "image_encoder")


def train(config: dict[str, Any], world: World, work: Path, seed: int) -> None:
    """Continues from the last checkpoint; writes `work/ip_adapter` every `save_every` steps."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    pipe = StableDiffusionPipeline.from_pretrained(work / "pipeline")
    model = Adapted(pipe.unet, CLIPVisionModelWithProjection.from_pretrained(work / "clip" / "image_encoder"))
    slow = {id(p) for p in model.encoder.parameters()}
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if id(p) not in slow], "scale": 1.0},
        {"params": [p for p in trained if id(p) in slow], "scale": 0.3},
    ]
    optimizer = torch.optim.AdamW(groups, config["lr"], weight_decay=0.01, betas=(0.9, 0.99), fused=True)
    noise, empty = scheduler(), encode(pipe.tokenizer, [""])
    loop = Loop(work / "ip", config["steps"], {"model": _Partial(model), "optimizer": optimizer})
    for step in loop:
        for group in optimizer.param_groups:
            now = warmup_stable_decay(step, config["lr"], 100, config["steps"] // 2, config["steps"])
            group["lr"] = group["scale"] * now
        pairs = [pair(world, rng) for _ in range(config["batch"])]
        with torch.no_grad(), half_precision():
            ids = encode(pipe.tokenizer, [p.caption for p in pairs])
            ids = torch.where(torch.rand(len(ids), 1) < 0.1, empty, ids)
            text = pipe.text_encoder(ids)[0]
            clean = pipe.vae.encode(normalise(torch.from_numpy(np.stack([p.target for p in pairs])))).latents.float()
        clean = clean * pipe.vae.config.scaling_factor
        reference = normalise(torch.from_numpy(np.stack([p.reference for p in pairs])))
        seen = (torch.rand(len(pairs)) > 0.1).float()
        steps, eps = draw_steps(len(pairs), 0.5), torch.randn_like(clean)
        noisy = noise.add_noise(clean, eps, steps)
        with half_precision():
            predicted = model(noisy, steps, text.float(), reference, seen)
        loss = (predicted.float() - noise.get_velocity(clean, eps, steps)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        loop.note(v_loss=loss.item())
        if (step + 1) % config["save_every"] == 0:
            model.save(work / "ip_adapter")
    model.save(work / "ip_adapter")


class _Partial:
    """The trained parts alone, so that a checkpoint outlives a newer UNet."""

    def __init__(self, model: Adapted) -> None:
        self.model = model

    def state_dict(self) -> dict[str, Any]:
        kept = ("layers.", "projection.", "encoder.")
        return {k: v for k, v in self.model.state_dict().items() if k.startswith(kept)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state, strict=False)
