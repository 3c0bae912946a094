"""Custom emoji: 128x128, PNG or GIF, under 128 KB, whatever the picture."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from limner.agent.messages import RequestError
from limner.agent.surfaces.slack.emoji import MOST_BYTES, MOST_FRAMES, emoji


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))


@pytest.mark.parametrize("size", [(512, 512), (64, 64), (300, 200), (16, 900)])
def test_a_picture_becomes_a_png(tmp_path: Path, size: tuple[int, int]) -> None:
    noise(*size).save(tmp_path / "a.png")
    data, suffix = emoji(tmp_path / "a.png")
    assert suffix == "png" and len(data) < MOST_BYTES
    assert Image.open(io.BytesIO(data)).size == (128, 128)


def test_what_is_see_through_stays_so(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    picture.paste((200, 50, 50, 255), (64, 64, 192, 192))
    picture.save(tmp_path / "a.png")
    data, _ = emoji(tmp_path / "a.png")
    assert Image.open(io.BytesIO(data)).convert("RGBA").getpixel((2, 2))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("frames", [2, 16, pytest.param(80, marks=pytest.mark.slow)])
def test_a_clip_becomes_a_gif_that_still_moves(tmp_path: Path, frames: int) -> None:
    shots = [noise(128, 128) for _ in range(frames)]
    shots[0].save(tmp_path / "a.gif", save_all=True, append_images=shots[1:], duration=80, loop=0)
    data, suffix = emoji(tmp_path / "a.gif")
    made = Image.open(io.BytesIO(data))
    assert suffix == "gif" and len(data) < MOST_BYTES and made.size == (128, 128)
    assert 2 <= made.n_frames <= MOST_FRAMES  # type: ignore[attr-defined]


def test_a_film_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    with pytest.raises(RequestError, match="set clip_format to gif"):
        emoji(tmp_path / "a.mp4")
