"""DreamBooth with LoRA: a made-up word plus a small weight change mean one subject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.training import Numbers

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.learning import Learned, Lesson

# A step on the class for every third on the subject: the prior costs a quarter of the usual doubling.
NUMBERS = Numbers(
    steps=280, batch=4, tokens=2, token_lr=3e-3, rank=32, lr=4e-3, prior_every=4, prior_pictures=24, prior_steps=8
)


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
        yield self.introduced()

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """LoRA and token learned together; what the base draws for the class noun keeps it from drifting."""
        from limner.tools.diffusion.concept import learn_subject

        return learn_subject(lesson, NUMBERS, backbone, staged, progress, cancel)
