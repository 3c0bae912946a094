"""Calls of Slack's Web API: waits as Retry-After says, and tells a sure failure from one that may have worked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

log = logging.getLogger(__name__)
TOKEN_ERRORS = frozenset(
    {"token_expired", "token_revoked", "invalid_auth", "not_authed", "account_inactive", "missing_scope"}
)
# Slack may have done what it answers so; looking first is the only way to know.
DOUBTFUL = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
LONGEST_WAIT_S = 90.0
RETRY_S = 0.5
# Calls a minute that may be spent on what is only nice to see; Slack's own limits are 50 and more (Tier 3).
SPENT_ON_PROGRESS = {"chat.update": 40, "assistant.threads.setStatus": 60}


class TryLater(Exception):  # noqa: N818 (what to do, not what it is)
    """Not now; `after_s` says when."""

    def __init__(self, why: str, after_s: float) -> None:
        self.after_s = after_s
        super().__init__(why)


class Limited(TryLater):
    """429: nothing was done."""


class Doubtful(TryLater):
    """The answer was lost: it may have been done."""


class Unsent(TryLater):
    """It was surely not done, and may work next time."""


class TokenProblem(TryLater):
    """The token is expired, revoked or lacks a scope: a person has to act, and then it goes on."""


class Refused(Exception):  # noqa: N818
    """Slack says no for good; `code` is its word for why."""

    def __init__(self, method: str, code: str) -> None:
        self.code = code
        super().__init__(f"{method}: {code}")


class Web:
    """One workspace's Web API. Calls wait out short limits; whoever shares this object shares the waiting."""

    def __init__(self, token: str, base_url: str, *, timeout_s: int = 30) -> None:
        # The client's own retrying would post a second time what was posted and not confirmed.
        self.client = WebClient(token=token, base_url=base_url, timeout=timeout_s, retry_handlers=[])
        self.stopping = threading.Event()
        self._not_before: dict[str, float] = {}
        self._spent: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One call that has to happen. Raises TryLater or Refused."""
        return self._waiting(method, lambda: _data(self.client.api_call(method, json=_given(arguments))))

    def get(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One reading call; Slack takes the arguments of those as a form only."""
        given = _given(arguments)
        return self._waiting(method, lambda: _data(self.client.api_call(method, http_verb="GET", params=given)))

    def upload(self, data: bytes, name: str, title: str, channel: str, thread: str, alt: str) -> str:
        """`files_upload_v2` into the thread; gives the id of the file."""

        def send() -> dict[str, Any]:
            done = self.client.files_upload_v2(
                file=data, filename=name, title=title, alt_txt=alt, channel=channel, thread_ts=thread
            )
            return _data(done)

        return str(self._waiting("files.upload", send)["files"][0]["id"])

    def spare(self, method: str, **arguments: Any) -> bool:
        """One call that may be left out: when too many were made lately, or when it fails. Says whether it was made."""
        now = time.monotonic()
        with self._lock:
            lately = [one for one in self._spent.get(method, []) if now - one < 60]
            if now < self._not_before.get(method, 0) or len(lately) >= SPENT_ON_PROGRESS.get(method, 20):
                return False
            self._spent[method] = [*lately, now]
        try:
            with self._plainly(method):
                self.client.api_call(method, json=_given(arguments))
        except (TryLater, Refused) as error:
            log.info("left out: %s", error)
            return False
        return True

    def _waiting(self, method: str, send: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        end = time.monotonic() + LONGEST_WAIT_S
        while True:
            left = self._not_before.get(method, 0) - time.monotonic()
            if left > 0 and (time.monotonic() + left > end or self.stopping.wait(left)):
                raise Limited(f"{method} is rate limited", left)
            try:
                with self._plainly(method):
                    return send()
            except Limited as error:
                log.info("%s; going on in %.0f s", error, error.after_s)

    @contextmanager
    def _plainly(self, method: str) -> Iterator[None]:
        """Slack's and the network's errors as ours."""
        try:
            yield
        except SlackApiError as error:
            raise self._explained(method, error.response) from error
        except SlackClientError as error:  # the upload itself, between asking for a place and closing it
            raise Unsent(f"{method}: the upload failed", RETRY_S) from error
        except (OSError, HTTPException) as error:
            raise Doubtful(f"{method}: no answer ({type(error).__name__})", RETRY_S) from error

    def _explained(self, method: str, response: Any) -> Exception:
        data: Mapping[str, Any] = response.data if isinstance(response.data, dict) else {}
        code, status = str(data.get("error", "")), int(response.status_code)
        if status == 429 or code in ("ratelimited", "rate_limited"):
            after = _retry_after(response.headers)
            with self._lock:
                self._not_before[method] = time.monotonic() + after
            return Limited(f"{method} is rate limited", after)
        if code in TOKEN_ERRORS:
            needed = f" {data['needed']}" if data.get("needed") else ""
            return TokenProblem(f"{method}: {code}{needed}; `limner slack --check` says what to do", 30.0)
        if status >= 500 or not code or code in DOUBTFUL:
            return Doubtful(f"{method}: {code or status}", RETRY_S)
        return Refused(method, code)


def _retry_after(headers: Mapping[str, Any]) -> float:
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    try:
        return max(0.0, float(found[0] if isinstance(found, list) else found))
    except ValueError:
        return 1.0


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _data(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = response.data
    return found
