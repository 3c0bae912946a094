"""DECIDES: a request becomes a plan, the plan becomes pictures, and every surface sees the same events."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limner.agent.assistant import Assistant
    from limner.agent.messages import Attachment, Event, Reply, Request
    from limner.agent.planner import ScriptedPlanner, load_planner
    from limner.agent.settings import Settings
    from limner.agent.studio import Studio, open_studio

_HOMES = {
    "Assistant": "assistant",
    "Attachment": "messages",
    "Event": "messages",
    "Reply": "messages",
    "Request": "messages",
    "ScriptedPlanner": "planner",
    "load_planner": "planner",
    "Settings": "settings",
    "Studio": "studio",
    "open_studio": "studio",
}
__all__ = [
    "Assistant",
    "Attachment",
    "Event",
    "Reply",
    "Request",
    "ScriptedPlanner",
    "Settings",
    "Studio",
    "load_planner",
    "open_studio",
]


def __getattr__(name: str) -> Any:
    # Looked up when used: LangGraph alone would cost `limner --help` a second.
    if name not in _HOMES:
        raise AttributeError(f"limner.agent has no {name!r}")
    return getattr(import_module(f"limner.agent.{_HOMES[name]}"), name)
