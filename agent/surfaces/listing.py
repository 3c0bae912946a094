"""Rows and texts for the commands that list and explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.agent.messages import RequestError
from limner.agent.provenance import evidence, in_words, record_of
from limner.agent.record import read_record

if TYPE_CHECKING:
    from limner.agent.replay import Replay
    from limner.agent.studio import Studio
    from limner.memory import Handle
    from limner.tools.library import ArtifactKind

Row = dict[str, Any]


def pictures(studio: Studio, user: str, **filters: Any) -> list[Row]:
    kinds = ("image", "clip", "upload")
    found = [one for one in studio.memory.handles(user, newest_first=False, **filters) if one.kind in kinds]
    return [_picture(one) for one in found]


def within(studio: Studio, when: str) -> dict[str, Any]:
    """The filter for time words, none for none."""
    from limner.memory import times

    if not when:
        return {}
    interval = times.interval(when, studio.clock())
    if interval is None:
        raise RequestError(f"{when!r} names no time; write “yesterday”, “last week”, “in October”")
    return {"since": interval.start, "until": interval.end}


def named_things(studio: Studio, user: str, kind: ArtifactKind) -> list[Row]:
    """What was learned, and for styles and motions what the family knows natively."""
    rows = [
        {
            "name": one.name,
            "kind": one.class_noun or kind,
            "learned": one.created_at.date().isoformat(),
            "trigger": one.trigger,
            "tool": one.tool,
            "family": one.family,
            "sha256": one.sha256[:12],
            **{name: round(score, 3) for name, score in one.scores.items()},
        }
        for one in studio.library.list(user, kind)
    ]
    native = {"style": studio.engine.styles, "motion": studio.engine.motions}.get(kind)
    known = {row["name"] for row in rows}
    return rows + [
        {"name": name, "kind": f"native {kind}"} for name in (native() if native else ()) if name not in known
    ]


def methods() -> list[Row]:
    from limner.tools import all_tools

    return [
        {
            "name": name,
            "for": tool.kind,
            "title": tool.card.title,
            "method": tool.card.method,
            "paper": f"arXiv:{tool.card.paper}" if tool.card.paper else "",
            "families": ", ".join(tool.card.families),
        }
        for name, tool in all_tools().items()
    ]


def table(rows: list[Row]) -> str:
    """Aligned columns that pipe well: one row a line, no frame."""
    if not rows:
        return "none yet"
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns] + [[str(row.get(key, "") if row.get(key) is not None else "") for key in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def explain(studio: Studio, user: str, handle: str) -> tuple[Row, str]:
    """The record of a handle or file, and the same in words."""
    record = read_record(Path(handle)) if Path(handle).is_file() else record_of(studio, user, handle)
    return record.model_dump(mode="json"), in_words(record, evidence(studio, record))


def replay_text(result: Replay) -> str:
    if result.same:
        verdict = "the same bytes"
    elif result.same_pixels:
        verdict = "the same pixels; the file differs, its metadata was changed or stripped"
    else:
        verdict = "DIFFERENT pixels"
    drift = [f"  drifted: {one}" for one in result.drift]
    if not result.same_pixels and not drift:
        drift = ["  nothing recorded drifted: another kind of processor, or a changed file of the family"]
    return "\n".join([f"{result.record.handle} again: {verdict}", f"  written to {result.path}", *drift])


def _picture(one: Handle) -> Row:
    return {
        "handle": one.handle,
        "made": f"{one.at:%Y-%m-%d %H:%M}",
        "liked": {True: "yes", False: "no", None: ""}[one.liked],
        "caption": one.caption,
        "session": one.session,
        "seed": one.seed,
        "path": str(one.path or ""),
    }
