"""What can be attached: large photos, too large ones, files that are something else, and names that mean mischief."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from tests.surfaces.web.conftest import BISCUIT, INTRODUCED, WAIT_S, Person, Server, Window

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def exported(served: Server, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A subject as somebody gives it away."""
    giver = Person(served, f"Gil {uuid4().hex[:8]}")
    photos = [tmp_path_factory.mktemp("gil") / f"{shade}.png" for shade in ("white", "green")]
    for photo in photos:
        Image.new("RGB", (64, 64), photo.stem).save(photo)
    giver.made(BISCUIT, INTRODUCED, photos=photos)
    return giver.http.get("/export/subject/Biscuit").content


def renamed(exported: bytes, name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(exported)) as good, zipfile.ZipFile(packed, "w") as other:
        for member in good.namelist():
            data = good.read(member)
            other.writestr(member, json.dumps(json.loads(data) | {"name": name}) if member == "card.json" else data)
    return packed.getvalue()


@pytest.mark.slow
def test_a_photo_of_30_mb_is_taken(window: Window, tmp_path: Path) -> None:
    photo = tmp_path / "holiday.bmp"
    Image.effect_noise((3200, 3200), 60).convert("RGB").save(photo)
    assert photo.stat().st_size > 30_000_000
    window.open("/new")
    window.say("remember that I like this", photo)
    window.done()
    assert window.js("document.querySelector('.asked .photos img').naturalWidth") == 3200


DROP = """const done = arguments[0];
const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
canvas.toBlob((blob) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([blob], "biscuit.png", { type: "image/png" }));
  const event = (kind) => new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
  const told = (kind) => document.body.dispatchEvent(event(kind));
  told("dragenter");
  const seen = !document.querySelector("[data-drop]").hidden;
  told("drop");
  done(seen && document.querySelector("[data-drop]").hidden);
});"""


def test_photos_are_dropped_anywhere_on_the_page(window: Window) -> None:
    window.open("/new")
    assert window.chrome.execute_async_script(DROP), "the page says that it takes them, and stops saying so"
    assert window.find("[data-tray] .item .name").text == "biscuit.png"
    window.say("what do you see?")
    window.find(".turn .asked .photos img")


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


@pytest.mark.parametrize(
    ("member", "data", "said"),
    [
        ("../../evil.png", b"x", "which no artifact does"),
        ("run.py", b"x", "which no artifact does"),
        ("reference-09.png", b"<svg onload='hit=1'/>", "not a picture"),
        ("reference-09.png", b"\0" * 60_000_000, "not a picture"),
        ("adapter.safetensors", b"other weights", "damaged"),
        ("card.json", b"{}", "not an exported artifact"),
    ],
)
def test_only_what_limner_exported_is_taken_in(
    exported: bytes, ana: Person, member: str, data: bytes, said: str
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(exported)) as good, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            if name != member:
                bad.writestr(name, good.read(name))
        bad.writestr(member, data)
    answer = ana.http.post("/web/import", files={"file": ("it.limner", packed.getvalue())})
    assert (answer.status_code, said in answer.text) == (400, True), answer.text
    assert "@biscuit" not in ana.page("/library")


@pytest.mark.parametrize("name", ["\x00", "!!!", "a" * 101, "\u202etiucsiB", "line\nbreak"])
def test_what_is_taken_in_has_a_name_that_can_be_said(exported: bytes, ana: Person, name: str) -> None:
    answer = ana.http.post("/web/import", files={"file": ("it.limner", renamed(exported, name))})
    assert (answer.status_code, "name" in answer.text) == (400, True), answer.text
    assert not ana.server.desk.named(ana.name, "subject")


def test_what_is_taken_in_takes_nobodys_handle(exported: bytes, ana: Person) -> None:
    assert ana.http.post("/web/import", files={"file": ("it.limner", exported)}).status_code == 200
    answer = ana.http.post("/web/import", files={"file": ("it.limner", renamed(exported, "Biscuit!"))})
    assert (answer.status_code, "@biscuit" in answer.text) == (400, True), answer.text
    assert [one.name for one in ana.server.desk.named(ana.name, "subject")] == ["Biscuit"]


def test_references_of_more_pixels_than_any_artifact_has_are_refused_at_once(exported: bytes, ana: Person) -> None:
    bomb, packed = io.BytesIO(), io.BytesIO()
    Image.new("L", (7900, 7900)).save(bomb, "PNG")
    with zipfile.ZipFile(io.BytesIO(exported)) as good, zipfile.ZipFile(packed, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name))
        for number in range(20, 23):
            bad.writestr(f"reference-{number}.png", bomb.getvalue())
    answer = ana.http.post("/web/import", files={"file": ("it.limner", packed.getvalue())}, timeout=WAIT_S)
    assert (answer.status_code, "7900x7900" in answer.text) == (400, True), answer.text
    assert "@biscuit" not in ana.page("/library")


def test_a_form_of_more_than_it_may_hold_is_refused_in_words(ana: Person) -> None:
    many = [("files", (f"{number}.png", b"x")) for number in range(25)]
    for answer in (
        ana.http.post("/web/say", data={"text": "a fox"}, files=many),
        ana.http.post("/web/say", data={f"field {number}": "x" for number in range(20)}, files=many[:1]),
        ana.say("a fox" * 400_000),
        ana.say("a fox " * 60_000),
        ana.say("a fox", session="s" * 201),
        ana.say("a fox", key="k" * 256),
        ana.http.post("/web/say", content=b"--", headers={"Content-Type": "multipart/form-data"}),
        ana.http.post("/web/press", data={"press": "explode", "handle": "img-1", "session": "monday"}),
    ):
        said = answer.json()["error"]["message"]
        assert answer.status_code == 400 and not said.startswith("Sorry"), said
    assert not ana.server.desk.jobs(ana.name)


def test_a_form_of_another_site_does_nothing(ana: Person) -> None:
    answer = ana.http.post("/web/forget", data={"what": "everything"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_what_is_refused_is_logged_without_what_was_sent(ana: Person, caplog: pytest.LogCaptureFixture) -> None:
    files = {"files": ("zebrafinch.png", b"<svg/>")}
    assert ana.http.post("/web/say", data={"text": "zebrafinch", "session": "s"}, files=files).status_code == 400
    assert ana.http.post("/web/rate", data={"handle": "img-1"}).status_code == 400
    assert ana.http.get("/files/img-77").status_code == 404
    assert ana.http.get("/files/..%2f..%2fzebrafinch").status_code == 404
    lines = [one.getMessage() for one in caplog.records if one.name.startswith("limner")]
    wanted = ["POST /web/say: 400", "POST /web/rate: 400", "GET /files/{handle}: 404", "GET ?: 404"]
    assert [line.removeprefix("refused ") for line in lines] == wanted
    assert "zebrafinch" not in caplog.text


def test_a_handle_is_never_a_path(ana: Person) -> None:
    for handle in ("..%2f..%2fsettings", "%2fetc%2fpasswd", "img-1%00", "img-99"):
        answer = ana.http.get(f"/files/{handle}")
        assert answer.status_code == 404, handle
        assert "passwd" not in answer.text or "no " in answer.text
