"""When Slack is in the way: what was made is made once, and only what is missing is sent again."""

from __future__ import annotations

import time

import pytest

from limner.agent.jobs.job import JobState
from tests.surfaces.slack import payloads
from tests.surfaces.slack.conftest import Bench
from tests.surfaces.slack.mock_slack import TEAM, Fault

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
ANA, DM, TS = f"slack:{TEAM}:U0ANA", "D0ANA", "1700000100.000100"


@pytest.fixture
def asked(bench: Bench) -> Bench:
    bench.book.plans["draw a fox"] = 'generate_image(prompt="a fox in the snow")'
    return bench


def ask(bench: Bench) -> None:
    bench.say(payloads.message(DM, "U0ANA", "draw a fox", TS))


def once(bench: Bench) -> None:
    """One picture was drawn, and each part of it is in the thread once."""
    (job,) = bench.desk.jobs(ANA)
    parts = [part for _, part in bench.slack.parts(DM) if "progress" not in part]
    assert sorted(parts) == sorted(["text", "card img-1", f"img-1-{job.id[:12]}.png"])
    assert job.attempts == 1 and job.state is JobState.done
    assert [one.handle for one in bench.desk.images(ANA)] == ["img-1"]


@pytest.mark.parametrize("method", ["chat.startStream", "files.completeUploadExternal", "chat.postMessage"])
def test_retry_after_is_waited_for(asked: Bench, method: str) -> None:
    asked.slack.fail(method, Fault(retry_after=1))
    ask(asked)
    tries = [one.at for one in asked.slack.calls if one.method == method]
    assert tries[1] - tries[0] >= 1.0
    once(asked)


@pytest.mark.parametrize(
    "method",
    [
        "chat.startStream",
        "files.completeUploadExternal",
        "chat.postMessage",
        *(
            pytest.param(one, marks=pytest.mark.slow)
            for one in ("chat.stopStream", "files.getUploadURLExternal", "upload", "files.info")
        ),
    ],
)
@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_doubles_nothing(asked: Bench, method: str, lost: str) -> None:
    asked.slack.fail(method, Fault(lost=lost))
    ask(asked)
    once(asked)


@pytest.mark.parametrize("method", ["upload", "files.completeUploadExternal", "chat.postMessage", "chat.startStream"])
def test_a_broken_slack_is_tried_again_and_the_picture_is_drawn_once(asked: Bench, method: str) -> None:
    asked.slack.fail(method, Fault(status=503, error="service_unavailable"))
    ask(asked)
    once(asked)


def test_a_failed_upload_is_no_failed_picture(asked: Bench) -> None:
    asked.slack.fail("upload", *[Fault(status=500)] * 3)
    asked.send(payloads.message(DM, "U0ANA", "draw a fox", TS))
    end = time.monotonic() + 90
    while not asked.desk.log.deliveries(asked.desk.jobs(ANA)[0].id if asked.desk.jobs(ANA) else "").get("file img-1"):
        assert time.monotonic() < end
        time.sleep(0.02)
    (job,) = asked.desk.jobs(ANA)
    assert job.state is JobState.delivering and job.outcome == "done" and job.error == ""
    asked.settle()
    once(asked)


def test_an_expired_token_keeps_everything_until_there_is_a_new_one(asked: Bench) -> None:
    asked.slack.fail("files.getUploadURLExternal", Fault(error="token_expired"))
    asked.send(payloads.message(DM, "U0ANA", "draw a fox", TS))
    end = time.monotonic() + 90
    while not asked.slack.called("files.getUploadURLExternal"):
        assert time.monotonic() < end
        time.sleep(0.02)
    (job,) = asked.desk.jobs(ANA)
    assert job.state is JobState.delivering
    asked.restart()
    asked.settle()
    once(asked)


def test_where_slack_says_no_for_good_the_picture_is_kept_and_its_owner_told(asked: Bench) -> None:
    asked.say(payloads.mention("CARCHIVED", "U0ANA", "draw a fox", TS))
    (job,) = asked.desk.jobs(ANA)
    assert job.state is JobState.failed and job.outcome == "done" and "is_archived" in job.delivery_error
    assert [one.handle for one in asked.desk.images(ANA)] == ["img-1"]
    (told,) = asked.slack.messages["D0ANA"]
    assert "It is kept" in told["text"]

    asked.say(payloads.press("U0BOB", "D0ANA", told, "limner_again"))
    assert len(asked.slack.messages["D0ANA"]) == 1, "it is Ana's"
    first, second = (payloads.press("U0ANA", "D0ANA", told, "limner_again") for _ in range(2))
    asked.say(first, first)
    asked.say(second)
    (job,) = asked.desk.jobs(ANA)
    assert (job.state, job.delivery_error, job.attempts) == (JobState.done, "", 1), "handed over, not drawn again"
    parts = [part for _, part in asked.slack.parts("D0ANA") if "progress" not in part]
    assert sorted(parts) == sorted(["text", "card img-1", f"img-1-{job.id[:12]}.png"])


def test_a_file_slack_never_processes_is_there_without_a_block(asked: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.agent.surfaces.slack.courier.PROCESSED_WITHIN_S", 0.5)
    asked.slack.polls_until_processed = 1000
    ask(asked)
    once(asked)
    assert all(block["type"] != "image" for block in asked.card(DM)["blocks"])


def test_progress_is_left_out_when_slack_is_short_of_patience(bench: Bench) -> None:
    bench.painter.steps, bench.painter.step_s = 60, 0.01
    bench.book.plans["draw many"] = 'generate_image(prompt="a fox", count=3)'
    bench.slack.fail("assistant.threads.setStatus", Fault(retry_after=60))
    bench.say(payloads.message(DM, "U0ANA", "draw many", TS))
    assert len(bench.slack.called("assistant.threads.setStatus")) == 1
    assert len([1 for _, part in bench.slack.parts(DM) if part.startswith("card")]) == 3


def test_busy_is_said_and_nothing_is_lost(bench: Bench) -> None:
    bench.desk.log.most = 0
    bench.say(payloads.message(DM, "U0ANA", "draw a fox", TS))
    assert "busy, about" in bench.slack.messages[DM][0]["text"]
