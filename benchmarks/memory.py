"""Time memory: recall against the number of memories, Chroma's filtered query beside it, and writes.

python -m benchmarks.memory [--users 1 10 100] [--out docs/evidence/memory.md]
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import math
import platform
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from limner.memory import Memory, index, journal
from limner.memory.embedder import Vectors
from tests.behaviour.sections import write_section

EACH = 1000
PROBES = 400
TIMED_WRITERS = 5
_WORDS = ["".join(pair) for pair in itertools.product(["ba", "ke", "li", "mo", "nu", "ra", "se", "ti"], repeat=4)]
_OFTEN = [1 / rank for rank in range(1, len(_WORDS) + 1)]  # as in language, few words are common and most are rare


class GivenVectors:
    """Random unit vectors by text: the cost of a language model is not memory's, and is left out of every time."""

    name = "given-384"
    size = 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [
            np.random.default_rng(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())).normal(
                size=384
            )
            for text in texts
        ]
        found = np.asarray(rows, dtype=np.float32)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, _OFTEN, k=12))


def fill(memory: Memory, users: int, start: int, chance: random.Random) -> list[float]:
    """Turns for new users; gives the seconds of each write of the first few."""
    spent: list[float] = []
    for user in range(start, users):
        texts = [f"I love {chance.choice(_WORDS)}" if n % 50 == 0 else sentence(chance) for n in range(EACH)]
        if user < TIMED_WRITERS:
            spent += [_written(memory, f"user{user}", f"s{n // 20}", text) for n, text in enumerate(texts)]
        else:
            _stock(memory, f"user{user}", texts)
        for turn in memory.turns(f"user{user}", limit=EACH)[::50]:
            memory.extract(f"user{user}", turn.id)
        memory.recall(f"user{user}", "warm")
    return spent


def _written(memory: Memory, user: str, session: str, text: str) -> float:
    began = time.perf_counter()
    memory.record_turn(user, session, text)
    return time.perf_counter() - began


def _stock(memory: Memory, user: str, texts: list[str]) -> None:
    """The same rows in one transaction: a hundred thousand fsyncs would measure the disk for a quarter of an hour."""
    book, now = memory._shelf.book(user), datetime.now(UTC)
    book.db.execute("PRAGMA synchronous = OFF")
    with book.write() as db:
        for place, text in enumerate(texts):
            number = journal.add_turn(book, user, f"s{place // 20}", text, now)
            index.add_turn(db, number)


def timed(ask: Callable[[int], Any], probes: int) -> list[float]:
    spent = []
    for probe in range(probes):
        began = time.perf_counter()
        ask(probe)
        spent.append(time.perf_counter() - began)
    return spent


def recall_times(memory: Memory, users: int, chance: random.Random) -> tuple[list[float], list[float]]:
    """Seconds on the clock, and seconds of processor: on a shared core only the second is memory's own."""
    asked = [(f"user{chance.randrange(users)}", f"draw {sentence(chance)}") for _ in range(PROBES)]
    spent, worked = [], []
    for user, text in asked:
        memory._search.query_vector(text)  # embedded before the clock starts
        began, busy = time.perf_counter(), time.process_time()
        memory.recall(user, text)
        spent.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
    return spent, worked


def talking_times(memory: Memory, users: int, chance: random.Random) -> list[float]:
    """Recall right after a new turn, which it must take into its arrays first."""
    spent = []
    for _ in range(PROBES // 2):
        user, text = f"user{chance.randrange(users)}", f"draw {sentence(chance)}"
        memory.record_turn(user, "now", text)
        memory.idle(user)
        memory._search.query_vector(text)
        began = time.perf_counter()
        memory.recall(user, text)
        spent.append(time.perf_counter() - began)
    return spent


def one_collection(folder: Path, users: int, embedder: GivenVectors) -> Callable[[int], list[float]]:
    """Everybody in one Chroma collection with a user filter, the plain way; `ask` times it with so many users in it."""
    import chromadb

    client = chromadb.PersistentClient(str(folder))
    collection = client.create_collection("all", embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    held = [0]
    queries = embedder.embed([f"query {number}" for number in range(64)])
    chance = random.Random(5)

    def ask(wanted: int) -> list[float]:
        for user in range(held[0], wanted):
            vectors = embedder.embed([f"{user} {number}" for number in range(EACH)])
            names = [f"{user}-{number}" for number in range(EACH)]
            collection.add(ids=names, embeddings=vectors, metadatas=[{"user": f"user{user}"} for _ in names])
        held[0] = max(held[0], wanted)
        return timed(
            lambda probe: collection.query(
                query_embeddings=[queries[probe % 64]], n_results=10, where={"user": f"user{chance.randrange(wanted)}"}
            ),
            60,
        )

    return ask


def at(spent: list[float], share: float) -> float:
    return 1000 * sorted(spent)[min(len(spent) - 1, math.ceil(share * len(spent)) - 1)]


def growth(sizes: list[int], times: list[float]) -> float:
    """The exponent b of time = a * size^b, by least squares on logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0]) if len(sizes) > 1 else 0.0


def run(user_counts: list[int], with_chroma: bool) -> str:
    chance = random.Random(1)
    embedder = GivenVectors()
    rows, writes, medians, plain_medians = [], [], [], []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as beside:
        ask = one_collection(Path(beside), max(user_counts), embedder) if with_chroma else None
        with Memory.open(Path(folder), embedder=embedder) as memory:
            held = 0
            for users in user_counts:
                writes += fill(memory, users, held, chance)
                held = users
                spent, worked = recall_times(memory, users, chance)
                talking = talking_times(memory, users, chance)
                plain = ask(users) if ask else []
                medians.append(at(spent, 0.5))
                plain_medians.append(at(plain, 0.5) if plain else 0)
                chroma = f"{at(plain, 0.5):.2f} / {at(plain, 0.95):.2f}" if plain else "not run"
                rows.append(
                    f"| {users * EACH:,} | {at(spent, 0.5):.2f} / {at(spent, 0.95):.2f} "
                    f"| {at(worked, 0.5):.2f} / {at(worked, 0.95):.2f} "
                    f"| {at(talking, 0.5):.2f} / {at(talking, 0.95):.2f} | {chroma} |"
                )
                print(rows[-1], flush=True)
    sizes = [users * EACH for users in user_counts]
    chroma_growth = f"{growth(sizes, plain_medians):.2f}" if with_chroma else "not run"
    return "\n".join(
        [
            f"{EACH} memories a user; milliseconds p50 / p95; Python {platform.python_version()}, "
            "one core; embedding of the query not counted.",
            "",
            "| memories in all | recall | its processor time | recall after a new turn | Chroma query(where=user) |",
            "|---|---|---|---|---|",
            *rows,
            f"| growth exponent | {growth(sizes, medians):.2f} | | | {chroma_growth} |",
            "",
            f"Writes ({len(writes):,} turns, each on disk when it returns): p50 {at(writes, 0.5):.1f} ms, "
            f"p99 {at(writes, 0.99):.1f} ms, worst {at(writes, 1.0):.0f} ms.",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--no-chroma", action="store_true")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    told = run(given.users, not given.no_chroma)
    print(told)
    if given.out:
        write_section(given.out, "Speed, by `python -m benchmarks.memory`", told, "Memory, measured")


if __name__ == "__main__":
    main()
