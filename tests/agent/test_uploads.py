"""What may be attached, and what is said about what may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from limner.agent.messages import Attachment, RequestError
from limner.agent.uploads import describe, take_in


def send(path: Path, folder: Path) -> Path:
    return take_in(Attachment(path=path), folder).path


def test_a_photo_is_turned_upright_and_loses_exif_and_gps(tmp_path: Path) -> None:
    photo = Image.new("RGB", (60, 40), "red")
    ImageDraw.Draw(photo).rectangle((0, 0, 29, 39), fill="blue")
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # GPS latitude
    photo.save(tmp_path / "a.jpg", exif=exif)
    with Image.open(send(tmp_path / "a.jpg", tmp_path / "kept")) as kept:
        assert kept.size == (40, 60)
        assert not kept.getexif()
        assert "exif" not in kept.info
        top = kept.convert("RGB").getpixel((20, 5))
    assert isinstance(top, tuple) and top[2] > 200


def test_the_same_file_twice_is_kept_once(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    assert send(tmp_path / "a.png", tmp_path / "kept") == send(tmp_path / "a.png", tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_an_animation_is_kept_as_a_clip(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), (i * 40, 0, 0)) for i in range(5)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=90)
    upload = take_in(Attachment(path=tmp_path / "a.gif"), tmp_path / "kept")
    assert upload.kind == "clip"
    with Image.open(upload.path) as kept:
        assert getattr(kept, "n_frames", 1) == 5


def test_a_huge_animation_is_kept_small_and_an_endless_one_refused(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (2000, 1000), (i * 90, 0, 0)) for i in range(3)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with Image.open(send(tmp_path / "a.gif", tmp_path / "kept")) as kept:
        assert kept.size == (512, 256) and getattr(kept, "n_frames", 1) == 3
    frames = [Image.new("1", (7000, 7000), i % 2) for i in range(5)]
    frames[0].save(tmp_path / "b.tiff", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    with pytest.raises(RequestError, match="too long"):
        send(tmp_path / "b.tiff", tmp_path / "kept")


def test_sizes_and_modes_may_be_mixed(tmp_path: Path) -> None:
    for mode, size in (("L", (30, 80)), ("RGBA", (64, 64)), ("P", (20, 20)), ("CMYK", (50, 50))):
        file = tmp_path / f"{mode}.{'jpg' if mode == 'CMYK' else 'png'}"
        Image.new(mode, size).save(file)
        with Image.open(send(file, tmp_path / "kept")) as kept:
            assert kept.size == size and kept.mode in ("RGB", "RGBA")


def test_a_hundred_megapixels_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    Image.new("1", (10_000, 10_000)).save(tmp_path / "big.png")
    with pytest.raises(RequestError, match=r"100 megapixels.*50 or less"):
        send(tmp_path / "big.png", tmp_path / "kept")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.png", None, "check the path"),
        ("empty.png", b"", "copy it again"),
        ("text.png", b"hello", "cannot be read as a picture"),
        ("page.svg", b"<svg onload='alert(1)'/>", "cannot be read as a picture"),
        ("walk.mp4", b"\0" * 100, "cannot be read as a video"),
    ],
)
def test_what_is_no_picture_is_explained(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RequestError, match=said):
        send(tmp_path / name, tmp_path / "kept")


def test_a_photo_cut_off_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    Image.effect_noise((200, 200), 50).save(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:5000])
    with pytest.raises(RequestError, match=r"save it as PNG or JPEG"):
        send(tmp_path / "a.png", tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_folder_and_a_dot_are_no_photos(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "dot.png")
    with pytest.raises(RequestError, match=r"at least 16x16"):
        send(tmp_path / "dot.png", tmp_path / "kept")
    with pytest.raises(RequestError, match=r"is a folder"):
        send(tmp_path, tmp_path / "kept")


def test_the_planner_is_told_how_many_of_what() -> None:
    assert describe(["image", "image", "clip"]) == "2 images, 1 clip"
    assert describe([]) == ""


def test_a_copy_that_cannot_be_written_says_where_room_is_needed(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    (tmp_path / "kept").write_text("a file where the folder should be")
    with pytest.raises(RequestError, match=r"cannot write .*make room"):
        send(tmp_path / "a.png", tmp_path / "kept" / "ana")
