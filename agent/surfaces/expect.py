"""Compares a reply with what a script expects of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from limner.agent.messages import ClipMade, Reply
from limner.agent.plan import parse_plan
from limner.agent.surfaces.script_file import Expect

Score = Callable[[str, ClipMade | Any], float | None]


def misses(expect: Expect, reply: Reply) -> list[str]:
    """Each expectation that was not met, with what was found instead."""
    found: list[str] = []
    steps = parse_plan(reply.plan).steps if reply.plan else ()
    tools = tuple(step.tool for step in steps)
    if expect.tools is not None and tools != expect.tools:
        found.append(f"tools: expected {list(expect.tools)}, got {list(tools)}")
    for name, wanted in expect.arguments.items():
        given = [getattr(step, name) for step in steps if hasattr(step, name)]
        if not any(_fits(wanted, one) for one in given):
            found.append(f"argument {name}: expected {wanted!r}, got {given}")
    found += [
        f"handle {one} did not come out; got {list(reply.handles)}"
        for one in expect.handles
        if one not in reply.handles
    ]
    found += [
        f"text: {one!r} is not in {reply.text!r}"
        for one in expect.text_contains
        if one.casefold() not in reply.text.casefold()
    ]
    if expect.images is not None and len(reply.made) != expect.images:
        found.append(f"images: expected {expect.images}, got {len(reply.made)}")
    if not reply.made and (expect.size or expect.subject_score_above):
        found.append("nothing was made whose size or subject score could be looked at")
    for made in reply.made:
        if expect.size is not None and (made.width, made.height) != expect.size:
            found.append(f"size of {made.handle}: expected {expect.size}, got {(made.width, made.height)}")
        for subject, least in expect.subject_score_above.items():
            score = made.scores.get(subject)
            if score is None:
                found.append(f"subject score of {subject} in {made.handle}: nothing measured it")
            elif score <= least:
                found.append(f"subject score of {subject} in {made.handle}: expected above {least}, got {score:.3f}")
    if expect.frames is not None:
        frames = [made.frames for made in reply.made if isinstance(made, ClipMade)]
        if expect.frames not in frames:
            found.append(f"frames: expected {expect.frames}, got {frames}")
    found += _of_status(expect, reply)
    return found


def _of_status(expect: Expect, reply: Reply) -> list[str]:
    found = []
    asked = reply.question.text if reply.question else ""
    if expect.asks is True and not asked:
        found.append("asks: expected a question, none was asked")
    if expect.asks is False and asked:
        found.append(f"asks: expected no question, got {asked!r}")
    if isinstance(expect.asks, str) and expect.asks.casefold() not in asked.casefold():
        found.append(f"asks: expected a question with {expect.asks!r}, got {asked!r}")
    errors = "; ".join(reply.errors)
    if expect.error_contains is not None and expect.error_contains.casefold() not in errors.casefold():
        found.append(f"error: {expect.error_contains!r} is not in {errors!r}")
    if expect.error_contains is None and errors and expect.status != reply.status:
        found.append(f"error: {errors}")
    if expect.status is not None and reply.status != expect.status:
        found.append(f"status: expected {expect.status}, got {reply.status}")
    return found


def _fits(wanted: Any, given: Any) -> bool:
    """Equal; text fits when it is contained, a list when it holds the same in any order."""
    if isinstance(wanted, str) and isinstance(given, str):
        return wanted.casefold() in given.casefold()
    if isinstance(wanted, str) and isinstance(given, tuple):
        return any(_fits(wanted, one) for one in given)
    if isinstance(wanted, list) and isinstance(given, tuple):
        return sorted(map(str, wanted)) == sorted(map(str, given))
    return bool(wanted == given)
