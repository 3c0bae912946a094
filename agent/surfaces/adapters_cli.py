"""`limner adapters add FILE`: LoRA files made by other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limner.agent.surfaces.flags import Flagged, FlaggedGroup, settings
from limner.agent.surfaces.opening import explained, opened_studio

app = typer.Typer(
    add_completion=False, cls=FlaggedGroup, no_args_is_help=True, help="Take in LoRA files made by other programs."
)


@app.callback()
def adapters() -> None:
    """Keeps `add` a sub-command although it is the only one."""


@app.command("add", cls=Flagged)
def add(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .safetensors file.")],
    name: Annotated[str | None, typer.Option(help="What to call it; the file's own name when left out.")] = None,
    kind: Annotated[str, typer.Option(help="subject, style or motion.")] = "style",
    trigger: Annotated[str | None, typer.Option(help="Its trigger words, where the file does not say them.")] = None,
    class_noun: Annotated[str, typer.Option("--class-noun", help="What a subject is: dog, mug, woman.")] = "",
) -> None:
    """Check a LoRA against the family, key by key, and put it into the library."""
    from limner.agent.learning import add_foreign

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        handle, artifact = add_foreign(studio, chosen, file, kind, name, trigger, class_noun)
        typer.echo(f"{handle}: {artifact.name}, trigger {artifact.trigger or 'none'}")
