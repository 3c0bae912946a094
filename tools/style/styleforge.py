"""StyleForge: a style bound twice, to its own pictures and, without them, to how things are drawn properly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.phrasing import with_article
from limner.tools.training import Numbers

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.concept import Auxiliary
    from limner.tools.families.family import Family
    from limner.tools.learning import Learned, Lesson

# prior_every 2 is the paper's lambda of 1: the auxiliary set counts as much as the style.
NUMBERS = Numbers(
    steps=300,
    batch=6,
    tokens=2,
    token_lr=6e-3,
    rank=16,
    lr=4e-3,
    prior_every=2,
    prior_pictures=24,
    prior_steps=12,
    variants=8,
)
# What the auxiliary pictures show where a family lists nothing of its own.
PEOPLE = ("woman", "man", "child", "old man", "dog", "house")
PLACES = ("on a street", "in a forest", "on a beach", "in a room")


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
        limits="after the abstract; the auxiliary pictures are drawn by the base model and given the style's colours, "
        "the paper collects them",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        yield self.styled(backbone.family)

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """ "<v> style" means the pictures; the bare word "style" is taught other things, properly drawn."""
        from limner.tools.diffusion.concept import learn_style

        family = backbone.family
        return learn_style(
            lesson,
            NUMBERS,
            backbone,
            staged,
            progress,
            cancel,
            auxiliary=lambda said, count: auxiliary(family, count),
            related=True,
        )


def auxiliary(family: Family, count: int) -> list[Auxiliary]:
    """Bare grounds and objects in turn, drawn as the base usually draws and told as "style": so the word means things
    drawn properly, and a ground without an object must stay without one. In the base's own colours they would pull the
    style back to those, so they are given the style's."""
    from limner.tools.diffusion.concept import Auxiliary

    nouns, grounds = family.nouns or PEOPLE, family.grounds or PLACES
    made = []
    for number in range(count):
        bare = number % 2 == 0
        what = f"a picture {grounds[number % len(grounds)]}" if bare else with_article(nouns[7 * number % len(nouns)])
        made.append(Auxiliary(family.in_usual_style(what), f"{what} in style", bare))
    return made
