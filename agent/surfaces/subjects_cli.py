"""`limner subjects`, `limner subjects add NAME PHOTO...`, `limner subjects export NAME`, `... import FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limner.agent.surfaces.flags import Flagged, FlaggedGroup, settings
from limner.agent.surfaces.lists import show_named
from limner.agent.surfaces.opening import explained, opened_studio, stop_on_ctrl_c

app = typer.Typer(
    add_completion=False,
    cls=FlaggedGroup,
    invoke_without_command=True,
    help="List subjects; add, export and import one.",
)


@app.callback()
def subjects(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        show_named(ctx, "subject")


@app.command("add", cls=Flagged)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What you call it.")],
    photos: Annotated[list[Path], typer.Argument(help="Its photos; one is enough where the base takes references.")],
    class_noun: Annotated[str, typer.Option("--class-noun", help="What it is: dog, mug, woman.")] = "",
) -> None:
    """Make a subject usable at once by reference, then learn it; what draws it better is kept."""
    from limner.agent.learning import meet
    from limner.tools.base import silent

    with explained(), opened_studio(chosen := settings(ctx)) as studio, stop_on_ctrl_c() as cancel:
        for said in meet(studio, chosen, name, photos, class_noun, silent, cancel):
            typer.echo(said)


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
    from limner.agent.learning import bring_in

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        handle, artifact = bring_in(studio, chosen.user, file, name)
        typer.echo(f"{handle}: {artifact.name} is yours to use now")
