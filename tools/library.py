"""What has been learned, on disk: one folder per artifact, that other diffusers programs open as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from limner.tools.base import ToolError
from limner.tools.photos import FEWEST_PHOTOS

ArtifactKind = Literal["subject", "style", "motion"]
KINDS: tuple[ArtifactKind, ...] = ("subject", "style", "motion")
REFERENCE = "ip_adapter"  # the tool of a subject that is not learned yet
WEIGHTS = "adapter.safetensors"
TOKENS = "tokens.safetensors"
CARD = "card.json"
THUMBNAIL = 256
LONGEST = 200  # letters of a folder's name
KEPT_FOR = 7 * 24 * 3600.0  # seconds that an unfinished training waits to be taken up again


class Artifact(BaseModel):
    """A learned subject, style or motion: `adapter.safetensors` in the diffusers LoRA layout, `tokens.safetensors` in
    the textual-inversion layout, reference thumbnails, and this card."""

    model_config = ConfigDict(frozen=True)
    kind: ArtifactKind
    name: str
    owner: str
    tool: str  # the method that plays it back
    trigger: str = ""
    class_noun: str = ""
    family: str
    family_hash: str = ""
    sha256: str
    bytes: int
    recipe: dict[str, Any] = Field(default_factory=dict)
    scores: dict[str, float] = Field(default_factory=dict)
    created_at: datetime
    folder: Path = Field(default=Path(), exclude=True)

    @property
    def weights(self) -> Path:
        """The LoRA, or the tokens of an artifact that is nothing but tokens."""
        file = self.folder / WEIGHTS
        return file if file.exists() else self.folder / TOKENS

    @property
    def tokens(self) -> Path | None:
        file = self.folder / TOKENS
        return file if file.exists() else None

    @property
    def references(self) -> tuple[Path, ...]:
        return tuple(sorted(self.folder.glob("reference-*.png")))

    @property
    def provisional(self) -> bool:
        """Drawn after its photos until it is learned, which can be and was not tried yet."""
        return self.tool == REFERENCE and "tried" not in self.recipe and len(self.references) >= FEWEST_PHOTOS


class Library:
    """Artifacts of every owner under one folder. An artifact is listed only when it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self, owner: str, kind: ArtifactKind | None = None) -> Sequence[Artifact]:
        found = []
        for each in KINDS if kind is None else (kind,):
            for card in sorted((self.folder / _slug(owner) / each).glob(f"*/{CARD}")):
                found.append(_read(card))
        return sorted(found, key=lambda artifact: (artifact.kind, artifact.created_at))

    def find(self, owner: str, kind: ArtifactKind, name: str) -> Artifact | None:
        card = self._home(owner, kind, name) / CARD
        return _read(card) if card.exists() else None

    def get(self, owner: str, kind: ArtifactKind, name: str) -> Artifact:
        found = self.find(owner, kind, name)
        if found is None:
            known = ", ".join(a.name for a in self.list(owner, kind)) or "none yet"
            raise ToolError(f"{owner} has no {kind} called {name!r}; known: {known}")
        return found

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty folder to write an artifact's files into; gone afterwards, whatever happens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sweep()
        folder = Path(tempfile.mkdtemp(prefix=f".staging-{os.getpid()}-", dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def workplace(self, owner: str, kind: ArtifactKind, name: str, fingerprint: str) -> Path:
        """Where the training of an artifact is kept until it is whole. One of other material or numbers is dropped."""
        self.sweep()
        place = self._work(owner, kind, name) / fingerprint
        for other in place.parent.glob("*"):
            if other != place:
                shutil.rmtree(other, ignore_errors=True)
        return place

    def abandon(self, owner: str, kind: ArtifactKind, name: str) -> None:
        """Clears an unfinished training away."""
        shutil.rmtree(self._work(owner, kind, name), ignore_errors=True)

    def add(
        self,
        staged: Path,
        *,
        owner: str,
        kind: ArtifactKind,
        name: str,
        tool: str,
        family: str,
        family_hash: str = "",
        trigger: str = "",
        class_noun: str = "",
        recipe: Mapping[str, Any] | None = None,
        scores: Mapping[str, float] | None = None,
        references: Sequence[Image.Image] = (),
        side: int = THUMBNAIL,
        replace: bool = False,
    ) -> Artifact:
        """Takes a staged folder with `adapter.safetensors` (and tokens) in, all at once or not at all. References are
        kept no larger than `side`."""
        home = self._home(owner, kind, name)
        if home.exists() and not replace:
            raise ToolError(f"there already is a {kind} called {name!r}; choose another name or forget the old one")
        weights = staged / WEIGHTS if (staged / WEIGHTS).exists() else staged / TOKENS
        artifact = Artifact(
            kind=kind,
            name=name,
            owner=owner,
            tool=tool,
            trigger=trigger,
            class_noun=class_noun,
            family=family,
            family_hash=family_hash,
            sha256=sha256(weights),
            bytes=weights.stat().st_size,
            recipe=dict(recipe or {}),
            scores=dict(scores or {}),
            created_at=datetime.now(UTC),
        )
        try:
            for number, picture in enumerate(references):
                thumbnail = picture.convert("RGB")
                thumbnail.thumbnail((side, side))
                thumbnail.save(staged / f"reference-{number:02d}.png")
            (staged / CARD).write_text(artifact.model_dump_json(indent=2), "utf-8")
            home.parent.mkdir(parents=True, exist_ok=True)
            if home.exists():
                old = Path(tempfile.mkdtemp(prefix=f".replaced-{os.getpid()}-", dir=self.folder))
                home.replace(old / "old")
                staged.replace(home)
                shutil.rmtree(old, ignore_errors=True)
            else:
                staged.replace(home)
            self.abandon(owner, kind, name)
        except OSError as error:
            raise ToolError(f"could not save {kind} {name!r}: {error}. Free some space and try again") from error
        return artifact.model_copy(update={"folder": home})

    def note(self, artifact: Artifact, scores: Mapping[str, float], recipe: Mapping[str, Any]) -> Artifact:
        """The artifact with more said on its card; nothing else changes."""
        told = artifact.model_copy(
            update={"scores": artifact.scores | dict(scores), "recipe": artifact.recipe | dict(recipe)}
        )
        part = artifact.folder / f".{CARD}.{os.getpid()}"
        part.write_text(told.model_dump_json(indent=2), "utf-8")
        part.replace(artifact.folder / CARD)
        return told

    def erase(self, owner: str, kind: ArtifactKind, name: str) -> Sequence[Path]:
        """Removes an artifact for good and says which files went."""
        self.abandon(owner, kind, name)
        artifact = self.get(owner, kind, name)
        files = sorted(p for p in artifact.folder.rglob("*") if p.is_file())
        # Renamed first: a kill in the middle leaves no half artifact in the list.
        gone = Path(tempfile.mkdtemp(prefix=f".erased-{os.getpid()}-", dir=self.folder))
        artifact.folder.replace(gone / "erased")
        shutil.rmtree(gone)
        return files

    def sweep(self) -> None:
        """Clears what killed processes left behind."""
        for left in (*self.folder.glob(".staging-*"), *self.folder.glob(".erased-*"), *self.folder.glob(".replaced-*")):
            owner = left.name.split("-")[1]
            if not (owner.isdigit() and _alive(int(owner))):
                shutil.rmtree(left, ignore_errors=True)
        for left in self.folder.glob(".work-*/*"):
            if time.time() - left.stat().st_mtime > KEPT_FOR:
                shutil.rmtree(left.parent, ignore_errors=True)

    def _work(self, owner: str, kind: ArtifactKind, name: str) -> Path:
        # A hash: an unfinished thing's name should not be readable beside the finished ones.
        key = "/".join((_slug(owner), kind, _slug(name)))
        return self.folder / f".work-{hashlib.sha256(key.encode()).hexdigest()[:24]}"

    def _home(self, owner: str, kind: ArtifactKind, name: str) -> Path:
        return self.folder / _slug(owner) / kind / _slug(name)


def sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _slug(name: str) -> str:
    """A folder name for any name in any script; "Zoë" and "zoë" are one."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    if not plain:
        raise ToolError("a name is empty; give it at least one letter")
    whole = quote(plain, safe=" ").replace(".", "%2E")
    if len(whole) <= LONGEST:
        return whole
    # Too long for a folder: what is cut off must still tell two names apart.
    return f"{whole[: LONGEST - 17]}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


def _read(card: Path) -> Artifact:
    try:
        return Artifact.model_validate_json(card.read_bytes()).model_copy(update={"folder": card.parent})
    except ValidationError as error:
        raise ToolError(f"{card} is damaged; erase the folder {card.parent} and learn it again") from error
