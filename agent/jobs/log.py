"""The durable log of jobs, their events and deliveries, in one SQLite file that front and engine processes share."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from limner.agent.jobs.job import Busy, Delivery, Job, JobState, KeyReused
from limner.agent.jobs.rows import append_event, end_job, open_rows, pace, put_delivery, read_job, scrub_job, shows
from limner.agent.messages import Event, Reply, Request, RequestError, StatusChanged, parse_event

KEPT = timedelta(days=30)
POLL_S = 0.03
# SQLite counts no further.
LAST = 2**63 - 1
LONGEST = {"session": 200, "key": 255, "text": 200_000}


class JobLog:
    """Every method is one transaction; a kill between two of them loses nothing and doubles nothing."""

    def __init__(self, path: Path, *, most: int = 64, most_of_one: int = 16) -> None:
        self.path, self.most, self.most_of_one = path, most, most_of_one
        self._lock = threading.RLock()
        self._db = open_rows(path)

    # --- for fronts ----------------------------------------------------------------------------------

    def submit(self, request: Request, *, surface: str, key: str = "", delivery: dict[str, Any] | None = None) -> Job:
        """Queue a request; the same (surface, user, key) again gives the same job. Without a key, the request id is it.

        Raises Busy when the queue is full and KeyReused when the key was used for other words. `delivery` says where
        the surface hands the result over; a job without one is done when its work is.
        """
        key, digest = key or request.request_id, _digest(request)
        for what, text in (("session", request.session), ("key", key), ("text", request.text)):
            if len(text) > LONGEST[what]:
                raise RequestError(f"the {what} has {len(text):,} characters; at most {LONGEST[what]:,} are taken")
        with self._writing(promise=True):
            known = self._db.execute(
                "SELECT id, digest FROM job WHERE surface = ? AND user = ? AND key = ?", (surface, request.user, key)
            ).fetchone()
            if known is not None:
                if known[1] not in ("", digest):
                    raise KeyReused("this idempotency key was used for another request; send a new key with new words")
                return read_job(self._db, known[0])
            self._check_room(request.user)
            job_id = uuid4().hex
            stored = request.model_copy(update={"request_id": job_id})
            self._db.execute(
                "INSERT INTO job (id, user, session, surface, key, digest, request, text, state, delivery, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
                (
                    job_id,
                    request.user,
                    request.session,
                    surface,
                    key,
                    digest,
                    stored.model_dump_json(),
                    request.text,
                    json.dumps(delivery) if delivery is not None else None,
                    time.time(),
                ),
            )
            job = read_job(self._db, job_id)
            before = f", {job.position} before you, about {job.wait_s:.0f} s" if job.position else ""
            append_event(self._db, job_id, StatusChanged(text=f"queued{before}"))
            return job

    def get(self, job_id: str, user: str | None = None) -> Job | None:
        """The job, if it is this user's; only an engine asks without a user."""
        with self._lock:
            row = self._db.execute("SELECT user FROM job WHERE id = ?", (job_id,)).fetchone()
            return read_job(self._db, job_id) if row and user in (None, row[0]) else None

    def jobs(
        self, user: str, *, session: str | None = None, states: tuple[JobState, ...] = (), limit: int = 50
    ) -> list[Job]:
        """This user's latest jobs, oldest first."""
        where, values = "user = ?", [user]
        if session is not None:
            where, values = f"{where} AND session = ?", [*values, session]
        if states:
            where, values = f"{where} AND state IN ({_marks(states)})", [*values, *states]
        with self._lock:
            rows = self._db.execute(
                f"SELECT id FROM job WHERE {where} ORDER BY n DESC LIMIT ?", (*values, limit)
            ).fetchall()
            return [read_job(self._db, row[0]) for row in reversed(rows)]

    def events(self, job_id: str, after: int = -1) -> list[tuple[int, Event]]:
        """The events so far with their numbers, which only grow; a step's progress is one event, renumbered."""
        with self._lock:
            rows = self._db.execute(
                "SELECT n, body FROM event WHERE job = ? AND n > ? ORDER BY n",
                (job_id, max(-1, min(after, LAST))),
            ).fetchall()
        return [(n, parse_event(json.loads(body))) for n, body in rows]

    def follow(
        self, job_id: str, after: int = -1, *, poll_s: float = POLL_S, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, Event]]:
        """Events as they come, whoever makes them; ends with the Reply, or when `stop` says so."""
        while not stop():
            over, events = self.news(job_id, after)
            for number, event in events:
                after = number
                yield number, event
                if isinstance(event, Reply):
                    return
            if over:
                return
            time.sleep(poll_s)

    def news(self, job_id: str, after: int = -1) -> tuple[bool, list[tuple[int, Event]]]:
        """Whether no more will come, and the events after that number."""
        over = self.over(job_id)  # asked before the events are read, so that none of them is missed
        return over, self.events(job_id, after)

    def over(self, job_id: str) -> bool:
        """Whether no more events will come."""
        with self._lock:
            row = self._db.execute("SELECT state FROM job WHERE id = ?", (job_id,)).fetchone()
        return row is None or row[0] not in ("queued", "running")

    def cancel(self, job_id: str, user: str) -> Job | None:
        """A queued job ends at once, a running one at its next step; what is finished stays."""
        with self._writing():
            job = self.get(job_id, user)
            if job is None:
                return None
            self._db.execute("UPDATE job SET cancel = 1 WHERE id = ?", (job_id,))
            if job.state is JobState.queued:
                said = "cancelled before it began"
                end_job(self._db, job_id, Reply(request_id=job_id, turn_id="", status="cancelled", text=said))
            return read_job(self._db, job_id)

    # --- for surfaces that hand results over ------------------------------------------------------------

    def undelivered(self, surface: str) -> list[Job]:
        """Jobs whose work is over and whose result is not (wholly) handed over yet, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT id FROM job WHERE state = 'delivering' AND surface = ? ORDER BY n", (surface,)
            ).fetchall()
            return [read_job(self._db, row[0]) for row in rows]

    def open_jobs(self, surface: str) -> list[Job]:
        """All jobs of a surface that are queued, running or not handed over yet: what it follows after a restart."""
        with self._lock:
            rows = self._db.execute(
                "SELECT id FROM job WHERE state IN ('queued', 'running', 'delivering') AND surface = ? ORDER BY n",
                (surface,),
            ).fetchall()
            return [read_job(self._db, row[0]) for row in rows]

    def sending(self, job_id: str, part: str, detail: dict[str, Any] | None = None) -> bool:
        """Claim a part before it is sent; False when it was sent already."""
        with self._writing():
            known = self.deliveries(job_id).get(part)
            if known is not None and known.state == "sent":
                return False
            attempts = known.attempts + 1 if known else 1
            put_delivery(self._db, job_id, Delivery(part=part, state="sending", detail=detail or {}, attempts=attempts))
            return True

    def delivered(self, job_id: str, part: str, detail: dict[str, Any] | None = None) -> None:
        """A part arrived; `detail` is what the surface needs to find it again."""
        self._note(job_id, part, "sent", detail, "")

    def not_delivered(self, job_id: str, part: str, error: str) -> None:
        """A part could not be sent; the work is kept and only this part is sent again."""
        self._note(job_id, part, "failed", None, error)

    def deliveries(self, job_id: str) -> dict[str, Delivery]:
        with self._lock:
            rows = self._db.execute(
                "SELECT part, state, detail, attempts, error FROM delivery WHERE job = ? ORDER BY part", (job_id,)
            ).fetchall()
        return {
            part: Delivery(part=part, state=state, detail=json.loads(detail), attempts=attempts, error=error)
            for part, state, detail, attempts, error in rows
        }

    def settle(self, job_id: str, delivery_error: str = "") -> None:
        """The handing over has ended: all parts arrived, or the surface gave up for the reason given."""
        with self._writing():
            self._db.execute(
                "UPDATE job SET delivery_error = ?, state = CASE WHEN ? != '' THEN 'failed' ELSE"
                " CASE outcome WHEN 'failed' THEN 'failed' WHEN 'cancelled' THEN 'cancelled' ELSE 'done' END END"
                " WHERE id = ? AND state = 'delivering'",
                (delivery_error, delivery_error, job_id),
            )

    def deliver_again(self, job_id: str, delivery: dict[str, Any]) -> Job | None:
        """Take up a delivery that was given up, to where it says; nothing is generated again. None: it was not."""
        with self._writing():
            row = self._db.execute(
                "UPDATE job SET delivery_error = '', state = 'delivering', delivery = ?"
                " WHERE id = ? AND delivery_error != '' RETURNING id",
                (json.dumps(delivery), job_id),
            ).fetchone()
            return read_job(self._db, job_id) if row else None

    # --- for the engine ---------------------------------------------------------------------------------

    def claim(self) -> tuple[Job, Request] | None:
        """Begin the next job: what a crash cut off first, then users in turn, each in their own order."""
        with self._writing():
            row = self._db.execute(
                "SELECT job.id, job.user FROM job LEFT JOIN served ON served.user = job.user"
                " WHERE state = 'queued' ORDER BY attempts = 0, coalesce(served.turn, 0), job.n LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            job_id, user = row
            self._db.execute(
                "INSERT INTO served SELECT ?, coalesce(max(turn), 0) + 1 FROM served"
                " WHERE true ON CONFLICT (user) DO UPDATE SET turn = excluded.turn",
                (user,),
            )
            self._db.execute(
                "UPDATE job SET state = 'running', attempts = attempts + 1, started = coalesce(started, ?)"
                " WHERE id = ?",
                (time.time(), job_id),
            )
            request = self._db.execute("SELECT request FROM job WHERE id = ?", (job_id,)).fetchone()[0]
            return read_job(self._db, job_id), Request.model_validate_json(request)

    def requeue(self) -> list[Job]:
        """Jobs a killed engine had begun wait again, ahead of all others; for the one engine that is alive."""
        with self._writing():
            rows = self._db.execute("SELECT id FROM job WHERE state = 'running' ORDER BY n").fetchall()
            self._db.execute("UPDATE job SET state = 'queued' WHERE state = 'running'")
            return [read_job(self._db, row[0]) for row in rows]

    def append(self, job_id: str, event: Event) -> None:
        """Write an event. One that a resumed turn tells again is not written again."""
        with self._writing():
            append_event(self._db, job_id, event)

    def end(self, job_id: str, reply: Reply) -> None:
        """Write the reply and the new state in one transaction."""
        with self._writing(promise=True):
            end_job(self._db, job_id, reply)

    def cancelled(self, job_id: str) -> bool:
        with self._lock:
            row = self._db.execute("SELECT cancel FROM job WHERE id = ?", (job_id,)).fetchone()
        return bool(row and row[0])

    def waiting(self) -> int:
        """How many are queued or running."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM job WHERE state IN ('queued', 'running')").fetchone()[0])

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._lock:
            return dict(self._db.execute("SELECT state, count(*) FROM job GROUP BY state").fetchall())

    def attachments(self, job_id: str) -> tuple[Path, ...]:
        """The files that came with it, as the front left them."""
        with self._lock:
            row = self._db.execute("SELECT request FROM job WHERE id = ?", (job_id,)).fetchone()
        if row is None or not row[0]:
            return ()
        return tuple(one.path for one in Request.model_validate_json(row[0]).attachments)

    def erase(self, user: str, turns: set[str], handles: set[str]) -> None:
        """Forget the words and events of jobs that belong to forgotten turns or show forgotten handles."""
        with self._writing():
            rows = self._db.execute("SELECT id, turn, ended FROM job WHERE user = ?", (user,)).fetchall()
            for job_id, turn, ended in rows:
                # What ended before it was a turn is in no receipt; nobody misses its words.
                if turn in turns or (ended and not turn) or shows(self._db, job_id, handles):
                    scrub_job(self._db, job_id)
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def scrub(self, job_id: str) -> None:
        """Forget the words of a job that has no turn to be forgotten with, as a dry run has none."""
        with self._writing():
            scrub_job(self._db, job_id)

    def blot(self, job_id: str, kept: Reply, at: float) -> None:
        """The job's own words are to be forgotten at that moment, when its followers have read them; `kept` stays."""
        with self._writing():
            self._db.execute("UPDATE job SET blot = ?, kept = ? WHERE id = ?", (at, kept.model_dump_json(), job_id))

    def blots(self, now: float) -> None:
        """Carry out the blots that are due."""
        with self._lock:
            if not self._db.execute("SELECT 1 FROM job WHERE blot <= ?", (now,)).fetchone():
                return
        with self._writing():
            rows = self._db.execute("SELECT id, kept FROM job WHERE blot <= ?", (now,)).fetchall()
            for job_id, kept in rows:
                scrub_job(self._db, job_id)
                append_event(self._db, job_id, Reply.model_validate_json(kept))
                self._db.execute("UPDATE job SET blot = NULL, kept = NULL WHERE id = ?", (job_id,))
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def sweep(self, now: datetime | None = None) -> int:
        """Drop what ended long ago; pictures and turns live in memory, not here."""
        before = ((now or datetime.now(UTC)) - KEPT).timestamp()
        with self._writing():
            old = "SELECT id FROM job WHERE ended < ? AND state IN ('done', 'failed', 'cancelled')"
            self._db.execute(f"DELETE FROM event WHERE job IN ({old})", (before,))
            self._db.execute(f"DELETE FROM delivery WHERE job IN ({old})", (before,))
            return self._db.execute(f"DELETE FROM job WHERE id IN ({old})", (before,)).rowcount

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # --- inside -----------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self, *, promise: bool = False) -> Iterator[None]:
        """One transaction. A `promise` outlives a power cut too; the rest outlives any kill of a process."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute(f"PRAGMA synchronous={'FULL' if promise else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _check_room(self, user: str) -> None:
        count = "SELECT count(*), sum(user = ?) FROM job WHERE state IN ('queued', 'running')"
        waiting, own = self._db.execute(count, (user,)).fetchone()
        if waiting >= self.most:
            raise Busy(pace(self._db))
        if (own or 0) >= self.most_of_one:
            raise Busy(pace(self._db), f" ({own} of yours are waiting)")

    def _note(self, job_id: str, part: str, state: str, detail: dict[str, Any] | None, error: str) -> None:
        with self._writing():
            known = self.deliveries(job_id).get(part)
            row = {
                "part": part,
                "state": state,
                "detail": detail if detail is not None else (known.detail if known else {}),
                "attempts": known.attempts if known else 1,
                "error": error,
            }
            put_delivery(self._db, job_id, Delivery.model_validate(row))


def _digest(request: Request) -> str:
    said = json.dumps([request.session, request.text, request.plan, request.seed, len(request.attachments)])
    return hashlib.sha256(said.encode()).hexdigest()


def _marks(values: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(values))
