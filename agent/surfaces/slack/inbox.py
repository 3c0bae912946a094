"""What came from Slack, on disk before Slack is told so; each thing once, also when it comes again after a restart."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from limner.agent.messages import RequestError
from limner.agent.surfaces.slack.events import Mark

SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    key TEXT PRIMARY KEY, lane TEXT NOT NULL, ts TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_waiting ON entry (ts) WHERE body != '';
CREATE TABLE IF NOT EXISTS post (
    channel TEXT NOT NULL, ts TEXT NOT NULL, owner TEXT NOT NULL, job TEXT NOT NULL, handle TEXT NOT NULL,
    file TEXT NOT NULL, PRIMARY KEY (channel, ts)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS post_handle ON post (owner, handle);
CREATE TABLE IF NOT EXISTS speaker (session TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (session, owner))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (key TEXT PRIMARY KEY, owner TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reacted (
    channel TEXT NOT NULL, ts TEXT NOT NULL, owner TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (channel, ts, owner)
) WITHOUT ROWID;
"""
# Slack tries again for an hour at most; whatever is older can't come back.
KEPT_S = 30 * 86400
HELD_S = 7 * 86400


class Entry(NamedTuple):
    """One thing from Slack that is still to be worked on."""

    key: str
    body: dict[str, Any]


class Post(NamedTuple):
    """One message of ours that shows something."""

    channel: str
    ts: str
    owner: str
    job: str
    handle: str
    file: str


class Inbox:
    """One file; one process. Bodies are erased when they are done with, only the keys stay."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock_file = FileLock(path.with_suffix(".lock"))
        try:
            self._lock_file.acquire(timeout=0)
        except Timeout as error:
            raise RequestError(
                f"another `limner slack` works in {path.parent}; stop it or choose another --data"
            ) from error
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA secure_delete=ON")  # what people wrote leaves no bytes behind
        self._db.executescript(SCHEMA)
        # Outlives any kill, and an ack does not wait for the disk behind what could be looked up again.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._sweep()

    def put(self, mark: Mark, body: dict[str, Any]) -> bool:
        """Write it down; False when it came before. Slack is told so: it outlives a power cut too."""
        row = (*mark, json.dumps(body), time.time())
        with self._lock:
            self._db.execute("PRAGMA synchronous=FULL")
            try:
                return self._db.execute("INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?, ?)", row).rowcount == 1
            finally:
                self._db.execute("PRAGMA synchronous=NORMAL")

    def waiting(self) -> list[tuple[str, str]]:
        """Key and lane of what is not done with, in the order it was said, whatever the order it came in."""
        with self._lock:
            return self._db.execute("SELECT key, lane FROM entry WHERE body != '' ORDER BY ts, key").fetchall()

    def entry(self, key: str) -> Entry | None:
        """What is still to be done under this key."""
        with self._lock:
            row = self._db.execute("SELECT body FROM entry WHERE key = ? AND body != ''", (key,)).fetchone()
        return Entry(key, json.loads(row[0])) if row else None

    def done(self, key: str) -> None:
        with self._lock:
            self._db.execute("UPDATE entry SET body = '' WHERE key = ?", (key,))

    # --- what was posted, so that a reaction or a press is understood -----------------------------------

    def posted(self, post: Post) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO post VALUES (?, ?, ?, ?, ?, ?)", post)

    def post(self, channel: str, ts: str) -> Post | None:
        with self._lock:
            row = self._db.execute("SELECT * FROM post WHERE channel = ? AND ts = ?", (channel, ts)).fetchone()
        return Post(*row) if row else None

    def posts(self, owner: str, handle: str | None = None) -> list[Post]:
        with self._lock:
            rows = self._db.execute(
                "SELECT * FROM post WHERE owner = ? AND handle = coalesce(?, handle) AND handle != ''", (owner, handle)
            ).fetchall()
        return [Post(*row) for row in rows]

    def unposted(self, post: Post) -> None:
        with self._lock:
            self._db.execute("DELETE FROM post WHERE channel = ? AND ts = ?", (post.channel, post.ts))

    # --- who speaks with Limner in a thread --------------------------------------------------------------

    def speaks(self, session: str, owner: str) -> None:
        with self._lock:
            self._db.execute("INSERT OR IGNORE INTO speaker VALUES (?, ?)", (session, owner))

    def spoke(self, session: str, owner: str) -> bool:
        with self._lock:
            query = "SELECT 1 FROM speaker WHERE session = ? AND owner = ?"
            return self._db.execute(query, (session, owner)).fetchone() is not None

    # --- what waits for a person to say yes ----------------------------------------------------------------

    def hold(self, key: str, owner: str, body: dict[str, Any]) -> None:
        with self._lock:
            values = (key, owner, json.dumps(body), time.time())
            self._db.execute("INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?)", values)

    def held(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute("SELECT body FROM held WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def let_go(self, key: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM held WHERE key = ?", (key,))

    def let_go_of(self, owner: str) -> None:
        """All that waits for this person."""
        with self._lock:
            self._db.execute("DELETE FROM held WHERE owner = ?", (owner,))

    # --- reactions come in any order -------------------------------------------------------------------------

    def newest_reaction(self, channel: str, ts: str, owner: str, at: str) -> bool:
        """Whether this is the latest this person did to this message; an older one must not undo it."""
        with self._lock:
            done = self._db.execute(
                "INSERT INTO reacted VALUES (?, ?, ?, ?) ON CONFLICT (channel, ts, owner)"
                " DO UPDATE SET at = excluded.at WHERE excluded.at >= at",
                (channel, ts, owner, at),
            )
            return done.rowcount == 1

    def close(self) -> None:
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.close()
        self._lock_file.release()

    def _sweep(self) -> None:
        now = time.time()
        self._db.execute("DELETE FROM entry WHERE body = '' AND at < ?", (now - KEPT_S,))
        self._db.execute("DELETE FROM held WHERE at < ?", (now - HELD_S,))
