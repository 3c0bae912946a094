"""Starts bots and engines by fork, so that a kill -9 and a new start cost no imports; a word a line on stdin."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

from pydantic import SecretStr

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.log import JobLog
from limner.agent.jobs.supervisor import Supervisor
from limner.agent.settings import Settings
from limner.agent.surfaces.slack.config import SlackSettings
from limner.agent.surfaces.slack.serve import opened, run_socket
from limner.tools import FakeEngine
from tests.surfaces.behind import Book, engine
from tests.surfaces.slack.mock_slack import APP_TOKEN, BOT_TOKEN

NOUNS = ("fox", "cat", "boat", "house", "tree", "robot", "star", "flower", "fish", "car")


def settings(folder: Path) -> Settings:
    return Settings.load(None, family="fake", embedder="words", data=folder / "data", out=folder / "out", user="me")


def bot(folder: Path, api: str) -> None:
    chosen = SlackSettings(bot_token=SecretStr(BOT_TOKEN), app_token=SecretStr(APP_TOKEN), api_url=api)
    own = settings(folder)
    desk = Desk(own, JobLog(own.data / "jobs.sqlite"), Supervisor(own, spawn=False))
    desk.engine.start()
    with opened(desk, chosen, shared_within_s=1.0) as (app, _):
        run_socket(app, chosen, lambda: False)


def draw(folder: Path, api: str) -> None:
    book = Book()
    book.plans = {f"draw a {noun}": f'generate_image(prompt="a {noun}")' for noun in NOUNS}
    with engine(settings(folder), book, FakeEngine()) as working:
        working.join()


def main() -> None:
    folder, api = Path(sys.argv[1]), sys.argv[2]
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                {"bot": bot, "engine": draw}[line.strip()](folder, api)
            except BaseException:
                logging.exception("%s ended", line.strip())
            os._exit(1)
        print(child, flush=True)


if __name__ == "__main__":
    main()
