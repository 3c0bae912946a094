"""Trains the f8 `AutoencoderTiny` on random crops, evens its latents out, then trains its decoder alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny, UNet2DConditionModel

from limner.tools.recipes.sticker.loop import Loop, half_precision, warmup_stable_decay
from limner.tools.recipes.sticker.unet import change_basis
from limner.tools.recipes.sticker.world import World

STANDARDISED = 2.0  # the scaling factor of latents that were evened out


def build(config: dict[str, Any]) -> AutoencoderTiny:
    width = (config["width"],) * 4
    return AutoencoderTiny(
        latent_channels=config["latent_channels"],
        encoder_block_out_channels=width,
        decoder_block_out_channels=width,
    )


def train(config: dict[str, Any], world: World, work: Path, seed: int, decoder_only: bool = False) -> None:
    """Writes a diffusers folder to `work/vae`, with `scaling_factor` 1/std of the latents in its config."""
    torch.manual_seed(seed + decoder_only)
    images = torch.from_numpy(np.stack([world.sample().pixels for _ in range(config["images"])]))
    vae = AutoencoderTiny.from_pretrained(work / "vae") if decoder_only else build(config)
    vae.to(memory_format=torch.channels_last)
    trained = vae.decoder if decoder_only else vae
    steps, lr = (config["decoder_steps"], config["decoder_lr"]) if decoder_only else (config["steps"], config["lr"])
    optimizer = torch.optim.AdamW(trained.parameters(), lr, weight_decay=0.0, betas=(0.9, 0.99))
    loop = Loop(work / ("decoder" if decoder_only else "autoencoder"), steps, {"vae": vae, "optimizer": optimizer})
    for step in loop:
        for group in optimizer.param_groups:
            group["lr"] = warmup_stable_decay(step, lr, 100, steps // 2, steps)
        pixels = _crops(images, config["batch"], config["crop"])
        with half_precision():
            with torch.set_grad_enabled(not decoder_only):
                latents = vae.encode(pixels).latents.float()
            # A little noise makes the decoder forgive what a diffusion model gets wrong.
            decoded = vae.decode(latents + 0.03 * torch.randn_like(latents)).sample.float()
        wrong = decoded - pixels
        loss = far_off(wrong) + 1e-3 * (latents.square() - 1).relu().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
        optimizer.step()
        loop.note(loss=loss.item(), mse=wrong.square().mean().item())
    if not decoder_only:
        with torch.no_grad():
            std = torch.cat([vae.encode(_float(images[i : i + 64])).latents for i in range(0, 1024, 64)]).std()
        vae.register_to_config(scaling_factor=round(1 / std.item(), 4))
    vae.save_pretrained(work / "vae")


@torch.no_grad()
def standardise(config: dict[str, Any], world: World, work: Path, seed: int) -> None:
    """Folds into both convolutions next to the latents a shift to zero mean and a softened whitening.

    As trained, two of eight directions hold nine tenths of the variance: light and colour. The others, which draw
    the lines, would be denoised last and count for nothing in the loss. Each direction's variance becomes its own
    power `evenness`; the decoder's clamp no longer fits exactly, which training the decoder alone mends.
    A UNet in `work/pipeline` that was trained on the latents as they were follows the change.
    """
    torch.manual_seed(seed)
    vae = AutoencoderTiny.from_pretrained(work / "vae")
    if vae.config.scaling_factor == STANDARDISED:
        return
    images = torch.from_numpy(np.stack([world.sample().pixels for _ in range(1024)]))
    latents = torch.cat([vae.encode(_float(images[i : i + 64])).latents for i in range(0, len(images), 64)])
    flat = latents.permute(1, 0, 2, 3).flatten(1)
    variance, directions = torch.linalg.eigh(torch.cov(flat))
    power = variance ** ((config["evenness"] - 1) / 2)
    # Small latents stay clear of the clamp at 3 in the decoder.
    size = 1 / STANDARDISED / (variance * power.square()).mean().sqrt()
    forward = directions @ torch.diag(power * size) @ directions.T
    backward = torch.linalg.inv(forward)
    last, first = vae.encoder.layers[-1], _first_convolution(vae.decoder)
    mean = flat.mean(1)
    assert first.bias is not None  # AutoencoderTiny's first convolution has one
    last.weight.copy_(torch.einsum("ij,jklm->iklm", forward, last.weight))
    last.bias.copy_(forward @ (last.bias - mean))
    first.bias.add_(torch.einsum("ojkl,j->o", first.weight, mean))
    first.weight.copy_(torch.einsum("ojkl,ji->oikl", first.weight, backward))
    if (work / "pipeline").exists():
        unet = UNet2DConditionModel.from_pretrained(work / "pipeline" / "unet")
        change_basis(unet, forward * STANDARDISED / vae.config.scaling_factor)
        unet.save_pretrained(work / "pipeline" / "unet")
    vae.register_to_config(scaling_factor=STANDARDISED)
    vae.save_pretrained(work / "vae")


def _first_convolution(decoder: torch.nn.Module) -> torch.nn.Conv2d:
    return next(m for m in decoder.modules() if isinstance(m, torch.nn.Conv2d))


def _float(images: torch.Tensor) -> torch.Tensor:
    return images.permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)


def _crops(images: torch.Tensor, batch: int, side: int) -> torch.Tensor:
    limit = images.shape[1] - side + 1
    which = torch.randint(0, len(images), (batch,)).tolist()
    corners = torch.randint(0, limit, (batch, 2)).tolist()
    return _float(
        torch.stack([images[i, y : y + side, x : x + side] for i, (y, x) in zip(which, corners, strict=True)])
    )


def far_off(wrong: torch.Tensor) -> torch.Tensor:
    """What a decoder is taught by: the pixels' difference from those of the picture, and that of its edges."""
    across, down = wrong[:, :, :, 1:] - wrong[:, :, :, :-1], wrong[:, :, 1:] - wrong[:, :, :-1]
    return wrong.abs().mean() + wrong.square().mean() + 0.5 * (down.abs().mean() + across.abs().mean())
