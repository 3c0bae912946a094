"""`limner subjects`, `limner subjects export NAME`, `limner subjects import FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limner.agent.surfaces.flags import Flagged, FlaggedGroup, settings
from limner.agent.surfaces.lists import show_named
from limner.agent.surfaces.opening import explained, opened_studio

app = typer.Typer(cls=FlaggedGroup, invoke_without_command=True, help="List subjects; export and import one.")


@app.callback()
def subjects(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        show_named(ctx, "subject")


@app.command("export", cls=Flagged)
def export(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The subject.")],
    to: Annotated[Path, typer.Option("--to", help="The file to write.")] = Path(),
) -> None:
    """Write one subject, with its adapter and references, as a single file."""
    from limner.tools import portable

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        target = to if to != Path() else Path(f"{name}.limner")
        typer.echo(portable.export(studio.library.get(chosen.user, "subject", name), target))


@app.command("import", cls=Flagged)
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file of `subjects export`.")],
    name: Annotated[str | None, typer.Option(help="Another name than the one it came with.")] = None,
) -> None:
    """Take in a subject that was exported, here or elsewhere."""
    from limner.agent.learning import register
    from limner.tools import portable

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        artifact = portable.import_(studio.library, chosen.user, file, name)
        typer.echo(f"{register(studio, chosen.user, artifact)}: {artifact.name} is yours to use now")
