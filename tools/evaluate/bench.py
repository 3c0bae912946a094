"""What every study works with: an engine, a judge, a place for what is learned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch
from PIL import Image
from torch import Tensor

from limner.tools.base import Adaptation, Card, Kind, LearnedTool, Progress, Tool
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.text_conditioning import joined
from limner.tools.engine import Engine
from limner.tools.library import Artifact, ArtifactKind, Library, sha256
from limner.tools.specs import GenerateSpec
from limner.tools.subject.dreambooth_lora import DreamBoothLora

DRAWING_STEPS = 10  # fewer than a person gets; as many in every arm
AT_ONCE = 12  # pictures of one batch


class Judge(Protocol):
    """Trained apart from what it judges, and never a loss."""

    def embed(self, images: Sequence[Image.Image]) -> Tensor: ...

    def look(self, images: Sequence[Image.Image]) -> Mapping[str, Sequence[str]]: ...


class Unspoken(Tool):
    """A learned thing's weights switched on without a word about it: what does it do to everything else?"""

    name: ClassVar[str]
    kind: ClassVar[Kind] = "subject"
    card: ClassVar[Card] = DreamBoothLora.card
    of: LearnedTool

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        use = self.of.use()
        with self.of.apply(backbone) as spoken:
            yield Adaptation(use.name, "unspoken", self.kind, [use], word=spoken.word, spoken=spoken.spoken)


class Unfiltered(Tool):
    """A modular subject that still hears a little of the others' words, as it was learned."""

    name: ClassVar[str]
    kind: ClassVar[Kind] = "subject"
    card: ClassVar[Card] = DreamBoothLora.card
    of: Tool

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        with self.of.apply(backbone) as heard:
            yield replace(heard, word="")


def unspoken(tools: Sequence[Tool]) -> list[Tool]:
    """What is nothing but words is nothing unspoken."""
    return [Unspoken(of=tool) for tool in tools if isinstance(tool, LearnedTool) and tool.weights != tool.tokens]


@dataclass
class Bench:
    engine: Engine
    judge: Judge
    folder: Path
    progress: Progress
    steps: int | None = None  # of each training; the method's own number when None

    def learn(
        self,
        kind: ArtifactKind,
        name: str,
        files: Sequence[Path],
        method: str,
        seed: int,
        *,
        noun: str = "",
        settings: Mapping[str, Any] | None = None,
        together: str = "",
    ) -> Artifact:
        """Learned once for each method, seed, settings and material. Each of these is an owner of its own, but for what
        is learned `together`, under different names: modular subjects of one owner share out their directions."""
        few = {} if self.steps is None else {"steps": self.steps}
        chosen = {**few, **(settings or {})}
        whose = together or f"{seed} {[sha256(file) for file in files]}"
        said = f"{whose} {method} {noun} {sorted(chosen.items())}"
        apart = hashlib.sha256(said.encode()).hexdigest()[:16]
        known = self.library.find(apart, kind, name)
        if known is not None:
            return known
        return self.engine.learn(
            kind,
            name,
            files,
            owner=apart,
            library=self.library,
            class_noun=noun,
            method=method,
            settings=chosen,
            seed=seed,
            progress=self.progress,
        )

    @property
    def library(self) -> Library:
        return Library(self.folder / "library")

    def tool(self, made: Artifact, scale: float | None = None) -> Tool:
        return self.engine.choose(made.kind, made.name, self.library, made.owner, scale)

    def draw(self, prompts: Sequence[str], tools: Sequence[Tool], seed: int) -> list[Image.Image]:
        """Each prompt with a seed of its own, from `seed` on."""
        specs = [
            GenerateSpec(prompt=said, tools=tuple(tools), seed=seed + n, steps=DRAWING_STEPS)
            for n, said in enumerate(prompts)
        ]
        groups = [specs[first : first + AT_ONCE] for first in range(0, len(specs), AT_ONCE)]
        return [image for group in groups for image in self._side_by_side(group)]

    def _side_by_side(self, specs: Sequence[GenerateSpec]) -> list[Image.Image]:
        """Specs that differ in words and seeds only, in one batch, in two thirds of the time. One by one where a tool
        must know which prompt it is in."""
        conds = []
        for spec in specs:
            with self.engine.scene(spec) as scene, torch.no_grad():
                if not all(adaptation.fusable and not adaptation.arguments for adaptation in scene.adaptations):
                    break
                conds.append(scene.cond())
                scene.check_spans(conds[-1])
                if len(conds) == len(specs):
                    negative = scene.backbone.encode_text([spec.negative_prompt] * len(specs))
                    generators = [torch.Generator().manual_seed(one.seed) for one in specs]
                    with scene.drawing():
                        return list(scene.backbone.draw(joined(conds), negative, DRAWING_STEPS, generators))
        return [self.engine.generate(spec)[0].image for spec in specs]
