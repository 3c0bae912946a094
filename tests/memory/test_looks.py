"""Pictures are found by how they look, copies of one first, and what was stored of their looks can be erased."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from limner.memory import HashEmbedder, Memory, MemoryProblem, Thumbnail
from tests.memory.conftest import Clock, residue

GROUNDS = ("skyblue", "darkgreen", "orange", "white", "purple", "black")


@pytest.fixture
def pictures(memory: Memory, tmp_path: Path) -> list[Path]:
    """Six pictures with a different ground and shape, remembered as img-1 to img-6."""
    files = []
    for number, ground in enumerate(GROUNDS):
        picture = Image.new("RGB", (96, 96), ground)
        ImageDraw.Draw(picture).ellipse((8 * number, 20, 50 + 6 * number, 80), fill="brown")
        ImageDraw.Draw(picture).line((0, 10 * number, 96, 96), fill="yellow", width=5)
        files.append(tmp_path / f"{ground}.png")
        picture.save(files[-1])
        memory.put_handle("ana", f"img-{number + 1}", kind="image", path=files[-1], caption=f"a {ground} ground")
    return files


def test_a_smaller_recompressed_copy_is_the_same_picture(memory: Memory, pictures: list[Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.jpg"
    Image.open(pictures[2]).resize((64, 64)).save(copy, quality=50)
    first, second, *_ = memory.similar("ana", copy)
    assert (first.id, first.kind) == ("img-3", "same")
    assert second.kind == "image" and second.score < first.score


def test_the_one_that_looks_like_this_is_meant(memory: Memory, pictures: list[Path]) -> None:
    found = memory.recall("ana", "animate the one that looks like this", pictures=[pictures[4]])
    assert found.handles[0] == "img-5" and found.alike[0].id == "img-5"
    assert memory.recall("ana", "draw a dog", pictures=[pictures[4]]).handles == ()
    assert memory.recall("bob", "animate the one that looks like this", pictures=[pictures[4]]).alike == ()


def test_looks_join_likes_and_kinds(memory: Memory, pictures: list[Path]) -> None:
    memory.record_feedback("ana", "img-2", True)
    memory.put_handle("ana", "upload-1", kind="upload", path=pictures[4])
    assert memory.recall("ana", "the one I liked that looks like this", pictures=[pictures[4]]).handles == ("img-2",)
    assert memory.recall("ana", "the photo that looks like this", pictures=[pictures[4]]).handles == ("upload-1",)


def test_a_picture_is_likened_to_a_handle(memory: Memory, pictures: list[Path]) -> None:
    memory.put_handle("ana", "img-7", kind="image", path=pictures[0])
    found = memory.recall("ana", "find the one that looks like img-7")
    assert found.handles[0] == "img-1" and "img-7" not in found.handles


def test_forgetting_a_picture_erases_its_vector_and_its_hash(
    memory: Memory, pictures: list[Path], folder: Path
) -> None:
    book = memory._shelf.book("ana")
    query = "SELECT vector, hash FROM picture JOIN fingerprint USING (handle) WHERE handle = "
    vector, hash_ = book.db.execute(f"{query} (SELECT n FROM handle WHERE handle = 'img-4')").fetchone()
    assert len(hash_) == 8 and residue(folder, vector, hash_)
    memory.forget("ana", "img-4")
    assert residue(folder, vector, hash_) == []
    assert "img-4" not in [hit.id for hit in memory.similar("ana", pictures[3], k=9)]


def test_many_pictures_are_compared_through_chroma_with_the_same_answer(
    memory: Memory, pictures: list[Path], folder: Path
) -> None:
    exact = memory.similar("ana", pictures[1], k=1)
    memory._search.exact_up_to = 3
    assert memory.similar("ana", pictures[1], k=1) == exact
    assert (folder / "vectors" / "chroma.sqlite3").exists()
    assert memory.similar("bob", pictures[1]) == []


def test_files_that_are_no_pictures_have_no_look(memory: Memory, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no pixels")
    memory.put_handle("ana", "upload-1", kind="upload", path=broken)
    memory.put_handle("ana", "upload-2", kind="upload", path=tmp_path / "gone.png")
    assert memory.similar("ana", broken) == []
    memory.idle("ana")
    with pytest.raises(MemoryProblem, match="finite"):
        memory.put_handle("ana", "upload-3", kind="upload", image_vector=[0.0, float("nan")])


class Greyish(Thumbnail):
    """Another model than the one before."""

    name = "another"


def test_another_model_looks_at_the_pictures_again_when_idle(
    folder: Path, clock: Clock, memory: Memory, pictures: list[Path]
) -> None:
    memory.close()
    with Memory.open(folder, clock=clock, embedder=HashEmbedder(), image_embedder=Greyish()) as again:
        assert again.similar("ana", pictures[0]) == []
        again.idle("ana")
        assert again.similar("ana", pictures[0])[0].id == "img-1"


def test_an_export_from_before_there_were_hashes_is_read(memory: Memory, pictures: list[Path], tmp_path: Path) -> None:
    pack = memory.export("ana", tmp_path / "ana.zip")
    older = tmp_path / "older.zip"
    with zipfile.ZipFile(pack) as new, zipfile.ZipFile(older, "w") as old:
        about = json.loads(new.read("schema.json"))
        about["schema"] = 1
        del about["tables"]["fingerprint"]
        old.writestr("schema.json", json.dumps(about))
        for name in new.namelist():
            if name not in ("schema.json", "journal/fingerprint.jsonl"):
                old.writestr(name, new.read(name))
    assert memory.import_("bob", older).handles == len(GROUNDS)
    assert memory.similar("bob", pictures[5])[0].id == "img-6"
