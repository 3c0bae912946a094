"""The engine's loop in this process: what breaks it is answered, and what it was sent is cleared away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limner.agent.assistant import Assistant
from limner.agent.jobs.engine import MOST_ATTEMPTS, Engine
from limner.agent.jobs.inbox import keep
from limner.agent.jobs.log import JobLog
from limner.agent.messages import Reply, Request
from limner.agent.planner import ScriptedPlanner
from limner.agent.settings import Settings

Opening = Callable[..., Assistant]
Drawing = Callable[..., Request]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[JobLog]:
    opened = JobLog(tmp_path / "jobs.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def engine(open_: Opening, log: JobLog, tmp_path: Path, settings_in: Callable[[Path], Settings]) -> Engine:
    return Engine(open_(), log, settings_in(tmp_path))


def worked(engine: Engine, log: JobLog) -> Reply:
    claimed = log.claim()
    assert claimed is not None
    engine.work(*claimed)
    *_, (_, reply) = log.events(claimed[0].id)
    assert isinstance(reply, Reply)
    return reply


def test_a_request_that_stops_the_engine_again_and_again_is_given_up(
    engine: Engine, log: JobLog, drawing: Drawing
) -> None:
    log.submit(drawing("ana", "poison"), surface="web")
    for _ in range(MOST_ATTEMPTS):  # each time an engine began it and was gone
        log.claim()
        log.requeue()
    assert "given up" in worked(engine, log).text
    log.submit(drawing("ana", "a fox"), surface="web")
    assert worked(engine, log).status == "done"


def test_a_bug_is_apologised_for_and_the_next_job_runs(engine: Engine, log: JobLog, drawing: Drawing) -> None:
    log.submit(Request(user="ana", text="draw"), surface="web")  # the script of this planner is empty
    assert worked(engine, log).status == "failed"
    log.submit(drawing("ana", "a fox"), surface="web")
    assert worked(engine, log).status == "done"


def test_uploads_leave_the_inbox_with_their_job(
    engine: Engine, log: JobLog, drawing: Drawing, photos: tuple[object, ...], tmp_path: Path
) -> None:
    data = (tmp_path / "photo-0.png").read_bytes()
    sent = keep(engine.inbox, "ana", "photo.png", data)
    log.submit(drawing("ana", "a fox", attachments=(sent.model_dump(),)), surface="web")
    assert sent.path.exists()
    assert worked(engine, log).status == "done"
    assert not sent.path.exists()
    assert len(engine.assistant.studio.memory.handles("ana", kind="upload")) == 1


def test_a_rehearsal_keeps_the_uploads_for_the_real_thing(
    engine: Engine, log: JobLog, drawing: Drawing, photos: tuple[object, ...], tmp_path: Path
) -> None:
    sent = keep(engine.inbox, "ana", "photo.png", (tmp_path / "photo-0.png").read_bytes())
    log.submit(drawing("ana", "a fox", attachments=(sent.model_dump(),), dry_run=True), surface="web")
    assert worked(engine, log).status == "planned"
    assert sent.path.exists()


def test_what_a_conversation_forgot_is_blotted_from_its_jobs(engine: Engine, log: JobLog, drawing: Drawing) -> None:
    log.submit(drawing("ana", "a fox"), surface="web")
    worked(engine, log)
    forget = Request(user="ana", session="s", text="forget img-1", plan='forget(what="img-1")')
    job = log.submit(forget, surface="web")
    assert "Receipt" in worked(engine, log).text
    log.blots(float("inf"))
    assert [event.kind for _, event in log.events(job.id)] == ["reply"]
    assert log.jobs("ana")[-1].text == ""


def test_when_there_is_nothing_to_do_the_next_request_is_prepared(
    engine: Engine, log: JobLog, drawing: Drawing
) -> None:
    planner = engine.assistant.planner
    assert isinstance(planner, ScriptedPlanner)
    log.submit(drawing("ana", "a fox"), surface="web")
    log.submit(drawing("bob", "a row of foxes"), surface="web")
    rounds = iter([False] * 4)
    engine.run(lambda: next(rounds, True))
    (expected,) = planner.expected  # once, and of the last who asked
    assert [turn.user for turn in expected.history] == ["draw a row of foxes"]
