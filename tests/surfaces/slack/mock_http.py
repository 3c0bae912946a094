"""HTTP as Slack speaks it: arguments in JSON, a form or the address, answers in JSON or as a file."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

Json = dict[str, Any]


def arguments_of(http: BaseHTTPRequestHandler, query: str, body: bytes) -> Json:
    given: Json = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    if "json" in (http.headers.get("content-type") or ""):
        given |= json.loads(body or b"{}")
    elif body:
        given |= {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return given


def send(http: BaseHTTPRequestHandler, status: int, value: Json, headers: dict[str, str]) -> None:
    raw(http, status, "application/json; charset=utf-8", json.dumps(value).encode(), headers)


def raw(
    http: BaseHTTPRequestHandler, status: int, kind: str, data: bytes, headers: dict[str, str] | None = None
) -> None:
    http.send_response(status)
    for name, value in {"content-type": kind, "content-length": str(len(data)), **(headers or {})}.items():
        http.send_header(name, value)
    http.end_headers()
    http.wfile.write(data)
