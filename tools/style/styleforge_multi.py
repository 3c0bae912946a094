"""Multi-StyleForge: two made-up words, one for how things are drawn and one for how their grounds are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from limner.tools.base import Adaptation, Cancel, Card, Kind, LearnedTool, Progress
from limner.tools.phrasing import mentions
from limner.tools.style.styleforge import NUMBERS as SINGLE
from limner.tools.style.styleforge import PEOPLE, auxiliary

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.families.family import Family
    from limner.tools.learning import Learned, Lesson

NUMBERS = SINGLE


class StyleForgeMulti(LearnedTool):
    """Draw in a learned style pictures without any subject too: grounds have a word of their own."""

    name: ClassVar[str] = "styleforge_multi"
    kind: ClassVar[Kind] = "style"
    card: ClassVar[Card] = Card(
        title="Multi-StyleForge",
        paper="2404.05256",
        space="parameter + token",
        method="optimization",
        scheme="style",
        inputs="5-20 pictures in one style, some before a plain enough ground to take their subject away",
        cost="about a minute on two CPU cores (sticker)",
        limits="after the abstract; where no ground can be bared it learns what styleforge learns",
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        family = backbone.family
        adaptation = self.styled(family)
        adaptation.rewrite = lambda prompt: family.in_learned_style(prompt, self.words(prompt, family))
        yield adaptation

    def words(self, prompt: str, family: Family) -> str:
        """Both words, or only the ground's for a prompt with nothing in it."""
        ground = self.trigger.split()[1:]
        nouns = family.nouns or PEOPLE
        empty = ground and "<" not in prompt and not any(mentions(prompt, noun) for noun in nouns)
        return ground[0] if empty else self.trigger

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned:
        """The pictures teach the first word, the same pictures without their subjects the second."""
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
            grounds_apart=True,
        )
