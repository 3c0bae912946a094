"""Orthogonal Adaptation: subjects trained alone that can be drawn together without mixing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.phrasing import introduce, placeholder, with_article

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.trainable import TrainableLora
    from limner.tools.learning import Learned, Lesson

RANK = 4  # narrow layers hold width / rank subjects
STEPS = 300
BATCH = 6
PRIOR_EVERY = 3
PRIOR_PICTURES = 24
PRIOR_STEPS = 12
# One factor is frozen, so the other must go further.
LEARNING_RATE = 4e-3
TOKEN_RATE = 3e-3
TOKENS = 2
VARIANTS = 24
TARGETS = r".*attentions.*\.(to_q|to_k|to_v|to_out\.0)"


class OrthogonalAdaptation(LearnedTool):
    """Draw a subject that was learned to stand beside others. Use it for several subjects in one picture."""

    name: ClassVar[str] = "orthogonal_adaptation"
    kind: ClassVar[Kind] = "subject"
    card: ClassVar[Card] = Card(
        title="Orthogonal Adaptation",
        paper="2312.02432",
        space="parameter + token",
        method="optimization",
        scheme="subject",
        inputs="2-20 photos of one subject and its class noun",
        cost="up to a minute on two CPU cores (sticker)",
        limits="a little less likeness alone; 16 subjects per person on the sticker family",
    )
    scale: float = Field(default=0.8, ge=0, le=2, description="0 ignores it, 1 follows it; lower when many are merged")

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        noun = self.class_noun or "thing"
        yield Adaptation(
            name=self.target,
            tool=self.name,
            kind=self.kind,
            adapters=[self.use()],
            tokens=[self.tokens] if self.tokens else [],
            rewrite=lambda prompt: introduce(prompt, self.target, self.class_noun, self.trigger),
            plain=lambda prompt: introduce(prompt, self.target, self.class_noun, noun),
        )

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """DreamBooth's loss, but each layer listens only to this subject's own directions of the shared basis."""
        from limner.tools.diffusion.binding import Binding, bind
        from limner.tools.diffusion.captioning import caption
        from limner.tools.diffusion.latents import cached, sampled
        from limner.tools.learning import Learned
        from limner.tools.photos import open_photos
        from limner.tools.subject.dreambooth_lora import class_prompts

        photos = open_photos(lesson.files, lesson.name)
        noun = lesson.class_noun or "thing"
        token = placeholder(lesson.name)
        trigger = f"{token} {noun}"
        slot = free_slot([a.recipe.get("slot") for a in lesson.siblings if a.tool == cls.name])
        frames = caption(backbone, photos, noun, lesson.seed)
        captions = [f"{frame.format(with_article(trigger))} {ground}".strip() for frame, ground in frames]
        examples = cached(backbone, photos, captions, VARIANTS, lesson.seed, progress)
        prompts = class_prompts(backbone.family, noun, PRIOR_PICTURES, lesson.seed)
        prior = sampled(backbone, prompts, lesson.seed, PRIOR_STEPS, progress, f"remembering what a {noun} is")
        binding = Binding.of(
            lesson,
            token=token,
            word=noun,
            tokens=TOKENS,
            rank=RANK,
            steps=STEPS,
            batch=BATCH,
            lr=LEARNING_RATE,
            token_lr=TOKEN_RATE,
            prior_every=PRIOR_EVERY,
            seed=lesson.seed,
        )
        trace = bind(
            backbone,
            binding,
            examples,
            prior,
            staged,
            f"learning {lesson.name}",
            progress,
            cancel,
            targets=TARGETS,
            prepare=lambda lora: freeze_inputs(lora, "concept", slot, RANK),
        )
        recipe = {"captions": captions, "slot": slot, "photos": len(photos), **binding.facts(), **trace.summary()}
        return Learned(trigger, recipe, photos)


def free_slot(taken: list[int | None]) -> int:
    """The first set of directions nobody of this owner uses."""
    return next(number for number in range(10**6) if number not in taken)


def freeze_inputs(lora: TrainableLora, adapter: str, slot: int, rank: int, seed: int | None = None) -> None:
    """Sets every down factor to its part of the shared basis and takes it out of training."""
    import torch

    from limner.tools.diffusion.orthogonal import SharedBasis

    basis = SharedBasis() if seed is None else SharedBasis(seed)
    for name, param in lora.model.named_parameters():
        if f".lora_A.{adapter}." in name:
            with torch.no_grad():
                param.copy_(basis.factor(param.shape[1], slot, rank))
            param.requires_grad_(False)
