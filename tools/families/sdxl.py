"""Stable Diffusion XL and its relatives, from a local diffusers folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from limner.tools.base import ToolError
from limner.tools.families.family import Family
from limner.tools.families.quiet import quiet
from limner.tools.families.sd15 import ATTENTION, precision, required


def load(folder: Path | None = None) -> Any:
    import torch
    from diffusers import StableDiffusionXLPipeline

    with quiet():
        pipe = StableDiffusionXLPipeline.from_pretrained(
            required(folder, "sdxl"), torch_dtype=precision(torch), local_files_only=True, add_watermarker=False
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def load_motion(pipe: Any, folder: Path | None = None) -> Any:
    raise ToolError("the sdxl family does not animate here; use sticker or sd15")


SDXL = Family(
    name="sdxl",
    title="Stable Diffusion XL",
    load=load,
    load_motion=load_motion,
    home=None,
    resolution=1024,
    steps=30,
    guidance=6.0,
    lora_targets=ATTENTION,
)
