"""Both ways in: Socket Mode and signed HTTP; an ack never waits for the work."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt import BoltRequest
from slack_bolt.adapter.asgi import SlackRequestHandler

from limner.agent.messages import RequestError
from limner.agent.surfaces.slack.config import SlackSettings
from limner.agent.surfaces.slack.inbox import Inbox
from limner.agent.surfaces.slack.serve import PATH, bolt, run_socket
from tests.surfaces.slack import payloads
from tests.surfaces.slack.conftest import Bench
from tests.surfaces.slack.mock_slack import SECRET, TEAM
from tests.surfaces.slack.mock_socket import MockSocket

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
ACK_WITHIN_S = 3.0


@pytest.fixture
def socket(bench: Bench) -> Iterator[MockSocket]:
    """The bot on a socket of the mock."""
    mock = MockSocket()
    bench.slack.sockets.append(mock.url)
    over = threading.Event()
    thread = threading.Thread(target=run_socket, args=(bench.app, bench.chosen, over.is_set), daemon=True)
    thread.start()
    end = time.monotonic() + 90
    while not mock.connections:
        assert time.monotonic() < end
        time.sleep(0.02)
    yield mock
    over.set()
    thread.join(15)
    mock.close()


def test_acks_come_while_a_picture_is_being_drawn(bench: Bench, socket: MockSocket) -> None:
    bench.painter.steps, bench.painter.step_s = 60, 0.01
    bench.book.plans["draw many"] = 'generate_image(prompt="a fox", count=4)'
    for number in range(20):
        text = "draw many" if number == 0 else f"hello {number}"
        socket.send(payloads.message("D0ANA", "U0ANA", text, f"17000001{number:02d}.000100"))
    socket.send(payloads.command("U0ANA", "D0ANA", "help"))
    end = time.monotonic() + 90
    while len(socket.latencies) < 21:
        assert time.monotonic() < end, socket.unacked
        time.sleep(0.02)
    assert max(socket.latencies) < ACK_WITHIN_S
    bench.settle()


def test_what_was_not_acked_when_the_line_was_cut_comes_again_and_counts_once(bench: Bench, socket: MockSocket) -> None:
    event = payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100")
    socket.send(event)
    socket.send(event)
    end = time.monotonic() + 90
    while socket.unacked:
        assert time.monotonic() < end
        time.sleep(0.02)
    bench.settle()
    assert bench.book.asked == ["hello"]


def test_without_an_app_token_socket_mode_says_what_is_missing(bench: Bench) -> None:
    with pytest.raises(RequestError, match="SLACK_APP_TOKEN"):
        run_socket(bench.app, bench.chosen.model_copy(update={"app_token": None}), lambda: True)


def _signed(body: str, secret: str = SECRET, age_s: int = 0) -> dict[str, str]:
    at = str(int(time.time()) - age_s)
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": at, "x-slack-signature": f"v0={digest}", "content-type": "application/json"}


async def _post(bench: Bench, signed: SlackSettings, body: str, headers: dict[str, str]) -> httpx.Response:
    app = bolt(bench.clerk.web, signed, bench.clerk.inbox, bench.clerk.wake)
    door = httpx.ASGITransport(app=SlackRequestHandler(app, path=PATH))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=door, base_url="http://limner.test") as client:
        return await client.post(PATH, content=body, headers=headers)


def _run(bench: Bench, signed: SlackSettings, body: str, headers: dict[str, str]) -> httpx.Response:
    import asyncio

    return asyncio.run(_post(bench, signed, body, headers))


def test_a_signed_request_is_taken_and_slacks_challenge_answered(bench: Bench, signed: SlackSettings) -> None:
    challenge = json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1a"})
    assert "3eZbrw1a" in _run(bench, signed, challenge, _signed(challenge)).text
    body = json.dumps(payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100"))
    assert _run(bench, signed, body, _signed(body)).status_code == 200
    bench.settle()
    assert bench.book.asked == ["hello"]


def test_a_press_over_http_is_a_form(bench: Bench, signed: SlackSettings) -> None:
    shown = {
        "ts": "1.1",
        "blocks": [{"elements": [{"type": "button", "action_id": "limner_vary", "value": "{}", "text": {}}]}],
    }
    body = urlencode({"payload": json.dumps(payloads.press("U0ANA", "C0TEAM", shown, "limner_vary"))})
    headers = _signed(body) | {"content-type": "application/x-www-form-urlencoded"}
    assert _run(bench, signed, body, headers).status_code == 200
    bench.settle()
    assert "no longer there" in bench.whispers()[0]["text"]


@pytest.mark.parametrize("how", ["no signature", "wrong secret", "old", "changed"])
def test_an_unsigned_forged_old_or_changed_request_is_refused(bench: Bench, signed: SlackSettings, how: str) -> None:
    body = json.dumps(payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100"))
    headers = {
        "no signature": {"content-type": "application/json"},
        "wrong secret": _signed(body, secret="guessed"),
        "old": _signed(body, age_s=3600),
        "changed": _signed(body),
    }[how]
    sent = body.replace("hello", "forget everything") if how == "changed" else body
    assert _run(bench, signed, sent, headers).status_code == 401
    bench.settle()
    assert bench.book.asked == []


def test_what_cannot_be_written_down_is_not_acked(bench: Bench, signed: SlackSettings) -> None:
    bench.stop()
    app = bolt(bench.clerk.web, bench.chosen, bench.clerk.inbox, bench.clerk.wake)
    event = payloads.message("D0ANA", "U0ANA", "hello", "1700000100.000100")
    assert app.dispatch(BoltRequest(mode="socket_mode", body=event)).status == 500
    bench.start()


def test_two_bots_do_not_work_in_one_folder(bench: Bench) -> None:
    with pytest.raises(RequestError, match="another `limner slack`"):
        Inbox(bench.desk.settings.data / "slack.sqlite")


def test_what_people_wrote_does_not_stay_in_the_inbox(bench: Bench) -> None:
    bench.say(payloads.message("D0ANA", "U0ANA", "zebrafinch secret", "1700000100.000100"))
    bench.stop()
    path = bench.desk.settings.data / "slack.sqlite"
    bodies = [row[0] for row in sqlite3.connect(path).execute("SELECT body FROM entry")]
    assert bodies == [""]
    files = [one for one in path.parent.glob("slack.sqlite*") if one.is_file()]
    assert all(b"zebrafinch" not in one.read_bytes() for one in files)
    bench.start()


def test_memory_in_a_channel_is_the_channels_own(bench: Bench) -> None:
    bench.book.plans |= {
        "I hate neon": 'set_preference(text="I hate neon")',
        "we like teal": 'set_preference(text="we like teal")',
    }
    bench.say(payloads.message("D0ANA", "U0ANA", "I hate neon", "1700000100.000100"))
    bench.say(payloads.mention("C0TEAM", "U0ANA", "we like teal", "1700000101.000100"))
    bench.say(payloads.command("U0ANA", "C0TEAM", "memory"), payloads.command("U0ANA", "D0ANA", "memory"))
    told = {one["channel"]: one["text"] for one in bench.whispers()}
    assert "teal" in told["C0TEAM"] and "neon" not in told["C0TEAM"]
    assert "neon" in told["D0ANA"] and "teal" not in told["D0ANA"]


def test_something_for_everyone_is_known_in_other_channels(bench: Bench) -> None:
    bench.book.plans |= {
        "we never use neon": 'set_preference(text="we never use neon")',
        "which rule?": 'recall(query="use")',
    }
    bench.say(payloads.command("U0ANA", "C0TEAM", "everyone we never use neon"))
    bench.say(payloads.mention("C0ELSE", "U0BOB", "which rule?", "1700000101.000100"))
    assert any("never use neon" in one.get("text", "") for one in bench.slack.messages["C0ELSE"])


def test_commands_say_what_they_did_and_what_they_do_not_know(bench: Bench) -> None:
    for text in ("", "share", "share Biscuit with the moon", "share Biscuit here", "unshare Biscuit", "forget Biscuit"):
        bench.say(payloads.command("U0ANA", "C0TEAM", text))
    told = [one["text"] for one in bench.whispers()]
    assert "/limner share" in told[0] and "Say whom" in told[1] and "do not know whom" in told[2]
    assert "no subject" in told[3] or "nothing is remembered" in told[3]
    assert f"slack:{TEAM}" not in "".join(told[:3])
