"""Shows events on a terminal: results on stdout, status, progress and failures on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from limner.agent import messages

if TYPE_CHECKING:
    from limner.agent.messages import Event, Reply


class Screen:
    """One turn's events as they come; gives the reply back. Of a dry run the plan is the result."""

    def __init__(self, dry_run: bool = False) -> None:
        self.out = Console(soft_wrap=True)
        notes = Console(stderr=True, soft_wrap=True)
        # On one terminal only one console can keep the bar below what is printed.
        self.notes = self.out if self.out.is_terminal and notes.is_terminal else notes
        self.plans = self.out if dry_run else self.notes
        self._progress = Progress(
            TextColumn("  {task.description}"),
            BarColumn(24),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self.notes,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._failed: list[str] = []

    def show(self, events: Iterable[Event]) -> Reply:
        reply = None
        with self:
            for event in events:
                self._one(event)
                if isinstance(event, messages.Reply):
                    reply = event
        assert reply is not None, "every stream of events ends with its reply"
        return reply

    def __enter__(self) -> Self:
        self._failed.clear()
        if self.notes.is_terminal:
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.notes.is_terminal:
            self._progress.stop()

    def _one(self, event: Event) -> None:
        match event:
            case messages.PlanMade():
                calls = [line for line in event.plan.splitlines() if not line.startswith(("because(", "say("))]
                left = f"  (about {event.estimate_s:.0f} s)" if event.estimate_s and event.estimate_s >= 1 else ""
                self.plans.print(f"[dim]plan: {escape('; '.join(calls))}{left}[/dim]", highlight=False)
                for assumed in event.assumed:
                    self.plans.print(f"[dim]      {escape(assumed)}[/dim]", highlight=False)
            case messages.Progress():
                task = self._tasks.get(event.job + event.label)
                if task is None:
                    task = self._tasks[event.job + event.label] = self._progress.add_task(event.label)
                self._progress.update(task, completed=event.done, total=event.total, visible=event.done < event.total)
            case messages.ImageMade() | messages.ClipMade():
                self.out.print(f"[bold]{event.handle}[/bold] {escape(str(event.path))}", highlight=False)
            case messages.Failed():
                self._failed.append(event.text)
            case messages.Said() if any(one in event.text for one in self._failed):
                self._complain(event.text)  # the words for the person hold the failure: told once is enough
            case messages.Said() | messages.Question():
                self.out.print(escape(event.text), highlight=False)
            case messages.Reply():
                for one in self._failed:
                    self._complain(one)
            case _:
                pass

    def _complain(self, text: str) -> None:
        self.notes.print(f"[red]{escape(text)}[/red]", highlight=False)
        self._failed = [one for one in self._failed if one not in text]


def print_json(value: object) -> None:
    import json

    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
