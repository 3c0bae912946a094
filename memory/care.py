"""Care of the whole shelf: verify, rebuild, count, and the work that can wait until after a reply."""

from __future__ import annotations

import logging

from limner.memory import health, index, looks, profiles
from limner.memory.chroma import ChromaIndex
from limner.memory.embedder import ImageEmbedder
from limner.memory.problem import MemoryProblem
from limner.memory.search import Search
from limner.memory.shelf import Shelf
from limner.memory.values import Finding, Stats

FEED_FROM = 64
"""Vectors worth the two seconds that Chroma takes to load; fewer wait, for a scan finds them meanwhile."""


def verify(shelf: Shelf, chroma: ChromaIndex, user: str | None) -> list[Finding]:
    return [finding for owner in _owners(shelf, user) for finding in health.verify(shelf, chroma, owner)]


def rebuild(shelf: Shelf, chroma: ChromaIndex, search: Search, user: str | None) -> list[str]:
    """Everything derived made again; the vector index is thrown away whole, for others' vectors are only a copy."""
    done: list[str] = []
    for owner in _owners(shelf, user):
        done += health.rebuild(shelf, owner)
        search.forget(owner)
    chroma.discard()
    for owner in _owners(shelf, user):
        if (book := shelf.find(owner)) is not None:
            search.ready(book)
    return done


def stats(shelf: Shelf, user: str) -> Stats:
    book = shelf.find(user)
    return health.stats(book) if book else Stats()


def idle(shelf: Shelf, chroma: ChromaIndex, search: Search, eye: ImageEmbedder, user: str | None) -> None:
    for owner in _owners(shelf, user):
        book = shelf.find(owner)
        if book is None:
            continue
        profiles.refresh(book)
        search.ready(book)
        looks.refresh(book, eye)
        if index.waiting(book.db) >= FEED_FROM:
            try:
                chroma.feed(book)
            except MemoryProblem as problem:
                # A copy of vectors that are safe in the book: a server that is away gets them the next time.
                logging.getLogger(__name__).warning("%s", problem)


def due(shelf: Shelf, user: str | None) -> bool:
    """Whether the vector index will be fed."""
    books = (shelf.find(owner) for owner in _owners(shelf, user))
    return any(index.unfed(book.db) >= FEED_FROM for book in books if book is not None)


def _owners(shelf: Shelf, user: str | None) -> list[str]:
    return [user] if user is not None else shelf.owners()
