"""Hangs commands that have sub-commands on the app; their modules are imported only when they are called."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import typer

# Word on the command line: the module that holds its `app`, and what `limner --help` says of it.
MOUNTED = {
    "subjects": (
        "limner.agent.surfaces.subjects_cli",
        "List subjects; add one from photos; export and import one as a single file.",
    ),
    "adapters": ("limner.agent.surfaces.adapters_cli", "Take in LoRA files made by other programs."),
    "slack": ("limner.agent.surfaces.slack_cli", "Be a bot in Slack; --check says what your tokens lack."),
    "memory": ("limner.agent.surfaces.memory_cli", "See, correct, forget, export and mend what is remembered."),
    "evaluate": ("limner.agent.surfaces.evaluate_cli", "Measure the family, the methods and the planner."),
}
# Everything after the word, also --help, is the sub-app's.
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def mount(app: typer.Typer) -> None:
    for word, (module, text) in MOUNTED.items():
        app.command(word, help=text, context_settings=PASSED_ON)(_passing_on(word, module))


def _passing_on(word: str, module: str) -> Callable[[typer.Context], None]:
    def pass_on(ctx: typer.Context) -> None:
        sub: typer.Typer = import_module(module).app
        raise typer.Exit(sub(args=ctx.args, prog_name=f"limner {word}", standalone_mode=False) or 0)

    return pass_on
