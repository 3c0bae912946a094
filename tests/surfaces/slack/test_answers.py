"""A message comes in, its answer goes into its thread: words, file, card."""

from __future__ import annotations

import pytest

from limner.agent.plan import Answer, Plan, render_plan
from limner.agent.surfaces.slack import watching
from tests.surfaces.slack import payloads
from tests.surfaces.slack.conftest import Bench
from tests.surfaces.slack.mock_slack import BOT_USER, TEAM, Fault

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
FOX = 'generate_image(prompt="a fox in the snow")'


def test_a_mention_is_answered_in_its_thread_with_words_file_and_card(bench: Bench) -> None:
    bench.book.plans["draw a fox"] = FOX
    ts = bench.slack.said("C0TEAM", "U0ANA", f"<@{BOT_USER}> draw a fox")
    bench.say(payloads.mention("C0TEAM", "U0ANA", "draw a fox", ts))
    words, file, card = (one for one in bench.slack.thread("C0TEAM", ts)[1:] if "progress" not in str(one))
    assert words["text"].startswith("img-1: a fox in the snow") and words["streaming_state"] == "completed"
    assert file["files"][0]["name"].startswith("img-1-") and file["thread_ts"] == ts
    picture = next(one for one in card["blocks"] if one["type"] == "image")
    assert picture["slack_file"]["id"] == file["files"][0]["id"]
    assert bench.slack.called("files.completeUploadExternal")[0]["thread_ts"] == ts
    assert bench.desk.log.counts() == {"done": 1}


def test_a_mention_and_its_twin_are_one_message(bench: Bench) -> None:
    mention = payloads.mention("C0TEAM", "U0ANA", "draw a fox", "1700000100.000100")
    bench.book.plans["draw a fox"] = FOX
    bench.say(mention, payloads.twin(mention), mention)
    assert len(bench.book.asked) == 1 and len(bench.slack.called("files.completeUploadExternal")) == 1


def test_people_hear_at_once_that_they_were_heard(bench: Bench) -> None:
    bench.say(payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100"))
    statuses = bench.slack.called("assistant.threads.setStatus")
    assert statuses and statuses[0]["thread_ts"] == "1700000100.000100"


def test_the_status_is_renewed_and_progress_edited_in_place(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert watching.STATUS_EVERY_S < 120 / 1.5, "Slack drops a status after two minutes"
    for name, value in {"STATUS_EVERY_S": 0.3, "EDIT_EVERY_S": 0.2, "WORTH_TELLING_S": 0.1}.items():
        monkeypatch.setattr(f"limner.agent.surfaces.slack.watching.{name}", value)
    bench.painter.steps, bench.painter.step_s = 60, 0.01
    bench.book.plans["draw many"] = 'generate_image(prompt="a fox", count=4)'
    bench.say(payloads.message("D0ANA", "U0ANA", "draw many", "1700000100.000100"))
    assert len(bench.slack.called("assistant.threads.setStatus")) >= 3
    edits = [one for one in bench.slack.called("chat.update") if "▰" in one["text"]]
    assert edits and len({one["ts"] for one in edits}) == 1
    assert [part for _, part in bench.slack.parts("D0ANA")].count("progress") == 1
    assert "Done after" in bench.part("D0ANA", "progress")["text"]


def test_the_side_panels_thread_is_titled_with_the_first_words(bench: Bench) -> None:
    bench.say(payloads.message("D0ANA", "U0ANA", "hello there", "1700000100.000100"))
    bench.say(payloads.message("D0ANA", "U0ANA", "and again", "1700000101.000100", thread="1700000100.000100"))
    assert [one["title"] for one in bench.slack.called("assistant.threads.setTitle")] == ["hello there"]


def test_where_streaming_is_not_allowed_the_words_come_as_a_message(bench: Bench) -> None:
    bench.slack.streams_allowed = False
    bench.say(payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100"))
    (words,) = bench.slack.thread("D0ANA", "1700000100.000100")
    assert words["text"] == "Hello there." and "streaming_state" not in words


def test_a_stream_slack_has_closed_is_finished_by_an_edit(bench: Bench) -> None:
    bench.slack.fail("chat.stopStream", Fault(error="message_not_in_streaming_state"))
    bench.say(payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100"))
    (words,) = bench.slack.thread("D0ANA", "1700000100.000100")
    assert words["text"] == "Hello there." and words["metadata"]["event_payload"]["part"] == "text"


def test_in_a_thread_those_who_speak_with_limner_need_no_mention_and_others_do(bench: Bench) -> None:
    bench.say(payloads.mention("C0TEAM", "U0ANA", "hello", "1700000100.000100"))
    thread = "1700000100.000100"
    bench.say(payloads.message("C0TEAM", "U0BOB", "nice one", "1700000101.000100", thread=thread))
    bench.say(payloads.message("C0TEAM", "U0ANA", "<@U0BOB> look at this", "1700000102.000100", thread=thread))
    assert bench.book.asked == ["hello"]
    bench.say(payloads.message("C0TEAM", "U0ANA", "and again", "1700000103.000100", thread=thread))
    assert bench.book.asked == ["hello", "and again"]


def test_edits_joins_and_bots_are_not_answered(bench: Bench) -> None:
    ts = "1700000100.000100"
    bench.say(
        payloads.message("D0ANA", "U0ANA", "x", ts, subtype="message_changed"),
        payloads.message("D0ANA", "U0ANA", "x", "1700000101.000100", subtype="channel_join"),
        payloads.message("D0ANA", BOT_USER, "x", "1700000102.000100"),
        payloads.message("D0ANA", "U0ANA", "x", "1700000103.000100", bot_id="B0OTHER"),
    )
    assert bench.book.asked == [] and bench.slack.messages == {}


def test_an_event_of_another_workspace_is_refused(bench: Bench) -> None:
    stranger = payloads.mention("C0TEAM", "U0ANA", "draw a fox", "1700000100.000100") | {"team_id": "T0OTHER"}
    bench.say(stranger)
    assert bench.book.asked == [] and bench.slack.messages == {}


def test_what_people_write_pings_nobody_and_links_nowhere(bench: Bench) -> None:
    text = "hi <!channel> <@U0BOB> [win](http://evil.example/x) & more"
    bench.book.plans["hello"] = render_plan(Plan(steps=(Answer(text=text),)))
    bench.say(payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100"))
    (words,) = bench.slack.thread("D0ANA", "1700000100.000100")
    assert "<!" not in words["text"] and "<@" not in words["text"] and "](" not in words["text"]


def test_the_side_panel_offers_something_to_say(bench: Bench) -> None:
    bench.say(payloads.panel_opened("U0ANA", "D0ANA", "1700000100.000100"))
    (offered,) = bench.slack.called("assistant.threads.setSuggestedPrompts")
    assert len(offered["prompts"]) == 4 and offered["thread_ts"] == "1700000100.000100"


def test_a_question_is_put_in_the_thread_and_answered_there(bench: Bench) -> None:
    bench.book.plans["pick"] = 'ask_user(question="Which one?")'
    bench.say(payloads.message("D0ANA", "U0ANA", "pick", "1700000120.000100"))
    assert bench.slack.thread("D0ANA", "1700000120.000100")[-1]["text"] == "Which one?"
    bench.say(payloads.message("D0ANA", "U0ANA", "the red one", "1700000121.000100", thread="1700000120.000100"))
    assert bench.book.asked == ["pick", "the red one"]


def test_sessions_are_threads_and_people_are_named_with_their_workspace(bench: Bench) -> None:
    bench.say(payloads.mention("C0TEAM", "U0ANA", "hello", "1700000100.000100"))
    (job,) = bench.desk.jobs(f"slack:{TEAM}:U0ANA")
    assert job.session == f"slack:{TEAM}:C0TEAM:1700000100.000100"
