"""Opens an assistant for a surface, runs a turn with clean cancelling, and turns mendable errors into exit codes."""

from __future__ import annotations

import gc
import logging
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from limner.agent.assistant import Assistant
    from limner.agent.planner import Planner
    from limner.agent.settings import Settings
    from limner.agent.studio import Studio
    from limner.tools import Renderer

FAILED, USAGE = 1, 2
# What SQLite says of a disk that is full (in WAL mode an I/O error), read-only, or held by another program.
NO_ROOM = ("full", "disk I/O", "readonly", "locked")


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_assistant(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    planner: Planner | None = None,
    engine: Renderer | None = None,
) -> Iterator[Assistant]:
    from limner.agent import assistant

    with ExitStack() as opened:
        with unusable_settings():
            found = opened.enter_context(assistant.open_assistant(settings, clock, planner, engine))
        yield found


@contextmanager
def loading() -> Iterator[None]:
    """For imports that stay for good: none of it is garbage, and looking for garbage is a tenth of their time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def opened_studio(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Iterator[Studio]:
    """For commands that plan nothing."""
    from limner.agent.studio import open_studio

    with unusable_settings():
        studio = open_studio(settings, clock)
    try:
        yield studio
    finally:
        studio.close()


@contextmanager
def unusable_settings() -> Iterator[None]:
    """A planner, family or device that can't be used is a fault of the settings, and ends as one."""
    from limner.agent.messages import RequestError
    from limner.agent.plan import PlanError
    from limner.agent.settings import SettingsError
    from limner.tools import ToolError

    try:
        yield
    except (RequestError, PlanError, ToolError) as error:
        raise SettingsError(str(error)) from error


@contextmanager
def stop_on_ctrl_c() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C stops the render at its next step and keeps what is done; the second one leaves at once."""
    pressed = threading.Event()

    def press(number: int, frame: FrameType | None) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        print("stopping after this step (Ctrl-C again to leave at once)", file=sys.stderr)

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def explained() -> Iterator[None]:
    """What a person can mend is said in one line and ends with an exit code; a bug keeps its traceback."""
    from limner.agent.messages import RequestError
    from limner.agent.plan import PlanError
    from limner.agent.settings import SettingsError
    from limner.memory import MemoryProblem
    from limner.tools import ToolError

    try:
        yield
    except SettingsError as error:
        fail(str(error), USAGE)
    except (RequestError, PlanError, MemoryProblem, ToolError) as error:
        fail(str(error), FAILED)
    except (typer.Exit, typer.Abort, BrokenPipeError):  # `limner images | head` reads as much as it wants
        raise
    except Exception as error:
        if isinstance(error, sqlite3.OperationalError) and any(said in str(error) for said in NO_ROOM):
            fail(f"cannot write to the data folder: {error}; make room or choose another --data, then say it again")
        fail(apology(error))


def apology(error: Exception) -> str:
    """Log a bug with its traceback, and say sorry for it in one line."""
    logging.getLogger("limner").error("unexpected error", exc_info=error)
    return f"sorry, this should not happen: {error or type(error).__name__}. What was finished is kept"


def fail(message: Any, code: int = FAILED) -> None:
    print(f"limner: {message}", file=sys.stderr)
    raise typer.Exit(code)
