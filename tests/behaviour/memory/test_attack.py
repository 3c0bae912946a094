"""An attack on others' memories by every door there is, and on the disk after everything was forgotten."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limner.memory import HashEmbedder, Memory
from tests.behaviour.memory.generator import Clock
from tests.memory.conftest import residue, say
from tests.memory.test_scopes import AWKWARD

ROUNDS = 40


def introduce(memory: Memory, user: str, secret: str, file: Path, seed: int) -> None:
    """A person with a secret in every kind of thing that is remembered."""
    noise = np.random.default_rng(seed).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file)
    turn = say(memory, user, f"I love {secret}. This is my dog Rex{secret}. {secret} is our word")
    memory.put_handle(user, "upload-1", kind="upload", path=file, caption=f"{secret}.png", turn_id=turn.id)
    memory.put_handle(user, f"@rex{secret}", kind="subject", parents=["upload-1"], turn_id=turn.id)
    memory.put_handle(
        user,
        memory.new_handle(user, "image"),
        kind="image",
        path=file,
        caption=f"a {secret} castle",
        subjects=[f"@rex{secret}"],
        styles=[f"style:{secret}"],
        turn_id=turn.id,
        detail={"prompt": f"a {secret} castle"},
    )
    memory.record_feedback(user, "img-1", True, note=f"so {secret}")
    memory.record_outcome(turn.id, plan_text=f"learn_subject(name='Rex{secret}')", reply=f"I know Rex{secret}")


def everything_seen(memory: Memory, user: str, words: str, secret: str, picture: Path, scope: str) -> str:
    """What every door of memory gives this user for some words and a picture of somebody else."""
    doors: list[Callable[[], object]] = [
        lambda: memory.recall(user, words, subjects=[f"@rex{secret}"], pictures=[picture], scope=scope),
        lambda: memory.recall(user, f"the {secret} picture I liked last week"),
        lambda: memory.search(user, words, 20, scope=scope),
        lambda: memory.similar(user, picture, k=20),
        lambda: (memory.facts(user, live=False, scope=scope), memory.profile(user, scope=scope)),
        lambda: (memory.handles(user, text=secret), memory.get_handle(user, f"@rex{secret}", scope=scope)),
        lambda: (
            memory.turns(user, scope=scope),
            memory.questions(user, scope=scope),
            memory.granted(user, scope=scope),
        ),
    ]
    return " ".join(repr(door()) for door in doors).casefold()


@pytest.mark.slow
def test_attacks_find_nothing(tmp_path: Path, evidence: Callable[[str, str], None]) -> None:
    folder, files, chance = tmp_path / "memory", tmp_path / "memory" / "files", random.Random(7)
    users = [*AWKWARD, *(f"user{number}" for number in range(20))]
    secrets = {user: f"secret{number:03}word" for number, user in enumerate(users)}
    with Memory.open(folder, clock=Clock(), embedder=HashEmbedder()) as memory:
        files.mkdir(parents=True)
        for number, user in enumerate(users):
            introduce(memory, user, secrets[user], files / f"{number}.png", number)
        memory.grant("bob", f"@rex{secrets['bob']}", "ana")
        memory.grant("bob", f"@rex{secrets['bob']}", "channel:x1")
        memory.revoke("bob", f"@rex{secrets['bob']}", "ana")
        memory.revoke("bob", f"@rex{secrets['bob']}", "channel:x1")
        probes = leaks = 0
        for _ in range(ROUNDS):
            for user in users:
                other = chance.choice([one for one in users if one != user])
                secret, number = secrets[other], users.index(other)
                words = chance.choice(
                    [secret, f"draw @rex{secret}", "what do you know about me", "%", "*", f'"{secret}" OR 1', "_____"]
                )
                scope = chance.choice(["personal", "channel:x1", "workspace:w"])
                seen = everything_seen(memory, user, words, secret, files / f"{number}.png", scope)
                # The words of the probe itself come back as what was asked; nobody's memory may.
                probes += 1
                leaks += f"rex{secret}'" in seen or f"a {secret} castle" in seen or f"love {secret}" in seen
        needles = _everything_on_disk(memory, users, secrets, files)
        found_before = len(residue(folder, *needles[:40]))
        for user in users[:-1]:
            memory.forget(user, "everything")
        last = users[-1]
        memory.forget(last, f"@rex{secrets[last]}", pictures=True)
        kept = [needle for needle in needles if needle != secrets[last]]
        left = residue(folder, *kept)
        assert memory.verify() == []
    left += residue(folder, *kept)
    assert found_before > 0 and probes >= 200
    evidence(
        "Attacks, by `pytest -m slow tests/behaviour/memory`",
        f"{probes:,} probes by {len(users)} users, each through every door of memory with somebody else's words, "
        f"handles and pictures, in private and in shared places: {leaks} leaks. After forgetting, {len(kept):,} "
        "needles (names, words, text vectors, image vectors, perceptual hashes, image bytes) were looked for in every "
        f"file under the folder: {len(left)} found.",
    )
    assert leaks == 0
    assert left == []


def _everything_on_disk(memory: Memory, users: list[str], secrets: dict[str, str], files: Path) -> list[str | bytes]:
    needles: list[str | bytes] = []
    for number, user in enumerate(users):
        secret, book = secrets[user], memory._shelf.book(user)
        needles += [f"rex{secret}", secret]
        memory._search.ready(book)
        query = "SELECT vector FROM item JOIN words ON words.rowid = item.n WHERE words.text LIKE ?"
        needles += [row[0] for row in book.db.execute(query, (f"%Rex{secret}%",)) if any(row[0])]
        needles += [row[0] for row in book.db.execute("SELECT vector FROM picture")]
        needles += [row[0] for row in book.db.execute("SELECT hash FROM fingerprint")]
        needles.append((files / f"{number}.png").read_bytes()[100:400])
        memory._chroma.feed(book)
    return needles
