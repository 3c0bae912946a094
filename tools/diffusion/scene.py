"""One generation laid out: which tools take part, what the prompt became, how it is encoded with and without each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from torch import Tensor

from limner.tools.base import Adaptation, Tool, ToolError
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.concept_tokens import Concepts
from limner.tools.diffusion.deafness import deaf_to_each_other
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
    nouns: dict[str, str]  # the ordinary word for each made-up one
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
        # What reads prompts otherwise stands around what speaks in them, also where both change the attention.
        ordered = sorted(tools, key=lambda tool: ORDER.index(tool.kind))
        adaptations = [stack.enter_context(tool.apply(backbone)) for tool in ordered]
        tell_apart(adaptations)
        concepts, nouns = spoken_for(adaptations)
        scene = Scene(backbone, residents, adaptations, concepts, nouns, prompt)
        stack.callback(residents.activate, {})
        residents.load([use for a in adaptations for use in a.adapters])
        residents.activate(scene.scales())
        stack.enter_context(deaf_to_each_other(backbone, residents, adaptations))
        yield scene


def spoken_for(adaptations: Sequence[Adaptation]) -> tuple[Concepts, dict[str, str]]:
    """All made-up words, and the ordinary word for each."""
    concepts, nouns = Concepts(), dict[str, str]()
    for adaptation in adaptations:
        made_up = Concepts.load(adaptation.tokens)
        if taken := concepts.rows.keys() & made_up.rows.keys():
            raise ToolError(
                f"{adaptation.name} and another one here are both called {', '.join(sorted(taken))} by the model; "
                "use one of them, or learn one again under another name"
            )
        concepts |= made_up
        nouns |= dict.fromkeys(made_up.rows, adaptation.stands_for)
    return concepts, nouns


def tell_apart(adaptations: Sequence[Adaptation]) -> None:
    """A subject and a style may share a name; what is said about one must not be taken for the other's."""
    seen: set[str] = set()
    for number, adaptation in enumerate(adaptations, 1):
        if adaptation.name in seen:
            adaptation.name = f"{adaptation.name} ({adaptation.kind})"
        if adaptation.name in seen:
            adaptation.name = f"{adaptation.name} {number}"
        seen.add(adaptation.name)


def relative_change(changed: Tensor, reference: Tensor) -> float:
    return float((changed - reference).norm() / reference.norm().clamp_min(1e-12))
