"""Trains the text-to-image UNet (v-prediction, zero terminal SNR) together with the text tower that conditions it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch
from diffusers import AutoencoderTiny, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import CLIPImageProcessor, CLIPTextModel, CLIPTokenizer

from limner.tools.recipes.sticker import eye
from limner.tools.recipes.sticker.clip import encode
from limner.tools.recipes.sticker.drift import Drift
from limner.tools.recipes.sticker.loop import Loop, half_precision, warmup_stable_decay
from limner.tools.recipes.sticker.shards import Shards
from limner.tools.recipes.sticker.sheet import contact_sheet

SAMPLE_PROMPTS = (
    "a 3d render of a dog on the beach",
    "a flat illustration of a cat in the snow",
    "a line drawing of a fox on a yellow background",
    "a cartoon of a strawberry in a meadow",
    "a 3d render of a rocket in the night sky",
    "a 3d render of a cat and a dog",
    "a flat illustration of a penguin next to a pizza on a blue background",
    "a cartoon of a castle at sunset",
    "a 3d render of a panda in the forest",
    "a flat illustration of a robot on a red background",
    "a cartoon of an octopus in the ocean",
    "a flat illustration of a sunflower",
    "a line drawing of a guitar",
    "a 3d render of a rabbit in the snow",
    "a cartoon of an owl above a mushroom",
    "a flat illustration of a small pig in the desert",
)


class Conditioned(nn.Module):
    """The UNet and its text tower as one module, so that one EMA and one checkpoint hold both."""

    def __init__(self, unet: UNet2DConditionModel, text: CLIPTextModel, learn_text: bool = True) -> None:
        super().__init__()
        self.unet, self.text = unet, text.requires_grad_(learn_text)

    def forward(self, noisy: torch.Tensor, timestep: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        context = self.text(input_ids=ids).last_hidden_state
        velocity: torch.Tensor = self.unet(noisy, timestep, context, return_dict=False)[0]
        return velocity


def build_unet(config: dict[str, Any], latent_channels: int, text_width: int) -> UNet2DConditionModel:
    """The stock UNet of the family, untrained, for latents of 16x16."""
    channels = tuple(config["channels"])
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=latent_channels,
        out_channels=latent_channels,
        down_block_types=("CrossAttnDownBlock2D",) * (len(channels) - 1) + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (len(channels) - 1),
        block_out_channels=channels,
        layers_per_block=1,
        cross_attention_dim=text_width,
        attention_head_dim=config["heads"],  # diffusers reads this as the number of heads
    )


def scheduler() -> DDIMScheduler:
    """Cosine betas: 16x16 latents are destroyed too early by the schedule made for 64x64."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    )


def v_loss(
    model: Callable[..., torch.Tensor],
    noise: DDIMScheduler,
    clean: torch.Tensor,
    ids: torch.Tensor,
    steps: torch.Tensor,
    eps: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean squared error (n,) of the predicted velocity, and the clean latents (n, c, 16, 16) that it comes to."""
    noisy = noise.add_noise(clean, eps, steps).contiguous(memory_format=torch.channels_last)
    with half_precision():
        predicted = model(noisy, steps, ids).float()
    loss: torch.Tensor = (predicted - noise.get_velocity(clean, eps, steps)).square().mean((1, 2, 3))
    left = noise.alphas_cumprod[steps].view(-1, 1, 1, 1)
    return loss, left.sqrt() * noisy - (1 - left).sqrt() * predicted


def train(config: dict[str, Any], work: Path, seed: int, compiled: bool = True) -> None:
    """Trains to `steps`; every `sheet_every` it writes the averaged weights as a stock pipeline to `work/pipeline`."""
    torch.manual_seed(seed)
    shards = Shards(work / "shards", frozenset() if config["wide"] else frozenset(config["first"]))
    tokenizer = CLIPTokenizer.from_pretrained(work / "clip" / "tokenizer")
    model = _start(config, shards.latents.shape[1], work)
    model.unet.to(memory_format=torch.channels_last)
    smooth = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(config["ema"]))  # type: ignore[no-untyped-call]
    averaged = cast(Conditioned, smooth.module)
    lr = config["lr"]
    groups = [
        {"params": list(model.unet.parameters()), "scale": 1.0},
        {"params": [p for p in model.text.parameters() if p.requires_grad], "scale": config["text_lr_scale"]},
    ]
    optimizer = torch.optim.AdamW(groups, lr, weight_decay=0.01, betas=(0.9, 0.99), fused=True)
    noise, empty = scheduler(), encode(tokenizer, [""])
    judge, said = eye.load(eye.of_latents(shards.latents.shape[1]), work, "latents"), eye.Named(tokenizer)
    step_model = torch.compile(model) if compiled else model
    real = config["batch"] - config["drifted"]  # the others of a batch are what sampling came to
    drift = Drift(averaged, noise, shards, empty, (config["drift_from"], config["drift_to"]))
    counts = torch.tensor([config["style_counts"].get(style, 1.0) for style in eye.STYLES])
    loop = Loop(work / "unet", config["steps"], {"model": model, "average": smooth, "optimizer": optimizer})
    for step in loop:
        for group in optimizer.param_groups:
            decay_from = config["steps"] - config["decay_steps"]
            group["lr"] = group["scale"] * warmup_stable_decay(step, lr, config["warmup"], decay_from, config["steps"])
        clean, ids = shards.batch(real)
        steps, eps = draw_steps(len(ids), config["middle"]), torch.randn_like(clean)
        if config["drifted"]:
            met = drift.batch(config["drifted"])
            clean, ids, steps, eps = (torch.cat(both) for both in zip((clean, ids, steps, eps), met, strict=True))
        ids = torch.where(torch.rand(len(ids), 1) < config["drop_caption"], empty, ids)
        far, guess = v_loss(step_model, noise, clean, ids, steps, eps)
        # What went astray can hardly be mended in nearly clean latents, and its velocity there is huge.
        mended = ((1 - noise.alphas_cumprod[steps]) / config["mended_from"]).clamp(max=1)
        mended[:real] = 1
        loss = (far * mended).mean()
        unlike = eye.missed(judge, guess, said(ids), noise.alphas_cumprod[steps], counts)
        optimizer.zero_grad()
        (loss + config["style_weight"] * unlike).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        smooth.update_parameters(model)
        loop.note(v_loss=far[:real].mean().item(), style_missed=unlike.item())
        if config["drifted"]:
            loop.note(drifted_loss=(far * mended)[real:].mean().item())
        if (step + 1) % config["sheet_every"] == 0:
            shards.refresh()
            loop.log({"step": step + 1, "validation": validate(averaged, noise, shards)})
            save(averaged, tokenizer, work, f"{step + 1:07}")
    save(averaged, tokenizer, work, "final")


def _start(config: dict[str, Any], latent_channels: int, work: Path) -> Conditioned:
    """Goes on from the weights in `work/pipeline`, if there are any; else from the text tower of the CLIP."""
    before = work / "pipeline"
    text = CLIPTextModel.from_pretrained(before / "text_encoder" if before.exists() else work / "clip" / "clip_text")
    text.float()  # what ships is in half precision
    unet = build_unet(config, latent_channels, text.config.hidden_size)
    if before.exists():
        unet.load_state_dict(UNet2DConditionModel.from_pretrained(before / "unet").state_dict())
    return Conditioned(unet, text, learn_text=config["text_lr_scale"] > 0)


@torch.no_grad()
def change_basis(unet: UNet2DConditionModel, change: torch.Tensor) -> None:
    """A UNet of latents z becomes one of `change` @ z: exact but for the noise, which a few hundred steps mend."""
    first, last = unet.conv_in, unet.conv_out
    first.weight.copy_(torch.einsum("ojkl,ji->oikl", first.weight, torch.linalg.inv(change)))
    last.weight.copy_(torch.einsum("ij,jklm->iklm", change, last.weight))
    last.bias.copy_(change @ last.bias)


def draw_steps(count: int, middle: float) -> torch.Tensor:
    """Timesteps (count,): a share `middle` logit-normal (arXiv:2403.03206), the others uniform."""
    near = (1000 * torch.sigmoid(0.8 + 0.9 * torch.randn(count))).long()
    return torch.where(torch.rand(count) < middle, near, torch.randint(0, 1000, (count,)))


@torch.no_grad()
def validate(model: Conditioned, noise: DDIMScheduler, shards: Shards) -> float:
    """v-loss on held-back samples at fixed noise and steps."""
    fixed = torch.Generator().manual_seed(1)
    model.eval()
    losses = []
    for clean, ids in shards.validation(64):
        steps = torch.randint(0, 1000, (len(ids),), generator=fixed)
        losses.append(v_loss(model, noise, clean, ids, steps, torch.randn(clean.shape, generator=fixed))[0])
    return round(torch.cat(losses).mean().item(), 5)


def save(model: Conditioned, tokenizer: CLIPTokenizer, work: Path, label: str) -> None:
    """Writes the stock pipeline and a sample sheet."""
    pipe = StableDiffusionPipeline(
        vae=AutoencoderTiny.from_pretrained(work / "vae"),
        text_encoder=model.text,
        tokenizer=tokenizer,
        unet=model.unet,
        scheduler=scheduler(),
        safety_checker=None,
        feature_extractor=CLIPImageProcessor.from_pretrained(work / "clip" / "feature_extractor"),
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    pipe.save_pretrained(work / "pipeline")
    made = pipe(
        list(SAMPLE_PROMPTS), num_inference_steps=25, guidance_scale=3.0, generator=torch.Generator().manual_seed(7)
    ).images
    (work / "sheets").mkdir(exist_ok=True)
    contact_sheet(made, columns=8).save(work / "sheets" / f"unet-{label}.png")
