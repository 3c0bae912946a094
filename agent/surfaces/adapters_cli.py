"""`limner adapters add FILE`: LoRA files made by other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limner.agent.surfaces.flags import Flagged, FlaggedGroup, settings
from limner.agent.surfaces.opening import explained, opened_studio

app = typer.Typer(cls=FlaggedGroup, no_args_is_help=True, help="Take in LoRA files made by other programs.")


@app.callback()
def adapters() -> None:
    """Keeps `add` a sub-command although it is the only one."""


@app.command("add", cls=Flagged)
def add(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .safetensors file.")],
    name: Annotated[str, typer.Option(help="What to call it; the file's own name when left out.")] = "",
    kind: Annotated[str, typer.Option(help="subject, style or motion.")] = "style",
) -> None:
    """Check a LoRA against the family and put it into the library."""
    from limner.agent.learning import register

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        artifact = studio.library.add_foreign(file, owner=chosen.user, kind=kind, name=name or file.stem)
        typer.echo(f"{register(studio, chosen.user, artifact)}: {artifact.name}, trigger {artifact.trigger or 'none'}")
