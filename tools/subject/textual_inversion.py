"""Textual inversion: only a made-up word's embedding is learned, no weight changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.phrasing import introduce, placeholder, with_article

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.learning import Learned, Lesson

STEPS = 260
BATCH = 6
TOKENS = 2
TOKEN_RATE = 1e-2
VARIANTS = 24


class TextualInversion(LearnedTool):
    """Draw a subject through a learned word alone: the smallest file, the loosest likeness."""

    name: ClassVar[str] = "textual_inversion"
    kind: ClassVar[Kind] = "subject"
    card: ClassVar[Card] = Card(
        title="Textual inversion",
        paper="2208.01618",
        space="token",
        method="optimization",
        scheme="subject",
        inputs="2-20 photos of one subject and its class noun",
        cost="under a minute on two CPU cores (sticker)",
        limits="keeps colours and kind, loses details that the base model cannot draw",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        noun = self.class_noun or "thing"
        yield Adaptation(
            name=self.target,
            tool=self.name,
            kind=self.kind,
            tokens=[self.weights],
            rewrite=lambda prompt: introduce(prompt, self.target, self.class_noun, self.trigger),
            plain=lambda prompt: introduce(prompt, self.target, self.class_noun, noun),
        )

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        from limner.tools.diffusion.binding import Binding, bind
        from limner.tools.diffusion.captioning import caption
        from limner.tools.diffusion.latents import cached
        from limner.tools.learning import Learned
        from limner.tools.photos import open_photos

        photos = open_photos(lesson.files, lesson.name)
        noun = lesson.class_noun or "thing"
        token = placeholder(lesson.name)
        frames = caption(backbone, photos, noun, lesson.seed)
        captions = [f"{frame.format(with_article(token))} {ground}".strip() for frame, ground in frames]
        examples = cached(backbone, photos, captions, VARIANTS, lesson.seed, progress)
        binding = Binding.of(
            lesson,
            token=token,
            word=noun,
            tokens=TOKENS,
            rank=0,
            steps=STEPS,
            batch=BATCH,
            lr=0.0,
            token_lr=TOKEN_RATE,
            prior_every=0,
            seed=lesson.seed,
        )
        trace = bind(backbone, binding, examples, None, staged, f"learning {lesson.name}", progress, cancel)
        recipe = {"captions": captions, "photos": len(photos), **binding.facts(), **trace.summary()}
        return Learned(token, recipe, photos)
