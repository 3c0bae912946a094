"""DreamBooth with LoRA: a made-up word plus a small weight change mean one subject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Card, Kind, LearnedTool
from limner.tools.phrasing import introduce

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone


class DreamBoothLora(LearnedTool):
    """Draw a subject learned from a few photos. Use it when the prompt means that very person, animal or thing."""

    name: ClassVar[str] = "dreambooth_lora"
    kind: ClassVar[Kind] = "subject"
    card: ClassVar[Card] = Card(
        title="DreamBooth (LoRA)",
        paper="2208.12242",
        space="parameter + token",
        method="optimization",
        scheme="subject",
        inputs="2-20 photos of one subject and its class noun",
        cost="up to a minute on two CPU cores (sticker)",
        limits="a wrong class noun or photos of different things spoil it",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        noun = self.class_noun or "thing"
        yield Adaptation(
            name=self.target,
            kind=self.kind,
            adapters=[self.use()],
            tokens=[self.tokens] if self.tokens else [],
            rewrite=lambda prompt: introduce(prompt, self.target, self.class_noun, self.trigger),
            plain=lambda prompt: introduce(prompt, self.target, self.class_noun, noun),
        )
