"""`limner images|styles|motions|tools`: nouns list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from limner.agent.surfaces.flags import settings, wants_json
from limner.agent.surfaces.opening import explained, opened_studio

if TYPE_CHECKING:
    from limner.agent.surfaces.listing import Row
    from limner.tools.library import ArtifactKind


def images(
    ctx: typer.Context,
    subject: Annotated[str | None, typer.Option(help="Only with this subject.")] = None,
    style: Annotated[str | None, typer.Option(help="Only in this style.")] = None,
    motion: Annotated[str | None, typer.Option(help="Only with this motion.")] = None,
    liked: Annotated[bool | None, typer.Option("--liked/--disliked", help="Only what you liked, or did not.")] = None,
    when: Annotated[str, typer.Option(help="last week, yesterday, in October …")] = "",
    text: Annotated[str | None, typer.Option(help="Words of the caption.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
) -> None:
    """List pictures and clips, newest last."""
    from limner.agent.surfaces.listing import pictures, within

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        filters: dict[str, Any] = {"subject": subject, "style": style, "motion": motion, "liked": liked, "text": text}
        rows = pictures(studio, chosen.user, limit=limit, **filters, **within(studio, when))
        show(ctx, rows)


def styles(ctx: typer.Context) -> None:
    """List the styles you can use by name."""
    show_named(ctx, "style")


def motions(ctx: typer.Context) -> None:
    """List the motions you can use by name."""
    show_named(ctx, "motion")


def tools(ctx: typer.Context) -> None:
    """List the personalization methods: what each is for, how it works, which families it fits."""
    from limner.agent.surfaces.listing import methods

    with explained():
        show(ctx, methods())


def show_named(ctx: typer.Context, kind: ArtifactKind) -> None:
    from limner.agent.surfaces.listing import named_things

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        show(ctx, named_things(studio, chosen.user, kind))


def show(ctx: typer.Context, rows: list[Row]) -> None:
    from limner.agent.surfaces.listing import table
    from limner.agent.surfaces.show import print_json

    print_json(rows) if wants_json(ctx) else typer.echo(table(rows))
