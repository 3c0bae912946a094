"""Long conversations: thousands of turns and pictures stay reachable, and a page holds only so much of them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from limner.agent.jobs.values import MOST_SHOWN
from limner.agent.messages import ImageMade
from limner.agent.surfaces.web.entries import A_WINDOW
from tests.surfaces.web.conftest import FOX, WAIT_S, Person, Server, Window, until

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
SAID, MADE = A_WINDOW + 7, MOST_SHOWN + 6


@pytest.fixture(scope="module")
def old(served: Server) -> Iterator[Person]:
    """Somebody who drew a fox, then talked for long, then had many pictures drawn at once."""
    person = Person(served, f"Oda {uuid4().hex[:8]}")
    person.made(FOX)
    for number in range(SAID):
        person.made(f'reply(text="Answer {number}.")', f"Question {number}")
    person.made(FOX.replace(")", f", count={MADE})"), "very many foxes")
    yield person
    person.http.close()


def test_a_conversation_is_shown_from_its_end_and_leads_back_to_its_beginning(old: Person) -> None:
    page, seen = old.page("/chat/monday"), list[str]()
    for _ in range(2):
        assert page.count("data-turn=") <= A_WINDOW
        seen = [words(one) for one in page.split("data-turn=")[1:]] + seen
        earlier = page.partition("upto=")[2].partition('"')[0]
        page = old.page(f"/chat/monday?upto={earlier}") if earlier else page
    assert seen == [FOX, *(f"Question {number}" for number in range(SAID)), "very many foxes"]
    assert not earlier


def test_scrolling_up_brings_what_came_before(served: Server, chrome: object, old: Person) -> None:
    window = Window(chrome, served, old.name)  # type: ignore[arg-type]
    window.open("/chat/monday")
    assert "Question 6" not in window.text.splitlines()
    window.chrome.execute_script("window.scrollTo(0, 0)")
    window.sees("Question 0")
    until(lambda: len(window.all(".turn")) == SAID + 2, "all turns")
    assert not window.all("a[data-earlier]")
    assert window.js("window.scrollY") > 300, "what one was reading stays on the screen"


def test_a_picture_leads_to_its_place_however_long_ago(served: Server, chrome: object, old: Person) -> None:
    window = Window(chrome, served, old.name)  # type: ignore[arg-type]
    window.open("/pictures/img-1")
    window.press("a[href*='at=img-1']")
    window.find("[data-picture=img-1]")
    assert window.find(".past a").get_attribute("href").endswith("/chat/monday")
    window.open("/chat/monday?at=img-3")
    assert not window.all(".past"), "it is in the last stretch"


def test_a_turn_with_many_pictures_shows_the_last_and_counts_the_others(old: Person) -> None:
    page = old.page("/chat/monday")
    shown = [one.partition('"')[0] for one in page.split('data-picture="')[1:]]
    assert shown == [f"img-{number}" for number in range(MADE - MOST_SHOWN + 2, MADE + 2)]
    assert f"<span data-count>{MADE - MOST_SHOWN}</span> earlier" in page
    assert "forgotten" not in page
    link = page.rpartition('href="/gallery?turn=')[2].partition('"')[0]
    assert f"{MADE} pieces" in old.page(f"/gallery?turn={link}")


@pytest.mark.slow
def test_who_comes_late_to_a_long_render_is_shown_its_end(mias: Window, mia: Person) -> None:
    mia.begins_hundreds()
    (job,) = mias.server.desk.jobs(mia.name)
    until(lambda: made(mias, mia, job.id) > MADE, "many pictures")
    mias.open("/chat/monday")
    mias.find("[data-picture]")
    mias.press("[data-cancel]")
    mias.done()
    assert len(mias.all("[data-picture]")) == MOST_SHOWN
    assert mias.made() == list(range(1, mias.made()[-1] + 1))
    mia.server.desk.wait(mia.name, job.id, WAIT_S)


@pytest.mark.slow
def test_a_page_that_is_open_all_the_time_holds_only_the_last_pictures(mias: Window, mia: Person) -> None:
    mias.open("/chat/monday")
    mia.begins_hundreds()
    mias.chrome.refresh()
    until(lambda: mias.find("[data-left-out]").is_displayed(), "more pictures than are shown")
    assert len(mias.all("[data-picture]")) <= MOST_SHOWN + 1
    mias.press("[data-cancel]")
    mias.done()


def made(window: Window, person: Person, job: str) -> int:
    return sum(isinstance(one, ImageMade) for _, one in window.server.desk.events(person.name, job))


def words(turn: str) -> str:
    return turn.partition('<p class="words">')[2].partition("</p>")[0].replace("&#34;", '"')
