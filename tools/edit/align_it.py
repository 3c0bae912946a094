"""AlignIT: the learned concept speaks only at its own words; the rest of the prompt is read by the untouched model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from limner.tools.base import Adaptation, Card, Kind, Tool, ToolError

if TYPE_CHECKING:
    from torch import Tensor

    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.scene import Scene
    from limner.tools.diffusion.text_conditioning import TextCond


class AlignIt(Tool):
    """Make a picture of a learned subject obey the rest of the prompt. Use it when a prompt is ignored."""

    name: ClassVar[str] = "align_it"
    kind: ClassVar[Kind] = "prompt"
    card: ClassVar[Card] = Card(
        title="AlignIT",
        paper="2406.18893",
        space="attention",
        method="training-free",
        scheme="repair",
        inputs="a learned subject in the prompt",
        cost="two more passes of the text encoder",
        families=("sticker", "sd15", "sdxl"),
        limits="what an adapter changed outside keys and values stays, so does SDXL's summary of a prompt; little of "
        "a subject is left where a base hears prompts in their end and padding more than in their words",
    )
    keys: bool = Field(default=True, description="align what is looked for")
    values: bool = Field(default=True, description="align what is drawn")

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        from limner.tools.diffusion.attention import base_projection, edited, replaced

        reading = Reading()

        def edit(site: Any, context: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
            for row in reading.rows(context):
                plain, concept = reading.plain.to(context), reading.concept.to(context)
                for wanted, layer, made in ((self.keys, site.to_k, key), (self.values, site.to_v, value)):
                    if wanted:
                        aligned, spoken = base_projection(layer, plain), layer(concept)
                        for first, last in reading.spans:
                            aligned = replaced(aligned, first, last, spoken[:, first:last])
                        made[row] = aligned[0]
            return key, value

        def switch(told: tuple[Scene, TextCond] | None) -> None:
            reading.forget() if told is None else reading.read(backbone, *told)

        with edited(backbone.denoiser, edit):
            yield Adaptation(name="aligned prompt", tool=self.name, kind=self.kind, switch=switch, fusable=False)


class Reading:
    """The three ways one prompt is encoded: as asked, with the class noun's meaning in the concept's place, and with
    the concept in a neutral sentence at the same position."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.asked: Tensor | None = None
        self.spans: tuple[tuple[int, int], ...] = ()

    def read(self, backbone: Backbone, scene: Scene, cond: TextCond) -> None:
        import torch

        from limner.tools.diffusion.concept_tokens import Concepts, initial_rows

        spans = cond.spans[0] if cond.spans else {}
        if not spans:
            raise ToolError("align_it needs a learned subject in the prompt; name one, or leave align_it out")
        tokenizer, nouns = backbone.encoders[0][0], scene.nouns
        # Same length, same positions: only the meaning of the concept's rows differs.
        plain = Concepts(
            {
                name: [initial_rows(*reader, nouns[name], last - first) for reader in backbone.encoders]
                for name, (first, last) in spans.items()
            }
        )
        filler = tokenizer.decode(tokenizer("a", add_special_tokens=False).input_ids)
        neutral, position = [], 1
        for name, (first, last) in sorted(spans.items(), key=lambda item: item[1]):
            neutral += [filler] * (first - position) + [name]
            position = last
        with torch.no_grad():
            self.plain = backbone.encode_text([scene.prompt()], plain).embeds
            self.concept = backbone.encode_text([" ".join(neutral)], scene.concepts).embeds
        self.asked, self.spans = cond.embeds[0], tuple(spans.values())

    def rows(self, context: Tensor) -> list[int]:
        """Which rows of a batch are the asked prompt: guidance puts the negative prompt beside it."""
        import torch

        if self.asked is None:
            return []
        return [n for n, row in enumerate(context) if torch.equal(row, self.asked.to(row))]
