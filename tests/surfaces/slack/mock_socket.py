"""Slack's end of Socket Mode: sends envelopes, counts acks, sends again what was not acked when the line was cut."""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

Json = dict[str, Any]
# Slack waits this long for an ack before it counts the event as lost.
PATIENCE_S = 3.0


class MockSocket:
    """One app's socket; a new connection takes over from the old one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.unacked: dict[str, tuple[float, Json]] = {}
        self.latencies: list[float] = []
        self.connections = 0
        self.sent = 0
        self._line: ServerConnection | None = None
        self._server = serve(self._talk, "127.0.0.1", 0)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?ticket=mock"

    def close(self) -> None:
        self._server.shutdown()

    def send(self, payload: Json) -> None:
        """One envelope; it stays until it is acked."""
        kind = {"event_callback": "events_api", "block_actions": "interactive"}.get(
            payload.get("type", ""), "slash_commands"
        )
        envelope: Json = {
            "envelope_id": str(uuid4()),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": 0, "retry_reason": ""}
        with self.lock:
            self.unacked[envelope["envelope_id"]] = (time.monotonic(), envelope)
            self._push(envelope)

    def again(self) -> None:
        """What was not acked in time is sent once more, under a new envelope, as Slack does."""
        with self.lock:
            for key, (at, envelope) in list(self.unacked.items()):
                if time.monotonic() - at > PATIENCE_S and self._line is not None:
                    del self.unacked[key]
                    attempt = envelope.get("retry_attempt", 0) + 1
                    fresh = {
                        **envelope,
                        "envelope_id": str(uuid4()),
                        "retry_attempt": attempt,
                        "retry_reason": "timeout",
                    }
                    self.unacked[fresh["envelope_id"]] = (time.monotonic(), fresh)
                    self._push(fresh)

    def _push(self, envelope: Json) -> None:
        if self._line is None:
            return
        try:
            self._line.send(json.dumps(envelope))
            self.sent += 1
        except (ConnectionClosed, OSError):
            self._line = None

    def _talk(self, line: ServerConnection) -> None:
        with self.lock:
            self._line, self.connections = line, self.connections + 1
            line.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0LIMNER"}}))
            for key, (_, envelope) in list(self.unacked.items()):
                self.unacked[key] = (time.monotonic(), envelope)
                self._push(envelope)
        try:
            for said in line:
                key = json.loads(said).get("envelope_id")
                with self.lock:
                    if key in self.unacked:
                        at, _ = self.unacked.pop(key)
                        self.latencies.append(time.monotonic() - at)
        except ConnectionClosed:
            pass
        finally:
            with self.lock:
                if self._line is line:
                    self._line = None
