"""Adds a personalization method: one class, a frozen value with its settings and one method, `apply`.

In Limner such a file goes to `tools/style/`; `limner tools` then lists it and the engine takes it like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from pydantic import Field

from limner.tools import Adaptation, Card, FakeEngine, GenerateSpec, Tool, make_tool
from limner.tools.base import Kind
from limner.tools.diffusion.backbone import Backbone


class Mood(Tool):
    """Give the whole picture a mood. Use it when the person names a feeling rather than a style."""

    name: ClassVar[str] = "mood"
    kind: ClassVar[Kind] = "style"
    card: ClassVar[Card] = Card(
        title="Mood",
        space="text",
        method="training-free",
        scheme="style",
        inputs="one word",
        cost="none",
        limits="only as good as the base model's words",
    )
    mood: str = Field(min_length=1, description="calm, gloomy, joyful …")

    @contextmanager
    def apply(self, backbone: Backbone) -> Iterator[Adaptation]:
        # Nothing is changed in the pipeline, so nothing has to be put back.
        yield Adaptation(self.mood, self.name, self.kind, rewrite=lambda prompt: f"{prompt}, {self.mood} mood")


def main() -> str:
    tool = make_tool("mood", mood="joyful")
    (picture,) = FakeEngine().generate(GenerateSpec(prompt="a dog on the beach", tools=(tool,), seed=7))
    with tool.apply(None) as adaptation:  # type: ignore[arg-type]  # this tool asks nothing of the pipeline
        said = adaptation.rewrite("a dog on the beach")
    print(f"{picture.image.size}: {said}; applied: {picture.applied[0].tool}")
    return said


if __name__ == "__main__":
    main()
