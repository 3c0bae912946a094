"""The numbers of one training; a lesson may set some otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from limner.tools.base import ToolError


@dataclass(frozen=True)
class Numbers:
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

    def set(self, settings: Mapping[str, Any]) -> Numbers:
        unknown = set(settings) - {field.name for field in fields(self)}
        if unknown:
            raise ToolError(f"no such training setting: {', '.join(sorted(unknown))}")
        return replace(self, **settings)

    def facts(self) -> dict[str, Any]:
        return asdict(self)
