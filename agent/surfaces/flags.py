"""The flags every command shares, added to each in one place, and the settings they make."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

if TYPE_CHECKING:
    from limner.agent.settings import Settings

SHARED: dict[str, dict[str, Any]] = {
    "user": {"help": "Whose subjects, styles and memories.", "metavar": "NAME"},
    "session": {"help": "The conversation to go on with.", "metavar": "NAME"},
    "seed": {"help": "Same seed, same picture.", "type": int},
    "planner": {"help": "embedded:planner, ollama:MODEL, openai:MODEL, a URL#MODEL.", "metavar": "SPEC"},
    "family": {"help": "The base model family that draws.", "metavar": "NAME"},
    "device": {"help": "auto, cpu, cuda or mps.", "metavar": "NAME"},
    "out": {"help": "Where pictures and clips go.", "metavar": "DIR"},
    "data": {"help": "Where memory, subjects, styles and motions live.", "metavar": "DIR"},
    "config": {"help": "A TOML or YAML file of settings.", "metavar": "FILE"},
}
SWITCHES = {
    "json": "Print JSON.",
    "offline": "Never touch the network.",
    "dry_run": "Print the plan, run nothing.",
}


class Flagged(TyperCommand):
    """A command with the shared flags; `settings(ctx)` reads them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _options()

    def invoke(self, ctx: Any) -> Any:
        _take(ctx)
        return super().invoke(ctx)


class FlaggedGroup(TyperGroup):
    """A group with the shared flags, for one that lists when it is called alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _options()

    def invoke(self, ctx: Any) -> Any:
        _take(ctx)
        return super().invoke(ctx)


def _options() -> list[TyperOption]:
    texts = [TyperOption(param_decls=[f"--{name}", name], default=None, **more) for name, more in SHARED.items()]
    switches = [
        TyperOption(param_decls=[f"--{name.replace('_', '-')}", name], is_flag=True, default=False, help=text)
        for name, text in SWITCHES.items()
    ]
    return texts + switches


def _take(ctx: Any) -> None:
    """Move the shared flags from the command's parameters to the context; the inner command's win."""
    outer = ctx.meta.get("limner", {})
    ctx.meta["limner"] = {name: _given(ctx.params.pop(name), outer.get(name)) for name in (*SHARED, *SWITCHES)}


def _given(inner: Any, outer: Any) -> Any:
    return outer if inner is None or inner is False else inner


def shared(ctx: typer.Context) -> dict[str, Any]:
    """The flags as they were given, None where they were not."""
    found: dict[str, Any] = ctx.meta["limner"]
    return found


def wants_json(ctx: typer.Context) -> bool:
    return bool(shared(ctx)["json"])


def settings(ctx: typer.Context, **defaults: Any) -> Settings:
    """File, environment and flags as one value; `defaults` give way to flags only."""
    from limner.agent.settings import Settings

    flags = {name: value for name, value in shared(ctx).items() if name not in ("json", "dry_run", "config")}
    flags["offline"] = flags["offline"] or None
    given = {name: value for name, value in flags.items() if value is not None}
    config = shared(ctx)["config"]
    found = Settings.load(Path(config) if config else None, **(defaults | given))
    if found.offline:
        # Read by huggingface_hub and transformers when they are imported, which is later than this.
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    return found
