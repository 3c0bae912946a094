"""A style the base model already knows, asked for in the words it was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from limner.tools.base import Adaptation, Card, Kind, Tool

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone


class NativeStyle(Tool):
    """Draw in one of the base model's own styles. Use it when the person names one of them."""

    name: ClassVar[str] = "native_style"
    kind: ClassVar[Kind] = "style"
    card: ClassVar[Card] = Card(
        title="Native style",
        space="text",
        method="training-free",
        scheme="style",
        inputs="the name of a style the family lists",
        cost="none",
        families=("sticker",),
        limits="only the styles the base model was trained on",
    )
    style: str = Field(description="one of the family's styles")

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        family = backbone.family
        family.style_phrase(self.style)  # an unknown style is told before anything is drawn
        yield Adaptation(
            name=self.style,
            tool=self.name,
            kind=self.kind,
            rewrite=lambda prompt: family.in_style(prompt, self.style),
            plain=lambda prompt: family.without_style(prompt, self.style),
        )
