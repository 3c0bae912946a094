"""BM25 held in arrays: what FTS5 would answer, in a tenth of the time, for books small enough to hold."""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75  # as in SQLite's bm25()
KNOWN = 20_000
"""Words of requests whose terms are kept."""


class Tokenizer:
    """FTS5's own tokenizer, lent by an empty table in memory, so that arrays and index agree on every word."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute(
            "CREATE VIRTUAL TABLE t USING fts5 (text, content = '', tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self._db.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance')")

    def terms(self, words: Iterable[str]) -> set[str]:
        """The terms that words become; asking SQLite for them each time would be a fifth of a recall."""
        wanted = list(words)
        fresh = [word for word in wanted if word not in self._known]
        if fresh:
            if len(self._known) > KNOWN:
                self._known.clear()
                fresh = wanted
            self._known.update((word, ()) for word in fresh)
            for place, term, _ in self.counts(enumerate(fresh, 1)):
                self._known[fresh[place - 1]] += (term,)
        return {term for word in wanted for term in self._known[word]}

    def forget(self) -> None:
        """Keep no word of anybody's."""
        self._known.clear()

    def counts(self, texts: Iterable[tuple[int, str]]) -> list[tuple[int, str, int]]:
        """(item, term, how often) for each text."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO t (rowid, text) VALUES (?, ?)", texts)
        found = self._db.execute("SELECT doc, term, count(*) FROM v GROUP BY doc, term").fetchall()
        self._db.execute("ROLLBACK")
        return found


class Postings:
    """For each term the places of the items it is in, how often, and how long they are."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._terms: dict[str, tuple[array[int], array[float], array[float]]] = {}
        self._words = 0.0
        self._items = 0

    def add(self, texts: list[tuple[int, str]]) -> None:
        """Take in texts by their places, which never change."""
        rows = self._tokenizer.counts(texts)
        lengths: dict[int, int] = {}
        for place, _, count in rows:
            lengths[place] = lengths.get(place, 0) + count
        for place, term, count in rows:
            places, counts, sizes = self._terms.setdefault(term, (array("q"), array("d"), array("d")))
            places.append(place)
            counts.append(count)
            sizes.append(lengths[place])
        self._words += sum(lengths.values())
        self._items += len(texts)

    def scores(self, words: list[str], size: int) -> NDArray[np.float32]:
        """BM25 of the items at all places; what was dropped since has a score too, which nobody reads."""
        held = [self._terms[term] for term in self._tokenizer.terms(words) if term in self._terms]
        if not held:
            return np.zeros(size, dtype=np.float32)
        # All terms as one array: a dozen calls of numpy instead of a dozen for each term.
        places = np.frombuffer(b"".join([one[0] for one in held]), dtype=np.int64)
        counts = np.frombuffer(b"".join([one[1] for one in held]))
        sizes = np.frombuffer(b"".join([one[2] for one in held]))
        lengths = [len(one[0]) for one in held]
        rarity = np.repeat([self._rarity(length) * (K1 + 1) for length in lengths], lengths)
        weights = rarity * counts / (counts + (K1 * B * self._items / self._words) * sizes + K1 * (1 - B))
        return np.bincount(places, weights, size).astype(np.float32)

    def _rarity(self, holding: int) -> float:
        return max(math.log((self._items - holding + 0.5) / (holding + 0.5)), 1e-6)
