"""What the conversation shows: turns from memory, and from the job log what is still on its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from limner.agent.jobs.job import Job, JobState
from limner.agent.jobs.values import Picture, TurnLine
from limner.agent.messages import ClipMade, ImageMade, Question, Reply

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

A_WINDOW = 20


@dataclass(frozen=True)
class Entry:
    """One thing a person said and what came of it.

    `id` is its job's, `turn` is memory's; `names` are uploads that have no handle yet, `earlier` counts pictures that
    are not shown here.
    """

    id: str
    at: datetime
    text: str
    uploads: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    turn: str = ""
    pictures: tuple[Picture, ...] = ()
    gone: tuple[str, ...] = ()
    earlier: int = 0
    said: str = ""
    question: Question | None = None
    errors: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    plan: str = ""
    status: str = ""
    busy: bool = False
    waiting: str = ""
    newest: bool = False

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(one.handle for one in self.pictures)


@dataclass(frozen=True)
class Window:
    """A stretch of a conversation, oldest first; `earlier` is the turn the stretch before it ends with, if any."""

    entries: list[Entry]
    earlier: str = ""
    past: bool = False


def conversation(desk: Desk, user: str, session: str, upto: str = "") -> Window:
    """The end of the session, or what ends with a turn. A request is one entry, known to memory, job log or both."""
    found = desk.turns(user, session, A_WINDOW + 1, upto=upto or None)
    turns = found[-A_WINDOW:]
    jobs = {job.id: job for job in desk.jobs(user, session=session, limit=3 * A_WINDOW)}
    told = {turn.request_id for turn in turns}
    # A request that failed before it became a turn lives in the job log alone; one without words was forgotten.
    alone = [job for job in jobs.values() if job.id not in told and job.text and job.state is not JobState.done]
    if len(found) > A_WINDOW:
        alone = [job for job in alone if job.created > found[0].at]
    if upto:
        alone = [job for job in alone if turns and job.created < turns[-1].at]
    entries = [_of_turn(turn, jobs.get(turn.request_id)) for turn in turns] + [_of_job(job) for job in alone]
    entries.sort(key=lambda entry: entry.at)
    if entries and not upto:
        entries[-1] = _as_newest(entries[-1])
    return Window(entries, earlier=found[0].id if len(found) > A_WINDOW else "", past=bool(upto))


def around(desk: Desk, user: str, session: str, turn: str) -> Window:
    """The stretch that holds this turn: the end of the session, or what ends with the turn."""
    window = conversation(desk, user, session)
    here = not turn or not window.earlier or any(entry.turn == turn for entry in window.entries)
    return window if here else conversation(desk, user, session, turn)


def finished(desk: Desk, user: str, job: Job, reply: Reply) -> Entry:
    """The entry of a job whose reply has just come."""
    turn = next((one for one in desk.turns(user, job.session, A_WINDOW) if one.request_id == job.id), None)
    line = turn or TurnLine(id="", session=job.session, at=job.created, text=job.text, status=reply.status, reply=reply)
    return _as_newest(_of_turn(line.model_copy(update={"request_id": job.id}), None))


def begun(desk: Desk, user: str, job: Job, names: Iterable[str] = ()) -> Entry:
    """The entry of a request that was just taken in; sent a second time, it may be over already."""
    if not job.state.over:
        return _of_job(job, tuple(names))
    entries = conversation(desk, user, job.session).entries
    return next((entry for entry in entries if entry.id == job.id), _of_job(job))


def picture_of(made: ImageMade | ClipMade, at: datetime) -> Picture:
    """What was just made, before memory is asked for it."""
    return Picture(handle=made.handle, kind=made.kind, made=at, caption=made.caption, seed=made.seed)


def _of_turn(turn: TurnLine, job: Job | None) -> Entry:
    if job is not None and not job.state.over and job.state is not JobState.delivering:
        return replace(_of_job(job, uploads=turn.uploads), turn=turn.id)
    reply = turn.reply
    errors = reply.errors if reply else ()
    said = "" if reply is None or reply.text in errors else _unlabelled(reply.text, turn.handles)
    return Entry(
        id=turn.request_id or turn.id,
        # What waits in the queue is placed by when it was said, so what is done must be too.
        at=job.created if job else turn.at,
        text=turn.text,
        uploads=turn.uploads,
        turn=turn.id,
        pictures=turn.shown,
        gone=turn.gone,
        earlier=turn.earlier,
        said=said,
        question=reply.question if reply else None,
        errors=errors,
        assumed=reply.assumed if reply else (),
        plan=_calls(reply.plan if reply else ""),
        status=turn.status,
    )


def _of_job(job: Job, names: tuple[str, ...] = (), uploads: Sequence[str] = ()) -> Entry:
    over = job.state.over
    return Entry(
        id=job.id,
        at=job.created,
        text=job.text,
        uploads=tuple(uploads),
        names=names,
        errors=(job.error,) if job.error else (),
        status=str(job.state) if over else "",
        busy=not over,
        waiting="" if over else _waiting(job),
    )


def _waiting(job: Job) -> str:
    if job.state is JobState.running:
        return "Working on it"
    if not job.position:
        return "Next in the queue"
    seconds = f", about {job.wait_s:.0f}\u00a0s" if job.wait_s else ""
    return f"In the queue, {job.position} before you{seconds}"


def _as_newest(entry: Entry) -> Entry:
    return replace(entry, newest=True)


def _unlabelled(text: str, handles: Sequence[str]) -> str:
    """Without the lines that only say what stands under each picture anyway."""
    labels = tuple(f"{handle}: " for handle in handles)
    return "\n".join(line for line in text.splitlines() if not (labels and line.startswith(labels)))


def _calls(plan: str) -> str:
    """The calls of a plan; which memory decided what is shown by "why", with its words."""
    return "\n".join(line for line in plan.splitlines() if not line.startswith("because("))
