"""One server with a real engine on the fake family for all page tests, real Chromium, a new person for each test."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.log import JobLog
from limner.agent.jobs.supervisor import Supervisor
from limner.agent.messages import Request
from limner.agent.settings import Settings
from limner.tools import FakeEngine
from tests.surfaces.behind import Book, engine

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "headless",
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-dev-shm-usage",
    "force-color-profile=srgb",
    "window-size=1280,900",
)
# Whatever a page would load from elsewhere fails to resolve.
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
# Only a ceiling, for a machine that is busy with other things.
WAIT_S = 120
# The hundreds of `begins_hundreds` take longer than that, three steps each.
A_STEP_S = 0.05


BISCUIT = 'learn_subject(name="Biscuit", class_noun="dog")'
INTRODUCED = "This is my dog Biscuit, remember him"
BEACH = 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"], styles=["flat"])'
FOX = 'generate_image(prompt="a fox in the snow")'


class Server:
    """`limner serve` in this process, on a port of its own; `stop` and `start` cut the connection and mend it."""

    def __init__(self, desk: Desk, settings: Settings, access: Any = None) -> None:
        from limner.agent.surfaces.http.app import create_app

        self.desk, self.app, self.port = desk, create_app(desk, settings, access), 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        import uvicorn

        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=self.port, log_level="warning", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server.started)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    settings = Settings.load(family="fake", embedder="words", data=folder / "data", out=folder / "out", threads=1)
    with Desk.open(settings, linger_s=0.1) as desk:
        desk.ready(120)
        server = Server(desk, settings)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def unhurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose engine takes its time for a picture, for tests of what happens meanwhile."""
    folder = tmp_path_factory.mktemp("unhurried")
    settings = Settings.load(family="fake", embedder="words", data=folder / "data", out=folder / "out", threads=1)
    with (
        engine(settings, Book(), FakeEngine(step_s=A_STEP_S)),
        Desk(settings, JobLog(settings.data / "jobs.sqlite"), Supervisor(settings, spawn=False)) as desk,
    ):
        desk.engine.start()
        desk.ready(120)
        server = Server(desk, settings)
        yield server
        server.stop()


class Person:
    """Somebody at the page without a browser: sends what its forms send."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name
        self.http = httpx.Client(
            base_url=server.address, cookies={"limner_user": quote(name)}, headers={"Accept": "application/json"}
        )

    def say(self, text: str, session: str = "monday", files: tuple[Path, ...] = (), **form: str) -> httpx.Response:
        sent = [("files", (file.name, file.read_bytes())) for file in files]
        data = {"session": session, "text": text, "key": uuid4().hex, **form}
        # An empty part keeps the form multipart, as a browser sends it.
        return self.http.post("/web/say", data=data, files=sent or [("files", ("", b""))])

    def made(self, plan: str, text: str = "", session: str = "monday", photos: Sequence[Path] = ()) -> None:
        """What is there already when a test begins: this plan carried out, without a planner to think of it."""
        desk = self.server.desk
        attached = tuple(desk.upload(self.name, one.name, one.read_bytes()) for one in photos)
        wish = Request(user=self.name, session=session, text=text or plan, plan=plan, attachments=attached)
        reply = desk.wait(self.name, desk.submit(wish, surface="web").id, WAIT_S)
        assert reply.status == "done", reply.text

    def begins_hundreds(self, session: str = "monday") -> None:
        """On the unhurried server: a render that is still going on when a test looks; the test stops it."""
        many = "\n".join([FOX.replace(")", ", count=100)")] * 9)
        wish = Request(user=self.name, session=session, text="foxes, please", plan=many)
        self.server.desk.submit(wish, surface="web")

    def page(self, path: str) -> str:
        answer = self.http.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def ana(served: Server) -> Iterator[Person]:
    person = Person(served, f"Ana {uuid4().hex[:8]}")
    yield person
    person.http.close()


@pytest.fixture
def mia(unhurried: Server) -> Iterator[Person]:
    """Of the unhurried server."""
    person = Person(unhurried, f"Mia {uuid4().hex[:8]}")
    yield person
    person.http.close()


@pytest.fixture
def ben(served: Server) -> Iterator[Person]:
    person = Person(served, f"Ben {uuid4().hex[:8]}")
    yield person
    person.http.close()


class Window:
    """A browser window of one person, and what they do with it."""

    def __init__(self, chrome: Chrome, server: Server, person: str) -> None:
        self.chrome, self.server = chrome, server
        chrome.get(f"{server.address}/static/brand.svg")
        chrome.delete_all_cookies()
        chrome.add_cookie({"name": "limner_user", "value": quote(person)})

    def open(self, path: str) -> None:
        self.chrome.get(self.server.address + path)

    def find(self, selector: str) -> Any:
        """The first that is there, when it is there."""
        return until(lambda: next(iter(self.all(selector)), None), selector)

    def all(self, selector: str) -> list[Any]:
        return self.chrome.find_elements("css selector", selector)

    def press(self, selector: str) -> None:
        """Clicks it, as soon as nothing lies over it: a page grows while pictures come in."""
        until(lambda: self._pressed(selector), f"{selector} to press")

    def _pressed(self, selector: str) -> bool:
        from selenium.common.exceptions import ElementClickInterceptedException

        found = self.find(selector)
        self.chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        try:
            found.click()
        except ElementClickInterceptedException:
            return False
        return True

    def say(self, text: str, *files: Path) -> None:
        if files:
            self.find("input[type=file]").send_keys("\n".join(map(str, files)))
        self.find("[data-words]").send_keys(text + "\n")

    def sees(self, text: str) -> None:
        """Waits until the words stand on the page."""
        until(lambda: text in self.text, text)

    def done(self) -> None:
        """Waits until nothing is on its way any more."""
        until(lambda: self.all(".turn") and not self.all(".turn.busy"), "the end of the turn")

    def made(self, turn: str = ".turn") -> list[int]:
        """The numbers of its pictures, those that are only counted among them."""
        script = "[...document.querySelectorAll(`${arguments[0]} [data-picture]`)].map(one => one.dataset.picture)"
        shown = [int(handle.partition("-")[2]) for handle in self.js(script, turn)]
        left_out = int(self.js("document.querySelector(`${arguments[0]} [data-count]`)?.textContent ?? 0", turn))
        return [*range(shown[0] - left_out, shown[0]), *shown] if shown else []

    @property
    def text(self) -> str:
        return str(self.chrome.execute_script("return document.body.innerText"))

    def js(self, script: str, *arguments: Any) -> Any:
        return self.chrome.execute_script(f"return {script}", *arguments)


@contextmanager
def chromium(folder: Path, *flags: str) -> Iterator[Chrome]:
    if not (CHROMIUM and DRIVER):
        pytest.skip("page tests need chromium and chromedriver: apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    for flag in (NOWHERE, f"--user-data-dir={folder}", *flags):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield chrome
    finally:
        chrome.quit()


@pytest.fixture(scope="session")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture
def window(chrome: Chrome, served: Server, ana: Person) -> Window:
    """Ana's."""
    return Window(chrome, served, ana.name)


@pytest.fixture
def mias(chrome: Chrome, unhurried: Server, mia: Person) -> Window:
    return Window(chrome, unhurried, mia.name)


def until(ask: Callable[[], Any], what: str = "it", seconds: float = WAIT_S) -> Any:
    from selenium.common.exceptions import StaleElementReferenceException

    end = time.monotonic() + seconds
    while True:
        try:
            found = ask()
        except StaleElementReferenceException:  # the page put something new in its place meanwhile
            found = None
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.03)
