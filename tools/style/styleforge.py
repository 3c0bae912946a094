"""StyleForge: a style bound twice, to its own pictures and, without them, to how things are drawn properly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress, ToolError
from limner.tools.phrasing import placeholder

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.learning import Learned, Lesson

RANK = 16
STEPS = 300
BATCH = 6
PRIOR_EVERY = 2  # lambda = 1: the auxiliary set counts as much as the style
PRIOR_PICTURES = 24
PRIOR_STEPS = 12
LEARNING_RATE = 1e-3
TOKEN_RATE = 3e-3
TOKENS = 2
VARIANTS = 8


class StyleForge(LearnedTool):
    """Draw the whole picture in a style learned from 5-20 pictures, without their subjects creeping in."""

    name: ClassVar[str] = "styleforge"
    kind: ClassVar[Kind] = "style"
    card: ClassVar[Card] = Card(
        title="Single-StyleForge",
        paper="2404.05256",
        space="parameter + token",
        method="optimization",
        scheme="style",
        inputs="5-20 pictures in one style",
        cost="about a minute on two CPU cores (sticker)",
        limits="after the abstract; the auxiliary pictures are drawn by the base model, the paper collects them",
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
        """ "<v> style" means the pictures; the bare word "style" is taught other things, properly drawn."""
        from limner.tools.diffusion.binding import Binding, bind
        from limner.tools.diffusion.captioning import content
        from limner.tools.diffusion.latents import cached, sampled
        from limner.tools.learning import Learned
        from limner.tools.photos import open_photos

        pictures = open_photos(lesson.files, lesson.name)
        token = placeholder(lesson.name)
        family = backbone.family
        said = content(backbone, pictures, lesson.class_noun, lesson.seed)
        captions = [family.in_learned_style(what, token) for what in said]
        examples = cached(backbone, pictures, captions, VARIANTS, lesson.seed, progress, flip=True)
        prompts = auxiliary(family.nouns, family.grounds, PRIOR_PICTURES)
        aux = sampled(backbone, prompts, lesson.seed, PRIOR_STEPS, progress, "remembering how things are drawn")
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
        trace = bind(backbone, binding, examples, aux, staged, f"learning {lesson.name}", progress, cancel)
        recipe = {"captions": captions, "pictures": len(pictures), **binding.facts(), **trace.summary()}
        return Learned(token, recipe, pictures)


def auxiliary(nouns: Sequence[str], grounds: Sequence[str], count: int) -> list[str]:
    """Objects and bare grounds in turn, in "style": a ground without an object must stay without one."""
    if not nouns:
        raise ToolError(
            "this base family lists nothing it draws, so StyleForge has no auxiliary pictures; use style_lora"
        )
    things = [f"{nouns[(7 * n) % len(nouns)]} in style" for n in range(count)]
    empty = [f"a picture {grounds[n % len(grounds)]} in style" for n in range(count)] if grounds else things
    return [things[n] if n % 2 else empty[n] for n in range(count)]
