"""DECOR: takes unwanted ideas out of the encoded prompt, so that a style or subject does not bring them along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, StringConstraints

from limner.tools.base import Adaptation, Card, Kind, Tool

if TYPE_CHECKING:
    from torch import Tensor

    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.text_conditioning import TextCond


class Decor(Tool):
    """Keep named things out of the picture that a learned style or subject drags in. Use it when something leaks."""

    name: ClassVar[str] = "decor"
    kind: ClassVar[Kind] = "prompt"
    card: ClassVar[Card] = Card(
        title="DECOR",
        paper="2412.09169",
        space="text embedding",
        method="training-free",
        scheme="repair",
        inputs="the words that should not show",
        cost="milliseconds",
        limits="after the abstract and summaries of the paper; near-synonyms of a wanted word weaken that word too",
    )
    unwanted: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...] = Field(
        min_length=1, description="what must not show, such as the nouns of the style's examples"
    )
    alpha: float = Field(default=1.0, ge=0, le=1, description="1 takes them out entirely")

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        from limner.tools.diffusion.text_conditioning import project_out, subspace

        basis = subspace(word_rows(backbone, self.unwanted))

        def edit(cond: TextCond) -> TextCond:
            return cond.with_embeds(project_out(cond.embeds, basis.to(cond.embeds.device), self.alpha))

        yield Adaptation(name=" ".join(self.unwanted), tool=self.name, kind=self.kind, edits=[edit])


def word_rows(backbone: Backbone, words: tuple[str, ...]) -> Tensor:
    """What each word adds to an empty prompt, at the positions it takes. Shared position and syntax cancel out."""
    import torch

    with torch.no_grad():
        empty = backbone.encode_text([""]).embeds[0]
        rows = []
        for word in words:
            said = backbone.encode_text([word]).embeds[0]
            count = len(backbone.pipe.tokenizer(word, add_special_tokens=False).input_ids)
            rows.append(said[1 : 1 + count] - empty[1 : 1 + count])
    return torch.cat(rows)
