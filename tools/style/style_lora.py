"""Style LoRA: a made-up word plus a small weight change mean one way of drawing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.phrasing import placeholder

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.learning import Learned, Lesson

RANK = 16
STEPS = 260
BATCH = 6
PRIOR_EVERY = 4
PRIOR_PICTURES = 16
PRIOR_STEPS = 12
LEARNING_RATE = 1e-3
TOKEN_RATE = 3e-3
TOKENS = 2
VARIANTS = 8


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
            tool=self.name,
            kind=self.kind,
            adapters=[self.use()],
            tokens=[self.tokens] if self.tokens else [],
            rewrite=lambda prompt: family.in_learned_style(prompt, self.trigger),
        )

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """As a subject is learned, but the word stands for how things are drawn, and the pictures say what."""
        from limner.tools.diffusion.binding import Binding, bind
        from limner.tools.diffusion.captioning import content
        from limner.tools.diffusion.latents import cached, sampled
        from limner.tools.learning import Learned
        from limner.tools.photos import open_photos

        pictures = open_photos(lesson.files, lesson.name)
        token = placeholder(lesson.name)
        said = content(backbone, pictures, lesson.class_noun, lesson.seed)
        captions = [backbone.family.in_learned_style(what, token) for what in said]
        examples = cached(backbone, pictures, captions, VARIANTS, lesson.seed, progress, flip=True)
        frames = list(backbone.family.styles.values()) or ["a picture of {}"]
        prompts = [frames[n % len(frames)].format(said[n % len(said)]) for n in range(PRIOR_PICTURES)]
        prior = sampled(backbone, prompts, lesson.seed, PRIOR_STEPS, progress, "remembering other styles")
        binding = Binding.of(
            lesson,
            token=token,
            word="style",
            tokens=TOKENS,
            rank=RANK,
            steps=STEPS,
            batch=BATCH,
            lr=LEARNING_RATE,
            token_lr=TOKEN_RATE,
            prior_every=PRIOR_EVERY,
            seed=lesson.seed,
        )
        trace = bind(backbone, binding, examples, prior, staged, f"learning {lesson.name}", progress, cancel)
        recipe = {"captions": captions, "pictures": len(pictures), **binding.facts(), **trace.summary()}
        return Learned(token, recipe, pictures)
