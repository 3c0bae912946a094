"""Nobody sees anybody else's memory unless it was shared."""

from __future__ import annotations

import random

import pytest

from limner.memory import Memory, MemoryProblem
from tests.memory.conftest import draw, say

AWKWARD = [
    "ana",
    "an",
    "ana_",
    "ana%",
    "ANA",
    "ana.",
    "ana/../bob",
    "bob",
    "личный",
    "channel:x",
    "a'; DROP TABLE turn;--",
]


def test_no_probe_out_of_many_shows_a_stranger(memory: Memory) -> None:
    secrets = {user: f"secretword{number}" for number, user in enumerate(AWKWARD)}
    for user, secret in secrets.items():
        say(memory, user, f"I love {secret} and my dog is called Rex{secret}")
        draw(memory, user, f"a {secret} castle", subject=f"@rex{secret}", style=f"style:{secret}", liked=True)
    chance = random.Random(7)
    probes = leaks = 0
    for _ in range(30):
        for user in AWKWARD:
            other = chance.choice([one for one in AWKWARD if one != user])
            words = chance.choice(
                [f"{secrets[other]}", f"draw @rex{secrets[other]}", "what do you know about me", "%", "*"]
            )
            answers = repr(
                (
                    memory.recall(user, words, subjects=[f"@rex{secrets[other]}"]).lines,
                    memory.recall(user, f"the {secrets[other]} picture I liked").handles,
                    [hit.text for hit in memory.search(user, words)],
                    memory.facts(user),
                    memory.profile(user),
                    memory.handles(user, text=secrets[other]),
                    memory.get_handle(user, f"@rex{secrets[other]}"),
                    memory.turns(user),
                )
            )
            probes += 1
            leaks += any(
                f"{secret}'" in answers or f"{secret} " in answers for name, secret in secrets.items() if name != user
            )
    assert probes >= 200
    assert leaks == 0


def test_personal_facts_never_load_in_a_channel(memory: Memory) -> None:
    say(memory, "ana", "I hate neon")
    say(memory, "ana", "Our mascot Bolt is a robot", scope="channel:team")
    say(memory, "bob", "Bolt is a robot", scope="channel:team")
    here = memory.recall("ana", "draw Bolt, what do you know about me?", subjects=["@bolt"], scope="channel:team")
    assert "neon" not in repr(here)
    assert "Bolt is a robot" in repr(here)
    assert "Bolt" not in repr(memory.recall("ana", "draw Bolt", subjects=["@bolt"]))


def test_a_grant_lends_a_subject_and_can_be_taken_back(memory: Memory) -> None:
    turn = say(memory, "ana", "This is my dog Biscuit")
    memory.put_handle("ana", "@biscuit", kind="subject", turn_id=turn.id)
    say(memory, "ana", "I hate neon")
    assert memory.get_handle("bob", "@biscuit") is None
    memory.grant("ana", "@biscuit", "bob")
    lent = memory.get_handle("bob", "@biscuit")
    assert lent is not None and lent.user == "ana"
    told = memory.recall("bob", "draw Biscuit", subjects=["@biscuit"])
    assert "dog" in repr(told) and "neon" not in repr(told)
    memory.revoke("ana", "@biscuit", "bob")
    assert memory.get_handle("bob", "@biscuit") is None
    assert memory.recall("bob", "draw Biscuit", subjects=["@biscuit"]).lines == ()
    with pytest.raises(MemoryProblem, match="no subject"):
        memory.grant("ana", "@mochi", "bob")


def test_only_ones_own_turn_is_evidence(memory: Memory) -> None:
    turn = say(memory, "ana", "hello there")
    with pytest.raises(MemoryProblem, match="did not say"):
        memory.extract("bob", turn.id)
