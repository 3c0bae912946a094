"""Learns how things move from clips: a LoRA on the temporal layers and, if asked, one that takes the looks."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from limner.tools.base import Cancel, Progress, ToolError
from limner.tools.clips import open_clip
from limner.tools.diffusion import losses
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.captioning import content
from limner.tools.diffusion.keeping import Keeping
from limner.tools.diffusion.text_conditioning import TextCond
from limner.tools.diffusion.tracked import tracked
from limner.tools.diffusion.trainable import TrainableLora, trainable_lora
from limner.tools.diffusion.trainer import Group, Phase, Trace, train
from limner.tools.learning import Learned, Lesson
from limner.tools.library import WEIGHTS
from limner.tools.training import MotionNumbers

# Self-attention and feed-forward, never the text's cross-attention: words must keep their meaning.
SPATIAL = r".*(?<!motion_)attentions.*(attn1\.(to_q|to_k|to_v|to_out\.0)|ff\.net\.0\.proj|ff\.net\.2)"
MOST_CLIPS = 12


def learn_motion(
    lesson: Lesson, numbers: MotionNumbers, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel
) -> Learned:
    """Writes the temporal LoRA into `staged`."""
    numbers, family = numbers.set(lesson.settings), backbone.family
    if not lesson.files:
        raise ToolError(f"to learn the motion {lesson.name!r}, attach a clip: an animated GIF or WebP")
    if len(lesson.files) > MOST_CLIPS:
        raise ToolError(f"{len(lesson.files)} clips are more than help; choose the best {MOST_CLIPS}")
    clips = [open_clip(file, family.frames, family.resolution) for file in lesson.files]
    middles = [clip[len(clip) // 2] for clip in clips]
    said = content(backbone, middles, lesson.class_noun)
    captions = [f"{what}, {lesson.name}" for what in said]
    latents = torch.stack([backbone.encode_images(clip).transpose(0, 1) for clip in clips])
    with torch.no_grad():
        cond = backbone.encode_text(captions)
    adapters = {"temporal": family.motion_targets} | ({"spatial": SPATIAL} if numbers.dual else {})
    with trainable_lora(backbone, adapters, numbers.rank, lesson.seed) as lora:
        label = f"learning {lesson.name}"
        trace = fit_temporal(backbone, lora, latents, cond, numbers, lesson.seed, label, progress, cancel, lesson.work)
        lora.save("temporal", staged / WEIGHTS, {"family": family.name, "motion": lesson.name})
    facts: dict[str, Any] = {"captions": captions, "clips": len(clips), **numbers.facts(), **trace.summary()}
    paths = [path for clip in clips if (path := tracked(clip))]
    if paths:
        facts["path"] = [list(astuple(pose)) for pose in paths[0]]
    return Learned(lesson.name, facts, middles)


def fit_temporal(
    backbone: Backbone,
    lora: TrainableLora,
    latents: Tensor,
    cond: TextCond,
    numbers: MotionNumbers,
    seed: int,
    label: str,
    progress: Progress,
    cancel: Cancel,
    work: Path | None = None,
) -> Trace:
    """Trains the temporal factors, one clip a step; where `numbers.dual`, spatial ones beside them take the looks.
    With `work` a training that was cut goes on from there."""
    generator = torch.Generator().manual_seed(seed)
    spatial = torch.optim.AdamW(lora.params("spatial"), numbers.lr, weight_decay=0.01) if numbers.dual else None

    def loss(step: int) -> Tensor:
        which = torch.randint(0, len(latents), (1,), generator=generator)
        z0, said = latents[which], cond.rows(which)
        noise = torch.randn(z0.shape, generator=generator).to(z0)
        t = torch.randint(0, backbone.timesteps, (1,), generator=generator)
        with_looks = spatial is not None and torch.rand(1, generator=generator).item() >= numbers.spatial_skip
        if spatial is not None and with_looks:
            _fit_looks(backbone, lora, spatial, z0, noise, t, said, generator)
        lora.use(*(("temporal", "spatial") if with_looks else ("temporal",)))
        predicted = backbone.predict(backbone.add_noise(z0, noise, t), t, said)
        target = backbone.target(z0, noise, t)
        if not numbers.beta:
            return losses.diffusion(predicted, target)
        anchor = int(torch.randint(0, z0.shape[2], (1,), generator=generator))
        return losses.appearance_debiased(predicted, target, anchor, numbers.beta)

    # What the temporal loss leaves on the spatial factors is discarded by their next zero_grad.
    phase = Phase(numbers.steps, [Group(lora.params("temporal"), numbers.lr)], loss)
    looks = (lora.params("spatial"), spatial) if spatial is not None else None
    keeping = Keeping(work, generator, looks, every=10) if work else None
    return train([phase], label, progress, cancel, keeping)


def _fit_looks(
    backbone: Backbone,
    lora: TrainableLora,
    optimizer: torch.optim.Optimizer,
    z0: Tensor,
    noise: Tensor,
    t: Tensor,
    cond: TextCond,
    generator: torch.Generator,
) -> None:
    """One whole step on one frame, finished before the temporal forward: fp32 graphs must not see changed factors."""
    lora.use("spatial")
    frame = int(torch.randint(0, z0.shape[2], (1,), generator=generator))
    one, its_noise = z0[:, :, frame : frame + 1], noise[:, :, frame : frame + 1]
    predicted = backbone.predict(backbone.add_noise(one, its_noise, t), t, cond)
    optimizer.zero_grad()
    torch.autograd.backward(losses.diffusion(predicted, backbone.target(one, its_noise, t)))
    optimizer.step()
