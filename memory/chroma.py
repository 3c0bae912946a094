"""Chroma as a rebuildable index: one collection per owner and kind, our own vectors, no text in it."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlparse

import numpy as np

from limner.memory.book import Book
from limner.memory.embedder import Vectors
from limner.memory.problem import MemoryProblem
from limner.memory.shelf import key_of

Found = TypeVar("Found")

BATCH = 500
_SOURCES = {
    "item": "SELECT n, vector, kind FROM item WHERE fed = 0 AND vector IS NOT NULL ORDER BY n LIMIT ?",
    "picture": "SELECT handle, vector, 'picture' FROM picture WHERE fed = 0 ORDER BY handle LIMIT ?",
}
_NUMBER = {"item": "n", "picture": "handle"}
_HELD = (
    "SELECT n, vector, kind FROM item WHERE fed = 1 AND n > ? ORDER BY n LIMIT ?",
    "SELECT handle, vector, 'picture' FROM picture WHERE fed = 1 AND handle > ? ORDER BY handle LIMIT ?",
)
ITSELF = 1e-3
"""Cosine distance up to which a vector found is the vector asked for."""
UNREACHED_SHARE = 0.05
"""The index is approximate, and of vectors that nearly coincide it misses up to two in a hundred when nothing is wrong;
an index torn by a crash misses far more."""


class ChromaIndex:
    """A copy of the books' vectors for searches too large to scan. It can be deleted at any time."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self._url = url
        self._client: Any = None

    def load(self) -> None:
        """Import the library, which is slow, before it is needed."""
        import chromadb  # noqa: F401

    def feed(self, book: Book) -> int:
        """Send the vectors that are not there yet; gives how many."""
        return self._mending(lambda: self._feed(book))

    def nearest(self, book: Book, kind: str, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Item numbers and cosines; what is not fed yet is fed first."""
        return self._mending(lambda: self._nearest(book, kind, vector, k))

    def forget(self, book: Book) -> None:
        """Erase the owner's vectors for good, and have what remains in the book fed again later.

        Chroma's own delete leaves vectors in its log, in its index files and in directories nothing points at.
        """
        with book.write() as db:
            db.execute("UPDATE item SET fed = 0")
            db.execute("UPDATE picture SET fed = 0")
        if self._url is None and not (self.folder / "chroma.sqlite3").exists():
            return
        self._mending(lambda: self._drop_collections(key_of(book.owner)))
        if self._url is None and (self.folder / "chroma.sqlite3").exists():
            self.close()
            self._scrub()

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
            if self._url is None:
                self._in_use.unlink(missing_ok=True)
        if "chromadb" in sys.modules:
            # Chroma keeps one system a path, also one that failed to start, and would hand it out again.
            from chromadb.api.shared_system_client import SharedSystemClient

            SharedSystemClient.clear_system_cache()

    def discard(self) -> None:
        """Throw the local index away; the next feed makes it again."""
        if self._url is None:
            self.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def behind(self, book: Book) -> int:
        """How many vectors the index cannot find again by themselves, of those it was said to hold.

        Counting is not enough: after a crash Chroma can count a record that its index no longer finds.
        """
        if self._url is not None:
            self._connect()  # a server that is away is something to say
        elif not (self.folder / "chroma.sqlite3").exists():
            return 0
        if self._signed(book) != self._stamp() or self._left_open:
            return 0
        try:
            return sum(self._unfound(book, query) for query in _HELD)
        except BaseException as error:
            if not _is_damage(error):
                raise
            raise MemoryProblem(f"the vector index cannot be read ({error})") from error

    def _feed(self, book: Book) -> int:
        self._same_index(book)
        sent = 0
        for table, query in _SOURCES.items():
            while rows := book.db.execute(query, (BATCH,)).fetchall():
                self._send(book, rows)
                with book.write() as db:
                    mark = f"UPDATE {table} SET fed = 1 WHERE {_NUMBER[table]} = ?"
                    db.executemany(mark, [(row[0],) for row in rows])
                sent += len(rows)
        return sent

    def _nearest(self, book: Book, kind: str, vector: Vectors, k: int) -> list[tuple[int, float]]:
        self._feed(book)
        ((numbers, distances),) = self._query(book, kind, [np.asarray(vector, dtype=np.float32)], k)
        return [(number, 1 - distance) for number, distance in zip(numbers, distances, strict=True)]

    def _query(self, book: Book, kind: str, vectors: list[Vectors], k: int) -> list[tuple[list[int], list[float]]]:
        found = self._collection(book, kind, len(vectors[0])).query(
            query_embeddings=vectors,
            n_results=k,
            where={"owner": key_of(book.owner)},  # though the collection is the owner's own: never without it
            include=["distances"],
        )
        return [
            ([int(number) for number in numbers], distances)
            for numbers, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def _unfound(self, book: Book, query: str) -> int:
        held, absent, unreached, last = 0, 0, 0, 0
        while rows := book.db.execute(query, (last, BATCH)).fetchall():
            last = rows[-1][0]
            groups: dict[tuple[str, int], dict[int, Vectors]] = {}
            for n, one, kind in rows:
                vector = np.frombuffer(one, dtype=np.float32)
                if vector.any():  # a text without words is near nothing
                    groups.setdefault((kind, len(vector)), {})[n] = vector
            for (kind, size), mine in groups.items():
                answers = self._query(book, kind, list(mine.values()), 1)
                lost = [n for n, (_, far) in zip(mine, answers, strict=True) if not far or far[0] > ITSELF]
                stored = self._stored(book, kind, size, lost) if lost else set()
                held, absent, unreached = held + len(mine), absent + len(lost) - len(stored), unreached + len(stored)
        return absent + (unreached if unreached > UNREACHED_SHARE * held else 0)

    def _stored(self, book: Book, kind: str, size: int, numbers: list[int]) -> set[int]:
        found = self._collection(book, kind, size).get(ids=[str(number) for number in numbers], include=[])
        return {int(number) for number in found["ids"]}

    def _drop_collections(self, key: str) -> None:
        for collection in self._connect().list_collections():
            if collection.name.endswith(key):
                self._connect().delete_collection(collection.name)

    def _send(self, book: Book, rows: list[tuple[int, bytes, str]]) -> None:
        for kind, size in {(row[2], len(row[1])) for row in rows}:
            mine = [row for row in rows if (row[2], len(row[1])) == (kind, size)]
            self._collection(book, kind, size // 4).upsert(
                ids=[str(row[0]) for row in mine],
                embeddings=[np.frombuffer(row[1], dtype=np.float32) for row in mine],
                metadatas=[{"owner": key_of(book.owner)} for _ in mine],
            )

    def _collection(self, book: Book, kind: str, size: int) -> Any:
        # Its size is in the name, for one collection holds vectors of one size, and models come and go.
        # Without an embedding function of its own Chroma would download one at the first add.
        return self._connect().get_or_create_collection(
            f"{kind}-{size}-{key_of(book.owner)}",
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "num_threads": 1}},
        )

    def _connect(self) -> Any:
        if self._client is None:
            import chromadb

            settings = chromadb.Settings(anonymized_telemetry=False)
            if self._url:
                at = urlparse(self._url)
                try:
                    self._client = chromadb.HttpClient(
                        host=at.hostname or "localhost",
                        port=at.port or 8000,
                        ssl=at.scheme == "https",
                        settings=settings,
                    )
                except ValueError as error:
                    raise MemoryProblem(
                        f"no Chroma server answers at {self._url}; start it or leave out --chroma"
                    ) from error
            else:
                if self._left_open:
                    log = logging.getLogger(__name__)
                    log.warning("the vector index was in use when its process died, and is made again")
                    shutil.rmtree(self.folder)
                self.folder.mkdir(parents=True, exist_ok=True)
                self._in_use.touch()
                self._client = chromadb.PersistentClient(str(self.folder), settings=settings)
                self._stamp()
        return self._client

    @property
    def _in_use(self) -> Path:
        return self.folder / "in-use"

    @property
    def _left_open(self) -> bool:
        """A process died with the index open: it may look healthy and not find what it counts, so it is not trusted."""
        return self._url is None and self._client is None and self._in_use.exists()

    def _stamp(self) -> str:
        """The name of this very index; a deleted or swapped directory has another one, or none."""
        if self._url:
            return self._url
        path = self.folder / "limner.json"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"index": uuid.uuid4().hex}), encoding="utf-8")
        return str(json.loads(path.read_text(encoding="utf-8"))["index"])

    def _signed(self, book: Book) -> str:
        row = book.db.execute("SELECT value FROM book WHERE key = 'chroma'").fetchone()
        return row[0] if row else ""

    def _same_index(self, book: Book) -> None:
        self._connect()
        stamp = self._stamp()
        if self._signed(book) != stamp:
            with book.write() as db:
                db.execute("UPDATE item SET fed = 0")
                db.execute("UPDATE picture SET fed = 0")
                db.execute("INSERT OR REPLACE INTO book VALUES ('chroma', ?)", (stamp,))

    def _mending(self, act: Callable[[], Found]) -> Found:
        """Act; a damaged local index is thrown away and made again, for it holds nothing that cannot be."""
        try:
            return act()
        except BaseException as error:
            if not _is_damage(error):
                raise
            if self._url:
                raise MemoryProblem(f"the Chroma server at {self._url} failed ({error}); restart it") from error
            logging.getLogger(__name__).warning("the vector index was damaged (%s) and is made again", error)
            self.discard()
            return act()

    def _scrub(self) -> None:
        """Empty the log of collections that are gone, compact, and remove directories nothing points at."""
        db = sqlite3.connect(self.folder / "chroma.sqlite3")
        try:
            db.execute("PRAGMA secure_delete = ON")
            db.execute(
                "DELETE FROM embeddings_queue WHERE NOT EXISTS"
                " (SELECT 1 FROM collections WHERE instr(embeddings_queue.topic, collections.id) > 0)"
            )
            db.commit()
            db.execute("VACUUM")
            segments = {row[0] for row in db.execute("SELECT id FROM segments")}
        finally:
            db.close()
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in segments:
                shutil.rmtree(path)


def _is_damage(error: BaseException) -> bool:
    """Chroma's own errors, and the panic of its Rust half, which is no Exception."""
    if isinstance(error, MemoryProblem | MemoryError):
        return False
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"
