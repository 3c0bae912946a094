"""Files on disk: names, sidecars, metadata, and never writing over anything."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from limner.agent.check import faults
from limner.agent.messages import ClipMade, ImageMade, RequestError
from limner.agent.outputs import encode_clip, encode_image, name_file, without_record, write
from limner.agent.record import Record, UsedTool, pixels_hash, read_record

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
USED = UsedTool(name="Biscuit", tool="dreambooth_lora", kind="subject", scale=0.8, sha256="ab" * 32, effect=0.2)


def picture() -> Image.Image:
    return Image.linear_gradient("L").convert("RGB").resize((64, 64))


def record(image: Image.Image, **more: Any) -> Record:
    values: dict[str, Any] = {
        "kind": "image", "handle": "img-1", "user": "ana", "session": "s", "turn_id": "turn-1", "job": "j",
        "created_at": AT, "request": "Draw Bißkuit am Strand ☀", "plan": 'generate_image(prompt="x")', "step": 0,
        "owner": "ana", "spec": {"prompt": "Biscuit on the beach", "seed": 7}, "used": (USED,),
        "settings": {"num_inference_steps": 20, "guidance_scale": 5.0}, 
        "engine": {"family": "sticker", "hash": "c" * 64},
        "versions": {"limner": "0.1.0"}, "width": image.width, "height": image.height,
        "pixels_sha256": pixels_hash([image]),
    }  # fmt: skip
    return Record(**(values | more))


def test_names_have_day_user_handle_and_seed_and_are_never_taken_twice(tmp_path: Path) -> None:
    path = name_file(tmp_path, "ana", "img-1", 7, "png", AT, lambda _: False)
    assert path == tmp_path / "2026-11-23" / "ana-img-1-seed7.png"
    path.parent.mkdir()
    path.touch()
    assert name_file(tmp_path, "ana", "img-1", 7, "png", AT, lambda _: False).name == "ana-img-1-seed7-2.png"
    promised = path.with_name("ana-img-1-seed7-2.png")
    assert name_file(tmp_path, "ana", "img-1", 7, "png", AT, promised.__eq__).name == "ana-img-1-seed7-3.png"
    odd = name_file(tmp_path, "../../etc", "img-1", 7, "png", AT, lambda _: False)
    assert odd.parent == path.parent


def test_a_png_carries_infotext_and_the_whole_record(tmp_path: Path) -> None:
    image = picture()
    made = record(image)
    write(tmp_path / "a.png", encode_image(image, made), made)
    with Image.open(tmp_path / "a.png") as read:
        text = read.text  # type: ignore[attr-defined]
    assert "Biscuit on the beach <lora:Biscuit:0.8>" in text["parameters"]
    assert "Steps: 20, CFG scale: 5.0, Seed: 7, Size: 64x64, Model hash: cccccccccc" in text["parameters"]
    assert read_record(tmp_path / "a.png") == made
    assert Record.model_validate_json((tmp_path / "a.png.json").read_text()) == made


def test_the_same_picture_and_record_are_the_same_bytes() -> None:
    image = picture()
    assert encode_image(image, record(image)) == encode_image(image.copy(), record(image))
    frames = [image, image.rotate(90)]
    assert encode_clip(frames, "gif", 8) == encode_clip([one.copy() for one in frames], "gif", 8)


def test_metadata_can_be_left_out_and_is_then_only_beside(tmp_path: Path) -> None:
    image = picture()
    made = record(image)
    write(tmp_path / "a.png", encode_image(image, made, metadata=False), made)
    with Image.open(tmp_path / "a.png") as read:
        assert not read.text  # type: ignore[attr-defined]
    assert read_record(tmp_path / "a.png") == made


def test_nothing_is_written_over(tmp_path: Path) -> None:
    image = picture()
    (tmp_path / "a.png").write_bytes(b"mine")
    with pytest.raises(RequestError, match="not overwritten"):
        write(tmp_path / "a.png", b"yours", record(image))
    assert (tmp_path / "a.png").read_bytes() == b"mine"


def test_a_full_disk_says_how_much_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(RequestError, match=r"No space left.*MB free.*--out"):
        write(tmp_path / "a.png", b"x", record(picture()))
    assert [one.name for one in tmp_path.iterdir()] == []


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_clips_keep_every_frame(tmp_path: Path, suffix: str) -> None:
    frames = [picture().rotate(20 * i) for i in range(6)]
    path = tmp_path / f"clip.{suffix}"
    write(path, encode_clip(frames, suffix, 8), record(frames[0], kind="clip", frames=6))
    made = ClipMade(handle="clip-1", path=path, caption="", seed=7, frames=6, width=64, height=64)
    assert faults(made, ["Biscuit"]) == []


def test_the_check_sees_blank_missing_and_unapplied(tmp_path: Path) -> None:
    blank = Image.new("RGB", (64, 64), "black")
    made = ImageMade(handle="img-1", path=tmp_path / "a.png", caption="", seed=7, width=64, height=64)
    assert "not on disk" in faults(made, [])[0]
    write(made.path, encode_image(blank, record(blank)), record(blank))
    found = faults(made.model_copy(update={"width": 128}), ["Biscuit", "line"])
    assert [word in " ".join(found) for word in ("128x64", "blank", "without line", "without Biscuit")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_strange_files_are_explained(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "foreign.png")
    with pytest.raises(RequestError, match="made by another program"):
        read_record(tmp_path / "foreign.png")
    (tmp_path / "foreign.png.json").write_text('{"schema_version": 99}')
    with pytest.raises(RequestError, match="newer Limner"):
        read_record(tmp_path / "foreign.png")
    with pytest.raises(RequestError, match="no file"):
        read_record(tmp_path / "gone.png")


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(RequestError, match=r"cannot write .*choose another --out"):
        write(tmp_path / "out" / "2026-11-23" / "a.png", b"x", record(picture()))


def test_a_damaged_record_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(RequestError, match="damaged") as caught:
        read_record(tmp_path / "a.json")
    assert "\n" not in str(caught.value) and "kind" in str(caught.value)


def test_what_is_forgotten_is_gone_from_replays_too(tmp_path: Path) -> None:
    made = record(picture())
    for name in ("a.png", "a-replay.png", "a-replay-2.png"):
        (tmp_path / name).write_bytes(encode_image(picture(), made))
    without_record(tmp_path / "a.png")
    assert [one.name for one in tmp_path.iterdir()] == ["a.png"]
    assert b"Biscuit" not in (tmp_path / "a.png").read_bytes()


@pytest.mark.parametrize("suffix", ["gif", "webp", "mp4"])
def test_frames_that_are_alike_are_no_fault_of_a_clip(tmp_path: Path, suffix: str) -> None:
    frames = [picture(), picture(), picture().rotate(90), picture()]
    made = record(frames[0], kind="clip", frames=4, used=())
    write(tmp_path / f"a.{suffix}", encode_clip(frames, suffix, 8), made)
    clip = ClipMade(handle="clip-1", path=tmp_path / f"a.{suffix}", caption="", seed=1, frames=4, width=64, height=64)
    assert faults(clip, ()) == []
