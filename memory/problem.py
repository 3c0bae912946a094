"""MemoryProblem: what went wrong with the memory, in words that say how to mend it."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# SQLite grows its files by pages and needs a journal beside them.
LEAST_BYTES = 1_000_000


class MemoryProblem(Exception):  # noqa: N818  it is shown to a person, who has a problem and not an error
    """Something a person can mend; the message says how."""


class Damage(MemoryProblem):
    """A file that cannot be read any more; what is whole in it can be moved to a new one."""


@contextmanager
def explained(where: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into what a person can do about it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _problem(where, str(error)) from error
    except PermissionError as error:
        raise MemoryProblem(f"{where} cannot be written; give this account the right to, or choose --data") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MemoryProblem(_full(error.filename or where)) from error
        raise MemoryProblem(f"{where} cannot be used ({error}); nothing already stored was changed") from error


def _free(where: Path) -> int:
    return shutil.disk_usage(next(one for one in (where, *where.absolute().parents) if one.is_dir())).free


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite says that the file itself is broken, and not the disk full or the folder closed."""
    return any(word in str(error).lower() for word in ("malformed", "not a database", "corrupt"))


def _full(where: object) -> str:
    return f"the disk that holds {where} is full; free some space and say it again, what was stored is safe"


def _problem(where: Path, said: str) -> MemoryProblem:
    low = said.lower()
    # SQLite in WAL mode calls a full disk an I/O error.
    if "full" in low or ("disk i/o" in low and _free(where) < LEAST_BYTES):
        return MemoryProblem(_full(where))
    if "readonly" in low or "read-only" in low or "unable to open" in low:
        told = f"{where} cannot be written; give this account the right to, or choose another folder with --data"
        return MemoryProblem(told)
    if "malformed" in low or "not a database" in low or "corrupt" in low or "disk i/o" in low:
        return Damage(
            f"{where} is damaged ({said}); `limner memory verify` says where, `limner memory rebuild` mends it"
        )
    if "locked" in low:
        return MemoryProblem(f"{where} is held by another program; close it and try again")
    return MemoryProblem(f"{where}: {said}; `limner memory verify` says more")
