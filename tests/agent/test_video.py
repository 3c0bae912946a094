"""MP4: written for clips, read from what is attached."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from limner.agent import video
from limner.agent.messages import Attachment, RequestError
from limner.agent.outputs import frames_of
from limner.agent.uploads import take_in


def walk(frames: int, size: tuple[int, int] = (64, 48)) -> list[Image.Image]:
    pictures = []
    for number in range(frames):
        picture = Image.new("RGB", size, "white")
        ImageDraw.Draw(picture).rectangle((number * 3, 10, number * 3 + 12, 30), fill="red")
        pictures.append(picture)
    return pictures


def test_a_clip_is_the_same_mp4_each_time_and_shows_what_was_drawn(tmp_path: Path) -> None:
    data = video.encode(walk(16), 8)
    assert data == video.encode(walk(16), 8)
    (tmp_path / "clip.mp4").write_bytes(data)
    frames = frames_of(tmp_path / "clip.mp4")
    assert len(frames) == 16 and frames[0].size == (64, 48)
    red, white = frames[5].getpixel((20, 20)), frames[5].getpixel((60, 40))
    assert isinstance(red, tuple) and red[0] > 200 and red[1] < 60
    assert isinstance(white, tuple) and min(white) > 235


def test_an_attached_video_becomes_a_clip_of_a_size_a_family_can_use(tmp_path: Path) -> None:
    (tmp_path / "walk.MP4").write_bytes(video.encode(walk(10, (1200, 300)), 12))
    upload = take_in(Attachment(path=tmp_path / "walk.MP4"), tmp_path / "kept")
    assert upload.kind == "clip" and upload.path.suffix == ".webp"
    with Image.open(upload.path) as kept:
        assert kept.size == (512, 128) and kept.n_frames == 10  # type: ignore[attr-defined]


def test_a_video_that_is_too_long_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "long.mp4").write_bytes(video.encode(walk(1, (16, 16)) * 601, 30))
    with pytest.raises(RequestError, match="cut it to the part that matters"):
        take_in(Attachment(path=tmp_path / "long.mp4"), tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []
