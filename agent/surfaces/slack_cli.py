"""`limner slack`: the bot, and `limner slack --check`."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from limner.agent.surfaces.flags import Flagged, settings, wants_json
from limner.agent.surfaces.opening import FAILED, explained, loading, stop_on_ctrl_c

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command(cls=Flagged)
def slack(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Say what the tokens lack, and leave.")] = False,
    port: Annotated[int | None, typer.Option(help="Take Slack's requests over HTTP here, not Socket Mode.")] = None,
    host: Annotated[str, typer.Option(help="With --port: the address to listen on.")] = "127.0.0.1",
) -> None:
    """Be a bot in Slack, until Ctrl-C; tokens come from SLACK_BOT_TOKEN and SLACK_APP_TOKEN."""
    with explained():
        _need_bolt()
        from limner.agent.surfaces.slack.config import SlackSettings, WithoutTokens

        chosen = SlackSettings.load()
        if check:
            _check(ctx)
            return
        with loading():
            from limner.agent.jobs.desk import Desk
            from limner.agent.surfaces.slack.serve import opened, run_http, run_socket

        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        logging.getLogger("limner.slack.bolt").setLevel(logging.ERROR)  # it warns of what is meant so
        for handler in logging.getLogger().handlers:
            handler.addFilter(WithoutTokens())
        with Desk.open(settings(ctx)) as desk, opened(desk, chosen) as (bolt, clerk):
            typer.echo(
                f"limner is in Slack as {clerk.own.bot_user}, workspace {clerk.own.team}; Ctrl-C ends it", err=True
            )
            if port is not None:
                run_http(bolt, chosen, host, port)
                return
            with stop_on_ctrl_c() as stop:
                run_socket(bolt, chosen, stop)


def _check(ctx: typer.Context) -> None:
    from limner.agent.surfaces.show import print_json
    from limner.agent.surfaces.slack.check import check, report
    from limner.agent.surfaces.slack.config import SlackSettings

    found = check(SlackSettings.load())
    print_json([one.model_dump() for one in found]) if wants_json(ctx) else typer.echo(report(found))
    if not all(one.ok for one in found):
        raise typer.Exit(FAILED)


def _need_bolt() -> None:
    from importlib.util import find_spec

    from limner.agent.messages import RequestError

    if find_spec("slack_bolt") is None:
        raise RequestError("the Slack bot needs one more library: pip install 'limner[slack]'")
