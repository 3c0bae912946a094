"""Damage, collisions and odd input: a clear message, and nothing lost."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from limner.memory import HashEmbedder, Memory, MemoryProblem
from tests.behaviour.memory.killing import answered
from tests.memory.conftest import Clock, draw, residue, say


def test_a_second_process_is_refused(memory: Memory, folder: Path) -> None:
    with pytest.raises(MemoryProblem, match="in use by process"):
        Memory.open(folder, embedder=HashEmbedder())


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(MemoryProblem, match="cannot be"):
        Memory.open(blocked / "memory", embedder=HashEmbedder())


def test_a_full_disk_says_so_and_keeps_what_was_there(memory: Memory) -> None:
    say(memory, "ana", "I love watercolour")
    book = memory._shelf.book("ana")
    pages = book.db.execute("PRAGMA page_count").fetchone()[0]
    book.db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(MemoryProblem, match="is full"):
        for _ in range(50):
            memory.record_turn("ana", "s1", "x" * 10_000)
    book.db.execute("PRAGMA max_page_count = 1000000")
    assert memory.turns("ana")[0].text == "I love watercolour"
    assert memory.record_turn("ana", "s1", "go on").text == "go on"


def test_a_clock_that_goes_backwards_keeps_the_order(memory: Memory, clock: Clock) -> None:
    say(memory, "ana", "I live in Oslo")
    clock.now = datetime(2020, 1, 1, tzinfo=UTC)
    say(memory, "ana", "I live in Rome")
    first, second = memory.turns("ana")
    assert first.at <= second.at
    assert [fact.value for fact in memory.facts("ana")] == ["Rome"]


def test_long_and_strange_messages(memory: Memory) -> None:
    long = memory.record_turn("ana", "s1", "word " * 200_000)
    assert len(long.text) == 1_000_000
    memory.extract("ana", long.id)
    odd = memory.record_turn("ana", "s1", "a\x00b\x1b[31m\ud800 \u2028 " + '" OR 1=1 -- NEAR( *')
    assert not set(odd.text) & {"\x00", "\x1b", "\u2028"}
    assert memory.search("ana", '" OR NEAR( * :', 5) is not None
    assert memory.recall("ana", "word", budget_words=50).words <= 50
    with pytest.raises(MemoryProblem, match="too long"):
        memory.record_turn("ana", "s1", "x" * 5_000_000)


def test_an_unknown_user_has_no_memory_and_gets_no_file(memory: Memory, folder: Path) -> None:
    assert not (memory.facts("nobody") or memory.turns("nobody") or memory.handles("nobody"))
    assert memory.recall("nobody", "draw a dog").lines == ()
    assert list((folder / "books").iterdir()) == []
    with pytest.raises(MemoryProblem, match="nothing is remembered for 'nobody'"):
        memory.export("nobody", folder / "x.zip")
    with pytest.raises(MemoryProblem, match="needs a name"):
        memory.record_turn(" ", "s1", "hello")


def test_the_same_request_is_one_turn(memory: Memory) -> None:
    first = memory.record_turn("ana", "s1", "draw a dog", request_id="r1")
    again = memory.record_turn("ana", "s1", "draw a dog", request_id="r1")
    assert (first.id, first.repeated) == (again.id, False)
    assert again.repeated


@pytest.mark.parametrize("damage", ["middle", "header", "vectors"])
def test_damage_is_named_and_mended(folder: Path, clock: Clock, damage: str) -> None:
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
        for number in range(70):
            say(memory, "ana", f"I love pattern number {number} " + "with some more words to fill the page " * 5)
        memory.recall("ana", "pattern")
        memory.idle("ana")
    if damage == "vectors":
        (folder / "vectors" / "chroma.sqlite3").write_bytes(b"rubbish" * 1000)
    else:
        (book,) = (folder / "books").glob("*.sqlite3")
        content = bytearray(book.read_bytes())
        at = 0 if damage == "header" else _leaf_of_turns(book)
        content[at : at + 4096 if damage == "middle" else 100] = b"\x00" * (4096 if damage == "middle" else 100)
        book.write_bytes(content)
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
        findings = memory.verify()
        assert findings and all(one.mendable for one in findings)
        told = memory.rebuild()
        assert memory.verify() == []
        turns = memory.stats("ana").turns
        if damage == "vectors":
            assert turns == 70
        elif damage == "middle":
            assert 40 < turns < 70 and "lost" in " ".join(told)


def _leaf_of_turns(book: Path) -> int:
    """Where a page with turns in the middle of the table lies."""
    return book.read_bytes().index(b"+00:00I love pattern number 35 ") // 4096 * 4096


def test_export_and_import_give_the_same_memory(memory: Memory, tmp_path: Path, folder: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"pixels")
    turn = say(memory, "ana", "This is my dog Biscuit. I love watercolour.")
    memory.put_handle("ana", "upload-1", kind="upload", path=photo, turn_id=turn.id, image_vector=[1, 2])
    draw(memory, "ana", "a fox", style="inkwash", liked=True)
    pack = memory.export("ana", tmp_path / "ana.zip")
    photo.unlink()
    stats = memory.import_("bob", pack)
    assert (stats.turns, stats.facts, stats.handles) == (2, 2, 2)
    assert [fact.text for fact in memory.facts("bob")] == [fact.text for fact in memory.facts("ana")]
    assert [line.text for line in memory.profile("bob")] == [line.text for line in memory.profile("ana")]
    back = memory.get_handle("bob", "upload-1")
    assert back is not None and back.path is not None and back.path.read_bytes() == b"pixels"
    assert back.turn_id is not None and memory.get_turn(back.turn_id) == memory.turns("bob")[0]
    with pytest.raises(MemoryProblem, match="already has memories"):
        memory.import_("bob", pack)
    memory.forget("bob", "everything")
    assert not back.path.exists()


def test_imports_that_cannot_be_read(memory: Memory, tmp_path: Path) -> None:
    newer = tmp_path / "newer.zip"
    with zipfile.ZipFile(newer, "w") as pack:
        pack.writestr("schema.json", json.dumps({"format": "limner-memory", "schema": 99}))
    with pytest.raises(MemoryProblem, match="newer Limner"):
        memory.import_("ana", newer)
    (tmp_path / "bad.zip").write_bytes(b"PK rubbish")
    with pytest.raises(MemoryProblem, match="not a whole"):
        memory.import_("ana", tmp_path / "bad.zip")
    with pytest.raises(MemoryProblem, match="there is no file"):
        memory.import_("ana", tmp_path / "none.zip")
    assert memory.stats("ana").turns == 0


def test_a_book_of_a_newer_limner_is_left_alone(folder: Path) -> None:
    with Memory.open(folder, embedder=HashEmbedder()) as memory:
        say(memory, "ana", "hello there")
    (book,) = (folder / "books").glob("*.sqlite3")
    db = sqlite3.connect(book)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with Memory.open(folder, embedder=HashEmbedder()) as memory, pytest.raises(MemoryProblem, match="newer Limner"):
        memory.turns("ana")


def test_a_process_of_its_own_is_refused_by_name(memory: Memory, folder: Path) -> None:
    say(memory, "ana", "hello there")
    told = answered(lambda: _problem(folder))
    assert f"in use by process {os.getpid()}" in told and "--data" in told
    assert memory.turns("ana")[0].text == "hello there"


def test_a_folder_this_account_may_only_read(clock: Clock) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "memory"
        with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
            say(memory, "ana", "hello there")
        for path in (Path(place), folder, folder / "books"):
            path.chmod(0o755 if os.getuid() == 0 else 0o555)
        told = answered(lambda: _problem(folder, as_nobody=True))
        assert "cannot be written; give this account the right to" in told
        for path in (Path(place), folder, folder / "books"):
            path.chmod(0o755)
        with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
            assert memory.turns("ana")[0].text == "hello there"


def _problem(folder: Path, as_nobody: bool = False) -> str:
    if as_nobody and os.getuid() == 0:  # nothing is read-only for root
        os.setuid(65534)
    try:
        Memory.open(folder, embedder=HashEmbedder())
    except MemoryProblem as problem:
        return str(problem)
    return "it was opened"


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_chroma_server_that_is_away_loses_nothing(folder: Path, clock: Clock) -> None:
    with Memory.open(folder, clock=clock, embedder=HashEmbedder(), chroma="http://127.0.0.1:9") as memory:
        for number in range(70):
            say(memory, "ana", f"we talked about topic{number}")
        memory.idle("ana")
        memory._search.exact_up_to = 10
        assert memory.search("ana", "topic13", 1)[0].text == "we talked about topic13"
        (finding,) = memory.verify()
        assert "no Chroma server answers" in finding.what


def test_a_rebuild_leaves_the_book_of_a_newer_limner_alone(folder: Path) -> None:
    with Memory.open(folder, embedder=HashEmbedder()) as memory:
        say(memory, "ana", "hello there")
    (book,) = (folder / "books").glob("*.sqlite3")
    db = sqlite3.connect(book)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = book.read_bytes()
    with Memory.open(folder, embedder=HashEmbedder()) as memory:
        (finding,) = memory.verify()
        assert "newer Limner" in finding.what and not finding.mendable
        with pytest.raises(MemoryProblem, match="newer Limner"):
            memory.rebuild("ana")
    assert book.read_bytes() == before


def test_a_damaged_list_of_books_is_made_again_from_them(folder: Path, clock: Clock) -> None:
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
        say(memory, "bob", "I hate dogs")
        say(memory, "ana", "I love alphaword")
        say(memory, "ana", "We use betaword here", scope="channel:team")
        fact = memory.facts("ana")[0]
    shelf = folder / "shelf.sqlite3"
    shelf.write_bytes(b"\x00" * 100 + shelf.read_bytes()[100:])
    with Memory.open(folder, clock=clock, embedder=HashEmbedder()) as memory:
        assert memory.verify() == [] and memory.facts("ana") == [fact]
        assert [one.value for one in memory.facts("bob")] == ["dogs"]
        assert memory.get_turn(fact.evidence[0]) == memory.turns("ana")[0]
        receipt = memory.forget("ana", "everything")
        assert len(receipt.turns) == 2
    assert residue(folder, "alphaword", "betaword", b"ana\x00") == [] and not list(folder.glob("*.damaged*"))


def test_an_import_that_breaks_off_leaves_nothing(memory: Memory, tmp_path: Path, folder: Path) -> None:
    picture = tmp_path / "pic.png"
    picture.write_bytes(b"pixels")
    memory.put_handle("ana", "upload-1", kind="upload", path=picture)
    pack = memory.export("ana", tmp_path / "ana.zip")
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(pack) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, b'["too short"]' if name == "journal/handle.jsonl" else old.read(name))
    with pytest.raises(MemoryProblem, match="not a whole"):
        memory.import_("bob", broken)
    assert residue(folder, "pixels", b"bob\x00") == [] and len(list((folder / "books").glob("*.sqlite3"))) == 1


def test_an_export_the_disk_has_no_room_for_leaves_no_piece(memory: Memory, tmp_path: Path) -> None:
    say(memory, "ana", "I love alphaword")
    noise = tmp_path / "pic.png"
    noise.write_bytes(os.urandom(200_000))
    memory.put_handle("ana", "upload-1", kind="upload", path=noise)
    told = answered(lambda: _export_in_little_room(memory, tmp_path / "ana.zip"))
    assert "cannot be used" in told and list(tmp_path.glob("ana*")) == []


def _export_in_little_room(memory: Memory, path: Path) -> str:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        memory.export("ana", path)
    except MemoryProblem as problem:
        return str(problem)
    return "it was written"
