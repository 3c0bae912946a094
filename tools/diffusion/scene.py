"""One generation laid out: which tools take part, what the prompt became, how it is encoded with and without each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from torch import Tensor

from limner.tools.base import Adaptation, Tool, ToolError
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.concept_tokens import Concepts
from limner.tools.diffusion.lora import Residents, resident_name
from limner.tools.diffusion.text_conditioning import TextCond

ORDER = ("subject", "prompt", "style", "motion")  # a style is said around the subject, a motion after both


@dataclass
class Scene:
    """Everything between the asked prompt and the sampler. Valid only inside `laid_out`."""

    backbone: Backbone
    residents: Residents
    adaptations: list[Adaptation]
    concepts: Concepts
    asked: str

    def prompt(self, without: Sequence[Adaptation] = ()) -> str:
        said = self.asked
        for adaptation in self.adaptations:
            if adaptation.kind == "motion":
                break
            said = (adaptation.plain if adaptation in without else adaptation.rewrite)(said)
        if not any(adaptation.kind == "style" for adaptation in self.adaptations):
            said = self.backbone.family.in_usual_style(said)
        for adaptation in self.adaptations:
            if adaptation.kind == "motion":
                said = (adaptation.plain if adaptation in without else adaptation.rewrite)(said)
        return said

    def cond(self, without: Sequence[Adaptation] = ()) -> TextCond:
        cond = self.backbone.encode_text([self.prompt(without)], self.concepts)
        for adaptation in self.adaptations:
            if adaptation not in without:
                for edit in adaptation.edits:
                    cond = edit(cond)
        for adaptation in self.adaptations:
            adaptation.switch(None if adaptation in without else (self, cond))
        return cond

    def noun_of(self, placeholder: str) -> str:
        """The ordinary word that follows a placeholder in its trigger: "<biscuit> dog" -> "dog"."""
        for adaptation in self.adaptations:
            for use in adaptation.adapters:
                if use.trigger.startswith(placeholder):
                    return use.trigger.removeprefix(placeholder).strip() or "thing"
        return "thing"

    def scales(self, without: Sequence[Adaptation] = ()) -> dict[str, float]:
        on = [a for a in self.adaptations if a not in without]
        return {resident_name(use): use.scale for a in on for use in a.adapters}

    def drawing(self) -> AbstractContextManager[None]:
        """Within, adapters cost nothing per step, unless a tool needs them apart."""
        if all(adaptation.fusable for adaptation in self.adaptations):
            return self.residents.fused(self.scales())
        return nullcontext()

    def arguments(self) -> dict[str, object]:
        merged: dict[str, object] = {}
        for adaptation in self.adaptations:
            merged |= adaptation.arguments
        return merged

    def check_spans(self, cond: TextCond) -> None:
        """A trigger the encoder never reads would be a silent loss of the subject."""
        for name in self.concepts.rows:
            if name in self.prompt() and not any(name in spans for spans in cond.spans):
                raise ToolError(f"the prompt is too long: {name} stands behind what the model reads. Shorten it")


@contextmanager
def laid_out(backbone: Backbone, residents: Residents, tools: Sequence[Tool], prompt: str) -> Iterator[Scene]:
    """Enters every tool, loads and switches on all adapters in one call; undoes it in reverse, also after an error."""
    with ExitStack() as stack:
        adaptations = [stack.enter_context(tool.apply(backbone)) for tool in tools]
        adaptations.sort(key=lambda adaptation: ORDER.index(adaptation.kind))
        concepts = Concepts.load([file for a in adaptations for file in a.tokens])
        scene = Scene(backbone, residents, adaptations, concepts, prompt)
        stack.callback(residents.activate, {})
        residents.load([use for a in adaptations for use in a.adapters])
        residents.activate(scene.scales())
        yield scene


def relative_change(changed: Tensor, reference: Tensor) -> float:
    return float((changed - reference).norm() / reference.norm().clamp_min(1e-12))
