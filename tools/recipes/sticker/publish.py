"""Puts what was trained into `tools/weights/sticker`: fp16 safetensors, a card with hashes, and the training logs.

The card also lists what was held out.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderTiny, MotionAdapter, StableDiffusionPipeline
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModelWithProjection, CLIPVisionModelWithProjection

from limner.tools.families.integrity import CARD, hashes
from limner.tools.families.poses import HELD_OUT
from limner.tools.families.sticker import LORA_FILE
from limner.tools.recipes.sticker.art import nouns
from limner.tools.recipes.sticker.world import drawn_and_hidden

TARGET = Path(__file__).parents[2] / "weights" / "sticker"


def publish(recipe: dict[str, Any], work: Path, target: Path = TARGET) -> None:
    """Replaces `target`; parts that were not trained are left out and not claimed in the card."""
    fresh = target.with_name(target.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    pipe = StableDiffusionPipeline.from_pretrained(
        work / "pipeline", torch_dtype=torch.float16, safety_checker=None, requires_safety_checker=False
    )
    pipe.vae = AutoencoderTiny.from_pretrained(work / "vae", torch_dtype=torch.float16)  # its decoder may be newer
    pipe.save_pretrained(fresh)
    parts = {"unet": _last(work / "unet"), "autoencoder": _last(work / "autoencoder")}
    if (work / "motion_adapter").exists():
        MotionAdapter.from_pretrained(work / "motion_adapter", torch_dtype=torch.float16).save_pretrained(
            fresh / "motion_adapter"
        )
        _half(work / "motion_lora" / LORA_FILE, fresh / "motion_lora" / LORA_FILE)
        parts["motion"] = _last(work / "motion")
    if (work / "ip_adapter").exists():
        _half(work / "ip_adapter" / "ip-adapter.safetensors", fresh / "ip_adapter" / "ip-adapter.safetensors")
        encoder = work / "ip_adapter" / "image_encoder"
        CLIPVisionModelWithProjection.from_pretrained(encoder, torch_dtype=torch.float16).save_pretrained(
            fresh / "ip_adapter" / "image_encoder"
        )
        parts["ip_adapter"] = _last(work / "ip")
    for folder, kind in (("clip_text", CLIPTextModelWithProjection), ("image_encoder", CLIPVisionModelWithProjection)):
        kind.from_pretrained(work / "clip" / folder, torch_dtype=torch.float16).save_pretrained(fresh / "clip" / folder)
    parts["clip"] = _last(work / "clip")
    logs = fresh / "logs"
    logs.mkdir()
    for log in sorted([*work.glob("*/log.jsonl"), *work.glob("*/*/log.jsonl")]):
        shutil.copy(log, logs / f"{'_'.join(log.parent.relative_to(work).parts)}.jsonl")
    for text in ("README.md",):
        if (target / text).exists():
            shutil.copy(target / text, fresh / text)
    for config in fresh.rglob("*.json"):
        _forget_path(config)
    card = {"family": "sticker", "licence": "Apache-2.0", "seed": recipe["seed"], "recipe": recipe, "last_log": parts}
    card |= {"held_out": held_out(recipe)}
    (fresh / CARD).write_text(json.dumps(card | {"files": hashes(fresh)}, indent=1) + "\n", "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def held_out(recipe: dict[str, Any]) -> dict[str, Any]:
    """What no model was trained on, and is measured with."""
    _, pairs = drawn_and_hidden(recipe)
    return {
        "nouns": [n.name for n in nouns() if n.group == "held_out"],
        "style": recipe["art"]["held_out_style"],
        "noun and style": sorted(f"{noun}/{style}" for noun, style in pairs),
        "motions": list(HELD_OUT),
    }


def _half(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.half() for k, v in load_file(source).items()}, target)


def _last(folder: Path) -> dict[str, Any]:
    """The last line of a stage's log: where training stands."""
    lines = (folder / "log.jsonl").read_text("utf-8").splitlines() if (folder / "log.jsonl").exists() else []
    return dict(json.loads(lines[-1])) if lines else {}


def _forget_path(config: Path) -> None:
    """diffusers and transformers write where and how a part was loaded; that says nothing to anybody else."""
    values = json.loads(config.read_text("utf-8"))
    if [values.pop(key) for key in ("_name_or_path", "local_files_only") if key in values]:
        config.write_text(json.dumps(values, indent=2) + "\n", "utf-8")
