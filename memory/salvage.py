"""What can still be read of a damaged database is moved to a new one; the damaged file stays beside it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path


def set_aside(path: Path) -> Path:
    """Give the damaged file and its log another name."""
    damaged = path.with_suffix(".damaged")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            shutil.move(part, damaged.with_name(damaged.name + suffix))
    return damaged


def copy_rows(damaged: Path, fresh: sqlite3.Connection, table: str) -> str:
    """Row by row from both ends, so that one bad page costs only its own rows; says what is missing."""
    columns = [row[1] for row in fresh.execute(f"PRAGMA table_info({table})")]
    put = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    broken = False
    try:
        old = sqlite3.connect(f"file:{damaged}?mode=rw", uri=True)
    except sqlite3.DatabaseError:
        return "all"
    keyed = bool(re.search(r"n INTEGER PRIMARY KEY", _sql_of(fresh, table)))
    for order in ("ASC", "DESC") if keyed else ("",):
        try:
            for row in old.execute(
                f"SELECT {', '.join(columns)} FROM {table}" + (f" ORDER BY n {order}" if keyed else "")
            ):
                fresh.execute(put, row)
        except sqlite3.DatabaseError as error:
            broken |= "no such table" not in str(error)  # a memory from before there was one lost nothing
    if not broken or not keyed:
        old.close()
        return "some" if broken else ""
    kept = {row[0] for row in fresh.execute(f"SELECT n FROM {table}")}
    if not kept:
        old.close()
        return "all"
    missing = 0
    for n in range(1, max(kept, default=0)):
        if n not in kept:
            try:
                row = old.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE n = ?", (n,)).fetchone()
            except sqlite3.DatabaseError:
                missing += 1
                continue
            if row:
                fresh.execute(put, row)
    old.close()
    return str(missing) if missing else ""


def _sql_of(db: sqlite3.Connection, table: str) -> str:
    return str(db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])
