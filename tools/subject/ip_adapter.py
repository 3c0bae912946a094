"""IP-Adapter: a reference picture speaks beside the prompt, without any training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from limner.tools.base import Adaptation, Card, Kind, Tool
from limner.tools.phrasing import introduce

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone


class IpAdapter(Tool):
    """Draw a subject from reference pictures at once, before or instead of learning it."""

    name: ClassVar[str] = "ip_adapter"
    kind: ClassVar[Kind] = "subject"
    card: ClassVar[Card] = Card(
        title="IP-Adapter",
        paper="2308.06721",
        space="image feature",
        method="learning",
        scheme="subject",
        inputs="one to four pictures of the subject",
        cost="none",
        families=("sticker", "sd15", "sdxl"),
        limits="keeps kind and colours; a learned subject keeps more",
    )
    target: str = Field(description="the subject as the person calls it")
    references: tuple[Path, ...] = Field(min_length=1, description="pictures of it")
    class_noun: str = ""
    scale: float = Field(default=0.7, ge=0, le=1.5, description="0 ignores the references, 1 follows them")
    box: tuple[float, float, float, float] | None = Field(
        default=None, description="left, top, right, bottom as shares of the picture; everywhere when left out"
    )

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        from limner.tools.diffusion.reference import referenced
        from limner.tools.photos import open_photo

        photos = [open_photo(file) for file in self.references]
        noun = self.class_noun or "thing"

        def named(prompt: str) -> str:
            return introduce(prompt, self.target, self.class_noun, noun)

        with referenced(backbone, photos, self.scale, self.box) as reference:
            yield Adaptation(
                name=self.target,
                tool=self.name,
                kind=self.kind,
                rewrite=named,
                plain=named,
                arguments=reference.arguments(),
                switch=reference.switch,
            )
