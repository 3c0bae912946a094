"""DECOR: takes unwanted ideas out of the encoded prompt, so that a style or subject does not bring them along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, StringConstraints

from limner.tools.base import Adaptation, Card, Kind, Tool
from limner.tools.phrasing import mentions

if TYPE_CHECKING:
    from torch import Tensor

    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.text_conditioning import TextCond
    from limner.tools.families.family import Family

# Sentences in which a word is heard; some fit a thing, some a place.
SENTENCES = ("{}", "a {}", "a picture of a {}", "a {} in a room", "a picture in the {}", "a dog in the {}")
# Where a family lists none of its own.
THINGS = ("woman", "man", "dog", "cat", "bird", "car", "house", "tree", "flower", "apple")
PREPOSITION = re.compile(r"^(in|on|at) (an? |the )?")
KEEP = 0.3  # weaker directions, relative to a word's strongest, are shared with what is wanted
MOST = 24  # other words that a word is compared with, of all kinds


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
        limits="after the abstract and summaries of the paper; reaches what words say, not what a LoRA put into the "
        "weights; near-synonyms of a wanted word weaken that word too",
    )
    unwanted: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...] = Field(
        min_length=1, description="what must not show, such as the nouns of the style's examples"
    )
    alpha: float = Field(default=1.0, ge=0, le=1, description="1 takes them out entirely")

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        from limner.tools.diffusion.text_conditioning import project_out

        basis = directions(backbone, self.unwanted)
        # A third encoder that reads no made-up words stands behind; it has other directions.
        last = backbone.encoders[0][0].model_max_length

        def edit(cond: TextCond) -> TextCond:
            return cond.with_embeds(project_out(cond.embeds, basis.to(cond.embeds.device), self.alpha, last=last))

        yield Adaptation(name=" ".join(self.unwanted), tool=self.name, kind=self.kind, edits=[edit])


def directions(backbone: Backbone, words: Sequence[str]) -> Tensor:
    """An orthonormal basis of what these words say. Each word has its own first, so that none drowns another."""
    import torch

    from limner.tools.diffusion.text_conditioning import subspace

    return subspace(torch.cat([_own(backbone, word) for word in words]))


def heard(backbone: Backbone, word: str) -> Tensor:
    """What a word says where it stands and in every row that is read after it, in several sentences, less what other
    words say there on average: grammar, positions and what all share cancel out. (The sticker family's "fox" read by
    itself holds half of what it says in a sentence, and a fifth of what it leaves in the rows after it.)"""
    import torch

    from limner.tools.diffusion.concept_tokens import Concepts, initial_rows

    family = backbone.family
    # Each other word stands in as a made-up one, so that all take as many positions.
    instead = Concepts()
    found = others(family, word)
    for number, other in enumerate(found[:: -(-len(found) // MOST)]):
        instead.rows[f"<other-{number}>"] = [
            initial_rows(tokenizer, encoder, other, max(1, len(tokenizer(word, add_special_tokens=False).input_ids)))
            for tokenizer, encoder in backbone.encoders
        ]
    last = backbone.encoders[0][0].model_max_length
    rows = []
    with torch.no_grad():
        for sentence in (*SENTENCES, *(frame.format("a {}") for frame in family.styles.values())):
            said = backbone.encode_text([sentence.format(one) for one in (word, *instead.rows)], instead).embeds
            rows.append((said[0] - said[1:].mean(0))[1:last])
    return torch.cat(rows)


def others(family: Family, word: str) -> Sequence[str]:
    """Words of the same kind: places for a place, things for everything else."""
    if any(mentions(ground, word) for ground in family.grounds):
        return [PREPOSITION.sub("", ground) for ground in family.grounds if not mentions(ground, word)]
    return [noun for noun in family.nouns if noun != word] or THINGS


def _own(backbone: Backbone, word: str) -> Tensor:
    from limner.tools.diffusion.text_conditioning import subspace

    return backbone.once(("decor", word), lambda: subspace(heard(backbone, word), KEEP))
