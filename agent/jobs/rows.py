"""The rows of the job log: its tables, and what is read and written in the transaction of the caller."""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

from limner.agent.jobs.job import Delivery, Job
from limner.agent.messages import ClipMade, Event, ImageMade, Learned, Progress, Reply

SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL, session TEXT NOT NULL,
    surface TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, request TEXT NOT NULL, text TEXT NOT NULL,
    state TEXT NOT NULL, outcome TEXT, turn TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '',
    delivery TEXT, delivery_error TEXT NOT NULL DEFAULT '', created REAL NOT NULL, started REAL, ended REAL,
    attempts INTEGER NOT NULL DEFAULT 0, blot REAL, kept TEXT,
    cancel INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0, UNIQUE (surface, user, key)
);
CREATE INDEX IF NOT EXISTS job_state ON job (state, n);
CREATE INDEX IF NOT EXISTS job_user ON job (user, n);
CREATE TABLE IF NOT EXISTS event (
    job TEXT NOT NULL, n INTEGER NOT NULL, mark TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (job, n)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery (
    job TEXT NOT NULL, part TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL, attempts INTEGER NOT NULL,
    error TEXT NOT NULL, PRIMARY KEY (job, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS served (user TEXT PRIMARY KEY, turn INTEGER NOT NULL) WITHOUT ROWID;
"""
FIRST_GUESS_S = 5.0


def open_rows(path: Path) -> sqlite3.Connection:
    """The file, made when it is not there; transactions are the caller's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA secure_delete=ON")  # what is forgotten leaves no bytes behind
    db.executescript(SCHEMA)
    return db


def read_job(db: sqlite3.Connection, job_id: str) -> Job:
    """The job as fronts see it; while it is queued with its place and, in `wait_s`, some seconds until its turn."""
    names = (
        "id, user, session, surface, key, state, text, created, started, ended, attempts, outcome, turn, error,"
        " delivery, delivery_error, n"
    )
    row = db.execute(f"SELECT {names} FROM job WHERE id = ?", (job_id,)).fetchone()
    values = dict(zip(names.replace(" ", "").split(","), row, strict=True))
    number, values["turn_id"] = values.pop("n"), values.pop("turn")
    values["delivery"] = json.loads(values["delivery"]) if values["delivery"] else None
    for name in ("created", "started", "ended"):
        values[name] = datetime.fromtimestamp(values[name], UTC) if values[name] is not None else None
    if values["state"] == "queued":
        values["position"] = ahead = _ahead(db, values["user"], number)
        values["wait_s"] = ahead * pace(db)
    return Job.model_validate(values)


def pace(db: sqlite3.Connection) -> float:
    """Seconds a job takes, by the last twenty."""
    rows = db.execute("SELECT ended - started FROM job WHERE outcome = 'done' ORDER BY n DESC LIMIT 20").fetchall()
    took = [row[0] for row in rows if row[0] is not None]
    return sum(took) / len(took) if took else FIRST_GUESS_S


def _ahead(db: sqlite3.Connection, user: str, number: int) -> int:
    """How many are served before this one when users take turns."""
    queued = dict(db.execute("SELECT user, count(*) FROM job WHERE state = 'queued' GROUP BY user").fetchall())
    own = db.execute(
        "SELECT count(*) FROM job WHERE state = 'queued' AND user = ? AND n < ?", (user, number)
    ).fetchone()[0]
    running = db.execute("SELECT count(*) FROM job WHERE state = 'running'").fetchone()[0]
    return int(own + running + sum(min(count, own + 1) for one, count in queued.items() if one != user))


def append_event(db: sqlite3.Connection, job_id: str, event: Event) -> None:
    mark = _mark(event)
    if mark:
        if isinstance(event, Progress):
            db.execute("DELETE FROM event WHERE job = ? AND mark = ?", (job_id, mark))
        elif db.execute("SELECT 1 FROM event WHERE job = ? AND mark = ?", (job_id, mark)).fetchone():
            return
    # Counted on the job, so that numbers never go back when a progress is replaced.
    row = db.execute("UPDATE job SET events = events + 1 WHERE id = ? RETURNING events", (job_id,)).fetchone()
    if row is not None:
        db.execute("INSERT INTO event VALUES (?, ?, ?, ?)", (job_id, row[0] - 1, mark, event.model_dump_json()))


def end_job(db: sqlite3.Connection, job_id: str, reply: Reply) -> None:
    append_event(db, job_id, reply)
    outcome = {"failed": "failed", "cancelled": "cancelled"}.get(reply.status, "done")
    db.execute(
        "UPDATE job SET outcome = ?, turn = ?, error = ?, ended = ?,"
        " state = CASE WHEN delivery IS NULL THEN ? ELSE 'delivering' END"
        " WHERE id = ? AND state IN ('queued', 'running')",
        (reply.status, reply.turn_id, "; ".join(reply.errors), time.time(), outcome, job_id),
    )


def scrub_job(db: sqlite3.Connection, job_id: str) -> None:
    # A request that still has to be worked on keeps its words until then.
    db.execute(
        "UPDATE job SET text = '', digest = '', error = '', request = '' WHERE id = ?"
        " AND state NOT IN ('queued', 'running')",
        (job_id,),
    )
    db.execute("DELETE FROM event WHERE job = ?", (job_id,))


def put_delivery(db: sqlite3.Connection, job_id: str, one: Delivery) -> None:
    db.execute(
        "INSERT OR REPLACE INTO delivery VALUES (?, ?, ?, ?, ?, ?)",
        (job_id, one.part, one.state, json.dumps(one.detail), one.attempts, one.error),
    )


def shows(db: sqlite3.Connection, job_id: str, handles: set[str]) -> bool:
    rows = db.execute("SELECT body FROM event WHERE job = ?", (job_id,)).fetchall()
    return any(f'"{handle}"' in body for (body,) in rows for handle in handles)


def _mark(event: Event) -> str:
    """What makes two events the same; empty for those that may come again."""
    if isinstance(event, Progress):
        return f"progress {event.job} {event.label}"
    if isinstance(event, ImageMade | ClipMade | Learned):
        return f"{event.kind} {event.handle}"
    return event.kind if isinstance(event, Reply) else ""
