"""How a picture came to be: its record, the memories that decided something, and all of it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limner.agent.messages import RequestError
from limner.agent.record import Record, UsedTool, read_record

if TYPE_CHECKING:
    from limner.agent.studio import Studio


def record_of(studio: Studio, user: str, handle: str) -> Record:
    """The record of one of the user's own pictures."""
    found = studio.memory.get_handle(user, handle)
    if found is None:
        raise RequestError(f"there is no {handle}; `limner images` lists what there is")
    if found.kind not in ("image", "clip"):
        raise RequestError(f"{handle} is a {found.kind}, not a picture Limner made; `limner memory` knows more of it")
    assert found.path is not None
    return read_record(found.path)


def evidence(studio: Studio, record: Record) -> dict[str, str]:
    """What each memory that decided something says, by its id."""
    return {memory_id: _text(studio, record.user, memory_id) for memory_id in record.memory_ids}


def in_words(record: Record, evidence: dict[str, str]) -> str:
    """The record as `limner why` prints it; `evidence` has the text of each memory by its id."""
    lines = [
        f"{record.handle}: you said “{record.request}” on {record.created_at:%Y-%m-%d %H:%M}, session {record.session}",
        *(f"plan      {line}" for line in record.plan.splitlines() if not line.startswith("because(")),
        f"prompt    {prompt(record)}",
        f"seed      {record.spec['seed']}, {record.width}x{record.height}"
        + (f", {record.frames} frames" if record.frames > 1 else ""),
    ]
    lines += [
        f"{one.kind:<9} {one.name}, {one.tool}, scale {one.scale:g}{_moved(one)}, effect {one.effect:.3f}{_lost(one)}"
        + (f", sha256 {one.sha256[:12]}" if one.sha256 else "")
        for one in record.used
    ]
    lines += [f"from      {parent}" for parent in record.parents]
    lines += [f"because   {memory_id}: {text}" for memory_id, text in evidence.items()]
    lines.append(f"model     {record.engine.get('family')} {str(record.engine.get('hash', ''))[:12]}")
    return "\n".join(lines)


def _moved(one: UsedTool) -> str:
    return "" if one.asked_scale is None else f" (moved from {one.asked_scale:g})"


def _lost(one: UsedTool) -> str:
    """What it loses to others, where that is worth a word."""
    told = [f"{share:.0%} lost to {other}" for other, share in one.interference.items() if share > 0.1]
    return f" ({', '.join(told)})" if told else ""


def prompt(record: Record) -> str:
    """What the model was given, all adapters' words included."""
    return str(record.settings.get("prompt", record.spec["prompt"]))


def _text(studio: Studio, user: str, memory_id: str) -> str:
    turn = studio.memory.get_turn(memory_id) if memory_id.startswith("turn") else None
    if turn is not None:
        who = "you" if turn.user == user else "somebody you share this with"
        return f"{who} said “{turn.text}” on {turn.at:%Y-%m-%d}"
    handle = studio.memory.get_handle(user, memory_id)
    if handle is not None:
        thumb = {True: ", which you liked", False: ", which you did not like", None: ""}[handle.liked]
        return f"{handle.caption or handle.handle}{thumb}, {handle.at:%Y-%m-%d}"
    fact = next((one for one in studio.memory.facts(user, live=False) if one.id == memory_id), None)
    return fact.text if fact else "forgotten since"
