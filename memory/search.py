"""Search in one book: words (BM25) and meaning (vectors) fused, exactly for a person, through Chroma for a crowd."""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import NamedTuple

import numpy as np

from limner.memory import index, looks, profiles
from limner.memory.book import Book
from limner.memory.chroma import ChromaIndex
from limner.memory.embedder import Embedder, Vectors
from limner.memory.gist import Gist
from limner.memory.index import Scan
from limner.memory.postings import Tokenizer
from limner.memory.problem import MemoryProblem
from limner.memory.values import ProfileLine

EXACT_UP_TO = 20_000
"""Items in one book up to which a full scan beats asking Chroma."""
WORDS_WEIGHT = 0.5
"""Share of the word score in the fusion. On LoCoMo all from 0.4 to 0.6 do equally well, and better than reciprocal
ranks (recall@10 76 against 68 %), because a rank throws away how much better the first hit is than the tenth."""
KEPT_SCANS = 128


class Found(NamedTuple):
    """One item found; forty of them are made in each recall, and a tuple is made in a fifth of the time."""

    item: int
    kind: str
    ref: int
    at: str
    score: float


class Search:
    """Holds what makes a recall fast: each book's arrays and profile lines, until the book changes."""

    def __init__(self, embedder: Embedder, chroma: ChromaIndex) -> None:
        self.embedder = embedder
        self.exact_up_to = EXACT_UP_TO
        self.words_weight = WORDS_WEIGHT
        self._chroma = chroma
        self._scans: OrderedDict[str, Scan] = OrderedDict()
        self._lines: dict[str, tuple[int, list[ProfileLine], frozenset[str]]] = {}
        self._tokenizer = Tokenizer()
        self._queries: OrderedDict[str, Vectors] = OrderedDict()

    def forget(self, owner: str) -> None:
        """Drop everything held of a book, and every query, for a query may repeat what was said."""
        self._scans.pop(owner, None)
        self._lines.pop(owner, None)
        self._queries.clear()
        self._tokenizer.forget()

    def query_vector(self, text: str) -> Vectors:
        found = self._queries.get(text)
        if found is None:
            found = self._queries[text] = self.embedder.embed([text])[0]
            if len(self._queries) > KEPT_SCANS:
                self._queries.popitem(last=False)
        return found

    def profile(self, book: Book) -> list[ProfileLine]:
        return self._digest(book)[1]

    def outdated(self, book: Book) -> frozenset[str]:
        """Turns all of whose claims have been replaced since: their words would bring the old claims back."""
        return self._digest(book)[2]

    def _digest(self, book: Book) -> tuple[int, list[ProfileLine], frozenset[str]]:
        kept = self._lines.get(book.owner)
        if kept is None or kept[0] != book.version:
            lines = profiles.read(book)
            rows = book.db.execute(
                "SELECT ref FROM evidence JOIN fact ON fact.n = evidence.fact"
                " GROUP BY ref HAVING max(valid_to IS NULL) = 0"
            )
            kept = self._lines[book.owner] = (book.version, lines, frozenset(row[0] for row in rows))
        return kept

    def gists(self, book: Book, turns: list[int]) -> dict[int, Gist]:
        """These turns as recall tells them."""
        known = self._scan(book).gists
        if fresh := [n for n in turns if n not in known]:
            known.update(index.gists(book.db, fresh))
        return known

    def ready(self, book: Book) -> None:
        """Vectors for everything, so that the newest turn is found too."""
        index.embed_new(book, self.embedder)

    def rank(self, book: Book, text: str, k: int, kinds: tuple[str, ...] = ()) -> list[Found]:
        """The k best items by fused score."""
        query = self.query_vector(text)
        scan = self._scan(book)
        if not scan.living:
            return []
        wanted = index.words_of(text)
        if len(scan.numbers) <= self.exact_up_to:
            scores = (1 - self.words_weight) * (scan.vectors @ query)
            words = scan.postings.scores(wanted, len(scan.numbers))
        else:
            scores = self._through_chroma(book, scan, query, k, kinds)
            words = _from_table(book, wanted, scan)
        if scan.living < len(scan.alive):
            words[~scan.alive] = 0
        words *= self.words_weight / max(float(words.max()), 1e-6)
        scores += words
        scores += scan.barred(kinds)
        k = min(k, len(scores))
        best = np.sort(np.argpartition(scores, len(scores) - k)[-k:])  # of equals the first
        best = best[np.argsort(-scores[best], kind="stable")]
        rows = (best, scan.numbers[best], scan.kinds[best], scan.refs[best], scores[best])
        return [
            Found(item, index.KINDS[kind], ref, scan.at[place], score)
            for place, item, kind, ref, score in zip(*(row.tolist() for row in rows), strict=True)
            if score > -np.inf
        ]

    def near(self, book: Book, vector: Vectors, k: int) -> list[int] | None:
        """Numbers of the pictures to compare with this one, by Chroma; None for all, when they are few."""
        if looks.count(book) <= self.exact_up_to:
            return None
        try:
            return [number for number, _ in self._chroma.nearest(book, "picture", vector, max(8 * k, 100))]
        except MemoryProblem as problem:
            logging.getLogger(__name__).warning("%s; comparing with all pictures", problem)
            return None

    def _through_chroma(self, book: Book, scan: Scan, query: Vectors, k: int, kinds: tuple[str, ...]) -> Vectors:
        try:
            return self._approximate(book, scan, query, k, kinds)
        except MemoryProblem as problem:
            # The arrays hold every vector as well: slower, and right.
            logging.getLogger(__name__).warning("%s; searching without it", problem)
            return np.asarray((1 - self.words_weight) * (scan.vectors @ query), dtype=np.float32)

    def _approximate(self, book: Book, scan: Scan, query: Vectors, k: int, kinds: tuple[str, ...]) -> Vectors:
        scores = np.zeros(len(scan.numbers), dtype=np.float32)
        self._chroma.feed(book)
        for kind in kinds or ("turn", "fact", "profile", "handle"):
            for number, likeness in self._chroma.nearest(book, kind, query, max(4 * k, 100)):
                place = int(np.searchsorted(scan.numbers, number))
                if place < len(scan.numbers) and scan.numbers[place] == number:
                    scores[place] = (1 - self.words_weight) * likeness
        return scores

    def _scan(self, book: Book) -> Scan:
        scan = self._scans.get(book.owner)
        if scan is None:
            index.forget_other_models(book, self.embedder)
            scan = self._scans[book.owner] = Scan.empty(self.embedder.size, self._tokenizer)
            while len(self._scans) > KEPT_SCANS:
                self._scans.popitem(last=False)
        self._scans.move_to_end(book.owner)
        if scan.version != book.version:
            self.ready(book)
            scan.follow(book, with_words=len(scan.numbers) <= self.exact_up_to)
            if scan.crowded:
                del self._scans[book.owner]
                return self._scan(book)
        return scan


def _from_table(book: Book, words: list[str], scan: Scan) -> Vectors:
    """BM25 by FTS5, for a book too large to hold in arrays."""
    found = index.word_scores(book.db, words)
    scores = np.zeros(len(scan.numbers), dtype=np.float32)
    numbers = np.fromiter(found, dtype=np.int64, count=len(found))
    at = np.minimum(np.searchsorted(scan.numbers, numbers), len(scan.numbers) - 1)
    held = scan.numbers[at] == numbers
    scores[at[held]] = np.fromiter(found.values(), dtype=np.float32, count=len(found))[held]
    return scores
