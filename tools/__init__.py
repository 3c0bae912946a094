"""RENDERS: torch, diffusers, transformers and peft live behind this door, and load only when a picture is made."""

from limner.tools.base import Adaptation, AdapterUse, Cancelled, Card, Tool, ToolError, all_tools, make_tool
from limner.tools.engine import Engine
from limner.tools.fake import FakeEngine
from limner.tools.library import Artifact, Library
from limner.tools.renderer import Renderer
from limner.tools.specs import AnimateSpec, Applied, GenerateSpec, Rendered, RenderedClip

__all__ = [
    "Adaptation",
    "AdapterUse",
    "AnimateSpec",
    "Applied",
    "Artifact",
    "Cancelled",
    "Card",
    "Engine",
    "FakeEngine",
    "GenerateSpec",
    "Library",
    "Rendered",
    "RenderedClip",
    "Renderer",
    "Tool",
    "ToolError",
    "all_tools",
    "make_tool",
]
