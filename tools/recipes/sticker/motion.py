"""Trains the AnimateDiff `MotionAdapter` (arXiv 2307.04725) on procedural clips and on the animated art.

The image UNet stays as it is.

Beside it a LoRA on the image layers that read the text, as AnimateDiff's own domain adapter: to the image UNet
"sliding left" and "sliding right" are the same pictures, so it never learned to tell these words apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    AnimateDiffPipeline,
    AutoencoderTiny,
    MotionAdapter,
    StableDiffusionPipeline,
    UNet2DConditionModel,
    UNetMotionModel,
)
from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file

from limner.tools.families.poses import TRAINED
from limner.tools.families.sticker import LORA_FILE
from limner.tools.recipes.sticker.art import Sprite, load_animated
from limner.tools.recipes.sticker.clip import encode
from limner.tools.recipes.sticker.loop import Loop, half_precision, warmup_stable_decay
from limner.tools.recipes.sticker.unet import scheduler
from limner.tools.recipes.sticker.world import World

TWINS = ("slide left", "slide right")
WORDS = r"^(?!.*motion_modules).*attn2\.(to_q|to_k|to_v|to_out\.0)$"


def build(unet: UNet2DConditionModel, config: dict[str, Any]) -> MotionAdapter:
    """A fresh adapter with zero output projections: the video UNet then starts as the image UNet, frame by frame."""
    adapter = MotionAdapter(
        block_out_channels=tuple(unet.config.block_out_channels),
        motion_layers_per_block=unet.config.layers_per_block,
        motion_mid_block_layers_per_block=1,
        motion_num_attention_heads=config["heads"],
        motion_max_seq_length=32,
        use_motion_mid_block=True,
    )
    for name, weight in adapter.named_parameters():
        if ".proj_out." in name:
            torch.nn.init.zeros_(weight)
    return adapter


def learn(unet: UNetMotionModel, rank: int) -> None:
    """Leaves the motion modules and a LoRA on the layers that read the text to be trained, and nothing else."""
    unet.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=WORDS, init_lora_weights="gaussian"))
    # PEFT freezes whatever is not its own, the motion modules too.
    for name, weight in unet.named_parameters():
        weight.requires_grad_(_trained(name))


def _trained(name: str) -> bool:
    return "motion_modules" in name or ".lora_" in name


@torch.no_grad()
def cache_clips(
    world: World, vae: AutoencoderTiny, count: int, file: Path, alive: int, animated: Mapping[str, Sprite]
) -> tuple[torch.Tensor, list[str]]:
    """Latents (count + alive, frames, 8, 16, 16) and captions of clips.

    The first `count` show every trained motion in turn, the others things of the animated art.
    """
    if file.exists():
        saved = np.load(file)
        return torch.from_numpy(saved["latents"]), [str(c) for c in saved["captions"]]
    latents, captions = [], []
    for number in range(count + alive):
        clip = world.clip(TRAINED[number % len(TRAINED)]) if number < count else world.alive(animated)
        # A motion has few poses: each is encoded once.
        poses = {sample.pixels.tobytes(): sample.pixels for sample in clip}
        which = [list(poses).index(sample.pixels.tobytes()) for sample in clip]
        pixels = torch.from_numpy(np.stack(list(poses.values()))).permute(0, 3, 1, 2).float().div(127.5).sub(1)
        with half_precision():
            encoded = vae.encode(pixels.contiguous(memory_format=torch.channels_last)).latents.float()
        latents.append((encoded * vae.config.scaling_factor).half()[which])
        captions.append(clip[0].caption)
    np.savez(file, latents=torch.stack(latents).numpy(), captions=np.array(captions))
    return torch.stack(latents), captions


def train(config: dict[str, Any], world: World, work: Path, seed: int) -> None:
    """Goes on from the last checkpoint, or from the adapter and the LoRA in `work`, which it writes as it goes."""
    torch.manual_seed(seed)
    pipe = StableDiffusionPipeline.from_pretrained(work / "pipeline")
    adapter = build(pipe.unet, config)
    if (before := work / "motion_adapter").exists():
        adapter.load_state_dict(MotionAdapter.from_pretrained(before).state_dict())
    unet = UNetMotionModel.from_unet2d(pipe.unet, adapter)
    learn(unet, config["words_rank"])
    if (words := work / "motion_lora" / LORA_FILE).exists():
        set_peft_model_state_dict(unet, {k.removeprefix("unet."): v for k, v in load_file(words).items()})
    moving = [p for p in unet.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(moving, config["lr"], weight_decay=0.01, betas=(0.9, 0.99), fused=True)
    count, animated = config["clips"], load_animated(work)
    latents, captions = cache_clips(world, pipe.vae, count, work / "clips.npz", config["alive"], animated)
    with torch.no_grad():
        context = torch.cat(
            [pipe.text_encoder(encode(pipe.tokenizer, captions[i : i + 64]))[0] for i in range(0, len(captions), 64)]
        )
        empty = pipe.text_encoder(encode(pipe.tokenizer, [""]))[0]
    noise, frames = scheduler(), latents.shape[1]
    # Clips whose word no single frame shows are the hardest, so they come more often.
    twins = torch.tensor([n for n in range(count) if TRAINED[n % len(TRAINED)] in TWINS])
    # Only the motion modules are kept: the image UNet is saved elsewhere and may have moved on since.
    loop = Loop(work / "motion", config["steps"], {"modules": _Modules(unet), "optimizer": optimizer})
    for step in loop:
        for group in optimizer.param_groups:
            group["lr"] = warmup_stable_decay(step, config["lr"], 10, config["steps"] // 3, config["steps"])
        pick = torch.randint(0, len(latents), (config["batch"],))
        pick = torch.where(torch.rand(len(pick)) < config["twins"], twins[pick % len(twins)], pick)
        clean = latents[pick].float().transpose(1, 2)  # batch, channels, frames, height, width
        said = torch.where(torch.rand(len(pick), 1, 1) < 0.1, empty, context[pick]).repeat_interleave(frames, 0)
        # Where things are is decided in the first steps of denoising; later the frame itself shows it.
        draw = torch.rand(len(pick))
        first = torch.rand(len(pick)) < config["first_steps"]
        steps = torch.where(first, 999 - 250 * draw**2, 999 * draw**0.35).long()
        eps = torch.randn_like(clean)
        with half_precision():
            predicted = unet(noise.add_noise(clean, eps, steps), steps, said, return_dict=False)[0]
        loss = (predicted.float() - noise.get_velocity(clean, eps, steps)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(moving, 1.0)
        optimizer.step()
        loop.note(v_loss=loss.item())
        if (step + 1) % config["save_every"] == 0:
            _save(unet, work)
    _save(unet, work)


def _save(unet: UNetMotionModel, work: Path) -> None:
    unet.save_motion_modules(str(work / "motion_adapter"))
    AnimateDiffPipeline.save_lora_weights(work / "motion_lora", unet_lora_layers=get_peft_model_state_dict(unet))


class _Modules:
    """The trainable part of the video UNet, as something a checkpoint can hold."""

    def __init__(self, unet: UNetMotionModel) -> None:
        self.unet = unet

    def state_dict(self) -> dict[str, torch.Tensor]:
        return {k: v for k, v in self.unet.state_dict().items() if _trained(k)}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        self.unet.load_state_dict(state, strict=False)
