"""Export and import: one zip with a person's journal as JSON Lines, their files, and the schema."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from limner.memory import facts, forget, ids, profiles, schema
from limner.memory.book import Book
from limner.memory.health import JOURNAL
from limner.memory.problem import MemoryProblem
from limner.memory.shelf import Shelf

FORMAT = "limner-memory"


def export(book: Book, path: Path) -> Path:
    """Everything of this owner; facts and profiles go along to be read, and are made anew on import."""
    path = path if path.suffix == ".zip" else path.with_name(path.name + ".zip")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _drafted(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as pack:
        tables = {table: [row[1] for row in book.db.execute(f"PRAGMA table_info({table})")] for table in JOURNAL}
        about = {
            "format": FORMAT,
            "schema": len(schema.BOOK),
            "owner": book.owner,
            "book": book.number,
            "tables": tables,
        }
        pack.writestr("schema.json", json.dumps(about, indent=2, ensure_ascii=False))
        for table, columns in tables.items():
            rows = book.db.execute(f"SELECT {', '.join(columns)} FROM {table}")
            lines = (json.dumps([_plain(value) for value in row], ensure_ascii=False) for row in rows)
            pack.writestr(f"journal/{table}.jsonl", "\n".join(lines))
        told = "\n".join(
            json.dumps(
                {"id": fact.id, "text": fact.text, "from": fact.valid_from.isoformat(), "evidence": fact.evidence},
                ensure_ascii=False,
            )
            for fact in facts.read(book, "valid_to IS NULL")
        )
        pack.writestr("facts.jsonl", told)
        for place, stored in enumerate(_files(book)):
            if Path(stored).is_file():
                pack.write(stored, f"files/{place}{Path(stored).suffix}")
        pack.writestr("files.json", json.dumps(dict(enumerate(_files(book))), ensure_ascii=False))
    return path


def restore(shelf: Shelf, user: str, path: Path) -> None:
    """Read an export into an empty memory, all of it or nothing."""
    held = shelf.find(user)
    if held is not None and held.db.execute("SELECT 1 FROM turn UNION SELECT 1 FROM handle LIMIT 1").fetchone():
        raise MemoryProblem(f"{user!r} already has memories; forget everything first or import with another --user")
    try:
        with zipfile.ZipFile(path) as pack, _all_or_nothing(shelf, user, new=held is None):
            about = _about(pack, path)
            book = shelf.book(user)
            moved = _unpack(pack, shelf.imports_of(user))
            with book.write():
                for table in about["tables"]:
                    _fill(book, pack, table, about, moved)
                book.db.execute("UPDATE turn SET user = ? WHERE user = ?", (user, about["owner"]))
                for table in ("feedback", "handle", "observation"):
                    book.db.execute(f"UPDATE {table} SET user = ? WHERE user = ?", (user, about["owner"]))
                forget.refill(book)
                facts.refold(book)
                profiles.mark_likes(book)
            profiles.refresh(book)
    except FileNotFoundError as error:
        raise MemoryProblem(f"there is no file {path}") from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, sqlite3.IntegrityError) as error:
        raise MemoryProblem(f"{path} is not a whole Limner memory export ({error}); export it again") from error


@contextmanager
def _all_or_nothing(shelf: Shelf, user: str, *, new: bool) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if new:
            shelf.remove_book(user)
        shutil.rmtree(shelf.imports_of(user), ignore_errors=True)
        raise


@contextmanager
def _drafted(path: Path) -> Iterator[Path]:
    """A file to write beside the path, in its place only when it is whole; a half one would outlive a forget."""
    draft = path.with_name(path.name + ".part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _about(pack: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(pack.read("schema.json"))
    if about.get("format") != FORMAT:
        raise MemoryProblem(f"{path} is not a Limner memory export")
    if int(about["schema"]) > len(schema.BOOK):
        raise MemoryProblem(
            f"{path} was made by a newer Limner (schema {about['schema']}; this one {len(schema.BOOK)}); update Limner"
        )
    return about


def _fill(book: Book, pack: zipfile.ZipFile, table: str, about: dict[str, Any], moved: dict[str, str]) -> None:
    if table == "book":
        return
    if table not in JOURNAL:
        raise MemoryProblem(f"the export has a table {table} that this Limner does not know; update")
    known = {row[1] for row in book.db.execute(f"PRAGMA table_info({table})")}
    columns = about["tables"][table]
    if not set(columns) <= known:
        raise MemoryProblem(f"the export has columns of {table} that this Limner does not know; update")
    query = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for line in pack.read(f"journal/{table}.jsonl").decode("utf-8").split("\n"):
        if line:
            row = dict(zip(columns, map(_stored, json.loads(line)), strict=True))
            if row.get("path"):
                row["path"] = moved.get(row["path"], row["path"])
            values = [
                ids.moved(one, about["book"], book.number) if isinstance(one, str) else one for one in row.values()
            ]
            book.db.execute(query, values)


def _unpack(pack: zipfile.ZipFile, folder: Path) -> dict[str, str]:
    """Files get new names of our making: a name in a zip may point anywhere."""
    moved = {}
    inside = set(pack.namelist())
    for place, stored in json.loads(pack.read("files.json")).items():
        name = f"files/{int(place)}{Path(stored).suffix}"
        if name in inside:
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / Path(name).name
            target.write_bytes(pack.read(name))
            moved[stored] = str(target)
    return moved


def _files(book: Book) -> list[str]:
    query = "SELECT path FROM handle WHERE path IS NOT NULL UNION SELECT path FROM attachment WHERE path IS NOT NULL"
    return [row[0] for row in book.db.execute(query + " ORDER BY 1")]


def _plain(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _stored(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
