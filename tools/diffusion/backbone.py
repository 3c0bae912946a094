"""One interface over the stock pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from limner.tools.families.family import Family


@dataclass
class Backbone:
    pipe: Any
    family: Family
