"""Orthogonal Adaptation: subjects trained alone that can be drawn together without mixing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.training import Numbers

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.orthogonal import Basis
    from limner.tools.diffusion.trainable import TrainableLora
    from limner.tools.learning import Learned, Lesson

RANK = 6  # a layer holds width / rank subjects, and the fewer the directions, the better each word is told apart
# One factor is frozen, its rows few and of length 1: at a usual LoRA's rate the other would hardly get anywhere.
NUMBERS = Numbers(
    steps=200,
    batch=4,
    tokens=2,
    token_lr=3e-3,
    rank=RANK,
    lr=4e-2,
    prior_every=3,
    prior_pictures=24,
    prior_steps=8,
    strangers=7,
)
# Where words are read, and nowhere else: only words tell subjects apart. What a layer sees of a picture is much the
# same for all of them, so that there each would answer to every other, whatever its directions.
TARGETS = r".*(attn2\.(to_k|to_v)|attn\.(add_k_proj|add_v_proj))"


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
        limits="after the paper, but each subject's word begins its own way, it listens where that word is heard most, "
        "is told to ignore others' words, made deaf to those of whoever is drawn with it; 16 subjects per person on "
        "the sticker family",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        spoken = [self.tokens] if self.tokens else []
        yield replace(self.introduced(), word=self.trigger, spoken=spoken)

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """DreamBooth's loss, but each layer listens only to this subject's own directions of the text."""
        from limner.tools.diffusion.binding import Beginnings
        from limner.tools.diffusion.concept import learn_subject
        from limner.tools.diffusion.hearing import ORDINARY, beginning, hearing

        slot = free_slot([a.recipe.get("slot") for a in lesson.siblings if a.tool == cls.name])
        numbers = NUMBERS.set(lesson.settings)
        basis = hearing(backbone, RANK, numbers.tokens)
        own = basis.way(slot)
        others = [way for way in basis.ways if way != own][: numbers.strangers]
        beginnings = Beginnings(ORDINARY, partial(beginning, way=own), [partial(beginning, way=way) for way in others])

        def prepare(lora: TrainableLora) -> None:
            freeze_inputs(lora, "concept", slot, RANK, basis)

        learned = learn_subject(
            lesson,
            NUMBERS,
            backbone,
            staged,
            progress,
            cancel,
            targets=TARGETS,
            prepare=prepare,
            beginnings=beginnings,
        )
        return replace(learned, recipe={**learned.recipe, "slot": slot})


def free_slot(taken: list[int | None]) -> int:
    """The first set of directions nobody of this owner uses."""
    return next(number for number in range(10**6) if number not in taken)


def freeze_inputs(lora: TrainableLora, adapter: str, slot: int, rank: int, basis: Basis) -> None:
    """Sets every down factor to its part of the basis and takes it out of training."""
    import torch

    for name, param in lora.model.named_parameters():
        if f".lora_A.{adapter}." in name:
            with torch.no_grad():
                param.copy_(basis.factor(param.shape[1], slot, rank))
            param.requires_grad_(False)
