"""Made-up people over months: dated and liked referents, no stale fact, no claim without evidence, no residue."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from limner.memory import HashEmbedder, Memory
from tests.behaviour.memory.generator import Clock, Person, live, referents
from tests.memory.conftest import residue


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Clock, list[Person]]:
    folder, clock, chance = tmp_path_factory.mktemp("world") / "memory", Clock(), random.Random(2)
    people = [Person(f"person{number}") for number in range(6)]
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
        for person in people:
            live(memory, clock, person, 12, chance)
    return folder, clock, people


@pytest.mark.slow
def test_numbers_of_a_personal_memory(
    world: tuple[Path, Clock, list[Person]], evidence: Callable[[str, str], None]
) -> None:
    folder, clock, people = world
    right = asked = bare = scoped = owned = 0
    stale: list[str] = []
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
        for person in people:
            clock.now = max(at for _, at, *_ in person.pictures).replace(hour=9)
            for words, wanted in referents(person, clock.now, random.Random(3)):
                found = memory.recall(person.user, words).handles
                asked += 1
                right += bool(found) and found[0] in wanted
            lines = memory.profile(person.user)
            bare += sum(not line.evidence for line in lines)
            for name in person.kinds:
                told = memory.recall(person.user, f"draw {name}", subjects=[name])
                claims = [line.text for line in told.lines if line.kind != "turn" and line.text.startswith(name)]
                stale += [text for text in claims for kind in _stale(person, name) if text.endswith(f" {kind}")]
                stale += [] if any(text.endswith(f" {person.kinds[name]}") for text in claims) else [f"{name} unknown"]
            block = [line.text for line in memory.recall(person.user, "draw a lighthouse").lines]
            for thing, polarity in person.taste.items():
                owned += 1
                scoped += (f"User likes {thing}" if polarity > 0 else f"User dislikes {thing}") in block
                stale += (
                    [thing] if (f"User dislikes {thing}" if polarity > 0 else f"User likes {thing}") in block else []
                )
    evidence(
        "Made-up people, by `pytest -m slow tests/behaviour/memory`",
        "Six people, twelve sessions each over five weeks; hashed words as embedder, so no model helps.\n\n"
        "| measure | value | wanted |\n|---|---|---|\n"
        f"| dated and liked referents right | {right} of {asked} | 95 % |\n"
        f"| stale claims recalled | {len(stale)} | 0 |\n"
        f"| profile lines without evidence | {bare} | 0 |\n"
        f"| preferences inside the recalled block, right way round | {scoped} of {owned} | 95 % |\n",
    )
    assert asked > 60 and right / asked >= 0.95
    assert stale == []
    assert bare == 0
    assert scoped / owned >= 0.95


@pytest.mark.slow
def test_forgetting_leaves_zero_bytes_also_in_a_large_vector_index(tmp_path: Path) -> None:
    with Memory.open(tmp_path, clock=Clock(), embedder=HashEmbedder()) as memory:
        for number in range(1200):  # past a thousand Chroma writes its index files
            turn = memory.record_turn(
                "ana", "s", f"walking with Zuleika number {number}" if number % 2 else f"rain {number}"
            )
        memory.put_handle("ana", "@zuleika", kind="subject", turn_id=turn.id)
        memory.idle("ana")
        book = memory._shelf.book("ana")
        gone = [row[0] for row in book.db.execute(
            "SELECT vector FROM item JOIN words ON words.rowid = item.n WHERE words.text LIKE '%Zuleika%'"
        )]  # fmt: skip
        held = residue(tmp_path / "vectors", *gone[:50])
        receipt = memory.forget("ana", "Zuleika")
        assert held and len(receipt.redacted) == 600
        assert residue(tmp_path, "zuleika", *gone) == []
        memory.idle("ana")
        assert memory.verify() == []
        assert residue(tmp_path, "zuleika", *gone) == []


def _stale(person: Person, name: str) -> set[str]:
    return {old.split("|")[1] for old in person.stale if old.startswith(f"{name}|")}
