"""Stable Diffusion 3 and 3.5, from a local diffusers folder: a diffusion transformer trained on flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from limner.tools.base import ToolError
from limner.tools.families.family import Family
from limner.tools.families.quiet import quiet
from limner.tools.families.sd15 import precision, required


def load(folder: Path | None = None) -> Any:
    """The pipeline in half precision where there is CUDA; ToolError without a folder."""
    import torch
    from diffusers import StableDiffusion3Pipeline

    folder = required(folder, "sd3")
    # The large third encoder may be left out of the folder; the model reads the other two then.
    left_out = {} if (folder / "text_encoder_3").exists() else {"text_encoder_3": None, "tokenizer_3": None}
    with quiet():
        pipe = StableDiffusion3Pipeline.from_pretrained(
            folder, torch_dtype=precision(torch), local_files_only=True, **left_out
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def load_motion(pipe: Any, folder: Path | None = None) -> Any:
    raise ToolError("the sd3 family does not animate here; use sticker or sd15")


SD3 = Family(
    name="sd3",
    title="Stable Diffusion 3",
    load=load,
    load_motion=load_motion,
    home=None,
    resolution=1024,
    steps=28,
    guidance=5.0,
    lora_targets=r"transformer_blocks.*\.attn\.(to_q|to_k|to_v|to_out\.0|add_q_proj|add_k_proj|add_v_proj|to_add_out)",
)
