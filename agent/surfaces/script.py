"""Runs a scripted conversation: turn by turn, resumable, with a contact sheet and a report at the end."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from limner.agent.clock import ScriptClock, duration
from limner.agent.messages import Attachment, ClipMade, ImageMade, Reply, Request, RequestError
from limner.agent.surfaces.expect import misses
from limner.agent.surfaces.opening import FAILED, USAGE, apology, open_assistant, stop_on_ctrl_c
from limner.agent.surfaces.script_file import Script, ScriptError, TurnScript, load_script
from limner.agent.surfaces.show import Screen, print_json

if TYPE_CHECKING:
    from limner.agent.assistant import Assistant
    from limner.agent.plan import Plan, PlanContext
    from limner.agent.planner import Planner
    from limner.agent.settings import Settings
    from limner.tools import Renderer

# Turns of a script are a minute apart, so that "the last one" has an order also in what is written down.
PACE = timedelta(minutes=1)


class TurnReport(BaseModel):
    """What one turn came to."""

    turn: int
    said: str = ""
    session: str
    at: datetime
    reply: Reply | None = None
    seconds: float = 0.0
    misses: list[str] = []


class RunState(BaseModel):
    """What is kept between runs: the identity of this run and when it began."""

    script: str
    run: str
    started: datetime
    finished: bool = False


def run_file(
    file: Path,
    flags: dict[str, Any],
    *,
    fresh: bool = False,
    engine: Renderer | None = None,
    planner: Planner | None = None,
) -> int:
    """Exit code 0 when all is as expected, 1 when not, 2 when the file or the settings can't be used."""
    from limner.agent.plan import PlanError
    from limner.agent.settings import SettingsError
    from limner.tools import ToolError

    quiet, dry_run = bool(flags.get("json")), bool(flags.get("dry_run"))
    with ExitStack() as opened:
        try:
            script = load_script(file)
            settings, state = _prepare(file, script, flags, fresh)
            clock = ScriptClock(state.started)
            if planner is None and settings.planner == "scripted":
                planner = PlansOfTurns([turn.plan for turn in script.turns])
            assistant = opened.enter_context(open_assistant(settings, clock, planner, engine))
        except (ScriptError, SettingsError, RequestError, PlanError, ToolError) as error:
            print(f"limner: {error}", file=sys.stderr)
            return USAGE
        cancel = opened.enter_context(stop_on_ctrl_c())
        runner = _Runner(script, settings, state.run, clock, assistant, Screen(dry_run), quiet)
        for number in range(len(script.turns)):
            if isinstance(planner, PlansOfTurns):
                planner.turn = number
            runner.turn(number, cancel, dry_run)
            if runner.stopped:
                break
    return runner.finish(settings.out, state, quiet, dry_run)


class _Runner:
    def __init__(
        self,
        script: Script,
        settings: Settings,
        run: str,
        clock: ScriptClock,
        assistant: Assistant,
        screen: Screen,
        quiet: bool,
    ) -> None:
        self.script, self.settings, self.run, self.clock = script, settings, run, clock
        self.assistant, self.screen, self.quiet = assistant, screen, quiet
        self.user = script.user or settings.user
        self.session = settings.session
        self.reports: list[TurnReport] = []
        self.stopped = False

    def turn(self, number: int, cancel: Any, dry_run: bool) -> None:
        turn = self.script.turns[number]
        self.clock.advance(PACE)
        if turn.advance:
            self.clock.advance(duration(turn.advance))
        if turn.session and turn.session != self.session:
            self.session = turn.session
            self._note(f"— session {self.session}, {self.clock():%A %Y-%m-%d} —")
        report = TurnReport(turn=number + 1, session=self.session, at=self.clock())
        self.reports.append(report)
        for handle, liked in ((turn.like, True), (turn.dislike, False)):
            if handle:
                self._rate(report, handle, liked, dry_run)
        if turn.user is None and not turn.attach:
            return
        began = monotonic()
        report.said = turn.user or ""
        self._note(f"[{number + 1}] {report.said}" + (f"  (+ {len(turn.attach)} files)" if turn.attach else ""))
        try:
            report.reply = self._say(turn, number, cancel, dry_run)
        except Exception as error:  # the turns before it are worth their report; the next run goes on here
            report.misses.append(apology(error))
            self.stopped = True
        else:
            report.misses += self._misses(number, report.reply, dry_run)
            self.stopped = report.reply.status == "cancelled"
        report.seconds = round(monotonic() - began, 2)
        for miss in report.misses:
            self._note(f"    not as expected: {miss}")

    def _misses(self, number: int, reply: Reply, dry_run: bool) -> list[str]:
        turn = self.script.turns[number]
        if turn.expect and not dry_run:
            return misses(turn.expect, reply)
        following = self.script.turns[number + 1 :]
        here = next((i for i, one in enumerate(following) if one.session not in (None, self.session)), len(following))
        if reply.question and not dry_run and not any(one.user is not None or one.attach for one in following[:here]):
            return [f"nothing answers the question {reply.question.text!r}; add a turn, or expect: {{asks: true}}"]
        return list(reply.errors) if reply.status == "failed" else []

    def _say(self, turn: TurnScript, number: int, cancel: Any, dry_run: bool) -> Reply:
        seed = turn.seed if turn.seed is not None else self.settings.seed
        request = Request(
            user=self.user,
            session=self.session,
            text=turn.user or "",
            attachments=tuple(Attachment(path=path) for path in turn.attach),
            seed=seed if seed is not None else self.script.seed,
            dry_run=dry_run,
            # The same run and turn are the same request: run again after a crash, it is not done twice.
            request_id=f"{self.run}-{number}",
        )
        if self.quiet:
            return self.assistant.handle(request, cancel)
        return self.screen.show(self.assistant.stream(request, cancel))

    def _rate(self, report: TurnReport, handle: str, liked: bool, dry_run: bool) -> None:
        if dry_run:
            return
        wanted = self._last_made() if handle == "last" else handle
        try:
            if wanted is None:
                raise RequestError(f"there is nothing to {'like' if liked else 'dislike'} yet; draw something first")
            self.assistant.rate(self.user, wanted, liked)
            self._note(f"    {'liked' if liked else 'disliked'} {wanted}")
        except RequestError as error:
            report.misses.append(str(error))
            self._note(f"    {error}")

    def _last_made(self) -> str | None:
        return next((one.handle for one in reversed(self._made())), None)

    def _made(self) -> Sequence[ImageMade | ClipMade]:
        made = [one for report in self.reports if report.reply for one in report.reply.made]
        return [one for one in made if one.path.is_file()]  # a later turn may have erased it

    def finish(self, out: Path, state: RunState, quiet: bool, dry_run: bool) -> int:
        missed = sum(len(report.misses) for report in self.reports)
        code = FAILED if missed or self.stopped else 0
        if not self.stopped and not dry_run:
            _write_state(self.settings, state.model_copy(update={"finished": True}))
        sheet = None
        if made := self._made():
            from limner.agent.sheet import contact_sheet

            sheet = contact_sheet(made, _sheet_path(out, self.script, state), self.script.name)
        report = {
            "script": self.script.name,
            "run": state.run,
            "ok": code == 0,
            "stopped": self.stopped,
            "turns": [one.model_dump(mode="json") for one in self.reports],
            "files": [str(one.path) for one in made],
            "sheet": str(sheet) if sheet else None,
        }
        if quiet:
            print_json(report)
            return code
        print()
        for one in made:
            print(f"{one.handle:<8} {one.path}")
        if sheet:
            print(f"contact sheet {sheet}")
        seconds = sum(one.seconds for one in self.reports)
        verdict = "all as expected" if not missed else f"{missed} not as expected"
        verdict = "stopped; run it again to go on" if self.stopped else "planned only" if dry_run else verdict
        print(f"{len(self.reports)} turns in {seconds:.0f} s: {verdict}")
        return code

    def _note(self, text: str) -> None:
        if not self.quiet:
            print(text, flush=True)


def _prepare(file: Path, script: Script, flags: dict[str, Any], fresh: bool) -> tuple[Settings, RunState]:
    """A run has its own data folder unless one is given: a demo must not mix with a person's own subjects."""
    from limner.agent.settings import Settings

    given = {k: v for k, v in flags.items() if k not in ("json", "dry_run", "config") and v not in (None, False)}
    if script.planner and "planner" not in given:
        given["planner"] = script.planner
    config = flags.get("config")
    settings = Settings.load(Path(config) if config else None, **given)
    digest = hashlib.sha256(f"{file.read_text('utf-8')}\0{given.get('seed')}\0{settings.family}".encode()).hexdigest()[
        :12
    ]
    runs = settings.data if "data" in given else settings.data / "runs" / f"{file.stem}-{digest}"
    number, state = 1, None
    while (at := runs if "data" in given else runs / str(number)) and (at / "run.json").is_file():
        state = RunState.model_validate_json((at / "run.json").read_text("utf-8"))
        if state.script == digest and not state.finished and not fresh:
            break  # go on where it stopped
        state, number = None, number + 1
        if "data" in given:
            break
    settings = settings.model_copy(update={"data": at})
    if state is None:
        started = script.start or datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
        state = RunState(script=digest, run=f"{digest}-{number}-{_stamp() if 'data' in given else ''}", started=started)
        if not flags.get("dry_run"):
            _write_state(settings, state)
    return settings, state


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}"


def _write_state(settings: Settings, state: RunState) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    part = settings.data / "run.json.part"
    part.write_text(state.model_dump_json(indent=1), "utf-8")
    part.replace(settings.data / "run.json")


def _sheet_path(out: Path, script: Script, state: RunState) -> Path:
    folder = out.absolute() / f"{state.started:%Y-%m-%d}"
    number, path = 2, folder / f"{script.name}-sheet.png"
    while path.exists():
        path = folder / f"{script.name}-sheet-{number}.png"
        number += 1
    return path


class PlansOfTurns:
    """`--planner scripted` answers with the plans in the file: for tests without a model."""

    def __init__(self, plans: Sequence[str | None]) -> None:
        self._plans = plans
        self.turn = 0

    def expect(self, context: PlanContext) -> None:
        """Nothing is gained: the plans are written."""

    def plan(self, context: PlanContext, text: str) -> Plan:
        from limner.agent.plan import PlanError, parse_plan

        written = self._plans[self.turn]
        if written is None:
            raise PlanError(f"turn {self.turn + 1} has no `plan:`, which --planner scripted needs")
        return parse_plan(written)
