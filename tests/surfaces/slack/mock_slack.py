"""A Slack of our own on the loopback: the Web API methods Limner calls, files, and faults on demand."""

# ruff: noqa: N802, N815  (methods are named as Slack and http.server name them)
from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.surfaces.slack.kit import problems
from tests.surfaces.slack.mock_http import arguments_of, raw, send

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-mock-bot-token", "xapp-mock-app-token", "mock-signing-secret"
TEAM, BOT_USER = "T0LIMNER", "U0LIMNER"
SCOPES = (
    "app_mentions:read,assistant:write,channels:history,chat:write,commands,files:read,files:write,groups:history,"
    "im:history,mpim:history,reactions:read"
)
Json = dict[str, Any]


class No(Exception):  # noqa: N818 (what Slack answers)
    """ok: false."""


@dataclass
class Fault:
    """What goes wrong with the next call. `lost`: 'before' or 'after' the thing was done, the line is cut."""

    status: int = 200
    error: str = ""
    retry_after: float | None = None
    lost: str = ""


@dataclass
class Call:
    method: str
    arguments: Json
    at: float = field(default_factory=time.monotonic)


class MockSlack:
    """One workspace. Everything posted is in `messages`, everything called in `calls`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.messages: dict[str, list[Json]] = defaultdict(list)
        self.files: dict[str, Json] = {}
        self.calls: list[Call] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.scopes, self.token_error = SCOPES, ""
        self.polls_until_processed = 1
        self.streams_allowed = True
        self.sockets: list[str] = []
        self.downloads: dict[str, tuple[str, bytes]] = {}
        self._clock = 1_700_000_000
        mock = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                mock.answer(self)

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def api(self) -> str:
        return f"{self.base}/api/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # --- for tests -------------------------------------------------------------------------------------

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults[method].extend(faults)

    def called(self, method: str) -> list[Json]:
        return [one.arguments for one in self.calls if one.method == method]

    def thread(self, channel: str, ts: str) -> list[Json]:
        with self.lock:
            return [one for one in self.messages[channel] if one.get("thread_ts") == ts]

    def parts(self, channel: str | None = None) -> list[tuple[str, str]]:
        """Job and part of every message that carries them, and the names of shared files."""
        with self.lock:
            found = []
            for one in self.messages[channel] if channel else [m for each in self.messages.values() for m in each]:
                payload = (one.get("metadata") or {}).get("event_payload")
                if payload:
                    found.append((payload["job"], payload["part"]))
                found += [("file", file["name"]) for file in one.get("files", ())]
            return found

    def said(self, channel: str, user: str, text: str, thread: str = "") -> str:
        """Something a person wrote, as the workspace keeps it; its time stamp."""
        with self.lock:
            ts = self.ts()
            self.messages[channel].append(
                {"type": "message", "user": user, "text": text, "ts": ts, "thread_ts": thread or ts}
            )
            return ts

    def host(self, name: str, data: bytes, mimetype: str = "image/png") -> Json:
        """A file a person uploaded, as it stands in an event."""
        with self.lock:
            file_id = f"F0UP{len(self.downloads):06d}"
            path = f"/files-pri/{TEAM}-{file_id}/{len(self.downloads)}"
            self.downloads[path] = (mimetype, data)
            url = f"{self.base}{path}"
            return {
                "id": file_id,
                "created": 1700000000,
                "timestamp": 1700000000,
                "name": name,
                "title": name,
                "mimetype": mimetype,
                "filetype": mimetype.partition("/")[2],
                "pretty_type": mimetype.partition("/")[2].upper(),
                "user": "U0ANA",
                "user_team": TEAM,
                "editable": False,
                "size": len(data),
                "mode": "hosted",
                "is_external": False,
                "external_type": "",
                "is_public": True,
                "public_url_shared": False,
                "display_as_bot": False,
                "username": "",
                "url_private": url,
                "url_private_download": url,
                "media_display_type": "unknown",
                "permalink": f"https://limner-test.slack.com/files/U0ANA/{file_id}/file",
                "has_rich_preview": False,
                "file_access": "visible",
            }

    def ts(self) -> str:
        self._clock += 1
        return f"{self._clock}.{self._clock % 1_000_000:06d}"

    # --- HTTP ------------------------------------------------------------------------------------------------

    def answer(self, http: BaseHTTPRequestHandler) -> None:
        url = urlsplit(http.path)
        body = http.rfile.read(int(http.headers.get("content-length") or 0))
        if url.path.startswith("/files-pri/"):
            self._download(http, url.path)
            return
        if url.path.startswith("/upload/"):
            self._uploaded(http, url.path.rpartition("/")[2], body)
            return
        method = unquote(url.path.removeprefix("/api/"))
        arguments = arguments_of(http, url.query, body)
        with self.lock:
            self.calls.append(Call(method, arguments))
            fault = self.faults[method].popleft() if self.faults[method] else Fault()
        if fault.lost == "before":
            http.close_connection = True
            return
        if fault.status != 200 or fault.error or fault.retry_after is not None:
            headers = {"Retry-After": f"{fault.retry_after:g}"} if fault.retry_after is not None else {}
            status = 429 if fault.retry_after is not None else fault.status
            send(http, status, {"ok": False, "error": fault.error or "ratelimited"}, headers)
            return
        token = (http.headers.get("authorization") or "").removeprefix("Bearer ") or arguments.get("token", "")
        done = self._do(method, arguments, token)
        if fault.lost == "after":
            http.close_connection = True
            return
        send(http, 200, done, {"x-oauth-scopes": self.scopes, "x-accepted-oauth-scopes": "chat:write"})

    def _do(self, method: str, arguments: Json, token: str) -> Json:
        if self.token_error:
            return {"ok": False, "error": self.token_error}
        wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if token != wanted:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        action = getattr(self, method.replace(".", "_"), None)
        if action is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            with self.lock:
                return {"ok": True, **action(**{k: v for k, v in arguments.items() if k != "token"})}
        except No as no:
            return {"ok": False, "error": str(no)}

    def _download(self, http: BaseHTTPRequestHandler, path: str) -> None:
        allowed = http.headers.get("authorization") == f"Bearer {BOT_TOKEN}" and not self.token_error
        if not allowed:  # what Slack really does: its log-in page, and a friendly 200
            raw(http, 200, "text/html; charset=utf-8", b"<!DOCTYPE html><html><body>Sign in</body></html>")
        elif path in self.downloads:
            raw(http, 200, *self.downloads[path])
        else:
            raw(http, 404, "text/html", b"<html>not found</html>")

    def _uploaded(self, http: BaseHTTPRequestHandler, file_id: str, data: bytes) -> None:
        with self.lock:
            self.calls.append(Call("upload", {"file": file_id, "bytes": len(data)}))
            fault = self.faults["upload"].popleft() if self.faults["upload"] else Fault()
            if fault.status == 200 and not fault.lost:
                self.files[file_id]["data"] = data
        if fault.lost:
            http.close_connection = True
            return
        raw(http, fault.status, "text/plain", f"OK - {len(data)}".encode())

    # --- the methods -------------------------------------------------------------------------------------------

    def auth_test(self, **more: Any) -> Json:
        return {
            "url": "https://limner-test.slack.com/",
            "team": "Limner Test",
            "user": "limner",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": "B0LIMNER",
            "is_enterprise_install": False,
        }

    def apps_connections_open(self, **more: Any) -> Json:
        return {"url": self.sockets[-1]}

    def chat_postMessage(self, channel: str, text: str = "", **more: Any) -> Json:
        if channel.startswith("U"):  # a person: their direct messages
            channel = f"D{channel[1:]}"
        message = self._message(channel, text, **more)
        self.messages[channel].append(message)
        return {"channel": channel, "ts": message["ts"], "message": message}

    def chat_postEphemeral(self, channel: str, user: str, text: str = "", **more: Any) -> Json:
        self._check(channel, text, more.get("blocks"))
        return {"message_ts": self.ts()}

    def chat_update(self, channel: str, ts: str, text: str = "", **more: Any) -> Json:
        self._check(channel, text, more.get("blocks"))
        message = self._find(channel, ts)
        message |= {"text": text, "blocks": more.get("blocks") or [], "edited": True}
        if more.get("metadata"):
            message["metadata"] = more["metadata"]
        return {"channel": channel, "ts": ts, "text": text}

    def chat_delete(self, channel: str, ts: str) -> Json:
        self.messages[channel].remove(self._find(channel, ts))
        return {"channel": channel, "ts": ts}

    def chat_startStream(self, channel: str, thread_ts: str, **more: Any) -> Json:
        if not self.streams_allowed:
            raise No("channel_type_not_supported")
        if channel.startswith("C") and not (more.get("recipient_user_id") and more.get("recipient_team_id")):
            raise No("missing_recipient_user_id")
        message = self._message(channel, more.get("markdown_text", ""), thread_ts=thread_ts)
        self.messages[channel].append(message | {"streaming_state": "in_progress"})
        return {"channel": channel, "ts": message["ts"]}

    def chat_appendStream(self, channel: str, ts: str, markdown_text: str = "", **more: Any) -> Json:
        message = self._streaming(channel, ts)
        message["text"] += markdown_text
        return {"channel": channel, "ts": ts}

    def chat_stopStream(self, channel: str, ts: str, **more: Any) -> Json:
        message = self._streaming(channel, ts)
        self._check(channel, message["text"], more.get("blocks"))
        message["streaming_state"] = "completed"
        message["blocks"] = more.get("blocks") or []
        if more.get("metadata"):
            message["metadata"] = more["metadata"]
        return {"channel": channel, "ts": ts, "message": message}

    def conversations_replies(self, channel: str, ts: str, limit: Any = 200, cursor: str = "", **more: Any) -> Json:
        found = [one for one in self.messages[channel] if one["ts"] == ts or one.get("thread_ts") == ts]
        if not found:
            raise No("thread_not_found")
        start, size = int(cursor or 0), min(int(limit), 50)
        page = [
            _shown(one, more.get("include_all_metadata") in (True, "true", "1")) for one in found[start : start + size]
        ]
        following = str(start + size) if start + size < len(found) else ""
        return {"messages": page, "has_more": bool(following), "response_metadata": {"next_cursor": following}}

    def files_getUploadURLExternal(self, filename: str, length: Any, **more: Any) -> Json:
        file_id = f"F0OUT{len(self.files):06d}"
        self.files[file_id] = {"id": file_id, "name": filename, "length": int(length), "polls": 0, "shares": {}}
        return {"upload_url": f"{self.base}/upload/{file_id}", "file_id": file_id}

    def files_completeUploadExternal(
        self, files: Any, channel_id: str = "", thread_ts: str | None = None, **more: Any
    ) -> Json:
        if "blocks" in more:
            raise No("invalid_arguments")
        done = []
        for one in json.loads(files) if isinstance(files, str) else files:
            file = self.files.get(one["id"])
            if file is None or len(file.get("data", b"")) != file["length"]:
                raise No("file_not_found")
            if channel_id:
                message = self._message(channel_id, "", thread_ts=thread_ts)
                shown = {"id": file["id"], "name": file["name"], "title": one.get("title"), "mimetype": ""}
                self.messages[channel_id].append(message | {"files": [shown], "subtype": "file_share"})
                kind = "private" if channel_id.startswith(("D", "G")) else "public"
                file["shares"] = {
                    kind: {channel_id: [{"ts": message["ts"], "thread_ts": thread_ts, "reply_users": []}]}
                }
            done.append({"id": file["id"], "title": one.get("title")})
        return {"files": done}

    def files_info(self, file: str, **more: Any) -> Json:
        known = self.files.get(file)
        if known is None:
            raise No("file_not_found")
        known["polls"] += 1
        ready = known["polls"] > self.polls_until_processed
        suffix = known["name"].rpartition(".")[2]
        mimetype = {"png": "image/png", "gif": "image/gif"}.get(suffix, "video/mp4") if ready else ""
        known["mimetype"] = mimetype
        shown = {"id": file, "name": known["name"], "mimetype": mimetype, "shares": known["shares"] if ready else {}}
        return {"file": shown}

    def files_delete(self, file: str) -> Json:
        if self.files.pop(file, None) is None:
            raise No("file_not_found")
        return {}

    def assistant_threads_setStatus(self, channel_id: str, thread_ts: str, status: str, **more: Any) -> Json:
        return {}

    def assistant_threads_setSuggestedPrompts(self, channel_id: str, thread_ts: str, prompts: Any, **more: Any) -> Json:
        if not 1 <= len(prompts) <= 4:
            raise No("invalid_arguments")
        return {}

    def assistant_threads_setTitle(self, channel_id: str, thread_ts: str, title: str, **more: Any) -> Json:
        return {}

    # --- inside --------------------------------------------------------------------------------------------------

    def _message(self, channel: str, text: str, thread_ts: str | None = None, **more: Any) -> Json:
        self._check(channel, text, more.get("blocks"))
        message: Json = {"type": "message", "user": BOT_USER, "bot_id": "B0LIMNER", "text": text, "ts": self.ts()}
        message |= {"thread_ts": thread_ts} if thread_ts else {}
        return message | {name: more[name] for name in ("blocks", "metadata") if more.get(name)}

    def _check(self, channel: str, text: str, blocks: list[Json] | None) -> None:
        if channel.startswith("CARCHIVED"):
            raise No("is_archived")
        ready = {file["id"] for file in self.files.values() if file.get("mimetype") and self._in(file, channel)}
        wrong = problems(blocks or [], ready)
        if wrong:
            raise No("invalid_blocks")

    def _in(self, file: Json, channel: str) -> bool:
        return any(channel in each for each in file["shares"].values())

    def _find(self, channel: str, ts: str) -> Json:
        for one in self.messages[channel]:
            if one["ts"] == ts:
                return one
        raise No("message_not_found")

    def _streaming(self, channel: str, ts: str) -> Json:
        message = self._find(channel, ts)
        if message.get("streaming_state") != "in_progress":
            raise No("message_not_in_streaming_state")
        return message


def _shown(message: Json, with_metadata: bool) -> Json:
    return {name: value for name, value in message.items() if name != "metadata" or with_metadata}
