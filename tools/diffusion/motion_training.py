"""Learns how things move from clips: a LoRA on the temporal layers and, if asked, one that takes the looks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
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
from limner.tools.diffusion.trainable import TrainableLora, trainable_lora
from limner.tools.diffusion.trainer import Group, Phase, Trace, train
from limner.tools.learning import Learned, Lesson
from limner.tools.library import WEIGHTS

# Self-attention and feed-forward, never the text's cross-attention: words must keep their meaning.
SPATIAL = r".*(?<!motion_)attentions.*(attn1\.(to_q|to_k|to_v|to_out\.0)|ff\.net\.0\.proj|ff\.net\.2)"
MOST_CLIPS = 12


@dataclass(frozen=True)
class MotionTraining:
    """The numbers of one training. `dual` gives the looks a LoRA of their own, which is thrown away."""

    steps: int
    rank: int
    lr: float
    seed: int
    dual: bool
    beta: float  # of the appearance-debiased loss; 0 leaves that loss out
    spatial_skip: float = 0.2  # share of steps in which the looks must be borne by the temporal layers alone


def learn_motion(
    lesson: Lesson, training: MotionTraining, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel
) -> Learned:
    """Writes the temporal LoRA into `staged`."""
    family = backbone.family
    if not lesson.files:
        raise ToolError(f"to learn the motion {lesson.name!r}, attach a clip: an animated GIF or WebP")
    if len(lesson.files) > MOST_CLIPS:
        raise ToolError(f"{len(lesson.files)} clips are more than help; choose the best {MOST_CLIPS}")
    clips = [open_clip(file, family.frames, family.resolution) for file in lesson.files]
    middles = [clip[len(clip) // 2] for clip in clips]
    said = content(backbone, middles, lesson.class_noun, lesson.seed)
    captions = [f"{what}, {lesson.name}" for what in said]
    latents = torch.stack([backbone.encode_images(clip).transpose(0, 1) for clip in clips])
    with torch.no_grad():
        cond = backbone.encode_text(captions)
    adapters = {"temporal": family.motion_targets} | ({"spatial": SPATIAL} if training.dual else {})
    with trainable_lora(backbone, adapters, training.rank, training.seed) as lora:
        trace = fit_temporal(
            backbone, lora, latents, cond, training, f"learning {lesson.name}", progress, cancel, lesson.work
        )
        lora.save("temporal", staged / WEIGHTS, {"family": family.name, "motion": lesson.name})
    facts: dict[str, Any] = {"captions": captions, "clips": len(clips), **asdict(training), **trace.summary()}
    return Learned(lesson.name, facts, middles)


def fit_temporal(
    backbone: Backbone,
    lora: TrainableLora,
    latents: Tensor,
    cond: TextCond,
    training: MotionTraining,
    label: str,
    progress: Progress,
    cancel: Cancel,
    work: Path | None = None,
) -> Trace:
    generator = torch.Generator().manual_seed(training.seed)
    spatial = torch.optim.AdamW(lora.params("spatial"), training.lr, weight_decay=0.01) if training.dual else None

    def loss(step: int) -> Tensor:
        which = torch.randint(0, len(latents), (1,), generator=generator)
        z0, said = latents[which], cond.rows(which)
        noise = torch.randn(z0.shape, generator=generator).to(z0)
        t = torch.randint(0, backbone.timesteps, (1,), generator=generator)
        with_looks = spatial is not None and torch.rand(1, generator=generator).item() >= training.spatial_skip
        if spatial is not None and with_looks:
            _fit_looks(backbone, lora, spatial, z0, noise, t, said, generator)
        lora.use(*(("temporal", "spatial") if with_looks else ("temporal",)))
        predicted = backbone.predict(backbone.add_noise(z0, noise, t), t, said)
        target = backbone.target(z0, noise, t)
        if not training.beta:
            return losses.diffusion(predicted, target)
        anchor = int(torch.randint(0, z0.shape[2], (1,), generator=generator))
        return losses.appearance_debiased(predicted, target, anchor, training.beta)

    # What the temporal loss leaves on the spatial factors is discarded by their next zero_grad.
    phase = Phase(training.steps, [Group(lora.params("temporal"), training.lr)], loss)
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
