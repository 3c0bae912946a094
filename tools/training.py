"""The numbers of one training; a lesson may set some otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from limner.tools.base import ToolError


@dataclass(frozen=True)
class Settable:
    """Numbers that a lesson may set, by their names."""

    def set(self, settings: Mapping[str, Any]) -> Self:
        unknown = set(settings) - {field.name for field in fields(self)}
        if unknown:
            raise ToolError(f"no such training setting: {', '.join(sorted(unknown))}")
        return replace(self, **settings)

    def facts(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Numbers(Settable):
    """What a method that binds words to pictures is run with."""

    steps: int
    batch: int
    tokens: int  # vectors of each made-up word
    token_lr: float
    rank: int = 0  # 0 is textual inversion: the words alone are learned
    lr: float = 0.0
    prior_every: int = 0  # every n-th step is on the prior; 0 never
    prior_pictures: int = 0
    prior_steps: int = 8
    variants: int = 24  # of each picture
    drop_caption: float = 0.1
    # Made-up words of nobody's that the prior is told with too: only its own word wakes what is learned.
    strangers: int = 0


@dataclass(frozen=True)
class MotionNumbers(Settable):
    """What a method that learns a motion is run with. `dual` gives the looks a LoRA of their own, thrown away."""

    steps: int
    rank: int
    lr: float
    dual: bool = False
    beta: float = 0.0  # of the appearance-debiased loss; 0 leaves that loss out
    spatial_skip: float = 0.2  # share of steps in which the looks must be borne by the temporal layers alone
