"""The contract every personalization method fulfils: a tool is a value that adapts a pipeline and puts it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from limner.tools.phrasing import introduce, mentions

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone
    from limner.tools.diffusion.scene import Scene
    from limner.tools.diffusion.text_conditioning import TextCond
    from limner.tools.families.family import Family

Kind = Literal["subject", "style", "motion", "prompt"]
Progress = Callable[[str, int, int], None]  # label, done, total
Cancel = Callable[[], bool]


class ToolError(Exception):
    """Something a person can mend; the message says how."""


class Cancelled(ToolError):  # noqa: N818 (an event, not a fault)
    """The person stopped a generation or a training."""


def silent(label: str, done: int, total: int) -> None:
    """The progress listener of someone who does not listen."""


def never() -> bool:
    """The cancel switch nobody presses."""
    return False


class Card(BaseModel):
    """What a method is, needs and cannot do; shown by `limner tools` and read by the planner's evaluation."""

    model_config = ConfigDict(frozen=True)
    title: str
    paper: str = ""  # arXiv number
    space: str  # where the concept lives: parameter, token, image feature, attention, noise
    method: str  # how it gets there: optimization, learning, training-free
    scheme: str  # what it is for: subject, style, motion, repair
    inputs: str
    cost: str
    families: tuple[str, ...] = ("sticker", "sd15", "sdxl", "sd3")
    limits: str = ""


class AdapterUse(BaseModel):
    """One adapter file switched on for one generation."""

    model_config = ConfigDict(frozen=True)
    path: Path
    name: str
    kind: Kind
    scale: float = 1.0
    sha256: str = ""
    trigger: str = ""


def unchanged(prompt: str) -> str:
    return prompt


def ignore(_: object) -> None:
    """Nothing to switch."""


@dataclass
class Adaptation:
    """What a tool asks of one generation. The engine, not the tool, switches adapters on, all in one call."""

    name: str
    tool: str
    kind: Kind
    adapters: list[AdapterUse] = field(default_factory=list)
    tokens: list[Path] = field(default_factory=list)  # textual-inversion files
    rewrite: Callable[[str], str] = unchanged  # the prompt with this tool
    plain: Callable[[str], str] = unchanged  # the prompt with this tool's idea left out, for the effect check
    stands_for: str = "thing"  # the ordinary word that its made-up ones are said instead of
    edits: list[Callable[[TextCond], TextCond]] = field(default_factory=list)  # of the encoded prompt
    arguments: dict[str, Any] = field(default_factory=dict)  # handed to the pipeline's call
    fusable: bool = True  # false for a tool that asks the base weights themselves while drawing
    # Told how the prompt was encoded whenever it is, or None while the effect check leaves this tool out.
    switch: Callable[[tuple[Scene, TextCond] | None], None] = ignore
    # Of a modular subject: its made-up word with its noun, and the files of that word. Others that are on with it are
    # made deaf to it.
    word: str = ""
    spoken: list[Path] = field(default_factory=list)


class Tool(BaseModel):
    """A personalization method with its settings: frozen, validated, no input or output until `apply`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    kind: ClassVar[Kind]
    card: ClassVar[Card]

    def apply(self, backbone: Backbone) -> AbstractContextManager[Adaptation]:
        """Adapts the backbone's pipeline and yields what the engine must switch on; restores on the way out."""
        raise NotImplementedError


class LearnedTool(Tool):
    """A tool that plays back one learned artifact of the library."""

    target: str = Field(description="the subject, style or motion as the person calls it")
    weights: Path
    sha256: str = ""
    trigger: str = ""
    class_noun: str = ""
    tokens: Path | None = None
    scale: float = Field(default=1.0, ge=0, le=2, description="0 ignores it, 1 follows it")

    def use(self) -> AdapterUse:
        return AdapterUse(
            path=self.weights,
            name=self.target,
            kind=self.kind,
            scale=self.scale,
            sha256=self.sha256,
            trigger=self.trigger,
        )

    def introduced(self) -> Adaptation:
        """A learned subject: its name becomes its trigger, and without it just the noun."""
        noun = self.class_noun or "thing"
        return self._adaptation(
            rewrite=lambda prompt: introduce(prompt, self.target, self.class_noun, self.trigger),
            plain=lambda prompt: introduce(prompt, self.target, self.class_noun, noun),
        )

    def styled(self, family: Family, trigger: str | None = None) -> Adaptation:
        """A learned style, said around what is drawn."""
        said = self.trigger if trigger is None else trigger
        return self._adaptation(rewrite=lambda prompt: family.in_learned_style(prompt, said))

    def _adaptation(self, rewrite: Callable[[str], str], plain: Callable[[str], str] = unchanged) -> Adaptation:
        # An artifact may be nothing but tokens: then there are no weights to switch on.
        adapters = [] if self.weights == self.tokens else [self.use()]
        tokens = [self.tokens] if self.tokens else []
        ordinary = "style" if self.kind == "style" else self.class_noun or "thing"
        return Adaptation(self.target, self.name, self.kind, adapters, tokens, rewrite, plain, ordinary)


class LearnedMotion(LearnedTool):
    """A motion learned from clips."""

    path: tuple[tuple[float, float, float, float, float], ...] = Field(
        default=(), description="where their subject was in each frame, as far as it could be seen"
    )

    def moving(self) -> Adaptation:
        """A learned motion, said after everything else."""
        return self._adaptation(
            rewrite=lambda prompt: prompt if mentions(prompt, self.trigger) else f"{prompt}, {self.trigger}"
        )


def all_tools() -> dict[str, type[Tool]]:
    """Every method, found by its file: adding one under tools/<kind>/ is all it takes."""
    import importlib
    import pkgutil

    for folder in ("subject", "style", "motion", "compose", "edit"):
        package = importlib.import_module(f"limner.tools.{folder}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return {tool.name: tool for tool in sorted(_concrete(Tool), key=lambda tool: tool.name)}


def make_tool(name: str, **arguments: Any) -> Tool:
    tools = all_tools()
    if name not in tools:
        raise ToolError(f"no tool called {name!r}; choose from {', '.join(tools)}")
    return tools[name](**arguments)


def _concrete(base: type[Tool]) -> Iterator[type[Tool]]:
    for child in base.__subclasses__():
        if "name" in vars(child):
            yield child
        yield from _concrete(child)
