"""Two people, two conversations, and a connection that breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from limner.agent.settings import Settings
from tests.surfaces.web.conftest import FOX, Person, Server, Window, chromium, until

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_two_people_at_once_see_their_own_pictures(
    served: Server, window: Window, ana: Person, ben: Person, tmp_path: Path
) -> None:
    ana.made(FOX)
    ben.made(FOX.replace("fox", "panda"))
    with chromium(tmp_path / "ben") as other:
        bens = Window(other, served, ben.name)
        for one in (window, bens):
            one.open("/chat/monday")
            one.press("[data-press=vary][data-handle=img-1]")
        for one in (window, bens):
            one.find("[data-picture=img-2]")
            one.done()
        window.sees("a fox")
        bens.sees("a panda")
        assert "panda" not in window.text
        assert "fox" not in bens.text
    ana.made(FOX)
    assert ana.http.get("/files/img-3").status_code == 200
    assert ben.http.get("/files/img-3").status_code == 404
    assert "fox" not in ben.page("/gallery")


@pytest.fixture
def own(unhurried: Server) -> Iterator[Server]:
    """Another front of the same engine, to be stopped."""
    server = Server(unhurried.desk, Settings.load(family="fake"))
    yield server
    server.stop()


@pytest.mark.slow
def test_a_lost_connection_is_told_and_caught_up_with(own: Server, mias: Window, mia: Person) -> None:
    mias.server = own
    mia.begins_hundreds()
    mias.open("/chat/monday")
    mias.find("[data-picture=img-1]")
    own.stop()
    until(lambda: mias.find("[data-offline]").is_displayed(), "the word that the connection is lost")
    mias.press("[data-press=vary][data-handle=img-1]")
    mias.sees("Not sent.")
    shown = mias.made()[-1]

    own.start()
    until(lambda: not mias.find("[data-offline]").is_displayed(), "the connection")
    until(lambda: mias.made(".turn:first-child")[-1] > shown, "what was drawn meanwhile")
    mias.press(".trouble button")
    mias.press(".turn:first-child [data-cancel]")
    mias.done()
    mias.sees("Vary img-1")
    foxes, (varied,) = mias.made(".turn:first-child"), mias.made(".turn:last-child")
    assert foxes == list(range(1, len(foxes) + 1))
    # The picture that was being drawn when it was stopped had its handle already, and none is given twice.
    assert varied in (len(foxes) + 1, len(foxes) + 2)
    assert len(mias.all(".turn")) == 2


def test_a_request_that_is_sent_twice_is_one(ana: Person) -> None:
    first = ana.say("a fox in the snow", key="the same click")
    again = ana.say("a fox in the snow", key="the same click")
    assert first.status_code == again.status_code == 200
    assert first.json()["job"] == again.json()["job"]


def test_undo_takes_back_the_turn_that_was_seen_and_never_another(served: Server, ana: Person) -> None:
    """Pressed in a window that does not know yet what was said or undone in another one."""
    ana.made(FOX, "a fox")
    ana.made(FOX, "another fox")
    first, second = (turn.id for turn in served.desk.turns(ana.name, "monday"))
    stale = ana.http.post("/web/undo", data={"session": "monday", "turn": first})
    assert (stale.status_code, "not the last" in stale.text) == (400, True)
    assert ana.http.post("/web/undo", data={"session": "monday", "turn": second}).status_code == 200
    twice = ana.http.post("/web/undo", data={"session": "monday", "turn": second})
    assert (twice.status_code, "not the last" in twice.text) == (400, True)
    assert [turn.id for turn in served.desk.turns(ana.name, "monday")] == [first]


def test_a_browser_without_scripts_is_sent_on_to_a_page(ana: Person) -> None:
    answer = ana.http.post("/web/say", data={"session": "friday"}, files=[("files", ("", b""))])
    assert (answer.status_code, answer.json()["error"]["message"][:24]) == (400, "There is nothing to send")
    sent = ana.http.post(
        "/web/say", data={"session": "friday", "text": "a fox"}, files=[("files", ("", b""))], headers={"Accept": "*/*"}
    )
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/chat/friday#turn-")
