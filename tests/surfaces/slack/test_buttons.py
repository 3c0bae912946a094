"""Buttons and thumbs: each for the one whose picture, job or subject it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image

from limner.tools import Library
from limner.tools.library import WEIGHTS
from tests.surfaces.slack import payloads
from tests.surfaces.slack.conftest import Bench
from tests.surfaces.slack.mock_slack import TEAM, Fault

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
ANA, THREAD = f"slack:{TEAM}:U0ANA", "1700000100.000100"


@pytest.fixture
def drawn(bench: Bench) -> Bench:
    """Ana has img-1 in a channel."""
    bench.book.plans["draw a fox"] = 'generate_image(prompt="a fox in the snow")'
    bench.say(payloads.mention("C0TEAM", "U0ANA", "draw a fox", THREAD))
    return bench


def test_vary_draws_the_same_scene_with_another_seed(drawn: Bench) -> None:
    drawn.say(payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_vary"))
    first, second = drawn.desk.why(ANA, "img-1"), drawn.desk.why(ANA, "img-2")
    assert (first.prompt, first.seed) != (second.prompt, second.seed) and first.prompt == second.prompt
    assert drawn.card("C0TEAM", "img-2")["thread_ts"] == THREAD


def test_a_press_where_the_bot_may_no_longer_speak_is_answered_in_private(
    drawn: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    drawn.slack.fail("chat.postEphemeral", Fault(error="not_in_channel"), Fault(error="not_in_channel"))
    drawn.say(payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_rate", option=0))
    (told,) = drawn.slack.messages["D0ANA"]
    assert "<#C0TEAM>" in told["text"] and "you like img-1" in told["text"]
    drawn.slack.fail("chat.postMessage", Fault(error="cannot_dm_bot"))
    drawn.say(payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_rate", option=1))
    assert "U0ANA cannot be told" in caplog.text and "cannot_dm_bot" in caplog.text


def test_the_same_press_sent_twice_is_one_press(drawn: Bench) -> None:
    press = payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_vary")
    drawn.say(press, press)
    drawn.restart()
    drawn.say(press)
    assert {one.handle for one in drawn.desk.images(ANA)} == {"img-1", "img-2"}


def test_animate_takes_a_motion_from_the_menu(drawn: Bench) -> None:
    card = drawn.card("C0TEAM")
    drawn.say(payloads.press("U0ANA", "C0TEAM", card, "limner_animate", option=0))
    clip = drawn.desk.why(ANA, "clip-1")
    assert clip.parents == ("img-1",) and clip.kind == "clip"
    assert drawn.card("C0TEAM", "clip-1")["blocks"][0]["type"] == "image"  # GIFs are shown


def test_a_menu_names_ones_own_motions_and_nobody_elses(drawn: Bench) -> None:
    library = Library(drawn.desk.settings.data / "library")
    with library.staging() as staged:
        (staged / WEIGHTS).write_bytes(b"learned")
        library.add(staged, owner=ANA, kind="motion", name="our secret wiggle", tool="motion_lora", family="fake")
    drawn.restart()
    assert "our secret wiggle" in drawn.clerk.motions(ANA)
    assert "our secret wiggle" not in drawn.clerk.motions(f"slack:{TEAM}:U0BOB")


@pytest.mark.parametrize(("option", "liked"), [(0, True), (1, False)])
def test_thumbs_are_feedback(drawn: Bench, option: int, liked: bool) -> None:
    drawn.say(payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_rate", option=option))
    assert drawn.desk.picture(ANA, "img-1").liked is liked


def test_a_stranger_presses_in_vain(drawn: Bench) -> None:
    card = drawn.card("C0TEAM")
    for action in ("limner_vary", "limner_animate", "limner_rate", "limner_emoji", "limner_forget"):
        drawn.say(payloads.press("U0BOB", "C0TEAM", card, action, option=1))
    told = drawn.whispers()
    assert len(told) == 5 and all(one["user"] == "U0BOB" and "<@U0ANA>" in one["text"] for one in told)
    assert [one.handle for one in drawn.desk.images(ANA)] == ["img-1"]
    assert drawn.desk.picture(ANA, "img-1").liked is None and drawn.desk.images(f"slack:{TEAM}:U0BOB") == []


def test_a_button_of_another_job_does_not_reach_ones_own_pictures(drawn: Bench) -> None:
    forged = drawn.card("C0TEAM")
    for block in forged["blocks"]:
        for one in block.get("elements", ()):
            if "value" in one:
                one["value"] = one["value"].replace("img-1", "img-99")
    drawn.say(payloads.press("U0ANA", "C0TEAM", forged, "limner_forget"))
    assert "no longer there" in drawn.whispers()[0]["text"]


def test_buttons_outlive_the_job_log(drawn: Bench) -> None:
    (job,) = drawn.desk.jobs(ANA)
    drawn.desk.log.sweep(job.created + timedelta(days=60))
    assert drawn.desk.log.get(job.id) is None
    drawn.say(payloads.press("U0BOB", "C0TEAM", drawn.card("C0TEAM"), "limner_forget"))
    drawn.say(payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_vary"))
    assert "<@U0ANA>" in drawn.whispers()[0]["text"]
    assert {one.handle for one in drawn.desk.images(ANA)} == {"img-1", "img-2"}


def test_forget_erases_the_picture_here_and_in_memory(drawn: Bench) -> None:
    file = drawn.slack.called("files.completeUploadExternal")[0]
    drawn.say(payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_forget"))
    assert drawn.desk.images(ANA) == [] and drawn.slack.files == {}, file
    assert all(part != "card img-1" for _, part in drawn.slack.parts("C0TEAM"))
    assert "Receipt" in drawn.whispers()[0]["text"]


def test_forgetting_in_words_takes_the_picture_off_slack_too(drawn: Bench) -> None:
    drawn.book.plans["forget img-1"] = 'forget(what="img-1")'
    drawn.say(payloads.mention("C0TEAM", "U0ANA", "forget img-1", "1700000200.000100", thread=THREAD))
    assert drawn.slack.files == {} and drawn.desk.images(ANA) == []


def test_an_emoji_is_small_enough_for_slack(drawn: Bench) -> None:
    press = payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_emoji")
    again = payloads.press("U0ANA", "C0TEAM", drawn.card("C0TEAM"), "limner_emoji")
    drawn.say(press, again)
    made = [one for one in drawn.slack.files.values() if "emoji" in one["name"]]
    assert len(made) == 1 and len(made[0]["data"]) < 128_000
    assert Image.open(io.BytesIO(made[0]["data"])).size == (128, 128)


def test_stop_cancels_ones_own_job_only(bench: Bench) -> None:
    bench.painter.steps, bench.painter.step_s = 100, 0.01
    bench.book.plans["draw many"] = 'generate_image(prompt="a fox", count=50)'
    bench.send(payloads.mention("C0TEAM", "U0ANA", "draw many", THREAD))
    end = 2000
    while not any(part == "progress" for _, part in bench.slack.parts("C0TEAM")):
        end -= 1
        assert end, "no progress was told"
        bench.clerk.web.stopping.wait(0.05)
    shown = bench.part("C0TEAM", "progress")
    bench.send(payloads.press("U0BOB", "C0TEAM", shown, "limner_cancel"))
    bench.send(payloads.press("U0ANA", "C0TEAM", shown, "limner_cancel"))
    bench.settle()
    assert bench.desk.log.counts() == {"cancelled": 1}
    assert [one["user"] for one in bench.whispers()] == ["U0BOB"]
    ended = bench.part("C0TEAM", "progress")
    assert "Stopped" in ended["text"] and all(block["type"] != "actions" for block in ended["blocks"])


def test_a_thumb_under_the_picture_counts_and_a_late_one_does_not_undo_it(drawn: Bench) -> None:
    file = next(one for one in drawn.slack.messages["C0TEAM"] if one.get("files"))
    drawn.say(payloads.reaction("U0ANA", "C0TEAM", file["ts"], "+1::skin-tone-3", "1700000300.000200"))
    assert drawn.desk.picture(ANA, "img-1").liked is True
    drawn.say(payloads.reaction("U0ANA", "C0TEAM", file["ts"], "-1", "1700000299.000200"))
    drawn.say(payloads.reaction("U0BOB", "C0TEAM", file["ts"], "-1", "1700000400.000200"))
    assert drawn.desk.picture(ANA, "img-1").liked is True
    drawn.say(payloads.reaction("U0ANA", "C0TEAM", file["ts"], "+1", "1700000301.000200", added=False))
    assert drawn.desk.picture(ANA, "img-1").liked is None


def test_a_subject_learned_in_a_channel_is_lent_by_its_owner_and_taken_back(
    bench: Bench, photo: Callable[[int], bytes]
) -> None:
    files = tuple(bench.slack.host(f"{n}.png", photo(n)) for n in range(3))
    bench.book.plans |= {
        "this is Biscuit, my dog": 'learn_subject(name="Biscuit", class_noun="dog")',
        "draw Biscuit": 'generate_image(prompt="Biscuit on the beach", subjects=["Biscuit"])',
    }
    bench.say(payloads.mention("C0TEAM", "U0ANA", "this is Biscuit, my dog", THREAD, files=files))
    bench.say(payloads.press("U0ANA", "C0TEAM", bench.part("C0TEAM", "approval"), "limner_train"))
    bob = f"slack:{TEAM}:U0BOB"
    bench.say(payloads.mention("C0TEAM", "U0BOB", "draw Biscuit", "1700000200.000100"))
    assert bench.desk.images(bob) == []
    learned = next(one for one in bench.slack.messages["C0TEAM"] if "I know Biscuit" in one.get("text", ""))
    bench.say(payloads.press("U0BOB", "C0TEAM", learned, "limner_lend"))
    bench.say(payloads.mention("C0TEAM", "U0BOB", "draw Biscuit", "1700000201.000100"))
    assert bench.desk.images(bob) == []
    bench.say(payloads.press("U0ANA", "C0TEAM", learned, "limner_lend"))
    bench.say(payloads.mention("C0TEAM", "U0BOB", "draw Biscuit", "1700000202.000100"))
    assert [one.subjects for one in bench.desk.images(bob)] == [("Biscuit",)]
    bench.say(payloads.command("U0ANA", "C0TEAM", "unshare Biscuit"))
    bench.say(payloads.mention("C0TEAM", "U0BOB", "draw Biscuit", "1700000203.000100"))
    assert len(bench.desk.images(bob)) == 1
