"""Style LoRA: a made-up word plus a small weight change mean one way of drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.training import Numbers

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.learning import Learned, Lesson

NUMBERS = Numbers(
    steps=260,
    batch=6,
    tokens=2,
    token_lr=6e-3,
    rank=16,
    lr=4e-3,
    prior_every=4,
    prior_pictures=16,
    prior_steps=12,
    variants=8,
)


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
        yield self.styled(backbone.family)

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """As a subject is learned, but the word stands for how things are drawn, and the pictures say what."""
        from limner.tools.diffusion.concept import Auxiliary, learn_style

        frames = list(backbone.family.styles.values()) or ["a picture of {}"]

        def other_styles(said: Sequence[str], count: int) -> list[Auxiliary]:
            prompts = [frames[n % len(frames)].format(said[n % len(said)]) for n in range(count)]
            return [Auxiliary(prompt, prompt) for prompt in prompts]

        return learn_style(lesson, NUMBERS, backbone, staged, progress, cancel, auxiliary=other_styles)
