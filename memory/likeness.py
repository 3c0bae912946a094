"""Which remembered pictures look like those that came with a request, or like a handle its words name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from limner.memory import looks
from limner.memory.book import Book
from limner.memory.embedder import ImageEmbedder
from limner.memory.referents import likened_to
from limner.memory.search import Search
from limner.memory.values import Hit

Picture = Path | Sequence[float]
"""A file, or an image vector that somebody else made."""
ALIKE = 8


def similar(
    book: Book,
    search: Search,
    eye: ImageEmbedder,
    picture: Picture,
    k: int,
    kinds: Collection[str],
    but: Collection[str],
) -> list[Hit]:
    look = looks.read(eye, picture) if isinstance(picture, Path) else looks.given(picture)
    if look is None:
        return []
    return looks.nearest(book, look, k, kinds=kinds, but=but, near=search.near(book, look.vector, k))


def alike(book: Book, search: Search, eye: ImageEmbedder, text: str, pictures: Sequence[Picture]) -> tuple[Hit, ...]:
    """Best first, each handle once."""
    found = [hit for one in pictures for hit in similar(book, search, eye, one, ALIKE, looks.KINDS, ())]
    if not found and (handle := likened_to(text)) and (look := looks.stored(book, handle)):
        found = looks.nearest(book, look, ALIKE, but=(handle,), near=search.near(book, look.vector, ALIKE))
    best = {hit.id: hit for hit in sorted(found, key=lambda hit: (hit.kind == "same", hit.score))}
    return tuple(sorted(best.values(), key=lambda hit: (hit.kind != "same", -hit.score))[:ALIKE])
