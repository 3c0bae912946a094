"""AnimateDiff: a motion adapter makes the image model draw frames that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from limner.tools.base import Adaptation, Card, Kind, Tool

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone


class AnimateDiff(Tool):
    """Animate with one of the motions the base family knows."""

    name: ClassVar[str] = "animatediff"
    kind: ClassVar[Kind] = "motion"
    card: ClassVar[Card] = Card(
        title="AnimateDiff",
        paper="2307.04725",
        space="parameter",
        method="learning",
        scheme="motion",
        inputs="the name of a motion the family lists",
        cost="none at use; the motion adapter ships with the family",
        families=("sticker",),
        limits="16 frames; other families list no motions of their own, learn one from a clip",
    )
    motion: str = Field(description="one of the family's motions")

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        family = backbone.family
        family.motion_phrase(self.motion)  # an unknown motion is told before anything is drawn
        yield Adaptation(
            name=self.motion,
            tool=self.name,
            kind=self.kind,
            rewrite=lambda prompt: family.in_motion(prompt, self.motion),
            plain=lambda prompt: family.without_motion(prompt, self.motion),
        )
