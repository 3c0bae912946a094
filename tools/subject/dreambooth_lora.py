"""DreamBooth with LoRA: a made-up word plus a small weight change mean one subject."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.phrasing import introduce, placeholder, with_article

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.families.family import Family
    from limner.tools.learning import Learned, Lesson

RANK = 32
STEPS = 360
BATCH = 4
PRIOR_EVERY = 4  # a step on the class for so many on the subject: the prior costs a quarter of the usual doubling
PRIOR_PICTURES = 24
PRIOR_STEPS = 8
LEARNING_RATE = 4e-3
TOKEN_RATE = 3e-3
TOKENS = 2
VARIANTS = 24  # of each photo, shared among its captions


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
            tool=self.name,
            kind=self.kind,
            adapters=[self.use()],
            tokens=[self.tokens] if self.tokens else [],
            rewrite=lambda prompt: introduce(prompt, self.target, self.class_noun, self.trigger),
            plain=lambda prompt: introduce(prompt, self.target, self.class_noun, noun),
        )

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """LoRA and token learned together; what the base draws for the class noun keeps it from drifting."""
        from limner.tools.diffusion.binding import Binding, bind
        from limner.tools.diffusion.captioning import caption
        from limner.tools.diffusion.latents import cached, sampled
        from limner.tools.learning import Learned
        from limner.tools.photos import open_photos

        photos = open_photos(lesson.files, lesson.name)
        noun = lesson.class_noun or "thing"
        token = placeholder(lesson.name)
        trigger = f"{token} {noun}"
        frames = caption(backbone, photos, noun, lesson.seed)
        # The likeness must not hang on one style word, so each photo is also told in every style the family can say.
        told = [
            (photo, f"{style.format(with_article(trigger))} {ground}".strip())
            for photo, (frame, ground) in zip(photos, frames, strict=True)
            for style in dict.fromkeys((frame, *backbone.family.styles.values()))
        ]
        captions = [text for _, text in told]
        variants = max(1, VARIANTS * len(photos) // len(told))
        examples = cached(backbone, [photo for photo, _ in told], captions, variants, lesson.seed, progress)
        prior = sampled(
            backbone,
            class_prompts(backbone.family, noun, PRIOR_PICTURES, lesson.seed),
            lesson.seed,
            PRIOR_STEPS,
            progress,
            f"remembering what a {noun} is",
        )
        binding = Binding.of(
            lesson,
            token=token,
            word=noun,
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
        recipe = {"captions": captions, "photos": len(photos), **binding.facts(), **trace.summary()}
        return Learned(trigger, recipe, photos)


def class_prompts(family: Family, noun: str, count: int, seed: int) -> list[str]:
    """The class in every style and place the family can say."""
    rng = random.Random(seed)
    frames = list(family.styles.values()) or ["a photo of {}"]
    grounds = ["", *family.grounds]
    return [
        f"{frames[number % len(frames)].format(with_article(noun))} {rng.choice(grounds)}".strip()
        for number in range(count)
    ]
