"""Motion LoRA: a small change of the temporal layers, learned from clips, means one motion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Card, Kind, LearnedTool

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone


class MotionLora(LearnedTool):
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
        cost="one to three minutes on two CPU cores (sticker)",
        families=("sticker", "sd15"),
        limits="may carry over what the clips look like; motion_director separates the two",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        yield Adaptation(name=self.target, tool=self.name, kind=self.kind, adapters=[self.use()])
