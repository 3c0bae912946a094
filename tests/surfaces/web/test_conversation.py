"""Whole conversations in a real browser, on the fake family and the embedded planner."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.web.conftest import BISCUIT, FOX, INTRODUCED, Person, Window, until

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_a_conversation_from_photos_to_a_clip_and_back(window: Window, photos: list[Path]) -> None:
    window.open("/new")
    window.sees("Who shall we paint?")
    window.say("This is my dog Biscuit, remember him", *photos)
    window.done()
    assert len(window.all(".asked .photos img")) == 3
    window.sees("I know Biscuit (a dog) now")

    window.say("Draw Biscuit on the beach in the flat style")
    window.find("[data-picture=img-1] img")
    window.done()
    assert loaded(window, "[data-picture=img-1] img")
    assert "Biscuit on the beach" in window.find("[data-picture=img-1] img").get_attribute("alt")

    window.press("[data-rate=up][data-handle=img-1]")
    until(lambda: window.find("[data-rate=up][data-handle=img-1]").get_attribute("aria-pressed") == "true")
    window.press("[data-press=vary][data-handle=img-1]")
    window.find("[data-picture=img-2]")
    window.done()

    window.press("[data-why=img-2]")
    sheet = window.find("#sheet[open]")
    for words in ("generate_image(", "Seed", "Biscuit, subject by dreambooth_lora", "Vary img-1", "effect 1.000"):
        until(lambda: words in sheet.text, words)  # noqa: B023 (asked at once)
    window.press("#sheet [data-close]")

    window.press("[data-undo]")
    window.press("[data-yes]")
    window.sees("Receipt")
    assert not window.all("[data-picture=img-2]")
    assert window.all("[data-picture=img-1] [data-rate=up][aria-pressed=true]")


def test_the_keyboard_alone_animates_a_picture(window: Window, ana: Person) -> None:
    from selenium.webdriver import ActionChains, Keys

    ana.made(FOX)
    window.open("/chat/monday")
    button = window.find("[data-motions][data-handle=img-1]")
    button.send_keys(Keys.ENTER)
    ActionChains(window.chrome).send_keys(Keys.ARROW_DOWN, Keys.ESCAPE).perform()
    assert not window.all(".menu")
    assert window.js("document.activeElement.dataset.handle") == "img-1"
    button.send_keys(Keys.ENTER)
    ActionChains(window.chrome).send_keys(Keys.ARROW_DOWN, Keys.ENTER).perform()
    window.find("[data-picture=clip-1] img")
    window.done()
    window.sees("Animate img-1: hop")


def test_the_first_reaction_is_there_within_300_ms(window: Window) -> None:
    window.open("/new")
    window.find("[data-words]").send_keys("a fox in the snow")
    waited = window.chrome.execute_async_script(
        """const done = arguments[0], before = performance.now();
        new MutationObserver(() => document.querySelector(".turn.busy") &&
          requestAnimationFrame(() => done(performance.now() - before)))
          .observe(document.querySelector("[data-talk]"), { childList: true });
        document.querySelector("[data-composer]").requestSubmit();"""
    )
    assert waited < 300
    window.done()


def test_a_reload_in_the_middle_of_a_render_goes_on_showing_it(mias: Window, mia: Person) -> None:
    mia.begins_hundreds()
    mias.open("/chat/monday")
    mias.find("[data-picture=img-2]")
    mias.chrome.refresh()
    mias.find(".turn.busy [data-picture]")
    shown = mias.made()[-1]
    until(lambda: mias.made()[-1] > shown, "more pictures")
    until(lambda: mias.find("[data-left]").text.endswith(" left"), "how long it will take")
    mias.press("[data-cancel]")
    mias.done()
    made = mias.made()
    assert made == list(range(1, len(made) + 1))
    mias.chrome.refresh()
    assert mias.made() == made


def test_a_render_that_is_stopped_keeps_what_was_finished(mias: Window, mia: Person) -> None:
    mia.begins_hundreds()
    mias.open("/chat/monday")
    mias.say("a panda on the beach")
    mias.find(".turn:last-child [data-cancel]")
    mias.press(".turn:last-child [data-cancel]")
    until(lambda: len(mias.all(".turn.busy")) == 1, "the panda to be dropped")
    mias.find("[data-picture]")
    mias.press("[data-cancel]")
    mias.done()
    assert 1 <= len(mias.made()) < 900
    assert "panda" not in mia.page("/gallery")


def test_another_browser_finds_every_picture(window: Window, ana: Person) -> None:
    ana.made(FOX, session="tuesday")
    window.open("/")
    window.find("[data-picture=img-1]")
    window.open("/pictures/img-1")
    assert loaded(window, ".easel img")


@pytest.mark.slow
def test_a_question_is_answered_by_pressing_a_choice(window: Window, ana: Person, photos: list[Path]) -> None:
    for name in ("Biscuit", "Rex"):
        ana.made(BISCUIT.replace("Biscuit", name), INTRODUCED.replace("Biscuit", name), photos=photos)
    window.open("/new")
    window.say("draw my dog on a boat")
    window.done()
    assert [one.text for one in window.all("[data-say]")] == ["Biscuit", "Rex"]
    window.press("[data-say=Rex]")
    window.find("[data-picture=img-1]")
    window.done()
    window.sees("Rex on a boat")
    assert not window.all("[data-say]")


def loaded(window: Window, selector: str) -> bool:
    return bool(until(lambda: window.js("document.querySelector(arguments[0])?.naturalWidth", selector), selector))
