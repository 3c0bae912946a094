"""`limner evaluate family|method|planner`: the measurements, each owned by the part it measures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from limner.agent.surfaces.flags import Flagged, settings, wants_json
from limner.agent.surfaces.opening import explained

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Measure the family, the methods and the planner.")


@app.command(cls=Flagged)
def planner(
    ctx: typer.Context,
    suites: Annotated[list[Path] | None, typer.Argument(help="JSON Lines suites; the shipped one if none.")] = None,
    report: Annotated[Path | None, typer.Option(help="A page to write as well; notes at its top are kept.")] = None,
) -> None:
    """Plan every request of the suites and compare."""
    from limner.agent.evaluate import evaluate_planner

    with explained():
        _show(ctx, evaluate_planner(settings(ctx).planner, suites or [], report))


@app.command(cls=Flagged)
def family(ctx: typer.Context) -> None:
    """Draw the family's own world and measure how well it is drawn."""
    from limner.tools.evaluate.family import evaluate_family

    with explained():
        chosen = settings(ctx)
        _show(ctx, evaluate_family(chosen.family, chosen.device))


@app.command(cls=Flagged)
def method(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="A method, or `all`; see `limner tools`.")],
    seeds: Annotated[int, typer.Option(min=1, help="Training seeds.")] = 3,
    seconds: Annotated[float | None, typer.Option(min=1, help="At most about so long for each arm.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps of every training; its own number if unset.")] = None,
    clip: Annotated[Path | None, typer.Option(help="A CLIP model's folder: it judges, not the sticker probes.")] = None,
    dino: Annotated[Path | None, typer.Option(help="With --clip: a DINOv2 model's folder, for likeness.")] = None,
) -> None:
    """Compare a method with the base, the naive way and its own knock-out; writes docs/evidence/method-NAME.md."""
    from limner.tools.evaluate.encoders import PictureJudge
    from limner.tools.evaluate.method import evaluate_method

    with explained():
        chosen = settings(ctx)
        found = evaluate_method(
            name,
            chosen.family,
            chosen.device,
            weights=chosen.weights,
            judge=PictureJudge(clip, dino, chosen.device) if clip else None,
            seeds=range(seeds),
            seconds=seconds,
            steps=steps,
        )
        _show(ctx, found)


def _show(ctx: typer.Context, result: Any) -> None:
    from limner.agent.surfaces.show import print_json

    values = result.model_dump(mode="json") if hasattr(result, "model_dump") else result
    if wants_json(ctx) or not isinstance(values, dict):
        print_json(values)
    else:
        for key, value in values.items():
            typer.echo(f"{key:<28} {value}")
