"""What is written down of one picture or clip: enough to explain and replay it, and nothing that was not applied."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ValidationError

from limner.agent.messages import RequestError

SCHEMA = 1
CHUNK = "limner"


class UsedTool(BaseModel, frozen=True):
    """One adapter or named style that took part, with the proof that it had an effect."""

    name: str
    tool: str
    kind: str
    scale: float
    sha256: str = ""
    effect: float
    interference: dict[str, float] = {}  # the share of its effect that each other tool takes away
    asked_scale: float | None = None  # where the scale was moved, because one adapter erased another


class Record(BaseModel, frozen=True):
    """One output. `spec` is what the engine was asked, without its tools: those are `used`, in order."""

    schema_version: int = SCHEMA
    kind: Literal["image", "clip"]
    handle: str
    user: str
    session: str
    turn_id: str
    job: str
    created_at: datetime
    request: str
    plan: str
    step: int
    memory_ids: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    motion: str = ""
    parents: tuple[str, ...] = ()
    owner: str
    spec: dict[str, Any]
    used: tuple[UsedTool, ...]
    settings: dict[str, Any]
    engine: dict[str, Any]
    versions: dict[str, str]
    width: int
    height: int
    frames: int = 1
    frames_per_second: int = 0
    # Of the raw pixels of all frames, so that a replay can be judged even when the file was re-encoded on its way.
    pixels_sha256: str

    def infotext(self) -> str:
        """The `parameters` text that A1111, Civitai and image browsers read."""
        loras = [one for one in self.used if one.sha256]
        prompt = str(self.settings.get("prompt", self.spec["prompt"]))
        prompt += "".join(f" <lora:{one.name}:{one.scale:g}>" for one in loras)
        lines = [prompt]
        if negative := self.settings.get("negative_prompt") or self.spec.get("negative_prompt"):
            lines.append(f"Negative prompt: {negative}")
        facts = {
            "Steps": self.settings.get("num_inference_steps"),
            "Sampler": self.settings.get("scheduler") or self.engine.get("scheduler"),
            "CFG scale": self.settings.get("guidance_scale"),
            "Seed": self.spec["seed"],
            "Size": f"{self.width}x{self.height}",
            "Model hash": str(self.engine.get("hash", ""))[:10],
            "Model": self.engine.get("family"),
            "Denoising strength": self.spec.get("strength"),
            "Lora hashes": json.dumps(", ".join(f"{one.name}: {one.sha256[:12]}" for one in loras)) if loras else None,
            "Version": f"limner {self.versions.get('limner', '')}",
        }
        lines.append(", ".join(f"{key}: {value}" for key, value in facts.items() if value not in (None, "")))
        return "\n".join(lines)


def pixels_hash(frames: list[Image.Image]) -> str:
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(f"{frame.mode}{frame.size}".encode())
        digest.update(frame.tobytes())
    return digest.hexdigest()


def read_record(file: Path) -> Record:
    """From the picture's own chunk, else from the sidecar beside it."""
    text = _chunk(file)
    sidecar = file.with_name(file.name + ".json")
    if text is None and sidecar.is_file():
        text = sidecar.read_text("utf-8")
    if text is None:
        raise RequestError(
            f"{file} carries no Limner record and has no {sidecar.name} beside it; it was made by another program or "
            "its metadata was stripped"
        )
    try:
        version = json.loads(text).get("schema_version")
        if isinstance(version, int) and version > SCHEMA:
            raise RequestError(
                f"{file} was written by a newer Limner (schema {version}, this one reads {SCHEMA}); update"
            )
        return Record.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise RequestError(
            f"the Limner record of {file} is damaged ({what}); put back the file it came with"
        ) from error
    except (ValueError, AttributeError) as error:
        raise RequestError(
            f"the Limner record of {file} is damaged ({error}); put back the file it came with"
        ) from error


def _chunk(file: Path) -> str | None:
    if not file.is_file():
        raise RequestError(f"no file {file}; give the path of a picture or clip that Limner made")
    if file.suffix.lower() == ".json":
        return file.read_text("utf-8")
    try:
        with Image.open(file) as image:
            image.load()  # text after the pixels is read too
            found = getattr(image, "text", {}).get(CHUNK)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        if file.suffix.lower() in (".mp4", ".webm"):
            return None
        raise RequestError(f"{file} cannot be read as a picture: {error}") from error
    return str(found) if found else None
