"""MotionDirector: two paths, so that the motion is learned and the looks of the clips are not."""

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

NUMBERS = MotionNumbers(steps=60, rank=16, lr=1e-3, dual=True, beta=1.0)


class MotionDirector(LearnedMotion):
    """Animate with a motion learned from one or more clips, on any subject, without the looks of those clips."""

    name: ClassVar[str] = "motion_director"
    kind: ClassVar[Kind] = "motion"
    card: ClassVar[Card] = Card(
        title="MotionDirector",
        paper="2310.08465",
        space="parameter",
        method="optimization",
        scheme="motion",
        inputs="one or more clips of the same motion, at least 2 frames each",
        cost="one to two minutes on two CPU cores (sticker)",
        families=("sticker", "sd15"),
        limits="camera and object motion are learned together; too many steps bring the looks back; the small family "
        "follows the way of the clip's subject, which must stand out from its ground",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        yield self.moving()

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """A spatial LoRA takes the looks and is thrown away; the temporal one also gets the debiased loss."""
        from limner.tools.diffusion.motion_training import learn_motion

        return learn_motion(lesson, NUMBERS, backbone, staged, progress, cancel)
