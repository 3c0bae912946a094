"""From an artifact of the library, or a name the family knows, to the tool that draws with it."""

from __future__ import annotations

from typing import Any

from limner.tools.base import LearnedTool, Tool, ToolError, all_tools
from limner.tools.library import Artifact


def tool_of(artifact: Artifact, scale: float | None = None) -> Tool:
    from limner.tools.subject.ip_adapter import IpAdapter

    kind = all_tools().get(artifact.tool)
    given: dict[str, Any] = {} if scale is None else {"scale": scale}
    if kind is IpAdapter:
        return IpAdapter(target=artifact.name, references=artifact.references, class_noun=artifact.class_noun, **given)
    if kind is None or not issubclass(kind, LearnedTool):
        raise ToolError(f"{artifact.name!r} was learned with {artifact.tool!r}, which this version does not have")
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
