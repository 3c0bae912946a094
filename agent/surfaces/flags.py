"""The flags every command shares, added to each in one place, and the settings they make."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from limner.agent.settings import Settings

PREFIX = "LIMNER_"
# Tokens are no setting: they are read by `limner serve` alone.
AUTH = f"{PREFIX}AUTH"


def _flags(
    user: Annotated[str | None, typer.Option(help="Whose subjects, styles and memories.")] = None,
    session: Annotated[str | None, typer.Option(help="The conversation to go on with.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same picture.")] = None,
    planner: Annotated[
        str | None, typer.Option(help="embedded:planner, ollama:MODEL, openai:MODEL, URL#MODEL.")
    ] = None,
    family: Annotated[str | None, typer.Option(help="The base model family that draws.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None,
    out: Annotated[str | None, typer.Option(help="Folder for pictures and clips.")] = None,
    data: Annotated[str | None, typer.Option(help="Folder for memory, subjects, styles and motions.")] = None,
    chroma: Annotated[str | None, typer.Option(help="A Chroma server for the vectors: http://HOST:PORT.")] = None,
    config: Annotated[str | None, typer.Option(help="A TOML or YAML file of settings.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never touch the network.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan, run nothing.")] = False,
) -> None:
    """Never called: the flags are taken from its signature."""


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


def _options() -> list[Any]:
    """Typer's own options for `_flags`, so that they are parsed and shown like all others."""
    bare = typer.Typer(add_completion=False)
    bare.command()(_flags)
    return typer.main.get_command(bare).params


def _take(ctx: Any) -> None:
    """Move the shared flags from the command's parameters to the context; the inner command's win."""
    outer = ctx.meta.get("limner", {})
    names = list(_flags.__annotations__)[:-1]
    ctx.meta["limner"] = {name: _given(ctx.params.pop(name), outer.get(name)) for name in names}
    if not outer:  # else the group of this command has said it
        for line in _misspelt(os.environ):
            typer.echo(f"limner: {line}", err=True)


def _misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    """A variable that sets nothing is told: silence would look as if it were obeyed."""
    given = [name for name in environment if name.upper().startswith(PREFIX)]
    if not given:
        return
    from limner.agent.settings import Settings

    known = sorted({f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {AUTH})
    for name in given:
        if name.upper() not in known:
            near = get_close_matches(name.upper(), known, 1, 0.8)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            yield f"{name} sets nothing; {hint}"


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
