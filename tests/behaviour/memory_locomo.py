"""Measure retrieval on LoCoMo: recall@k over labelled turns, and answer words covered within a word budget.

    python -m tests.behaviour.memory_locomo PATH/TO/locomo.json [--limit N]

The data is CC BY-NC and stays where it is; only the numbers leave.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from limner.memory import Memory, Observation
from tests.behaviour.sections import write_section

KS = (10, 25, 50)
BUDGET = 150
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


def measure(sample: dict[str, Any], with_observations: bool) -> tuple[list[list[float]], list[tuple[float, int]]]:
    """Recall per question at each k, and (coverage, words) per answerable question."""
    now = [datetime(2023, 1, 1, tzinfo=UTC)]
    with tempfile.TemporaryDirectory() as folder, Memory.open(Path(folder), clock=lambda: now[0]) as memory:
        ids: dict[str, str] = {}
        for label, session, at, text in turns_of(sample["conversation"]):
            now[0] = at
            ids[label] = memory.record_turn("reader", session, text).id
        if with_observations:
            for session in sample["observation"].values():
                for claims in session.values():
                    for text, evidence in claims:
                        for label in labels([evidence] if isinstance(evidence, str) else evidence)[:1]:
                            if label in ids:
                                memory.observe("reader", ids[label], [Observation(text=text, facet="event")])
        recalls, covered = [], []
        for question in sample["qa"]:
            gold = {ids[label] for label in labels(question.get("evidence", [])) if label in ids}
            if gold and not with_observations:
                hits = [hit.id for hit in memory.search("reader", question["question"], 120) if hit.kind == "turn"]
                recalls.append([len(gold & set(hits[:k])) / len(gold) for k in KS])
            if question["category"] in (1, 2, 4):
                wanted = content_words(str(question["answer"]))
                found = memory.recall("reader", question["question"], facets=(), budget_words=BUDGET)
                told = content_words(" ".join(line.text for line in found.lines))
                if wanted:
                    covered.append((len(wanted & told) / len(wanted), found.words))
        return recalls, covered


def mean(values: list[float]) -> float:
    return sum(values) / max(len(values), 1)


def report(samples: list[dict[str, Any]]) -> str:
    recalls: list[list[float]] = []
    plain: list[tuple[float, int]] = []
    told: list[tuple[float, int]] = []
    for sample in samples:
        found, covered = measure(sample, with_observations=False)
        recalls += found
        plain += covered
        told += measure(sample, with_observations=True)[1]
    rows = [f"| recall@{k} | {100 * mean([one[place] for one in recalls]):.1f} % |" for place, k in enumerate(KS)]
    for name, covered in (("turns only", plain), ("turns and the data's observations", told)):
        share = 100 * mean([one for one, _ in covered])
        words = mean([float(count) for _, count in covered])
        rows.append(f"| answer words in {BUDGET}, {name} | {share:.1f} % ({words:.0f} words) |")
    head = f"{len(samples)} conversations, {len(recalls)} questions with evidence, {len(plain)} with an answer\n"
    return "\n".join([head, "| measure | value |", "|---|---|", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=None, help="only the first N conversations")
    parser.add_argument("--out", type=Path, default=None, help="the page of evidence to write the table to")
    given = parser.parse_args()
    told = report(json.loads(given.data.read_text(encoding="utf-8"))[: given.limit])
    print(told)
    if given.out:
        title = "Retrieval on LoCoMo, by `python -m tests.behaviour.memory_locomo`"
        write_section(given.out, title, told, "Memory, measured")


if __name__ == "__main__":
    main()
