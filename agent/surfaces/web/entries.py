"""What the conversation shows: turns from memory, and from the job log what is still on its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from limner.agent.jobs.job import Job, JobState
from limner.agent.jobs.values import Picture, TurnLine
from limner.agent.messages import ClipMade, ImageMade, Question, Reply

if TYPE_CHECKING:
    from limner.agent.jobs.desk import Desk

LATEST = 60


@dataclass(frozen=True)
class Entry:
    """One thing a person said and what came of it; `id` is its job's, `names` are uploads that have no handle yet."""

    id: str
    at: datetime
    text: str
    uploads: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    gone: tuple[str, ...] = ()
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


def conversation(desk: Desk, user: str, session: str) -> list[Entry]:
    """The session so far, oldest first. A request is one entry, whether memory knows it, the job log, or both."""
    jobs = {job.id: job for job in desk.jobs(user, session=session, limit=LATEST)}
    turns = desk.turns(user, session, LATEST)
    known = {one.handle: one for one in desk.images(user, session=session, limit=10 * LATEST)}
    told = {turn.request_id for turn in turns}
    # A request that failed before it became a turn lives in the job log alone; one without words was forgotten.
    alone = [job for job in jobs.values() if job.id not in told and job.text and job.state is not JobState.done]
    entries = [_of_turn(turn, jobs.get(turn.request_id), known) for turn in turns] + [_of_job(job) for job in alone]
    entries.sort(key=lambda entry: entry.at)
    return [*entries[:-1], _as_newest(entries[-1])] if entries else []


def finished(desk: Desk, user: str, job: Job, reply: Reply) -> Entry:
    """The entry of a job whose reply has just come."""
    turn = next((one for one in desk.turns(user, job.session, LATEST) if one.request_id == job.id), None)
    known = {one.handle: one for one in desk.images(user, session=job.session, limit=10 * LATEST)}
    line = turn or TurnLine(id="", session=job.session, at=job.created, text=job.text, status=reply.status, reply=reply)
    return _as_newest(_of_turn(line.model_copy(update={"request_id": job.id}), None, known))


def begun(desk: Desk, user: str, job: Job, names: Iterable[str] = ()) -> Entry:
    """The entry of a request that was just taken in; sent a second time, it may be over already."""
    if not job.state.over:
        return _of_job(job, tuple(names))
    entries = conversation(desk, user, job.session)
    return next((entry for entry in entries if entry.id == job.id), _of_job(job))


def picture_of(made: ImageMade | ClipMade, at: datetime) -> Picture:
    """What was just made, before memory is asked for it."""
    return Picture(handle=made.handle, kind=made.kind, made=at, caption=made.caption, seed=made.seed)


def _of_turn(turn: TurnLine, job: Job | None, known: Mapping[str, Picture]) -> Entry:
    if job is not None and not job.state.over and job.state is not JobState.delivering:
        return _of_job(job, uploads=turn.uploads)
    reply = turn.reply
    handles = [one for one in turn.handles if not one.startswith(("@", "style:", "motion:"))]
    errors = reply.errors if reply else ()
    said = "" if reply is None or reply.text in errors else _unlabelled(reply.text, handles)
    return Entry(
        id=turn.request_id or turn.id,
        at=turn.at,
        text=turn.text,
        uploads=turn.uploads,
        pictures=tuple(known[one] for one in handles if one in known),
        gone=tuple(one for one in handles if one not in known),
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
