"""What a front gets from a real engine process: events, lists, reasons, files; and never what is another's."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from limner.agent.jobs.desk import Desk
from limner.agent.jobs.job import NotThere
from limner.agent.jobs.line import CARD, EngineDown, Line
from limner.agent.messages import ImageMade, PlanMade, Reply, Request, RequestError
from limner.agent.record import read_record

Drawing = Callable[..., Request]


@pytest.fixture
def ana() -> str:
    return f"ana {uuid4().hex[:8]}"


@pytest.fixture
def photo() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (64, 64), "brown").save(kept, "PNG")
    return kept.getvalue()


def drawn(desk: Desk, request: Request) -> Reply:
    return desk.wait(request.user, desk.submit(request, surface="test").id, 60)


def test_events_come_one_by_one_and_end_with_the_reply(desk: Desk, ana: str, drawing: Drawing) -> None:
    job = desk.submit(drawing(ana, "a fox", 2), surface="test")
    events = [event for _, event in desk.follow(ana, job.id)]
    assert [one.handle for one in events if isinstance(one, ImageMade)] == ["img-1", "img-2"]
    assert any(isinstance(one, PlanMade) for one in events)
    assert isinstance(events[-1], Reply) and events[-1].status == "done"


def test_something_is_seen_within_300_ms_also_while_another_job_runs(desk: Desk, ana: str, drawing: Drawing) -> None:
    desk.submit(drawing("somebody else", "a long row", 30), surface="test")
    took = []
    for number in range(5):
        began = time.perf_counter()
        job = desk.submit(drawing(ana, f"a fox {number}"), surface="test")
        next(iter(desk.follow(ana, job.id)))
        took.append(time.perf_counter() - began)
    assert sorted(took)[2] < 0.3


def test_lists_reasons_and_turns_are_plain_values(desk: Desk, ana: str, drawing: Drawing) -> None:
    drawn(desk, drawing(ana, "a fox in the snow"))
    assert [one.caption for one in desk.images(ana, text="snow")] == ["a fox in the snow"]
    assert desk.images(ana, text="beach") == []
    why = desk.why(ana, "img-1")
    assert (why.request, why.plan[0][:14]) == ("draw a fox in the snow", "generate_image")
    (turn,) = desk.turns(ana, "s")
    assert turn.handles == ("img-1",) and turn.reply is not None and turn.reply.status == "done"
    assert [one.name for one in desk.sessions(ana)] == ["s"]
    assert "flat" in [one.name for one in desk.named(ana, "style") if one.native]


def test_likes_are_seen_and_taken_back(desk: Desk, ana: str, drawing: Drawing) -> None:
    drawn(desk, drawing(ana, "a fox"))
    desk.rate(ana, "img-1", True)
    assert [one.handle for one in desk.images(ana, liked=True)] == ["img-1"]
    desk.rate(ana, "IMG1", None)
    assert desk.images(ana, liked=True) == []


@pytest.mark.parametrize(
    "guess", ["img-1", "IMG-1", "../../etc/passwd", "/etc/passwd", "img-1/../img-1", "@biscuit", "", "img-1\x00"]
)
def test_another_users_handles_and_paths_are_not_there(desk: Desk, ana: str, drawing: Drawing, guess: str) -> None:
    drawn(desk, drawing(ana, "a fox"))
    for ask in (desk.file, desk.why, desk.picture):
        with pytest.raises(NotThere, match="there is no"):
            ask("mallory", guess)
    with pytest.raises(RequestError, match="there is no"):
        desk.rate("mallory", guess, True)
    assert desk.images("mallory") == [] and desk.turns("mallory", "s") == []


def test_another_users_job_is_not_there(desk: Desk, ana: str, drawing: Drawing) -> None:
    job = desk.submit(drawing(ana, "a fox"), surface="test")
    for ask in (desk.job, desk.events, desk.cancel, desk.wait):
        with pytest.raises(NotThere):
            ask("mallory", job.id)
    assert desk.wait(ana, job.id, 60).status == "done"


def test_a_file_goes_out_with_its_record_or_without(desk: Desk, ana: str, drawing: Drawing) -> None:
    drawn(desk, drawing(ana, "a fox"))
    whole, bare = desk.file(ana, "img-1"), desk.file(ana, "img-1", metadata=False)
    assert read_record(whole.path).handle == "img-1"
    with Image.open(whole.path) as one, Image.open(bare.path) as other:
        assert one.tobytes() == other.tobytes() and not getattr(other, "text", {})
    assert bare.temporary and not whole.temporary


def test_a_photo_that_was_sent_twice_is_forgotten_once(desk: Desk, ana: str, photo: bytes) -> None:
    """Again by the same person, and by one whose name makes the same folder."""
    senders = (ana, ana, ana.replace(" ", "-"))
    for number, user in enumerate(senders):
        wish = Request(
            user=user,
            session="s",
            text=f"look, {number}",
            plan='reply(text="Nice.")',
            attachments=(desk.upload(user, "photo.png", photo),),
        )
        assert drawn(desk, wish).status == "done"
    desk.undo(ana, "s")
    kept = desk.file(ana, "upload-1").path
    desk.forget(ana, "upload-1")
    assert not kept.exists()
    assert desk.file(senders[2], "upload-1").path.is_file()


def test_undo_forgets_the_turn_its_picture_and_the_words_of_its_job(desk: Desk, ana: str, drawing: Drawing) -> None:
    job = desk.submit(drawing(ana, "a wolpertinger"), surface="test")
    desk.wait(ana, job.id, 60)
    path = desk.file(ana, "img-1").path
    assert "Receipt" in desk.undo(ana, "s")
    assert not path.exists() and desk.turns(ana, "s") == [] and desk.events(ana, job.id) == []
    assert desk.job(ana, job.id).text == ""


def test_forgetting_asks_when_it_is_not_clear_what(desk: Desk, ana: str, drawing: Drawing) -> None:
    drawn(desk, drawing(ana, "a fox"))
    with pytest.raises(RequestError, match="What exactly"):
        desk.forget(ana, "the thing")
    assert "Receipt" in desk.forget(ana, "everything")
    assert desk.images(ana) == [] and desk.jobs(ana)[0].text == ""


def test_facts_come_with_the_words_they_are_from_and_can_be_set_right(desk: Desk, ana: str) -> None:
    said = Request(user=ana, session="s", text="I like pastel colours", plan='reply(text="Noted.")')
    drawn(desk, said)
    (fact,) = desk.facts(ana, "pastel")
    assert fact.said == ("I like pastel colours",)
    (right,) = desk.correct(ana, fact.id, "I like bright colours")
    assert [one.id for one in desk.facts(ana, "bright")] == [right.id] and desk.facts(ana, "pastel") == []
    with pytest.raises(RequestError):
        desk.correct("mallory", right.id, "nothing")


def test_a_running_job_is_stopped_and_keeps_what_is_done(desk: Desk, ana: str, drawing: Drawing) -> None:
    job = desk.submit(drawing(ana, "a long row", 100), surface="test")
    for _, event in desk.follow(ana, job.id):
        if isinstance(event, ImageMade):
            desk.cancel(ana, job.id)
            break
    reply = desk.wait(ana, job.id, 60)
    assert reply.status == "cancelled" and 0 < len(reply.made) < 100
    assert desk.job(ana, job.id).state == "cancelled"


def test_a_bad_plan_fails_with_the_reason(desk: Desk, ana: str) -> None:
    asked = Request(user=ana, session="s", text="x", plan='generate_image(prompt="x", styles=["no such style"])')
    reply = drawn(desk, asked)
    assert reply.status == "failed" and "no such style" in reply.text


def test_only_who_holds_the_token_is_answered(desk: Desk, tmp_path: Path) -> None:
    card = json.loads((desk.settings.data / CARD).read_text())
    (tmp_path / CARD).write_text(json.dumps(card | {"token": "guessed"}))
    with pytest.raises(EngineDown):
        Line(tmp_path, 5).ask("images", user="ana")
    assert (desk.settings.data / CARD).stat().st_mode & 0o077 == 0


def test_garbage_on_the_socket_does_not_stop_the_engine(desk: Desk) -> None:
    address = json.loads((desk.settings.data / CARD).read_text())["address"]
    for garbage in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x00\x00\x00\x05[1,2]", b"\xff" * 64):
        with socket.socket(socket.AF_UNIX) as plug:
            plug.connect(address)
            plug.sendall(garbage)
    assert desk.health().waiting == 0


def test_two_engines_never_serve_one_folder(desk: Desk) -> None:
    before = desk.health().pid
    second = subprocess.run(
        [sys.executable, "-m", "limner.agent.jobs.engine", "--linger=0"],
        input=desk.settings.model_dump_json().encode(),
        capture_output=True,
        timeout=120,
    )
    assert second.returncode == 0 and desk.health().pid == before


def test_a_front_is_light() -> None:
    code = """
import re, sys, time
from limner.agent.surfaces.opening import loading
with loading():
    import uvicorn, limner.agent.jobs.desk, limner.agent.surfaces.http.app
heavy = [name for name in ("torch", "chromadb", "transformers", "numpy", "PIL", "mcp") if name in sys.modules]
megabytes = int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(time.process_time(), megabytes, *heavy)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, megabytes, *heavy = run.stdout.split()
    assert heavy == []
    assert float(megabytes) <= 120
    # The goal is 0.5 s of a core for itself; shared with other work, the same takes longer.
    assert float(seconds) < 1.5
