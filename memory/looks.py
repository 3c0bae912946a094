"""How pictures look: image vectors and perceptual hashes, and which of a person's pictures look like one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limner.memory.book import Book
from limner.memory.embedder import ImageEmbedder, Vectors
from limner.memory.journal import moment
from limner.memory.problem import MemoryProblem
from limner.memory.values import Hit

KINDS = ("image", "clip", "upload")
"""Handles that are pictures."""
GIVEN = "given"
"""The model of a vector that came with the picture instead of from our own embedder."""
SAME_BITS = 6
"""Hash bits out of 64 in which two copies of one picture may differ."""
SAME_COSINE = 0.9
REFRESHED = 32
"""Pictures that one idle moment gives vectors of a new model."""


@dataclass(frozen=True, slots=True)
class Look:
    """One picture as it is compared: a unit vector of one model, and 8 bytes of perceptual hash."""

    model: str
    vector: Vectors
    hash: bytes = b""


def read(embedder: ImageEmbedder, file: Path) -> Look | None:
    """The look of a file, or None when it is no picture that can be opened (a video, a folder, a damaged file)."""
    print_ = fingerprint(file)
    return None if print_ is None else Look(embedder.name, _unit(embedder.embed_image(file)), print_)


def of(embedder: ImageEmbedder, kind: str, file: Path | None, vector: Sequence[float] | None) -> Look | None:
    """What is known of a handle's look: the vector that came with it, else what its file shows."""
    if vector is not None:
        return given(vector)
    return read(embedder, file) if file is not None and kind in KINDS else None


def given(vector: Sequence[float]) -> Look:
    """A vector that somebody else made."""
    return Look(GIVEN, _unit(vector))


def fingerprint(file: Path) -> bytes | None:
    """The difference hash of the (first) frame, 64 bits that resizing and recompressing leave nearly as they are."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file) as image:
            small = image.convert("L").resize((9, 8), Image.Resampling.BILINEAR)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    grey = np.asarray(small, dtype=np.int16)
    return np.packbits(grey[:, 1:] > grey[:, :-1]).tobytes()


def put(book: Book, number: int, look: Look) -> None:
    """Store a look in the caller's transaction, in place of the one before."""
    row = (number, look.model, look.vector.astype(np.float32).tobytes())
    book.db.execute("INSERT OR REPLACE INTO picture (handle, model, vector) VALUES (?, ?, ?)", row)
    if look.hash:
        book.db.execute("INSERT OR REPLACE INTO fingerprint (handle, hash) VALUES (?, ?)", (number, look.hash))


def drop(book: Book, number: int) -> None:
    for table in ("picture", "fingerprint"):
        book.db.execute(f"DELETE FROM {table} WHERE handle = ?", (number,))


def stored(book: Book, handle: str) -> Look | None:
    """The look of a picture that is remembered."""
    row = book.db.execute(
        "SELECT model, vector, coalesce(hash, x'') FROM handle JOIN picture ON picture.handle = handle.n"
        " LEFT JOIN fingerprint ON fingerprint.handle = handle.n WHERE handle.handle = ?",
        (handle,),
    ).fetchone()
    return Look(row[0], np.frombuffer(row[1], dtype=np.float32), row[2]) if row else None


def nearest(
    book: Book,
    look: Look,
    k: int,
    *,
    kinds: Collection[str] = KINDS,
    but: Collection[str] = (),
    near: Collection[int] | None = None,
) -> list[Hit]:
    """Pictures by cosine, copies of the very same picture first; among the handles numbered `near`, or all."""
    among = "" if near is None else f" AND handle.n IN ({', '.join(map(str, near))})"
    rows = book.db.execute(
        "SELECT handle.handle, caption, at, kind, vector, coalesce(hash, x'') FROM picture"
        " JOIN handle ON handle.n = picture.handle LEFT JOIN fingerprint ON fingerprint.handle = handle.n"
        f" WHERE model = ? AND length(vector) = ?{among}",
        (look.model, look.vector.nbytes),
    ).fetchall()
    rows = [row for row in rows if row[3] in kinds and row[0] not in but]
    if not rows:
        return []
    held = np.frombuffer(b"".join(row[4] for row in rows), dtype=np.float32).reshape(len(rows), -1)
    scores = held @ look.vector
    copies = [_differing(look.hash, row[5]) <= SAME_BITS for row in rows]
    same = [copy and score >= SAME_COSINE for copy, score in zip(copies, scores.tolist(), strict=True)]
    order = sorted(range(len(rows)), key=lambda place: (not same[place], -float(scores[place]), rows[place][2]))
    return [
        Hit(rows[n][0], "same" if same[n] else rows[n][3], rows[n][1], moment(rows[n][2]), float(scores[n]))
        for n in order[:k]
    ]


def count(book: Book) -> int:
    return int(book.db.execute("SELECT count(*) FROM picture").fetchone()[0])


def refresh(book: Book, embedder: ImageEmbedder) -> int:
    """Give older pictures vectors of this model, the newest first and a few at a time; gives how many it looked at.

    New pictures get theirs when they come; only another family, or a memory from before there were any, needs this.
    """
    row = book.db.execute("SELECT value FROM book WHERE key = 'looks'").fetchone()
    model, _, reached = (row[0] if row else "").partition("\t")
    below = int(reached) if model == embedder.name else 2**62
    rows = book.db.execute(
        "SELECT handle.n, path FROM handle LEFT JOIN picture ON picture.handle = handle.n WHERE handle.n < ?"
        " AND path IS NOT NULL AND kind IN ('image', 'clip', 'upload') AND coalesce(model, '') NOT IN (?, ?)"
        " ORDER BY handle.n DESC LIMIT ?",
        (below, embedder.name, GIVEN, REFRESHED),
    ).fetchall()
    if not rows and below == 0:
        return 0
    fresh = [(number, look) for number, path in rows if (look := read(embedder, Path(path)))]
    with book.write() as db:
        for number, look in fresh:
            put(book, number, look)
        reached = str(rows[-1][0]) if rows else "0"
        db.execute("INSERT OR REPLACE INTO book VALUES ('looks', ?)", (f"{embedder.name}\t{reached}",))
    return len(rows)


def _unit(vector: Sequence[float] | Vectors) -> Vectors:
    found = np.asarray(vector, dtype=np.float32).ravel()
    length = float(np.linalg.norm(found))
    if not np.isfinite(length) or length == 0:
        raise MemoryProblem("an image vector needs numbers that are finite and not all zero")
    return np.asarray(found / length, dtype=np.float32)


def _differing(one: bytes, other: bytes) -> int:
    """Bits in which two hashes differ; a picture without edges has no hash to speak of and is like no other."""
    if len(one) != 8 or len(other) != 8 or not any(one) or not any(other):
        return 64
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()
