"""The durable list of render jobs: which were begun, where their files go, which are done; so none runs twice."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from pydantic import BaseModel


class Job(BaseModel, frozen=True):
    """One picture or clip to be made. Handle and path are fixed before the work starts."""

    id: str
    user: str
    turn_id: str
    handle: str
    path: Path
    seed: int
    done: bool = False


class Ledger:
    """One row a job. A job whose file is on disk is finished, whatever the row says."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA secure_delete=ON")  # what is forgotten leaves no bytes behind
        self._db.execute("CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, user TEXT, handle TEXT, row TEXT)")

    def get(self, job_id: str) -> Job | None:
        with self._lock:
            row = self._db.execute("SELECT row FROM job WHERE id = ?", (job_id,)).fetchone()
        return Job.model_validate_json(row[0]) if row else None

    def put(self, job: Job) -> None:
        with self._lock:
            values = (job.id, job.user, job.handle, job.model_dump_json())
            self._db.execute("INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?)", values)

    def reserved(self, path: Path) -> bool:
        """Whether some job will write to this path."""
        with self._lock:
            return bool(
                self._db.execute("SELECT 1 FROM job WHERE row LIKE ?", (f"%{json.dumps(str(path))}%",)).fetchone()
            )

    def erase(self, user: str, handles: set[str]) -> int:
        """Drop the rows of forgotten handles."""
        marks = ", ".join("?" * len(handles))
        with self._lock, closing(self._db.cursor()) as cursor:
            cursor.execute(f"DELETE FROM job WHERE user = ? AND handle IN ({marks})", (user, *handles))
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return cursor.rowcount

    def close(self) -> None:
        self._db.close()
