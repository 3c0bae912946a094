"""Measure retrieval on LoCoMo: recall@k over labelled turns, and answer words covered within a word budget.

    python -m tests.behaviour.memory_locomo PATH/TO/locomo.json [--limit N] [--vectors FILE]

With --vectors what was embedded is kept, so that a second run only searches.

The data is CC BY-NC and stays where it is; only the numbers leave.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from limner.memory import Embedder, Memory, MiniLM, Observation
from limner.memory.embedder import Vectors
from limner.memory.search import WORDS_WEIGHT
from tests.behaviour.sections import write_section

KS = (10, 25, 50)
BUDGET = 150
WEIGHTS = (0.3, 0.4, 0.5, 0.6, 0.7)
_SMALL = frozenset(
    re.findall(r"\w+", "a an the of to in on at for and or is are was were be by with from as it its that this his her")
)


def turns_of(conversation: dict[str, Any]) -> Iterator[tuple[str, str, datetime, str]]:
    """Each turn's label, session, time and words; a shared photo counts by its caption."""
    for number in range(1, 100):
        session = conversation.get(f"session_{number}")
        if session is None:
            continue
        said = conversation[f"session_{number}_date_time"]
        at = datetime.strptime(said, "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        for place, turn in enumerate(session):
            photo = f" [photo: {turn['blip_caption']}]" if turn.get("blip_caption") else ""
            yield (
                turn["dia_id"],
                f"s{number}",
                at + timedelta(seconds=place),
                f"{turn['speaker']}: {turn['text']}{photo}",
            )


def labels(evidence: list[str]) -> list[str]:
    """Turn labels; a few entries of the data hold several, or are written D:1:2 or without the D."""
    found = re.findall(r"D?:?(\d+:\d+)", " ".join(evidence))
    return list(dict.fromkeys(f"D{one}" for one in found))


def content_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - _SMALL


class Kept:
    """MiniLM whose vectors are kept in a file by the hash of their text."""

    def __init__(self, file: Path | None) -> None:
        self._model = MiniLM()
        self.name, self.size = self._model.name, self._model.size
        self._db = sqlite3.connect(file or ":memory:")
        self._db.execute("CREATE TABLE IF NOT EXISTS kept (text BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def embed(self, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = {key: self._db.execute("SELECT vector FROM kept WHERE text = ?", (key,)).fetchone() for key in keys}
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if known[key] is None}
        if fresh:
            rows = [
                (key, one.tobytes()) for key, one in zip(fresh, self._model.embed(list(fresh.values())), strict=True)
            ]
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", rows)
            self._db.commit()
            known |= {key: (vector,) for key, vector in rows}
        return np.array([np.frombuffer(known[key][0], dtype=np.float32) for key in keys])


def told(memory: Memory, sample: dict[str, Any], now: list[datetime]) -> dict[str, str]:
    """Say a whole conversation; gives the turn of each label."""
    ids: dict[str, str] = {}
    for label, session, at, text in turns_of(sample["conversation"]):
        now[0] = at
        ids[label] = memory.record_turn("reader", session, text).id
    return ids


def observed(memory: Memory, sample: dict[str, Any], ids: dict[str, str]) -> None:
    """The data's own distilled observations, each with its turn as evidence."""
    for session in sample["observation"].values():
        for claims in session.values():
            for text, evidence in claims:
                for label in labels([evidence] if isinstance(evidence, str) else evidence)[:1]:
                    if label in ids:
                        memory.observe("reader", ids[label], [Observation(text=text, facet="event")])


def found_turns(memory: Memory, sample: dict[str, Any], ids: dict[str, str]) -> list[list[float]]:
    """Recall per question at each k."""
    recalls = []
    for question in sample["qa"]:
        gold = {ids[label] for label in labels(question.get("evidence", [])) if label in ids}
        if gold:
            hits = [hit.id for hit in memory.search("reader", question["question"], 120) if hit.kind == "turn"]
            recalls.append([len(gold & set(hits[:k])) / len(gold) for k in KS])
    return recalls


def covered(memory: Memory, sample: dict[str, Any]) -> list[tuple[float, int]]:
    """Share of the answer's words told, and words told, per answerable question."""
    shares = []
    for question in sample["qa"]:
        wanted = content_words(str(question["answer"])) if question["category"] in (1, 2, 4) else set()
        if wanted:
            found = memory.recall("reader", question["question"], facets=(), budget_words=BUDGET)
            said = content_words(" ".join(line.text for line in found.lines))
            shares.append((len(wanted & said) / len(wanted), found.words))
    return shares


@dataclass
class Measured:
    """One conversation: recalls per question by the weight of words, and coverage without and with observations."""

    recalls: dict[float, list[list[float]]]
    plain: list[tuple[float, int]]
    told: list[tuple[float, int]]


def measure(sample: dict[str, Any], embedder: Embedder) -> Measured:
    now = [datetime(2023, 1, 1, tzinfo=UTC)]
    with (
        tempfile.TemporaryDirectory() as folder,
        Memory.open(Path(folder), clock=lambda: now[0], embedder=embedder) as memory,
    ):
        ids = told(memory, sample, now)
        recalls = {}
        for weight in WEIGHTS:
            memory._search.words_weight = weight
            recalls[weight] = found_turns(memory, sample, ids)
        memory._search.words_weight = WORDS_WEIGHT
        plain = covered(memory, sample)
        observed(memory, sample, ids)
        return Measured(recalls, plain, covered(memory, sample))


def left_out(measured: list[Measured]) -> list[list[float]]:
    """Each conversation's recalls with the weight that was best for all the others."""
    recalls = []
    for place, one in enumerate(measured):
        others = [other for n, other in enumerate(measured) if n != place]
        best = max(WEIGHTS, key=lambda w: mean([mean(found) for other in others for found in other.recalls[w]]))
        recalls += one.recalls[best]
    return recalls


def mean(values: list[float]) -> float:
    return sum(values) / max(len(values), 1)


def report(samples: list[dict[str, Any]], embedder: Embedder) -> str:
    measured = [measure(sample, embedder) for sample in samples]
    recalls = [found for one in measured for found in one.recalls[WORDS_WEIGHT]]
    tuned = left_out(measured) if len(measured) > 1 else recalls
    rows = []
    for place, k in enumerate(KS):
        each = [100 * mean([found[place] for found in one.recalls[WORDS_WEIGHT]]) for one in measured]
        shares = [100 * mean([found[place] for found in one]) for one in (recalls, tuned)]
        rows.append(f"| recall@{k} | {shares[0]:.1f} % | {min(each):.1f} to {max(each):.1f} % | {shares[1]:.1f} % |")
    kinds = {"turns only": [one.plain for one in measured]}
    kinds["turns and the data's observations"] = [one.told for one in measured]
    for name, shown in kinds.items():
        each = [100 * mean([share for share, _ in one]) for one in shown]
        whole = 100 * mean([share for one in shown for share, _ in one])
        words = mean([float(count) for one in shown for _, count in one])
        spread = f"{min(each):.1f} to {max(each):.1f} %"
        rows.append(f"| answer words in {BUDGET}, {name} | {whole:.1f} % ({words:.0f} words) | {spread} | |")
    answers = sum(len(one.plain) for one in measured)
    return "\n".join(
        [
            f"{len(samples)} conversations, {len(recalls)} questions with evidence, {answers} with an answer. Left "
            f"out: the share of words in the fusion (of {', '.join(map(str, WEIGHTS))}; shipped {WORDS_WEIGHT}) chosen "
            "for each conversation on the others alone.\n",
            "| measure | all | each conversation | left out |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=None, help="only the first N conversations")
    parser.add_argument("--out", type=Path, default=None, help="the page of evidence to write the table to")
    parser.add_argument("--vectors", type=Path, default=None, help="a file to keep the vectors in")
    given = parser.parse_args()
    samples = json.loads(given.data.read_text(encoding="utf-8"))[: given.limit]
    text = report(samples, Kept(given.vectors))
    print(text)
    if given.out:
        title = "Retrieval on LoCoMo, by `python -m tests.behaviour.memory_locomo`"
        write_section(given.out, title, text, "Memory, measured")


if __name__ == "__main__":
    main()
