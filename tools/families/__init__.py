"""One file per base family: how to load it, its defaults, what fits it."""

from __future__ import annotations

from limner.tools.base import ToolError
from limner.tools.families.family import Family


def families() -> dict[str, Family]:
    from limner.tools.families.sd3 import SD3
    from limner.tools.families.sd15 import SD15
    from limner.tools.families.sdxl import SDXL
    from limner.tools.families.sticker import STICKER

    return {family.name: family for family in (STICKER, SD15, SDXL, SD3)}


def family(name: str) -> Family:
    known = families()
    if name not in known:
        raise ToolError(f"no base family called {name!r}; choose from {', '.join(known)}")
    return known[name]
