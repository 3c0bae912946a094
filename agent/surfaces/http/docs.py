"""/docs: the OpenAPI description as one plain page, which needs no script and nothing from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

STYLE = """:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;
padding:0 1rem}code{font:14px/1.4 ui-monospace,monospace}table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8884}
h3{margin:2rem 0 0}h3 b{display:inline-block;min-width:4.5rem}"""
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def router(app: FastAPI) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    def docs() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()), headers=POLICY)

    return routes


def page(schema: dict[str, Any]) -> str:
    """Every route with its fields."""
    parts = [f"<h1>{escape(schema['info']['title'])} API</h1>", _paragraph(schema["info"].get("description", ""))]
    parts.append('<p>The same for programs: <a href="/openapi.json">openapi.json</a></p>')
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            parts.append(f"<h3><b>{method.upper()}</b> <code>{escape(path)}</code></h3>")
            parts.append(_paragraph(route.get("description", "")))
            parts.append(_table([_parameter(one) for one in route.get("parameters", [])] + _fields(route, schema)))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Limner API</title><style>{STYLE}</style>'
        f"{''.join(parts)}</html>"
    )


def _parameter(one: dict[str, Any]) -> tuple[str, str, str]:
    where = {"path": "in the path", "query": "in the address", "header": "a header"}[one["in"]]
    said = one.get("description") or one["schema"].get("description", "")
    return one["name"], f"{_type(one['schema'])}, {where}", said


def _fields(route: dict[str, Any], schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = []
    for kind, body in route.get("requestBody", {}).get("content", {}).items():
        model = _resolved(body["schema"], schema)
        needed = model.get("required", [])
        for name, one in model.get("properties", {}).items():
            must = ", needed" if name in needed else ""
            rows.append(
                (name, f"{_type(one)}{must}, {'form' if 'form' in kind else 'JSON'}", one.get("description", ""))
            )
    return rows


def _resolved(one: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = str(one.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = schema["components"]["schemas"][name] if name else one
    return found


def _type(one: dict[str, Any]) -> str:
    if "$ref" in one:
        return str(one["$ref"]).rpartition("/")[2]
    if "anyOf" in one:
        return " or ".join(dict.fromkeys(_type(each) for each in one["anyOf"] if each.get("type") != "null"))
    if one.get("type") == "array":
        return f"list of {_type(one.get('items', {}))}"
    if "enum" in one:
        return " or ".join(f"“{each}”" for each in one["enum"])
    return str(one.get("type", "anything"))


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _table(rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr><td><code>{escape(a)}</code><td>{escape(b)}<td>{escape(c)}" for a, b, c in rows)
    return f"<table>{cells}</table>"
