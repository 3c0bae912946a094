"""The line between fronts and the engine: one JSON question and one JSON answer over a Unix socket, or loopback."""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from limner.agent.jobs.job import NotThere
from limner.agent.messages import RequestError

CARD = "engine.json"
LONGEST = 64_000_000
# The kernel takes 108 bytes for the name of a socket.
LONGEST_NAME = 100
STAY = "stay"
log = logging.getLogger(__name__)
Answers = Mapping[str, Callable[..., Any]]


class EngineDown(RequestError):  # noqa: N818 (a state, not a fault)
    """The engine process does not answer; what is queued is kept and done when it is back."""


class Line:
    """The front's end: finds the engine by the card it left in the data folder."""

    def __init__(self, data: Path, timeout_s: float = 300) -> None:
        self.card, self.timeout_s = data / CARD, timeout_s

    def ask(self, method: str, /, **arguments: Any) -> Any:
        """The engine's answer as JSON values; what a person can mend comes back as RequestError."""
        with self.connect(method, arguments) as connection:
            try:
                if not connection.poll(self.timeout_s):
                    raise EngineDown(f"the engine took more than {self.timeout_s:.0f} s to answer; try again later")
                answer = json.loads(connection.recv_bytes(LONGEST))
            except (EOFError, OSError) as error:
                raise EngineDown(
                    "the engine stopped while it answered; it is being started again, try again"
                ) from error
        if "error" in answer:
            raise (NotThere if answer.get("not_there") else RequestError)(answer["error"])
        return answer["value"]

    def connect(self, method: str, arguments: Mapping[str, Any]) -> Connection:
        """A connection on which the question is asked already."""
        try:
            card = json.loads(self.card.read_text("utf-8"))
            address = card["address"] if isinstance(card["address"], str) else tuple(card["address"])
            connection = Client(address)
        except (OSError, ValueError, KeyError) as error:
            raise EngineDown("the engine is not running yet; try again in a few seconds") from error
        try:
            question = {"token": card["token"], "method": method, "arguments": arguments}
            connection.send_bytes(json.dumps(question, default=str).encode())
        except OSError as error:
            connection.close()
            raise EngineDown("the engine stopped; it is being started again, try again") from error
        return connection


class Switchboard:
    """The engine's end: a thread for every question; counts the fronts that are there."""

    def __init__(self, data: Path, answers: Answers, mendable: tuple[type[Exception], ...]) -> None:
        self._answers, self._mendable = answers, mendable
        self._token = secrets.token_urlsafe(32)
        self._card = data / CARD
        self._fronts: set[int] = set()
        self._lock = threading.Lock()
        self._closing = False
        self._listener = _listener(data)
        card = {"address": self._listener.address, "token": self._token, "pid": os.getpid()}
        part = self._card.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(card), "utf-8")
        part.replace(self._card)
        threading.Thread(target=self._accept, daemon=True, name="switchboard").start()

    @property
    def fronts(self) -> int:
        return len(self._fronts)

    def close(self) -> None:
        self._closing = True
        self._card.unlink(missing_ok=True)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection = self._listener.accept()
            except OSError:
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        with connection:
            try:
                question = json.loads(connection.recv_bytes(LONGEST))
                if not hmac.compare_digest(str(question["token"]), self._token):
                    log.warning("a process without the token of this engine was refused")
                    return
                if question["method"] == STAY:
                    self._stay(connection)
                    return
                connection.send_bytes(json.dumps(self._answer(question)).encode())
            except (EOFError, OSError, ValueError, KeyError) as error:
                log.info("a front hung up: %s", error or type(error).__name__)

    def _stay(self, connection: Connection) -> None:
        """A front that is there holds a connection; its end is the end of the front, also when it was killed."""
        with self._lock:
            self._fronts.add(id(connection))
        try:
            connection.send_bytes(b"{}")
            connection.recv_bytes()
        except (EOFError, OSError):
            pass
        finally:
            with self._lock:
                self._fronts.discard(id(connection))

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        method = question["method"]
        if method not in self._answers:
            return {
                "error": f"this engine knows no {method!r}; front and engine are of different versions, restart both"
            }
        try:
            return {"value": self._answers[method](**question["arguments"])}
        except self._mendable as error:
            return {"error": str(error), "not_there": isinstance(error, NotThere)}
        except Exception:
            log.exception("%s failed", method)
            return {"error": "sorry, this should not happen; the engine's log has the details. Nothing was lost"}


def _listener(data: Path) -> Listener:
    if not hasattr(socket, "AF_UNIX"):
        return Listener(("127.0.0.1", 0), backlog=64)
    path = data.absolute() / "engine.sock"
    if len(os.fsencode(path)) > LONGEST_NAME:
        path = Path(tempfile.mkdtemp(prefix="limner-")) / "engine.sock"
    path.unlink(missing_ok=True)
    before = os.umask(0o077)
    try:
        return Listener(str(path), family="AF_UNIX", backlog=64)
    finally:
        os.umask(before)
