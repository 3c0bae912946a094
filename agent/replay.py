"""Makes a picture or clip again from its own record, and says what drifted when the bytes differ."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel

from limner.agent.messages import RequestError
from limner.agent.outputs import durably, encode_clip, encode_image
from limner.agent.record import Record, pixels_hash, read_record
from limner.agent.studio import Studio, versions
from limner.tools import AnimateSpec, GenerateSpec, Tool, ToolError
from limner.tools.base import Progress, silent

# What the engine says of itself that the record keeps elsewhere.
HARMLESS = ("libraries",)


class Replay(BaseModel, frozen=True):
    """What came of it. `same` speaks of the whole file, `same_pixels` of the pictures in it."""

    path: Path
    record: Record
    same: bool
    same_pixels: bool
    drift: tuple[str, ...]


def replay(file: Path, studio: Studio, out: Path | None = None, progress: Progress = silent) -> Replay:
    """Render the record of `file` again, beside the original or into `out`."""
    record = read_record(file)
    source = file.with_suffix("") if file.suffix == ".json" else file
    drift = _drift(record, studio)
    tools = tuple(_tool(record, i, studio, drift) for i in range(len(record.used)))
    asked = {key: value for key, value in record.spec.items() if key != "init_sha256"}
    if record.kind == "clip":
        clip = studio.engine.animate(AnimateSpec(**asked, tools=tools), progress=progress)
        frames = clip.frames
        data = encode_clip(frames, source.suffix[1:], clip.frames_per_second)
    else:
        _check_start(record, drift)
        picture = studio.engine.generate(GenerateSpec(**asked, tools=tools), progress=progress)[0]
        frames = [picture.image]
        data = encode_image(picture.image, record, studio.metadata)
    target = _free((out or source.parent) / f"{source.stem}-replay{source.suffix}")
    durably(target, data)
    same = source.is_file() and source.read_bytes() == data
    same_pixels = same or pixels_hash(frames) == record.pixels_sha256
    if same_pixels:  # another number of threads is drift only when it shows
        drift = [one for one in drift if not one.startswith("threads:")]
    return Replay(
        path=target,
        record=record,
        same=same,
        same_pixels=same_pixels,
        drift=tuple(drift),
    )


def _drift(record: Record, studio: Studio) -> list[str]:
    found = []
    engine = studio.engine.describe()
    for key, was in record.engine.items():
        now = engine.get(key)
        if key not in HARMLESS and str(now) != str(was):
            found.append(f"{key}: was {was}, is {now}")
    now_installed = versions()
    found += [
        f"{name}: was {was}, is {now_installed.get(name)}"
        for name, was in record.versions.items()
        if now_installed.get(name) != was
    ]
    return found


def _tool(record: Record, number: int, studio: Studio, drift: list[str]) -> Tool:
    used = record.used[number]
    # What was asked, not what it was moved to: the same check moves it the same way again.
    asked = used.scale if used.asked_scale is None else used.asked_scale
    scale = asked if used.sha256 else None
    try:
        tool = studio.engine.choose(used.kind, used.name, studio.library, record.owner, scale)  # type: ignore[arg-type]
    except ToolError as error:
        raise RequestError(
            f"cannot replay {record.handle}: its {used.kind} {used.name} is gone, forgotten or never imported here. "
            f"{error}"
        ) from error
    now = getattr(tool, "sha256", "")
    if used.sha256 and now != used.sha256:
        drift.append(f"{used.kind} {used.name}: the adapter file changed ({used.sha256[:12]} then, {now[:12]} now)")
    return tool


def _check_start(record: Record, drift: list[str]) -> None:
    start = record.spec.get("init_image")
    if start is None:
        return
    if not Path(start).is_file():
        raise RequestError(f"cannot replay {record.handle}: the picture it started from, {start}, is gone")
    if hashlib.sha256(Path(start).read_bytes()).hexdigest() != record.spec.get("init_sha256"):
        drift.append(f"the picture it started from, {start}, changed")


def _free(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free
