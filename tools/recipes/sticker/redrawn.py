"""Trains the decoder once more, on what the UNet makes of real pictures whose last steps of denoising it redraws.

A generated latent is not an encoded one: shading is flatter and edges wander, and a decoder that has only seen encoded
ones loses the style there. Real pictures noised a little and denoised again are both: drawn by the UNet, with the
picture known that they should decode to. The shipped CLIP's vision tower says whether the two look alike, and an eye
for styles whether the picture's is still told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from torch import nn
from transformers import CLIPVisionModelWithProjection

from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.sampler import classifier_free, noised, sample
from limner.tools.diffusion.text_conditioning import TextCond
from limner.tools.families.sticker import STICKER
from limner.tools.recipes.sticker import eye
from limner.tools.recipes.sticker.autoencoder import far_off
from limner.tools.recipes.sticker.clip import normalise
from limner.tools.recipes.sticker.loop import Loop, warmup_stable_decay
from limner.tools.recipes.sticker.probes import stack
from limner.tools.recipes.sticker.world import World

TOGETHER = 20  # pictures a forward pass


def redraw(
    backbone: Backbone, clean: torch.Tensor, said: TextCond, empty: TextCond, left: int, generator: torch.Generator
) -> torch.Tensor:
    """Scaled latents (n, 8, 16, 16) after the last `left` of the family's steps, guided as the family is."""
    steps, start = STICKER.steps, 1 - left / STICKER.steps
    policy = classifier_free(said, empty, STICKER.guidance, STICKER.guidance_rescale)
    return sample(backbone, policy, noised(backbone, clean, steps, start, generator), steps, start=start)


@torch.no_grad()
def pairs(config: dict[str, Any], world: World, work: Path, seed: int) -> dict[str, torch.Tensor]:
    """Pictures (n, 128, 128, 3) uint8, their styles and latents, those of the first redrawn; kept in `work/redrawn`."""
    file = work / "redrawn" / "pairs.pt"
    if file.exists():
        return dict(torch.load(file))
    backbone = Backbone(StableDiffusionPipeline.from_pretrained(work / "pipeline"), STICKER)
    vae = AutoencoderTiny.from_pretrained(work / "vae")
    scale = vae.config.scaling_factor
    samples = [world.sample() for _ in range(config["images"])]
    empty, generator = backbone.encode_text([""]), torch.Generator().manual_seed(seed)
    clean, redrawn = [], []
    for at in range(0, len(samples), TOGETHER):
        some = samples[at : at + TOGETHER]
        clean.append(vae.encode(stack([one.pixels for one in some])).latents)
        if at < config["redrawn"]:
            said = backbone.encode_text([one.caption for one in some])
            left = 1 + (at // TOGETHER) % config["most_left"]
            redrawn.append(redraw(backbone, clean[-1] * scale, said, empty, left, generator) / scale)
    found = {
        "pixels": torch.from_numpy(np.stack([one.pixels for one in samples])),
        "clean": torch.cat(clean).half(),
        "redrawn": torch.cat(redrawn).half(),
        "styles": torch.tensor([eye.STYLES.index(one.style) for one in samples]),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    torch.save(found, part)
    part.replace(file)
    return found


def train(config: dict[str, Any], world: World, work: Path, seed: int) -> None:
    """Replaces the decoder in `work/vae`; the encoder, and so every latent anything was trained on, stays."""
    torch.manual_seed(seed)
    seen = pairs(config, world, work, seed)
    vae = AutoencoderTiny.from_pretrained(work / "vae").to(memory_format=torch.channels_last)
    vision = CLIPVisionModelWithProjection.from_pretrained(work / "clip" / "image_encoder").requires_grad_(False)
    judge = eye.load(eye.of_pictures(), work, "pictures")
    decoder, lr, steps, batch = vae.decoder, config["lr"], config["steps"], config["batch"]
    optimizer = torch.optim.AdamW(decoder.parameters(), lr, weight_decay=0.0, betas=(0.9, 0.99))
    loop = Loop(work / "redrawn", steps, {"decoder": decoder, "optimizer": optimizer})
    for step in loop:
        for group in optimizer.param_groups:
            group["lr"] = warmup_stable_decay(step, lr, 50, steps // 3, steps)
        which = torch.rand(batch) < config["share"]
        pick = torch.where(
            which, torch.randint(len(seen["redrawn"]), (batch,)), torch.randint(len(seen["clean"]), (batch,))
        )
        latents = torch.stack(
            [seen["redrawn" if drawn else "clean"][at] for drawn, at in zip(which, pick.tolist(), strict=True)]
        ).float()
        latents = latents + config["noise"] * torch.rand(batch, 1, 1, 1) * torch.randn_like(latents)
        pixels = normalise(seen["pixels"][pick])
        decoded = vae.decode(latents.contiguous(memory_format=torch.channels_last)).sample
        wrong = decoded - pixels
        loss = far_off(wrong)
        unlike = _unlike(vision, decoded.contiguous(), pixels.contiguous())
        missed = nn.functional.cross_entropy(judge(decoded), seen["styles"][pick])
        optimizer.zero_grad()
        (loss + config["alike"] * unlike + config["style_weight"] * missed).backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        loop.note(loss=loss.item(), unlike=unlike.item(), style_missed=missed.item(), mse=wrong.square().mean().item())
    vae.save_pretrained(work / "vae")


def _unlike(vision: CLIPVisionModelWithProjection, decoded: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    """How far two batches of pictures are from one another, at the end of the tower and, as a mean, in its layers."""
    with torch.no_grad():
        wanted = vision(pixel_values=pixels, output_hidden_states=True)
    got = vision(pixel_values=decoded, output_hidden_states=True)
    far = 1 - torch.cosine_similarity(wanted.image_embeds, got.image_embeds, dim=-1).mean()
    layers = zip(wanted.hidden_states[1:], got.hidden_states[1:], strict=True)
    inside = [1 - torch.cosine_similarity(a, b, dim=-1).mean() for a, b in layers]
    return far + torch.stack(inside).mean()
