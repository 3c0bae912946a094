"""Gallery, picture, library and memory; what every page promises about keyboards, narrow screens and the network."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.log import JobLog
from limner.agent.jobs.supervisor import Supervisor
from limner.agent.settings import Settings
from limner.agent.surfaces.http.app import create_app
from limner.tools import Library
from limner.tools.library import REFERENCE, WEIGHTS
from tests.surfaces.web.conftest import BEACH, BISCUIT, FOX, INTRODUCED, WAIT_S, Person, Server, Window, until

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def told(served: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody with a subject, a liked picture, another one and a clip; the tests only look at them."""
    person = Person(served, f"Ina {uuid4().hex[:8]}")
    folder = tmp_path_factory.mktemp("photos")
    photos = [folder / f"photo-{ground}.png" for ground in ("white", "lightblue", "green")]
    for photo in photos:
        Image.new("RGB", (96, 96), photo.stem.removeprefix("photo-")).save(photo)
    person.made(BISCUIT, INTRODUCED, photos=photos)
    person.made(BEACH)
    person.made(FOX)
    job = person.http.post(
        "/web/press", data={"press": "animate", "handle": "img-2", "motion": "hop", "session": "monday"}
    )
    served.desk.wait(person.name, job.json()["job"], WAIT_S)
    # Last: what is liked colours what is drawn afterwards.
    person.http.post("/web/rate", data={"handle": "img-1", "liked": "up"})
    yield person
    person.http.close()


@pytest.fixture
def shown(chrome: Chrome, served: Server, told: Person) -> Window:
    """Their browser."""
    return Window(chrome, served, told.name)


def test_the_gallery_is_filtered_and_a_picture_knows_its_kin(shown: Window) -> None:
    shown.open("/gallery")
    assert handles(shown) == {"img-1", "img-2", "clip-1", "upload-1", "upload-2", "upload-3"}
    for query, wanted in {
        "liked=yes": {"img-1"},
        "subject=Biscuit": {"img-1"},
        "style=flat": {"img-1"},
        "motion=hop": {"clip-1"},
        "text=fox&kind=image": {"img-2"},
        "when=today&kind=clip": {"clip-1"},
        "when=last+year": set(),
    }.items():
        shown.open(f"/gallery?{query}")
        assert handles(shown) == wanted, query
    shown.open("/gallery?when=whenever")
    shown.sees("names no time")

    shown.open("/pictures/img-2")
    assert [one.text for one in shown.all(".line-up .handle")] == ["clip-1"]
    shown.press("a[href^='/new?draft=img-2']")
    assert shown.find("[data-words]").get_attribute("value") == "img-2 "


def test_a_download_carries_its_record_or_nothing(told: Person) -> None:
    whole = told.http.get("/files/img-1?download=yes")
    bare = told.http.get("/files/img-1?download=yes&metadata=no")
    assert 'filename="img-1.png"' in whole.headers["content-disposition"]
    with Image.open(io.BytesIO(whole.content)) as one, Image.open(io.BytesIO(bare.content)) as other:
        assert "Biscuit" in one.text["parameters"]  # type: ignore[attr-defined]
        assert not other.info
        assert one.tobytes() == other.tobytes()


def test_the_library_shows_exports_and_forgets(window: Window, ana: Person, photos: list[Path]) -> None:
    ana.made(BISCUIT, INTRODUCED, photos=photos)
    ana.made(BEACH)
    ana.made(FOX)
    window.open("/library")
    card = window.find("[id='@biscuit']")
    assert "<biscuit> dog" in card.text
    assert "dreambooth_lora" in card.text
    with zipfile.ZipFile(io.BytesIO(ana.http.get("/export/subject/Biscuit").content)) as exported:
        assert "card.json" in exported.namelist()
    window.press("[data-forget='@biscuit']")
    window.press("[data-also] input")
    window.press("[data-yes]")
    window.sees("Receipt")
    assert not window.all("[id='@biscuit']")
    assert ana.http.get("/files/img-1").status_code == 404
    assert ana.http.get("/files/img-2").status_code == 200


def test_the_library_says_who_is_only_known_by_reference_yet(ana: Person, tmp_path: Path) -> None:
    library = Library(ana.server.desk.settings.data / "library")
    grounds = [Image.new("RGB", (64, 64), ground) for ground in ("white", "lightblue", "green")]
    with library.staging() as staged:
        (staged / WEIGHTS).write_bytes(b"seen")
        met = library.add(
            staged,
            owner=ana.name,
            kind="subject",
            name="Biscuit",
            tool=REFERENCE,
            family="fake",
            class_noun="dog",
            trigger="dog",
            references=grounds,
        )
    card = ana.page("/library")
    assert "a quick likeness by reference until Biscuit is learned" in card and REFERENCE not in card
    library.note(met, {"held": 0.21, "held_by_reference": 0.22}, {"tried": "dreambooth_lora"})
    card = ana.page("/library")
    assert REFERENCE in card and "Unseen photo" in card and "By reference" in card


def test_what_one_exports_another_takes_in(ana: Person, ben: Person, photos: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "wiggle.gif"
    frames = [Image.new("RGB", (64, 64), (shade, 90, 60)) for shade in range(0, 240, 30)]
    frames[0].save(film, save_all=True, append_images=frames[1:], duration=80)
    ana.made(BISCUIT, INTRODUCED, photos=photos)
    ana.made('learn_style(name="pen/ink")', "this is the pen/ink style", photos=photos)
    ana.made('learn_motion(name="wiggle")', "this is how to wiggle", photos=[film])
    library = ana.page("/library")
    for kind, name in (("subject", "Biscuit"), ("style", "pen/ink"), ("motion", "wiggle")):
        address = f"/export/{kind}/{quote(name, safe='')}"
        assert f'href="{address}"' in library
        assert ben.http.get(address).status_code == 404
        exported = ana.http.get(address)
        assert ".limner" in exported.headers["content-disposition"]
        taken = ben.http.post("/web/import", files={"file": ("it.limner", exported.content)})
        assert taken.status_code == 200, taken.text
        handle = taken.json()["handle"]
        assert f'id="{handle}"' in ben.page("/library")
        assert "Receipt" in ben.http.post("/web/forget", data={"what": handle}).json()["receipt"]
        assert f'id="{handle}"' not in ben.page("/library")


def test_a_fact_is_put_right_and_then_forgotten(window: Window, ana: Person, photos: list[Path]) -> None:
    ana.made(BISCUIT, INTRODUCED, photos=photos)
    window.open("/memory")
    window.sees("Biscuit is a dog")
    window.sees("This is my dog Biscuit, remember him")
    window.press("[data-edit]")
    field = window.find("form.edit:not([hidden]) [name=text]")
    field.clear()
    field.send_keys("Biscuit is a whippet\n")
    window.sees("Biscuit is a whippet")
    assert "Biscuit is a dog" not in window.text
    window.press("[data-forget-form] [name=what]")
    window.find("[data-forget-form] [name=what]").send_keys("everything\n")
    window.press("[data-yes]")
    window.sees("Receipt")
    window.sees("Nothing yet.")
    assert ana.http.get("/files/upload-1").status_code == 404


def test_every_page_is_whole_without_a_network_and_on_a_narrow_screen(shown: Window) -> None:
    shown.chrome.get_log("browser")  # type: ignore[no-untyped-call]
    shown.chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    )
    try:
        for path in ("/chat/monday", "/gallery", "/pictures/img-1", "/library", "/memory", "/people"):
            shown.open(path)
            shown.find("#main")
            until(lambda: shown.js("[...document.images].every(one => one.complete || one.loading === 'lazy')"))
            assert shown.js("document.documentElement.scrollWidth <= 360"), f"{path} is wider than the screen"
            loaded = shown.js("performance.getEntriesByType('resource').map(one => one.name)")
            assert all(one.startswith(("http://127.0.0.1", "blob:")) for one in loaded), loaded
            assert not shown.js("[...document.images].filter(one => !one.alt).length"), f"{path}: no alt text"
            assert shown.js(NAMELESS) == [], path
        complaints = shown.chrome.get_log("browser")  # type: ignore[no-untyped-call]
        assert [line for line in complaints if line["level"] == "SEVERE"] == []
    finally:
        shown.chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(shown: Window, scheme: str) -> None:
    """WCAG 2, AA: 4.5 to 1, large words 3 to 1."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    shown.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        for path in ("/chat/monday", "/new", "/gallery", "/pictures/img-1", "/library", "/memory", "/people"):
            shown.open(path)
            shown.find("#main")
            assert shown.js(FAINT) == [], path
    finally:
        shown.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("width", [600, 860, 1090, 1180, 1280])
def test_no_page_is_wider_than_the_window(shown: Window, width: int) -> None:
    screen = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": False}
    shown.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        for path in ("/chat/monday", "/gallery", "/pictures/img-1", "/library", "/memory"):
            shown.open(path)
            shown.find("#main")
            assert shown.js("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, path
    finally:
        shown.chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_dark_colours_follow_the_system_and_the_button(window: Window) -> None:
    window.open("/new")
    ground = "getComputedStyle(document.body).backgroundColor"
    bright = window.js(ground)
    window.chrome.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    try:
        dark = window.js(ground)
        assert dark != bright
        window.press("[data-theme-button]")
        assert window.js(ground) == bright
        window.chrome.refresh()
        assert window.js(ground) == bright
    finally:
        window.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_people_are_chosen_by_name_and_keep_to_themselves(window: Window) -> None:
    window.open("/people")
    window.find("input[name=user]").send_keys("Zoë 早\n")
    window.sees("Who shall we paint?")
    window.sees("Zoë 早")
    window.open("/gallery")
    window.sees("Nothing here yet")


def test_an_engine_that_does_not_answer_is_said_so_and_asked_again(tmp_path: Path) -> None:
    settings = Settings.load(family="fake", data=tmp_path)
    engine = Supervisor(settings, spawn=False)
    engine.problem = "the engine cannot be started: no space left"
    log = JobLog(tmp_path / "jobs.sqlite")
    with TestClient(create_app(Desk(settings, log, engine), settings), base_url="http://localhost") as page:
        answer = page.get("/gallery", headers={"Accept": "text/html"})
    log.close()
    assert answer.status_code == 503
    assert "The engine cannot be started: no space left." in answer.text
    assert 'http-equiv="refresh"' in answer.text


NAMELESS = """[...document.querySelectorAll('button, a, input:not([type=hidden]), select, textarea')]
  .filter(one => ![one.innerText, one.ariaLabel, one.title, one.labels?.[0]?.innerText, one.labels?.[0]?.ariaLabel]
    .some(name => name?.trim())
    && !one.querySelector('img[alt]') && !one.closest('[hidden], dialog:not([open])'))
  .map(one => one.outerHTML.slice(0, 120))"""

# Words that are seen, by how they stand out from the ground that is really under them.
FAINT = """(() => {
  const dot = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
  const pen = dot.getContext('2d', {willReadFrequently: true});
  const over = (colour, ground) => {
    pen.fillStyle = `rgb(${ground})`; pen.fillRect(0, 0, 1, 1);
    pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const under = (one) => {
    const path = [];
    for (let each = one; each; each = each.parentElement) path.unshift(getComputedStyle(each).backgroundColor);
    return path.reduce((ground, colour) => over(colour, ground), [255, 255, 255]);
  };
  const light = (rgb) => rgb.map(one => one / 255)
    .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, n) => sum + one * [0.2126, 0.7152, 0.0722][n], 0);
  const found = [];
  for (const one of document.querySelectorAll('body *')) {
    const words = [...one.childNodes].filter(each => each.nodeType === 3 && each.textContent.trim());
    if (!words.length || one.closest('.visually-hidden, option') || !one.checkVisibility({opacityProperty: true})) {
      continue;
    }
    const look = getComputedStyle(one), ground = under(one);
    const [a, b] = [light(over(look.color, ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size = parseFloat(look.fontSize);
    const large = size >= 24 || (size >= 18.66 && look.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${words[0].textContent.trim().slice(0, 40)}`);
  }
  return found;
})()"""


def handles(window: Window) -> set[str]:
    return {one.text for one in window.all(".wall .handle")}
