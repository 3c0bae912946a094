"""What every method that learns is given and gives back, and how the result gets into the library."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from PIL import Image

from limner.tools.base import Cancel, Cancelled, LearnedTool, Progress, ToolError, all_tools
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.lora import Residents
from limner.tools.library import REFERENCE, THUMBNAIL, TOKENS, WEIGHTS, Artifact, ArtifactKind, Library, sha256
from limner.tools.photos import open_photo, open_photos

DEFAULT_METHOD: dict[ArtifactKind, str] = {
    "subject": "dreambooth_lora",
    "style": "style_lora",
    "motion": "motion_director",
}
FEWEST_FOR_TRIAL = 4  # photos, of which one is held back


@dataclass(frozen=True)
class Lesson:
    """What is to be learned, from what."""

    kind: ArtifactKind
    name: str
    files: tuple[Path, ...]
    owner: str
    class_noun: str = ""
    method: str | None = None
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)  # training numbers other than the method's own
    siblings: tuple[Artifact, ...] = ()  # what this owner has learned of that kind before
    work: Path | None = None  # where the training is kept while it runs

    def fingerprint(self, method: str, family_hash: str) -> str:
        """The same for a lesson taken up again, another for other pictures, numbers or base models, or when another
        modular subject has taken the directions meanwhile."""
        said = [self.kind, self.class_noun, method, family_hash, str(self.seed), repr(sorted(self.settings.items()))]
        said += [f"{sibling.recipe['slot']}" for sibling in self.siblings if "slot" in sibling.recipe]
        pictures = [sha256(file) for file in self.files if file.is_file()]
        return hashlib.sha256("\n".join([*said, *pictures]).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Learned:
    """What a method says about the files it put into the staging folder."""

    trigger: str
    recipe: dict[str, Any]
    references: Sequence[Image.Image]
    scores: dict[str, float] = field(default_factory=dict)


@runtime_checkable
class Learner(Protocol):
    """A tool class that can also learn: `fit` trains on a bare pipeline, writes files into `staged`, and leaves the
    pipeline as it was, whatever happens."""

    @classmethod
    def fit(cls, lesson: Lesson, backbone: Backbone, staged: Path, progress: Progress, cancel: Cancel) -> Learned: ...


def teach(
    lesson: Lesson,
    backbone: Backbone,
    residents: Residents,
    library: Library,
    family_hash: str,
    overwrite: bool,
    progress: Progress,
    cancel: Cancel,
) -> Artifact:
    """Trains, and puts the artifact into the library; beside a reference only if it scores better on held photos."""
    method = lesson.method or DEFAULT_METHOD[lesson.kind]
    tool, learner = _learner(lesson, method, backbone)
    known = library.find(lesson.owner, lesson.kind, lesson.name)
    trial = known is not None and known.tool == REFERENCE and len(lesson.files) >= FEWEST_FOR_TRIAL
    held = lesson.files[-1:] if trial else ()
    siblings = tuple(a for a in library.list(lesson.owner, lesson.kind) if a.name != lesson.name)
    lesson = replace(lesson, files=lesson.files[: len(lesson.files) - len(held)], siblings=siblings)
    work = library.workplace(lesson.owner, lesson.kind, lesson.name, lesson.fingerprint(method, family_hash))
    with library.staging() as staged:
        try:
            learned = learner.fit(replace(lesson, work=work), backbone, staged, progress, cancel)
            if known is not None and library.find(lesson.owner, lesson.kind, lesson.name) != known:
                raise Cancelled(f"{lesson.name} was forgotten or learned anew meanwhile; nothing was saved")
        except Cancelled:
            library.abandon(lesson.owner, lesson.kind, lesson.name)
            raise
        scores = dict(learned.scores)
        if known is not None and held:
            scores |= _compared(lesson, tool, learned, staged, known, held, backbone, residents)
            if not scores["held"] > scores["held_by_reference"]:
                library.abandon(lesson.owner, lesson.kind, lesson.name)
                return library.note(known, scores, {"tried": method})
        return library.add(
            staged,
            owner=lesson.owner,
            kind=lesson.kind,
            name=lesson.name,
            tool=method,
            family=backbone.family.name,
            family_hash=family_hash,
            trigger=learned.trigger,
            class_noun=lesson.class_noun,
            recipe={"method": method, "seed": lesson.seed, **learned.recipe},
            scores=scores,
            references=[*learned.references, *(open_photo(file) for file in held)],
            replace=overwrite or known is not None,
        )


def refer(lesson: Lesson, backbone: Backbone, library: Library, family_hash: str, overwrite: bool) -> Artifact:
    """A subject usable at once: its photos speak through the IP-Adapter until training pays."""
    from limner.tools.diffusion.keeping import save_tensors
    from limner.tools.diffusion.reference import referenced

    photos = open_photos(lesson.files, lesson.name, at_least=1)
    with library.staging() as staged:
        with referenced(backbone, photos, 1.0):
            assert backbone.image_embeds is not None
            seen = backbone.image_embeds.float().cpu().contiguous()
        save_tensors({"image_embeds": seen}, staged / WEIGHTS)
        return library.add(
            staged,
            owner=lesson.owner,
            kind="subject",
            name=lesson.name,
            tool=REFERENCE,
            family=backbone.family.name,
            family_hash=family_hash,
            trigger=lesson.class_noun or "thing",
            class_noun=lesson.class_noun,
            recipe={"method": REFERENCE, "photos": len(photos)},
            references=photos,
            side=max(THUMBNAIL, backbone.family.resolution),  # they may yet be learned from
            replace=overwrite,
        )


def _learner(lesson: Lesson, method: str, backbone: Backbone) -> tuple[type[LearnedTool], Learner]:
    """The class that plays the method's artifacts back, which is also what learns them."""
    tool = all_tools().get(method)
    if tool is None or not issubclass(tool, LearnedTool) or not isinstance(tool, Learner) or tool.kind != lesson.kind:
        fits = [n for n, t in all_tools().items() if isinstance(t, Learner) and getattr(t, "kind", "") == lesson.kind]
        raise ToolError(f"{method!r} does not learn a {lesson.kind}; choose from {', '.join(fits)}")
    if backbone.family.name not in tool.card.families:
        raise ToolError(f"{method} does not fit the {backbone.family.name} family")
    return tool, tool


def _compared(
    lesson: Lesson,
    tool: type[LearnedTool],
    learned: Learned,
    staged: Path,
    known: Artifact,
    held: Sequence[Path],
    backbone: Backbone,
    residents: Residents,
) -> dict[str, float]:
    """What the new adapter and the reference are worth on photos neither has seen."""
    from limner.tools.diffusion.worth import explained
    from limner.tools.playback import tool_of

    tokens = staged / TOKENS if (staged / TOKENS).exists() else None
    weights = staged / WEIGHTS if (staged / WEIGHTS).exists() else staged / TOKENS
    mine = tool(
        target=lesson.name,
        weights=weights,
        sha256=sha256(weights),
        trigger=learned.trigger,
        class_noun=lesson.class_noun,
        tokens=tokens,
    )
    photos = [open_photo(file) for file in held]
    try:
        worth = [
            explained(backbone, residents, one, lesson.name, photos, lesson.class_noun, lesson.seed)
            for one in (mine, tool_of(known))
        ]
    finally:
        residents.release()
    return {"held": round(worth[0], 4), "held_by_reference": round(worth[1], 4)}
