"""Textual inversion: only a made-up word's embedding is learned, no weight changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.training import Numbers

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.learning import Learned, Lesson

# Few and small: longer, a word's drawings come apart (sticker), which the base's own eyes do not always see.
NUMBERS = Numbers(steps=20, batch=4, tokens=2, token_lr=2e-3)


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
        limits="loses what the base cannot draw; on the sticker family no nearer to a subject than its class noun",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        yield self.introduced()

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """The denoising loss alone, on the word alone, which then goes no further from its noun than its drawings are
        worth. A word cannot undo what another style's word says, so each photo is told in its own."""
        from limner.tools.diffusion.concept import learn_subject
        from limner.tools.diffusion.settling import seeing, settled
        from limner.tools.library import TOKENS

        learned = learn_subject(lesson, NUMBERS, backbone, staged, progress, cancel, by_noun=False, own_style=True)
        noun, captions = lesson.class_noun or "thing", learned.recipe["captions"]
        see = seeing(backbone)
        if see is None:  # a base that cannot see keeps what it has learned
            return learned
        share = settled(backbone, see, staged / TOKENS, noun, captions, learned.references, lesson.seed, progress)
        return replace(learned, recipe={**learned.recipe, "share": share})
