"""Motion LoRA: a small change of the temporal layers, learned from clips, means one motion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedMotion, Progress
from limner.tools.training import MotionNumbers

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.learning import Learned, Lesson

NUMBERS = MotionNumbers(steps=70, rank=16, lr=1e-3)


class MotionLora(LearnedMotion):
    """Animate with a motion learned from the person's own clips."""

    name: ClassVar[str] = "motion_lora"
    kind: ClassVar[Kind] = "motion"
    card: ClassVar[Card] = Card(
        title="Motion LoRA",
        paper="2307.04725",
        space="parameter",
        method="optimization",
        scheme="motion",
        inputs="one or more clips of the same motion, at least 2 frames each",
        cost="one to two minutes on two CPU cores (sticker)",
        families=("sticker", "sd15"),
        limits="may carry over what the clips look like; motion_director separates the two",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        yield self.moving()

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """The plain denoising loss on whole clips."""
        from limner.tools.diffusion.motion_training import learn_motion

        return learn_motion(lesson, NUMBERS, backbone, staged, progress, cancel)
