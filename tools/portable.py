"""Artifacts as one file to give away, and files of other programs taken in."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError
from pydantic import ValidationError

from limner.tools.base import ToolError
from limner.tools.library import CARD, TOKENS, WEIGHTS, Artifact, ArtifactKind, Library, sha256
from limner.tools.photos import open_photo
from limner.tools.phrasing import placeholder

if TYPE_CHECKING:
    from limner.tools.diffusion.backbone import Backbone

MOST_BYTES = 2_000_000_000
MOST_SIDE = 2048  # of a reference; none is kept larger than a family draws
MOST_MEMBERS = 64


def export(artifact: Artifact, file: Path) -> Path:
    """Writes the artifact as a zip; the owner's name stays at home."""
    card = json.loads((artifact.folder / CARD).read_text("utf-8")) | {"owner": ""}
    part = file.with_name(file.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(CARD, json.dumps(card, indent=2))
            for each in sorted(artifact.folder.iterdir()):
                if each.name != CARD:
                    archive.write(each, each.name)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ToolError(f"could not write {file}: {error}") from error
    return file


def import_(library: Library, owner: str, file: Path, name: str | None = None, replace: bool = False) -> Artifact:
    """Takes in an exported artifact. Nothing is written outside the library, and only what an artifact may hold."""
    with library.staging() as staged:
        card = _unpack(file, staged)
        weights = staged / (WEIGHTS if (staged / WEIGHTS).exists() else TOKENS)
        if not weights.exists() or sha256(weights) != card.sha256:
            raise ToolError(f"{file.name} is damaged: its weights are not the ones on its card. Ask for it again")
        pictures = [_reference(picture) for picture in sorted(staged.glob("reference-*.png"))]
        return library.add(
            staged,
            owner=owner,
            kind=card.kind,
            name=name or card.name,
            tool=card.tool,
            family=card.family,
            family_hash=card.family_hash,
            trigger=card.trigger,
            class_noun=card.class_noun,
            recipe=card.recipe,
            scores=card.scores,
            references=pictures,
            replace=replace,
        )


def add_foreign(
    library: Library,
    owner: str,
    file: Path,
    backbone: Backbone,
    kind: ArtifactKind,
    name: str | None = None,
    trigger: str | None = None,
    class_noun: str = "",
    replace: bool = False,
) -> Artifact:
    """Takes in a LoRA or textual-inversion file of another program, if every key fits this base model."""
    from limner.tools.diffusion.concept_tokens import Concepts, check_width
    from limner.tools.diffusion.keeping import save_tensors
    from limner.tools.diffusion.lora import file_facts, mismatches, read_lora

    name = name or file.stem
    facts = file_facts(file)
    with library.staging() as staged:
        if facts.tokens:
            if kind == "motion":
                raise ToolError(f"{file.name} holds words, not a motion; add it as a subject or a style")
            concepts = Concepts.load([file]).named(placeholder(name))
            for token, rows in concepts.rows.items():
                for vectors, (_, encoder) in zip(rows, backbone.encoders, strict=False):
                    check_width(vectors, encoder, token)
            concepts.save(staged / TOKENS)
            tool = {"subject": "textual_inversion", "style": "style_lora"}[kind]
            said = next(iter(concepts.rows))
        else:
            state = read_lora(backbone.pipe, file)
            wrong = mismatches(backbone.pipe, state)
            if not state:
                raise ToolError(f"{file.name} holds no weights; get it again")
            if wrong:
                listed = "\n  ".join(wrong)
                looks = f" (it looks made for {facts.made_for})" if facts.made_for else ""
                raise ToolError(
                    f"{file.name} does not fit the {backbone.family.name} family{looks}: "
                    f"{len(state) - len(wrong)} of {len(state)} keys match. Not matched:\n  {listed}"
                )
            save_tensors(state, staged / WEIGHTS, {"source": file.name})
            tool = {"subject": "dreambooth_lora", "style": "style_lora", "motion": "motion_lora"}[kind]
            said = facts.trigger or name
        return library.add(
            staged,
            owner=owner,
            kind=kind,
            name=name,
            tool=tool,
            family=backbone.family.name,
            trigger=trigger or said,
            class_noun=class_noun,
            recipe={"method": "foreign", "file": file.name, **facts.notes},
            replace=replace,
        )


def _reference(file: Path) -> Image.Image:
    """Opened only when it is as small as those that were exported: dozens of huge ones would fill the memory."""
    try:
        with Image.open(file, formats=("PNG",)) as seen:
            width, height = seen.size
    except Image.DecompressionBombError as error:
        raise ToolError(f"{file.name} has more pixels than any reference; refused") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        width = height = 0  # opening it says what is wrong
    if max(width, height) > MOST_SIDE:
        raise ToolError(f"{file.name} has {width}x{height} pixels, more than any reference that is exported; refused")
    return open_photo(file)


def _unpack(file: Path, staged: Path) -> Artifact:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                raise ToolError(f"{file.name} unpacks to more than {MOST_BYTES // 10**9} GB; refused")
            if len(archive.infolist()) > MOST_MEMBERS:
                raise ToolError(f"{file.name} holds {len(archive.infolist())} files, more than any artifact; refused")
            for member in archive.infolist():
                path = PurePosixPath(member.filename)
                allowed = path.name in (CARD, WEIGHTS, TOKENS) or (
                    path.name.startswith("reference-") and path.suffix == ".png"
                )
                # One flat folder: no "../", no absolute paths, no links, no other files.
                if not allowed or len(path.parts) != 1 or "\\" in member.filename:
                    raise ToolError(f"{file.name} holds {member.filename!r}, which no artifact does; refused")
                with archive.open(member) as source, (staged / path.name).open("wb") as target:
                    shutil.copyfileobj(source, target)
        return Artifact.model_validate_json((staged / CARD).read_bytes())
    except FileNotFoundError as error:
        raise ToolError(f"{file.name} holds no {CARD}, or does not exist; it is not an exported artifact") from error
    except (zipfile.BadZipFile, ValidationError) as error:
        raise ToolError(f"{file.name} is not an exported artifact, or is damaged") from error
