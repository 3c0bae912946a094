"""What is asked of the engine and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from limner.tools.base import Kind, Tool

Place = Literal["left", "right", "top", "bottom", "center"]


class GenerateSpec(BaseModel):
    """One picture, or `count` of them with consecutive seeds. The prompt names subjects as people do: "Biscuit in the
    snow". Unset numbers are the family's defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    prompt: str = Field(min_length=1)
    tools: tuple[SerializeAsAny[Tool], ...] = ()
    seed: int = Field(default=0, ge=0, lt=2**63)
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=1, le=30)
    negative_prompt: str = ""
    layout: Mapping[str, Place] = {}
    init_image: Path | None = None  # starts from this picture ...
    strength: float | None = Field(default=None, gt=0, le=1)  # ... and changes this much of it
    count: int = Field(default=1, ge=1, le=64)


class AnimateSpec(BaseModel):
    """One clip. `motion` names one of the family's own motions; a learned motion is one of the `tools`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    prompt: str = Field(min_length=1)
    tools: tuple[SerializeAsAny[Tool], ...] = ()
    motion: str = ""
    frames: int = Field(default=16, ge=2, le=128)
    seed: int = Field(default=0, ge=0, lt=2**63)
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=1, le=30)
    negative_prompt: str = ""


@dataclass(frozen=True)
class Applied:
    """One tool that took part, with the proof that it did: `effect` is the relative change of the model's prediction
    when this tool alone is left out; `interference` says how much of it each other tool takes away."""

    name: str
    tool: str
    kind: Kind
    scale: float
    sha256: str
    effect: float
    interference: Mapping[str, float] = field(default_factory=dict)
    asked_scale: float | None = None  # where the scale was moved because another adapter erased this one, or for it


@dataclass(frozen=True)
class Rendered:
    image: Image.Image
    seed: int
    applied: tuple[Applied, ...]
    settings: dict[str, Any]  # everything needed to make the same bytes again on the same device class


@dataclass(frozen=True)
class RenderedClip:
    frames: list[Image.Image]
    seed: int
    applied: tuple[Applied, ...]
    settings: dict[str, Any]
    frames_per_second: int = 8
