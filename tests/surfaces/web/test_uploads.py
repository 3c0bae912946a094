"""What can be attached: large photos, too large ones, files that are something else, and names that mean mischief."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.surfaces.web.conftest import Person, Window

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.mark.slow
def test_a_photo_of_30_mb_is_taken(window: Window, tmp_path: Path) -> None:
    photo = tmp_path / "holiday.bmp"
    Image.effect_noise((3200, 3200), 60).convert("RGB").save(photo)
    assert photo.stat().st_size > 30_000_000
    window.open("/new")
    window.say("remember that I like this", photo)
    window.done()
    assert window.js("document.querySelector('.asked .photos img').naturalWidth") == 3200


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(window: Window, tmp_path: Path) -> None:
    photo = tmp_path / "huge.png"
    with photo.open("wb") as file:
        file.truncate(101_000_000)
    window.open("/new")
    window.find("input[type=file]").send_keys(str(photo))
    window.sees("huge.png has 101 MB; at most 100 MB, save it smaller")
    assert not window.all("[data-tray] .item")


def test_what_only_looks_like_a_picture_is_refused_with_its_words_kept(window: Window, tmp_path: Path) -> None:
    fake = tmp_path / "fox.png"
    fake.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>hit = 1</script></svg>')
    window.open("/new")
    window.say("this is my fox Vix", fake)
    window.sees("Not taken.")
    window.sees("fox.png is no picture I can read")
    window.sees("this is my fox Vix")
    assert window.js("window.hit") is None


def test_words_captions_and_file_names_are_never_code(window: Window, ana: Person, photos: list[Path]) -> None:
    evil = "<img src=x onerror='hit=1'>"
    named = photos[0].with_name(f"{evil.replace('/', '')}.png")
    named.write_bytes(photos[0].read_bytes())
    ana.made(f'set_preference(text="User likes {evil}")', f"I like {evil}", photos=[named])
    ana.made(f'generate_image(prompt="a fox with {evil}")', evil)
    for path in ("/chat/monday", "/gallery", "/memory", "/pictures/upload-1"):
        window.open(path)
        window.sees("onerror")
        assert window.js("window.hit") is None, path
        assert not window.all("img[src=x]"), path


def test_a_form_of_another_site_does_nothing(ana: Person) -> None:
    answer = ana.http.post("/web/forget", data={"what": "everything"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_a_handle_is_never_a_path(ana: Person) -> None:
    for handle in ("..%2f..%2fsettings", "%2fetc%2fpasswd", "img-1%00", "img-99"):
        answer = ana.http.get(f"/files/{handle}")
        assert answer.status_code == 404, handle
        assert "passwd" not in answer.text or "no " in answer.text
