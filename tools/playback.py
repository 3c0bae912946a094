"""From an artifact of the library, or a name the family knows, to the tool that draws with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from limner.tools.base import Kind, LearnedMotion, LearnedTool, Tool, ToolError, all_tools
from limner.tools.library import Artifact, Library


def choose(
    kind: Kind,
    name: str,
    library: Library,
    owner: str,
    styles: Sequence[str],
    motions: Sequence[str],
    scale: float | None = None,
) -> Tool:
    """The owner's artifact of that name, else the family's own style or motion, else an error listing all."""
    if kind == "prompt":
        raise ToolError("a prompt tool has no name to choose by; make it with make_tool")
    found = library.find(owner, kind, name)
    if found is not None:
        return tool_of(found, scale)
    native = {"style": tuple(styles), "motion": tuple(motions), "subject": ()}[kind]
    for known in native:
        if known.casefold() == name.casefold():
            return native_style(known) if kind == "style" else native_motion(known)
    learned = [artifact.name for artifact in library.list(owner, kind)]
    listed = ", ".join([*learned, *native]) or "none yet"
    raise ToolError(f"{owner} has no {kind} called {name!r}; known: {listed}")


def tool_of(artifact: Artifact, scale: float | None = None) -> Tool:
    """The tool that plays an artifact back; ToolError where this version has no such method."""
    from limner.tools.subject.ip_adapter import IpAdapter

    kind = all_tools().get(artifact.tool)
    given: dict[str, Any] = {} if scale is None else {"scale": scale}
    if kind is IpAdapter:
        return IpAdapter(target=artifact.name, references=artifact.references, class_noun=artifact.class_noun, **given)
    if kind is None or not issubclass(kind, LearnedTool):
        raise ToolError(f"{artifact.name!r} was learned with {artifact.tool!r}, which this version does not have")
    if issubclass(kind, LearnedMotion):
        given["path"] = artifact.recipe.get("path", ())
    return kind(
        target=artifact.name,
        weights=artifact.weights,
        sha256=artifact.sha256,
        trigger=artifact.trigger,
        class_noun=artifact.class_noun,
        tokens=artifact.tokens,
        **given,
    )


def native_style(style: str) -> Tool:
    from limner.tools.style.native_style import NativeStyle

    return NativeStyle(style=style)


def native_motion(motion: str) -> Tool:
    from limner.tools.motion.animatediff import AnimateDiff

    return AnimateDiff(motion=motion)


def named_motion(tools: Sequence[Tool]) -> str:
    """The first of the family's own motions among the tools; "" where there is none."""
    from limner.tools.motion.animatediff import AnimateDiff

    return next((tool.motion for tool in tools if isinstance(tool, AnimateDiff)), "")


def learned_path(tools: Sequence[Tool]) -> tuple[tuple[float, float, float, float, float], ...]:
    """Where the subject of the first learned motion's clips was; empty where that is not known."""
    return next((tool.path for tool in tools if isinstance(tool, LearnedMotion) and tool.path), ())
