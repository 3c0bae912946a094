"""What Slack refuses in blocks, as far as Limner uses them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def problems(blocks: list[Json], ready_files: set[str]) -> list[str]:
    """Why Slack would answer invalid_blocks; nothing when it would not."""
    found = ["more than 50 blocks"] if len(blocks) > 50 else []
    actions: list[str] = []
    for block in blocks:
        found += _block(block, ready_files)
        elements = block.get("elements", []) if block.get("type") in ("actions", "context_actions") else []
        actions += [one.get("action_id", "") for one in elements]
    if len(actions) != len(set(actions)):
        found.append("an action_id twice")
    return found


def _block(block: Json, ready_files: set[str]) -> list[str]:
    kind = block.get("type")
    if kind == "section":
        return _text(block.get("text"), 3000)
    if kind == "context":
        return [problem for one in block["elements"] for problem in _text(one, 3000)] + _few(block["elements"], 10)
    if kind == "image":
        found = [] if 0 < len(block.get("alt_text", "")) <= 2000 else ["alt_text"]
        found += _text(block["title"], 2000) if "title" in block else []
        return found + ([] if block.get("slack_file", {}).get("id") in ready_files else ["invalid slack file"])
    if kind == "actions":
        return [problem for one in block["elements"] for problem in _element(one)] + _few(block["elements"], 25)
    if kind == "context_actions":
        return _few(block["elements"], 5) + ([] if block["elements"][0]["type"] == "feedback_buttons" else ["element"])
    return [f"unknown block {kind}"]


def _element(one: Json) -> list[str]:
    if one.get("type") == "button":
        return _text(one.get("text"), 75) + ([] if len(one.get("value", "")) <= 2000 else ["value"])
    if one.get("type") == "static_select":
        wrong = [] if 1 <= len(one["options"]) <= 100 else ["options"]
        for option in one["options"]:
            wrong += _text(option["text"], 75) + ([] if len(option["value"]) <= 150 else ["option value"])
        return wrong
    return ["unknown element"]


def _text(text: Json | None, most: int) -> list[str]:
    return [] if text and 0 < len(text.get("text", "")) <= most else ["text"]


def _few(elements: list[Json], most: int) -> list[str]:
    return [] if 0 < len(elements) <= most else ["number of elements"]
