"""The job log alone: what is queued, who comes next, what is delivered, and what is forgotten."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from limner.agent.jobs.job import Busy, Job, JobState, KeyReused
from limner.agent.jobs.log import JobLog
from limner.agent.messages import ImageMade, Progress, Reply, Request, Said, StatusChanged


@pytest.fixture
def log(tmp_path: Path) -> Iterator[JobLog]:
    opened = JobLog(tmp_path / "jobs.sqlite", most=40, most_of_one=12)
    yield opened
    opened.close()


def asked(user: str = "ana", text: str = "draw a fox", **more: object) -> Request:
    return Request.model_validate({"user": user, "session": "s", "text": text, **more})


def replied(job: Job, status: str = "done", turn: str = "turn-1-1", text: str = "img-1: a fox") -> Reply:
    return Reply.model_validate({"request_id": job.id, "turn_id": turn, "status": status, "text": text})


def image(handle: str) -> ImageMade:
    return ImageMade(handle=handle, path=Path(f"/x/{handle}.png"), caption="a fox", seed=1, width=8, height=8)


def test_the_same_key_gives_the_same_job_also_after_it_is_done(log: JobLog) -> None:
    first = log.submit(asked(), surface="api", key="k")
    log.claim()
    log.end(first.id, replied(first))
    again = log.submit(asked(), surface="api", key="k")
    assert (again.id, again.state) == (first.id, JobState.done)
    assert log.claim() is None


def test_a_key_is_of_one_surface_and_one_user(log: JobLog) -> None:
    jobs = [log.submit(asked(user), surface=surface, key="k") for user in ("ana", "bob") for surface in ("api", "web")]
    assert len({job.id for job in jobs}) == 4


def test_a_key_with_other_words_is_refused(log: JobLog) -> None:
    log.submit(asked(text="draw a fox"), surface="api", key="k")
    with pytest.raises(KeyReused):
        log.submit(asked(text="draw a dog"), surface="api", key="k")


def test_users_take_turns_however_many_one_of_them_queued(log: JobLog) -> None:
    for user, count in (("ana", 10), ("bob", 3), ("eve", 3)):
        for number in range(count):
            log.submit(asked(user, f"picture {number}"), surface="api")
    served = [claimed[0] for _ in range(9) if (claimed := log.claim()) is not None]
    assert Counter(job.user for job in served) == {"ana": 3, "bob": 3, "eve": 3}
    assert [job.text for job in served if job.user == "ana"] == ["picture 0", "picture 1", "picture 2"]


def test_who_comes_late_is_told_how_many_come_before(log: JobLog) -> None:
    for user in ("ana", "ana", "ana", "bob"):
        log.submit(asked(user), surface="api")
    late = log.submit(asked("eve"), surface="api")
    assert late.position == 2  # one of ana's and one of bob's, not all four
    assert late.wait_s and late.wait_s > 0
    (_, told), *_ = log.events(late.id)
    assert isinstance(told, StatusChanged) and "2 before you" in told.text


def test_a_full_queue_says_for_how_long(log: JobLog) -> None:
    for number in range(40):
        log.submit(asked(f"user {number}"), surface="api")
    with pytest.raises(Busy, match=r"busy, about \d+ s") as busy:
        log.submit(asked("late"), surface="api")
    assert busy.value.retry_after_s >= 1


def test_one_user_cannot_fill_the_queue_alone(log: JobLog) -> None:
    for _ in range(12):
        log.submit(asked(), surface="api")
    with pytest.raises(Busy, match="12 of yours"):
        log.submit(asked(), surface="api")
    assert log.submit(asked("bob"), surface="api").state is JobState.queued


def test_what_a_killed_engine_had_begun_comes_first_again(log: JobLog) -> None:
    first = log.submit(asked("ana"), surface="api")
    log.submit(asked("bob"), surface="api")
    log.claim()
    assert [job.id for job in log.requeue()] == [first.id]
    claimed = log.claim()
    assert claimed is not None and (claimed[0].id, claimed[0].attempts) == (first.id, 2)


def test_events_told_again_after_a_crash_are_there_once_and_numbers_only_grow(log: JobLog) -> None:
    job = log.submit(asked(), surface="api")
    for done in (1, 2, 3):
        log.append(job.id, Progress(job="r", label="drawing", done=done, total=3))
    seen = log.events(job.id)[-1][0]
    for event in (image("img-1"), image("img-1"), Progress(job="r", label="drawing", done=3, total=3), image("img-2")):
        log.append(job.id, event)
    events = log.events(job.id)
    assert [one.handle for _, one in events if isinstance(one, ImageMade)] == ["img-1", "img-2"]
    assert [one.done for _, one in events if isinstance(one, Progress)] == [3]
    assert all(number > seen for number, _ in log.events(job.id, seen))


@pytest.mark.parametrize(("after", "left"), [(2**63, 0), (10**30, 0), (-(10**30), 2)])
def test_a_number_larger_than_any_event_has_is_a_number(log: JobLog, after: int, left: int) -> None:
    job = log.submit(asked(), surface="api")
    log.end(job.id, replied(job))
    assert len(log.events(job.id, after)) == left


def test_another_process_follows_to_the_reply(log: JobLog) -> None:
    job = log.submit(asked(), surface="api")
    other = JobLog(log.path)
    log.append(job.id, Said(text="hello"))
    log.end(job.id, replied(job))
    kinds = [event.kind for _, event in other.follow(job.id)]
    other.close()
    assert kinds == ["status", "text", "reply"]


def test_a_queued_job_is_cancelled_at_once_and_never_begun(log: JobLog) -> None:
    job = log.submit(asked(), surface="api")
    cancelled = log.cancel(job.id, "ana")
    assert cancelled is not None and cancelled.state is JobState.cancelled
    assert log.claim() is None
    assert [event.kind for _, event in log.follow(job.id)][-1] == "reply"


def test_nobody_sees_or_stops_the_job_of_another(log: JobLog) -> None:
    job = log.submit(asked("ana"), surface="api")
    assert log.get(job.id, "bob") is None
    assert log.cancel(job.id, "bob") is None
    assert log.jobs("bob") == []
    assert not log.cancelled(job.id)


def test_generation_and_delivery_fail_apart_and_are_retried_apart(log: JobLog) -> None:
    job = log.submit(asked(), surface="slack", delivery={"channel": "C1"})
    log.claim()
    log.end(job.id, replied(job))
    assert [one.id for one in log.undelivered("slack")] == [job.id] and log.undelivered("web") == []
    assert log.sending(job.id, "img-1") and log.sending(job.id, "text")
    log.delivered(job.id, "text", {"ts": "1.2"})
    log.not_delivered(job.id, "img-1", "rate limited")
    log.settle(job.id, "Slack does not answer")
    lost = log.get(job.id)
    assert lost is not None and (lost.state, lost.outcome, lost.error) == (JobState.failed, "done", "")
    assert lost.delivery_error == "Slack does not answer"

    again = log.deliver_again(job.id, {"channel": "D1"})
    assert again is not None and again.delivery == {"channel": "D1"}
    assert log.deliver_again(job.id, {"channel": "D1"}) is None, "it is under way"
    assert not log.sending(job.id, "text"), "what arrived is not sent again"
    assert log.sending(job.id, "img-1")
    log.delivered(job.id, "img-1", {"file": "F1"})
    log.settle(job.id)
    found = log.get(job.id)
    assert found is not None and found.state is JobState.done
    assert log.deliveries(job.id)["img-1"].attempts == 2
    assert log.claim() is None, "nothing is generated again"


def test_a_failed_generation_is_delivered_too_and_stays_failed(log: JobLog) -> None:
    job = log.submit(asked(), surface="slack", delivery={"channel": "C1"})
    log.claim()
    log.end(job.id, replied(job, "failed").model_copy(update={"errors": ("no style called x",)}))
    assert [one.id for one in log.undelivered("slack")] == [job.id]
    log.settle(job.id)
    found = log.get(job.id)
    assert found is not None and (found.state, found.error) == (JobState.failed, "no style called x")


def test_what_is_forgotten_leaves_no_bytes_in_the_file(log: JobLog) -> None:
    kept = log.submit(asked(text="draw a teapot"), surface="api")
    gone = log.submit(asked(text="draw Wolpertinger at sea"), surface="api")
    for job, turn in ((kept, "turn-1-1"), (gone, "turn-1-2")):
        log.claim()
        log.append(job.id, image("img-7" if job is gone else "img-6"))
        log.end(job.id, replied(job, turn=turn, text=f"done: {job.text}"))
    log.erase("ana", {"turn-1-2"}, set())
    found = b"".join(file.read_bytes() for file in log.path.parent.glob("jobs.sqlite*"))
    assert b"Wolpertinger" not in found and b"teapot" in found
    assert [job.text for job in log.jobs("ana")] == ["draw a teapot", ""]


def test_jobs_that_show_a_forgotten_picture_lose_their_words_too(log: JobLog) -> None:
    job = log.submit(asked(), surface="api")
    log.claim()
    log.append(job.id, image("img-7"))
    log.end(job.id, replied(job))
    log.erase("bob", set(), {"img-7"})
    assert log.events(job.id), "another user's img-7 is another picture"
    log.erase("ana", set(), {"img-7"})
    assert log.events(job.id) == []


def test_words_that_never_became_a_turn_go_with_any_forget(log: JobLog) -> None:
    job = log.submit(asked(text="draw Wolpertinger"), surface="api")
    log.cancel(job.id, "ana")
    waiting = log.submit(asked(text="draw a teapot"), surface="api")
    log.erase("ana", {"turn-1-9"}, set())
    assert [one.text for one in log.jobs("ana")] == ["", "draw a teapot"]
    claimed = log.claim()
    assert claimed is not None and claimed[1].text == "draw a teapot" and claimed[0].id == waiting.id


def test_a_job_that_forgot_something_is_told_in_full_first_and_blotted_after(log: JobLog) -> None:
    job = log.submit(asked(text="forget Wolpertinger"), surface="api")
    log.claim()
    log.blot(job.id, replied(job, text="Forgotten."), at=100.0)
    log.end(job.id, replied(job, text="Forgot Wolpertinger; 3 files erased."))
    log.blots(99.0)
    assert "Wolpertinger" in str(log.events(job.id))
    log.blots(101.0)
    assert [str(event.model_dump()["text"]) for _, event in log.events(job.id)] == ["Forgotten."]
    assert b"Wolpertinger" not in b"".join(file.read_bytes() for file in log.path.parent.glob("jobs.sqlite*"))


def test_old_jobs_are_swept_and_waiting_ones_are_not(log: JobLog) -> None:
    old, waiting = log.submit(asked(), surface="api"), log.submit(asked("bob"), surface="api")
    log.claim()
    log.end(old.id, replied(old))
    assert log.sweep(datetime.now(UTC) + timedelta(days=29)) == 0
    assert log.sweep(datetime.now(UTC) + timedelta(days=31)) == 1
    assert log.get(old.id) is None and log.get(waiting.id) is not None


def test_a_half_written_transaction_is_not_seen(log: JobLog) -> None:
    log.submit(asked(), surface="api")
    torn = sqlite3.connect(log.path, isolation_level=None)
    torn.execute("BEGIN IMMEDIATE")
    torn.execute("UPDATE job SET state = 'done'")
    torn.close()  # as a kill would leave it
    assert log.counts() == {"queued": 1}
