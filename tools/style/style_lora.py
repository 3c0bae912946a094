"""Style LoRA: a made-up word plus a small weight change mean one way of drawing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Card, Kind, LearnedTool

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone


class StyleLora(LearnedTool):
    """Draw the whole picture in a style learned from example pictures."""

    name: ClassVar[str] = "style_lora"
    kind: ClassVar[Kind] = "style"
    card: ClassVar[Card] = Card(
        title="Style LoRA",
        paper="2106.09685",
        space="parameter + token",
        method="optimization",
        scheme="style",
        inputs="3-20 pictures in one style, of different things if possible",
        cost="up to a minute on two CPU cores (sticker)",
        limits="what all examples show besides their style may leak into pictures",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        family = backbone.family
        yield Adaptation(
            name=self.target,
            kind=self.kind,
            adapters=[self.use()],
            tokens=[self.tokens] if self.tokens else [],
            rewrite=lambda prompt: family.in_learned_style(prompt, self.trigger),
        )
