"""Fetches the pictures people send: only from Slack, only what says it is a picture, never more than agreed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from limner.agent.messages import RequestError
from limner.agent.surfaces.slack.web import TokenProblem, TryLater, Unsent, Web

MOST_FILES = 20
MOST_BYTES = 50_000_000
TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff")
SLACK = re.compile(r"(?:[\w-]+\.)*slack(?:-files)?\.com", re.I)
FETCH_TIMEOUT_S = 60


class Files:
    """Downloads with the bot's token, which goes to Slack's hosts and nowhere else."""

    def __init__(self, web: Web, api_url: str) -> None:
        self.web = web
        self._api = urlsplit(api_url)
        self._opener = build_opener(_NoRedirect)

    def fetch(self, files: Sequence[dict[str, Any]]) -> tuple[list[tuple[str, bytes]], list[str]]:
        """Name and bytes of each picture, and a sentence for each file that was left out."""
        taken: list[tuple[str, bytes]] = []
        left = [f"Only the first {MOST_FILES} files were read."] if len(files) > MOST_FILES else []
        for file in files[:MOST_FILES]:
            try:
                taken.append(self._one(file))
            except RequestError as error:
                left.append(str(error))
        return taken, left

    def _one(self, file: dict[str, Any]) -> tuple[str, bytes]:
        if file.get("file_access") == "check_file_info":  # from a shared channel: Slack tells the rest on asking
            file = self.web.get("files.info", file=file["id"])["file"]
        name = safe_name(str(file.get("name") or file.get("title") or "file"))
        if file.get("mode") in ("tombstone", "hidden_by_limit"):
            raise RequestError(f"{name} is no longer in Slack; send it again.")
        kind = str(file.get("mimetype", ""))
        if kind not in TYPES:
            raise RequestError(
                f"{name} is no picture I can read ({kind[:60] or 'unknown type'}); send PNG, JPEG, GIF or WebP."
            )
        if int(file.get("size") or 0) > MOST_BYTES:
            raise RequestError(f"{name} has {int(file['size']) / 1e6:.0f} MB; at most {MOST_BYTES // 10**6} MB.")
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if file.get("is_external") or not self._ours(url):
            raise RequestError(f"{name} is not stored in Slack; upload the picture itself.")
        return name, self._download(url, name)

    def _ours(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.netloc == self._api.netloc:
            return parts.scheme == self._api.scheme
        return parts.scheme == "https" and bool(SLACK.fullmatch(parts.hostname or ""))

    def _download(self, url: str, name: str) -> bytes:
        request = Request(url, headers={"Authorization": f"Bearer {self.web.client.token}"})
        try:
            with self._opener.open(request, timeout=FETCH_TIMEOUT_S) as answer:
                if answer.headers.get_content_type() == "text/html":
                    raise _not_allowed(name)  # a log-in page, with status 200
                data: bytes = answer.read(MOST_BYTES + 1)
        except HTTPError as error:
            if error.code in (301, 302, 303, 307, 401, 403):
                raise _not_allowed(name) from error
            if error.code in (404, 410):
                raise RequestError(f"{name} is no longer in Slack; send it again.") from error
            after = error.headers.get("Retry-After", "5")
            raise Unsent(f"{name}: status {error.code}", float(after) if after.isdecimal() else 5.0) from error
        except (OSError, HTTPException) as error:
            raise Unsent(f"{name} did not arrive ({type(error).__name__})", 2.0) from error
        if len(data) > MOST_BYTES:
            raise RequestError(f"{name} is larger than {MOST_BYTES // 10**6} MB; send it smaller.")
        return data


def safe_name(name: str) -> str:
    """A file name as a name: no path, no line, no markup, not long enough for a sermon."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w.-]+", "-", last).strip("-.")[:40] or "file"


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def _not_allowed(name: str) -> TryLater:
    return TokenProblem(
        f"{name} may not be read: token expired, or scope files:read missing; see `limner slack --check`", 30.0
    )
