"""People's photos arrive upright and clean, or with a message that says what to do."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from PIL import Image

from limner.tools.base import ToolError
from limner.tools.photos import open_photo, open_photos, shifted, squared


def test_a_turned_photo_is_upright_and_its_place_is_gone(tmp_path: Path) -> None:
    turned = Image.new("RGB", (60, 30), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    turned.save(tmp_path / "turned.jpg", exif=exif)
    photo = open_photo(tmp_path / "turned.jpg")
    assert photo.size == (30, 60)
    assert not photo.getexif() and not photo.info


def test_a_see_through_ground_becomes_white(tmp_path: Path) -> None:
    Image.new("RGBA", (32, 32), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert open_photo(tmp_path / "clear.png").getpixel((5, 5)) == (255, 255, 255)


def test_a_huge_photo_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    # 100 megapixels in a few kilobytes: only the header is true.
    import struct

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0))
    (tmp_path / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(ToolError, match="100 megapixels; make it smaller than 64"):
        open_photo(tmp_path / "huge.png")


def test_what_is_no_photo_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.png").write_text("hello")
    with pytest.raises(ToolError, match=r"note\.png is not a picture I can read"):
        open_photo(tmp_path / "note.png")
    Image.effect_noise((64, 64), 50).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:500])
    with pytest.raises(ToolError, match=r"cut\.png is damaged"):
        open_photo(tmp_path / "cut.png")
    with pytest.raises(ToolError, match="does not exist"):
        open_photo(tmp_path / "nowhere.png")
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(ToolError, match="is animated; send a still picture"):
        open_photo(tmp_path / "moving.gif")
    Image.new("RGB", (8, 8)).save(tmp_path / "dot.png")
    with pytest.raises(ToolError, match="only 8x8"):
        open_photo(tmp_path / "dot.png")


def test_none_one_copies_and_too_many_photos_are_told(photos: list[Path]) -> None:
    with pytest.raises(ToolError, match="attach photos: three to five"):
        open_photos([], "Rex")
    with pytest.raises(ToolError, match="one photo is not enough to learn 'Rex'; attach at least 2"):
        open_photos(photos[:1], "Rex")
    with pytest.raises(ToolError, match=r"the others are copies of it"):
        open_photos([photos[0], photos[0]], "Rex")
    with pytest.raises(ToolError, match="choose the best 40"):
        open_photos(photos * 70, "Rex")
    assert len(open_photos(photos, "Rex")) == 3


def test_squaring_keeps_the_whole_photo_and_continues_its_edges() -> None:
    wide = Image.new("RGB", (100, 50), "blue")
    square = squared(wide, 64)
    assert square.size == (64, 64)
    assert {square.getpixel((x, y)) for x in (0, 63) for y in (0, 63)} == {(0, 0, 255)}
    moved = shifted(Image.new("RGB", (10, 10), "red"), 20, 5, 5)
    assert moved.getpixel((0, 0)) == (255, 0, 0)
