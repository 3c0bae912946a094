"""Forgets across memory, library, outputs and ledger, and gives one receipt for all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from limner.agent.handles import HANDLE, Seen, canonical, kind_of, label, named
from limner.agent.messages import Question
from limner.agent.names import closest
from limner.agent.scene import look
from limner.agent.studio import Studio
from limner.memory import Interval, Receipt, times
from limner.tools import Library
from limner.tools.library import ArtifactKind


def find(studio: Studio, user: str, session: str, what: str) -> str | Interval | Question:
    """What the words "everything about Biscuit" point at, or the one question to ask."""
    scene = look(studio, user, session)
    plain = what.strip().strip(".!?").casefold()
    if handle := HANDLE.search(what):
        known = next((one for one in scene.seen if one.handle == canonical(handle[0])), None)
        return known.handle if known else _unclear(what, scene.seen)
    if re.fullmatch(
        r"(?:absolutely |really )?(?:everything|all|all of it|it all|all (?:my )?(?:data|memor(?:y|ies)))", plain
    ):
        return "everything"
    if re.fullmatch(r"this (?:session|conversation|chat)", plain):
        return f"session:{session}"
    own = [one for one in scene.of("subject", "style", "motion") if one.turn_id]
    said = [one for one in own if re.search(rf"(?<!\w){re.escape(one.name.casefold())}(?!\w)", plain)]
    if not said:
        near = closest(what, [one.name for one in own])
        said = [one for one in own if one.name in near]
    if len(said) == 1:
        return said[0].handle
    if len(said) > 1:
        return Question(text=f"Which shall I forget: {' or '.join(label(one) for one in said)}?", choices=_labels(said))
    interval = times.interval(what, scene.now)
    if interval is not None:
        return interval
    if re.fullmatch(r"(?:it|that|this|the last (?:one|picture|image|clip))", plain):
        made = scene.here("image", "clip")
        return made[-1].handle if made else _unclear(what, scene.seen)
    wanted = set(re.findall(r"\w{4,}", plain))
    facts = [
        one for one in studio.memory.facts(user) if wanted and wanted <= set(re.findall(r"\w{4,}", one.text.casefold()))
    ]
    if len(facts) == 1:
        return facts[0].id
    return _unclear(what, own)


def forget(studio: Studio, user: str, what: str | Interval, *, pictures: bool = False) -> Receipt:
    """Memory first, which keeps the list of files until they are gone: a crash in between loses none of them."""
    receipt = studio.memory.forget(user, what, pictures=pictures)
    finish(studio, user, receipt)
    return receipt


def finish(studio: Studio, user: str, receipt: Receipt) -> None:
    """Erase the files of a receipt, also of one that a crash left unfinished."""
    _erase_artifacts(studio.library, user, receipt.files, receipt.handles)
    for file in receipt.files:
        _erase_file(file)
    studio.ledger.erase(user, set(receipt.handles))
    studio.memory.files_erased(user, receipt.id)


def describe(receipt: Receipt) -> str:
    said = " ".join(receipt.lines) or f"Forgot {receipt.what}."
    if receipt.pictures:
        some = ", ".join(receipt.pictures[:6]) + (" …" if len(receipt.pictures) > 6 else "")
        said += f" {len(receipt.pictures)} pictures are still there ({some}); say “forget img-…” to erase them too."
    return f"{said} Receipt {receipt.id}."


def _erase_artifacts(library: Library, user: str, files: Iterable[Path], handles: Iterable[str]) -> None:
    folders = {Path(file).absolute() for file in files}
    kinds: dict[str | None, ArtifactKind] = {"subject": "subject", "style": "style", "motion": "motion"}
    wanted = {canonical(handle) for handle in handles if kind_of(handle) in kinds}
    for artifact in library.list(user):
        if named(artifact.kind, artifact.name) in wanted or artifact.folder.absolute() in folders:
            library.erase(user, artifact.kind, artifact.name)


def _erase_file(file: Path) -> None:
    for one in (file, file.with_name(file.name + ".json")):
        if one.is_file():
            one.unlink()


def _unclear(what: str, seen: Iterable[Seen]) -> Question:
    shown = [one for one in seen if one.turn_id][-6:]
    names = ", ".join(_labels(shown))
    return Question(
        text=f"What exactly shall I forget of “{what}”?" + (f" I know {names}." if names else ""),
        choices=_labels(shown),
    )


def _labels(seen: Iterable[Seen]) -> tuple[str, ...]:
    return tuple(label(one) for one in seen)
