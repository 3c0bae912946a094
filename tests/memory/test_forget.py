"""What is forgotten is gone from every file, and what hung on it too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from limner.memory import HashEmbedder, Interval, Memory, MemoryProblem
from tests.memory.conftest import Clock, draw, residue, say

PIXELS = list(np.random.default_rng(3).normal(size=64).astype(float))


def with_biscuit(memory: Memory, folder: Path) -> Path:
    photo = folder / "uploads" / "biscuit-photo.png"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"\x89PNG-biscuit-bytes")
    turn = say(memory, "ana", "This is my dog Biscuit. I love watercolour.")
    memory.put_handle("ana", "upload-1", kind="upload", path=photo, caption="Biscuit", image_vector=PIXELS)
    memory.put_handle("ana", "@biscuit", kind="subject", parents=["upload-1"], turn_id=turn.id)
    memory.record_outcome(turn.id, plan_text="learn_subject(name='Biscuit')", reply="I know Biscuit now.")
    draw(memory, "ana", "Biscuit on the beach", subject="@biscuit", style="inkwash", liked=True)
    say(memory, "ana", "Biscuit's collar is green")
    return photo


def vectors_of(memory: Memory, word: str) -> list[bytes]:
    """The vectors stored for texts with this word, as they lie on disk."""
    query = "SELECT vector FROM item JOIN words ON words.rowid = item.n WHERE words.text LIKE ?"
    return [row[0] for row in memory._shelf.book("ana").db.execute(query, (f"%{word}%",))]


@pytest.mark.parametrize("fed", [False, True], ids=["books only", "with chroma"])
def test_nothing_of_a_forgotten_subject_is_left_on_disk(memory: Memory, folder: Path, fed: bool) -> None:
    photo = with_biscuit(memory, folder)
    for number in range(70 if fed else 1):  # enough for idle() to feed Chroma
        say(memory, "ana", f"I love pattern number {number}")
    memory.recall("ana", "draw Biscuit", subjects=["@biscuit"])
    memory.idle("ana")
    assert (folder / "vectors" / "chroma.sqlite3").exists() == fed
    gone = vectors_of(memory, "Biscuit")
    assert len(gone) > 5 and residue(folder, *gone)
    receipt = memory.forget("ana", "@biscuit", pictures=True)
    pixels = np.asarray(PIXELS, dtype=np.float32)
    unit = (pixels / np.linalg.norm(pixels)).astype(np.float32)
    assert residue(folder, "biscuit", "png-biscuit-bytes", unit.tobytes()[:32], *gone) == []
    assert not photo.exists() and receipt.files == ()
    assert "img-1" in receipt.handles
    assert "watercolour" in repr(memory.facts("ana"))
    assert memory.verify() == []
    assert "iscuit" not in repr(memory.recall("ana", "draw Biscuit on the beach", subjects=["@biscuit"]).lines)
    memory.rebuild("ana")
    assert "iscuit" not in repr((memory.facts("ana", live=False), memory.turns("ana"), memory.profile("ana")))


def test_pictures_made_with_it_stay_without_the_name_and_are_asked_about(memory: Memory, folder: Path) -> None:
    with_biscuit(memory, folder)
    receipt = memory.forget("ana", "Biscuit")
    assert receipt.pictures == ("img-1",)
    kept = memory.get_handle("ana", "img-1")
    assert kept is not None and kept.subjects == () and "iscuit" not in kept.caption
    assert residue(folder, "biscuit") == []


def test_files_of_others_wait_for_their_owner(memory: Memory, tmp_path: Path, folder: Path, clock: Clock) -> None:
    outside = tmp_path / "outputs" / "img.png"
    outside.parent.mkdir()
    outside.write_bytes(b"png")
    memory.put_handle("ana", "img-1", kind="image", path=outside)
    receipt = memory.forget("ana", "img-1")
    assert receipt.files == (outside,)
    memory.close()
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as again:
        assert [one.files for one in again.unfinished()] == [(outside,)]
        outside.unlink()
        again.files_erased("ana", receipt.id)
        assert again.unfinished() == []
        assert residue(folder, "img.png") == []


def test_a_session_a_day_a_turn_and_a_fact(memory: Memory, clock: Clock, folder: Path) -> None:
    say(memory, "ana", "I love alphaword", session="one")
    clock.advance(days=1)
    start = clock.now
    say(memory, "ana", "I love betaword", session="two")
    clock.advance(days=1)
    turn = say(memory, "ana", "I love gammaword", session="three")
    say(memory, "ana", "I love deltaword", session="three")
    memory.forget("ana", "session:one")
    memory.forget("ana", Interval(start, clock.now))
    memory.forget("ana", turn.id)
    assert [fact.value for fact in memory.facts("ana")] == ["deltaword"]
    memory.forget("ana", memory.facts("ana")[0].id)
    assert memory.facts("ana") == []
    assert residue(folder, "alphaword", "betaword", "gammaword") == []
    assert [one.text for one in memory.turns("ana")] == ["I love deltaword"]


def test_everything_goes_also_from_shared_places_and_others_stay(memory: Memory, folder: Path) -> None:
    say(memory, "ana", "I love alphaword")
    say(memory, "ana", "We use betaword here", scope="channel:team")
    say(memory, "bob", "I love gammaword", scope="channel:team")
    say(memory, "bob", "I love deltaword")
    memory.forget("ana", "everything")
    assert residue(folder, "alphaword", "betaword", b"ana\x00") == []
    assert memory.turns("ana") == [] and memory.stats("ana").turns == 0
    assert [one.text for one in memory.turns("bob", scope="channel:team")] == ["I love gammaword"]
    assert [one.value for one in memory.facts("bob")] == ["deltaword"]
    say(memory, "ana", "hello again")
    assert len(memory.turns("ana")) == 1


def test_unknown_things_say_what_can_be_forgotten(memory: Memory) -> None:
    say(memory, "ana", "hello there")
    with pytest.raises(MemoryProblem, match="nothing called 'Rex'"):
        memory.forget("ana", "Rex")
    with pytest.raises(MemoryProblem, match="already gone"):
        memory.forget("ana", "turn-1-99")
    with pytest.raises(MemoryProblem, match="nothing is remembered"):
        memory.forget("nobody", "everything")


def test_ones_own_words_in_a_channel_can_be_forgotten_and_nobody_elses(memory: Memory, folder: Path) -> None:
    mine = say(memory, "ana", "We use alphaword here", scope="channel:team")
    theirs = say(memory, "bob", "We use betaword here", scope="channel:team")
    with pytest.raises(MemoryProblem, match="already gone"):
        memory.forget("ana", theirs.id)
    assert memory.forget("ana", mine.id).turns == (mine.id,)
    assert [one.text for one in memory.turns("bob", scope="channel:team")] == ["We use betaword here"]
    assert residue(folder, "alphaword") == []


def test_several_at_once_rewrite_the_file_once(memory: Memory, folder: Path) -> None:
    for number in range(4):
        draw(memory, "ana", f"alphaword {number}")
    turn = say(memory, "ana", "I love betaword")
    said: list[str] = []
    memory._shelf.book("ana").db.set_trace_callback(said.append)
    receipt = memory.forget("ana", ("img-1", "img-2", "img-3", turn.id))
    assert said.count("VACUUM") == 1
    assert receipt.handles == ("img-1", "img-2", "img-3") and receipt.turns == (turn.id,)
    assert [one.handle for one in memory.handles("ana")] == ["img-4"]
    assert residue(folder, "betaword") == []


def test_everything_said_in_a_channel_leaves_what_was_said_in_private(memory: Memory, folder: Path) -> None:
    say(memory, "ana", "I love alphaword")
    private = draw(memory, "ana", "a fox")
    say(memory, "ana", "We use betaword here", scope="channel:team")
    say(memory, "ana", "We use gammaword there", scope="channel:other")
    say(memory, "bob", "I love deltaword", scope="channel:team")
    memory.put_handle("ana", "img-9", kind="image", caption="epsilonword", detail={"scope": "channel:team"})
    receipt = memory.forget("ana", "everything", scope="channel:team")
    assert receipt.handles == ("img-9",) and len(receipt.turns) == 1
    assert "say it to me in private" in receipt.lines[-1]
    assert residue(folder, "betaword", "epsilonword") == []
    assert [one.value for one in memory.facts("ana")] == ["alphaword"]
    assert memory.get_handle("ana", private) is not None
    assert [one.text for one in memory.turns("ana", scope="channel:other")] == ["We use gammaword there"]
    assert [one.text for one in memory.turns("bob", scope="channel:team")] == ["I love deltaword"]
    with pytest.raises(MemoryProblem, match="already gone"):
        memory.forget("ana", "everything", scope="channel:team")


def test_a_session_in_a_channel_goes_with_the_pictures_made_in_it(memory: Memory, folder: Path) -> None:
    turn = say(memory, "ana", "We use alphaword here", scope="channel:team", session="thread")
    memory.put_handle(
        "ana", "img-1", kind="image", caption="betaword", turn_id=turn.id, detail={"scope": "channel:team"}
    )
    say(memory, "ana", "We use gammaword here", scope="channel:team", session="another")
    memory.forget("ana", "session:thread", scope="channel:team")
    assert residue(folder, "alphaword", "betaword") == []
    assert len(memory.turns("ana", scope="channel:team")) == 1


def test_forgetting_a_name_leaves_the_words_of_others_alone(memory: Memory) -> None:
    memory.put_handle("ana", "@biscuit", kind="subject")
    say(memory, "ana", "Our Biscuit sleeps here", scope="channel:team")
    say(memory, "bob", "Biscuit is a robot", scope="channel:team")
    memory.forget("ana", "@biscuit")
    mine, theirs = memory.turns("bob", scope="channel:team")
    assert "Biscuit" not in mine.text and theirs.text == "Biscuit is a robot"
    assert [one.value for one in memory.facts("bob", scope="channel:team")] == ["robot"]


def test_what_was_known_of_it_goes_too_where_it_was_spoken_of_or_drawn(memory: Memory, folder: Path) -> None:
    with_biscuit(memory, folder)
    turn = say(memory, "ana", "No, Biscuit is a whippet")
    noted = {"text": "Noted: Biscuit is a whippet.", "assumed": ["with whippet"], "scores": {"@biscuit": 0.5}}
    memory.record_outcome(turn.id, reply="Noted: Biscuit is a whippet.", detail={"reply": noted})
    drawn = memory.record_turn("ana", "s1", "draw my whippet at sunset")
    memory.put_handle(
        "ana", "img-2", kind="image", caption="my whippet at sunset", subjects=["Biscuit"], turn_id=drawn.id
    )
    memory.record_outcome(drawn.id, plan_text="generate_image(prompt='my whippet at sunset')", handles=["img-2"])
    other = memory.record_turn("ana", "s1", "whippets are fast. Draw a castle in green")
    receipt = memory.forget("ana", "@biscuit")
    assert residue(folder, "biscuit", "my whippet", "a whippet", "with whippet") == []
    assert drawn.id in receipt.redacted and "img-2" in receipt.pictures
    kept = memory.get_turn(other.id)
    assert kept is not None and kept.text == "whippets are fast. Draw a castle in green"
