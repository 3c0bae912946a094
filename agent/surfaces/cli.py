"""The `limner` command. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from limner.agent.surfaces import lists, serving
from limner.agent.surfaces.flags import Flagged, settings, shared, wants_json
from limner.agent.surfaces.mounting import mount
from limner.agent.surfaces.opening import FAILED, explained, open_assistant, opened_studio, stop_on_ctrl_c

app = typer.Typer(
    help="A personal image-and-motion assistant: say who matters to you, then talk to draw and animate them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Files = Annotated[list[Path], typer.Option("--attach", "-a", help="A photo or clip to send along; may be repeated.")]


@app.command(cls=Flagged)
def chat(ctx: typer.Context) -> None:
    """Talk in the terminal; paths of pictures in what you say are attached, /help lists the verbs."""
    from limner.agent.late_engine import renderer_of
    from limner.agent.surfaces.chat import converse

    with (
        explained(),
        open_assistant(chosen := settings(ctx), engine=renderer_of(chosen, beside=True)) as assistant,
    ):
        converse(assistant, chosen)


@app.command(cls=Flagged)
def run(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A scripted conversation.")],
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of going on where a run stopped.")] = False,
) -> None:
    """Run a scripted conversation from a YAML file; exit code 0 all as expected, 1 not, 2 unusable file."""
    from limner.agent.surfaces.script import run_file

    with explained():
        raise typer.Exit(run_file(file, shared(ctx), fresh=fresh))


@app.command(cls=Flagged)
def draw(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="What to draw, animate, learn or forget.")],
    attach: Files = [],  # noqa: B006  typer reads the default, nobody changes it
) -> None:
    """Say one thing and get the answer; exit code 1 when it failed, was stopped, or a question has to be answered."""
    from limner.agent.messages import Attachment, Request
    from limner.agent.surfaces.show import Screen, print_json

    with explained(), open_assistant(chosen := settings(ctx)) as assistant, stop_on_ctrl_c() as cancel:
        request = Request(
            user=chosen.user,
            session=chosen.session,
            text=text,
            attachments=tuple(Attachment(path=path) for path in attach),
            seed=chosen.seed,
            dry_run=bool(shared(ctx)["dry_run"]),
        )
        if wants_json(ctx):
            reply = assistant.handle(request, cancel)
            print_json(reply.model_dump(mode="json"))
        else:
            reply = Screen(request.dry_run).show(assistant.stream(request, cancel))
    # A question is no picture: a script that calls this has to notice.
    if reply.status not in ("done", "planned"):
        raise typer.Exit(FAILED)


@app.command(cls=Flagged)
def why(ctx: typer.Context, handle: Annotated[str, typer.Argument(help="img-12, clip-3 or a file.")]) -> None:
    """Say how a picture came to be: request, plan, memories, adapters and their effect, seed."""
    from limner.agent.surfaces.listing import explain
    from limner.agent.surfaces.show import print_json

    with explained(), opened_studio(chosen := settings(ctx)) as studio:
        record, text = explain(studio, chosen.user, handle)
        print_json(record) if wants_json(ctx) else typer.echo(text)


@app.command(cls=Flagged)
def replay(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="A picture or clip Limner made.")]) -> None:
    """Make a picture again from its own record; exit code 1 when the pixels differ, with what drifted."""
    from limner.agent.replay import replay as again
    from limner.agent.surfaces.listing import replay_text
    from limner.agent.surfaces.show import print_json

    with explained(), opened_studio(settings(ctx)) as studio:
        result = again(file, studio, Path(shared(ctx)["out"]) if shared(ctx)["out"] else None)
    if wants_json(ctx):
        print_json(result.model_dump(mode="json", exclude={"record"}))
    else:
        typer.echo(replay_text(result))
    if not result.same_pixels:
        raise typer.Exit(FAILED)


@app.command(cls=Flagged)
def doctor(ctx: typer.Context) -> None:
    """Say what is installed, which models and device would be used, and what is missing."""
    from limner.agent.surfaces.doctor import examine, report
    from limner.agent.surfaces.show import print_json

    with explained():
        found = examine(settings(ctx))
    print_json(found) if wants_json(ctx) else typer.echo(report(found))
    if found["problems"]:
        raise typer.Exit(FAILED)


for verb in (lists.images, lists.styles, lists.motions, lists.tools, serving.serve, serving.engine, serving.mcp):
    app.command(verb.__name__, cls=Flagged)(verb)
mount(app)


def main() -> None:
    """The entry point."""
    # Their bars and hints would stand between a person's pictures; what matters comes as an event or an error.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    app()


if __name__ == "__main__":
    main()
