"""An engine without models for tests and examples: deterministic pictures in no time, the same types and errors."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from limner.tools import library as shelf
from limner.tools.base import Cancel, Cancelled, Kind, LearnedTool, Progress, Tool, ToolError, never, silent
from limner.tools.library import Artifact, ArtifactKind, Library
from limner.tools.playback import choose
from limner.tools.renderer import Work
from limner.tools.specs import AnimateSpec, Applied, GenerateSpec, Rendered, RenderedClip


class FakeEngine:
    """Draws the prompt as text on a colour that depends on everything asked; keeps what it was asked in `asked`."""

    STYLES = ("3d", "flat", "line", "cartoon")
    MOTIONS = ("bounce", "hop", "spin", "wobble", "slide left", "slide right", "zoom", "shake", "sway")

    def __init__(self, size: int = 64, steps: int = 3, step_s: float = 0.0) -> None:
        self.size = size
        self.steps = steps
        self.step_s = step_s  # how long a step takes, for tests of what happens meanwhile
        self.asked: list[GenerateSpec | AnimateSpec] = []

    def generate(self, spec: GenerateSpec, *, progress: Progress = silent, cancel: Cancel = never) -> list[Rendered]:
        self.asked.append(spec)
        pictures = []
        for number in range(spec.count):
            self._steps("drawing", progress, cancel)
            seed = spec.seed + number
            pictures.append(
                Rendered(self._draw(spec.prompt, spec.tools, seed), seed, _applied(spec.tools), _made(spec))
            )
        return pictures

    def animate(self, spec: AnimateSpec, *, progress: Progress = silent, cancel: Cancel = never) -> RenderedClip:
        self.asked.append(spec)
        if spec.motion and spec.motion not in self.MOTIONS:
            raise ToolError(f"no motion called {spec.motion!r}; choose from {', '.join(self.MOTIONS)}")
        self._steps("animating", progress, cancel)
        still = self._draw(spec.prompt, spec.tools, spec.seed)
        frames = [still.rotate(number) for number in range(spec.frames)]
        return RenderedClip(frames, spec.seed, _applied(spec.tools), _made(spec))

    def learn(
        self,
        kind: ArtifactKind,
        name: str,
        files: Sequence[Path],
        *,
        owner: str,
        library: Library,
        class_noun: str = "",
        method: str | None = None,
        seed: int = 0,
        replace: bool = False,
        progress: Progress = silent,
        cancel: Cancel = never,
    ) -> Artifact:
        if not files:
            raise ToolError(f"to learn {name!r}, attach at least one {'clip' if kind == 'motion' else 'photo'}")
        self._steps(f"learning {name}", progress, cancel)
        with library.staging() as staged:
            (staged / shelf.WEIGHTS).write_bytes(f"{kind} {name} {seed}".encode())
            return library.add(
                staged,
                owner=owner,
                kind=kind,
                name=name,
                tool=method or {"subject": "dreambooth_lora", "style": "style_lora", "motion": "motion_lora"}[kind],
                family="fake",
                trigger=f"<{name.lower()}> {class_noun}".strip(),
                class_noun=class_noun,
                recipe={"seed": seed, "photos": len(files)},
                references=[self._draw(name, (), seed)],
                replace=replace,
            )

    def choose(self, kind: Kind, name: str, library: Library, owner: str, scale: float | None = None) -> Tool:
        return choose(kind, name, library, owner, self.STYLES, self.MOTIONS, scale)

    def styles(self) -> tuple[str, ...]:
        return self.STYLES

    def motions(self) -> tuple[str, ...]:
        return self.MOTIONS

    def describe(self) -> dict[str, Any]:
        return {"family": "fake", "hash": "0" * 64, "device": "none", "size": self.size}

    def estimate(self, work: Work, count: int = 1) -> float:
        return 0.01 * count

    def _steps(self, label: str, progress: Progress, cancel: Cancel) -> None:
        for step in range(self.steps):
            if cancel():
                raise Cancelled("stopped")
            time.sleep(self.step_s)
            progress(label, step + 1, self.steps)

    def _draw(self, prompt: str, tools: Sequence[Tool], seed: int) -> Image.Image:
        facts = f"{prompt}|{[tool.model_dump_json() for tool in tools]}|{seed}"
        red, green, blue = hashlib.sha256(facts.encode()).digest()[:3]
        picture = Image.new("RGB", (self.size, self.size), (red, green, blue))
        # To be read on any ground: white on white would now and then be taken for a blank picture.
        ink = "white" if red + green + blue < 3 * 128 else "black"
        ImageDraw.Draw(picture).text((2, 2), prompt[:40].encode("ascii", "replace").decode(), fill=ink)
        return picture


def _applied(tools: Sequence[Tool]) -> tuple[Applied, ...]:
    rows = []
    for tool in tools:
        if isinstance(tool, LearnedTool):
            rows.append(Applied(tool.target, tool.name, tool.kind, tool.scale, tool.sha256, effect=1.0))
        else:
            target = getattr(tool, "style", getattr(tool, "motion", tool.name))
            rows.append(Applied(target, tool.name, tool.kind, 1.0, "", effect=1.0))
    return tuple(rows)


def _made(spec: GenerateSpec | AnimateSpec) -> dict[str, Any]:
    return {"family": "fake", "prompt": spec.prompt, "steps": spec.steps or 3, "guidance": spec.guidance or 1.0}
