"""Stable Diffusion 1.5 and its relatives, from a local diffusers folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from limner.tools.base import ToolError
from limner.tools.families.family import Family
from limner.tools.families.quiet import quiet

ATTENTION = r".*attentions.*\.(to_q|to_k|to_v|to_out\.0)"
TEMPORAL = r".*motion_modules.*\.(to_q|to_k|to_v|to_out\.0|net\.0\.proj|net\.2)"


def load(folder: Path | None = None) -> Any:
    """The pipeline in half precision where there is CUDA; ToolError without a folder."""
    import torch
    from diffusers import StableDiffusionPipeline

    with quiet():
        pipe = StableDiffusionPipeline.from_pretrained(
            required(folder, "sd15"), torch_dtype=precision(torch), local_files_only=True, safety_checker=None
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def load_motion(pipe: Any, folder: Path | None = None) -> Any:
    """AnimateDiff around the same models; ToolError where the folder has no motion adapter."""
    from diffusers import AnimateDiffPipeline, DDIMScheduler, MotionAdapter

    adapter = required(folder, "sd15") / "motion_adapter"
    if not adapter.exists():
        raise ToolError(f"to animate, put an AnimateDiff motion adapter into {adapter}")
    with quiet():
        moving = AnimateDiffPipeline(
            vae=pipe.vae,
            text_encoder=pipe.text_encoder,
            tokenizer=pipe.tokenizer,
            unet=pipe.unet,
            motion_adapter=MotionAdapter.from_pretrained(adapter, torch_dtype=pipe.unet.dtype),
            # Motion modules were trained with a linear schedule, the image model with a scaled one.
            scheduler=DDIMScheduler.from_config(
                pipe.scheduler.config, beta_schedule="linear", clip_sample=False, timestep_spacing="linspace"
            ),
        )
    moving.set_progress_bar_config(disable=True)
    return moving


def required(folder: Path | None, family: str) -> Path:
    if folder is None:
        raise ToolError(f"the {family} family ships no weights; set LIMNER_WEIGHTS to its diffusers folder")
    if not (folder / "model_index.json").exists():
        raise ToolError(f"{folder} is not a diffusers folder: model_index.json is missing")
    return folder


def precision(torch: Any) -> Any:
    return torch.float16 if torch.cuda.is_available() else torch.float32


SD15 = Family(
    name="sd15",
    title="Stable Diffusion 1.5",
    load=load,
    load_motion=load_motion,
    home=None,
    resolution=512,
    steps=30,
    guidance=7.5,
    lora_targets=ATTENTION,
    motion_targets=TEMPORAL,
)
