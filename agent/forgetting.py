"""Forgets across memory, library, outputs and ledger, and gives one receipt for all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from limner.agent.handles import HANDLE, Seen, canonical, label
from limner.agent.messages import Question
from limner.agent.names import closest
from limner.agent.outputs import replays, without_record
from limner.agent.scene import look
from limner.agent.studio import Studio
from limner.memory import PERSONAL, Fact, Interval, Receipt, Turn, times

_FILLING = {"that", "what", "about", "said", "told", "fact", "have", "your", "with", "really"}


def find(studio: Studio, user: str, session: str, what: str, scope: str = PERSONAL) -> str | Interval | Question:
    """What the words "everything about Biscuit" point at, or the one question to ask."""
    scene = look(studio, user, session, scope)
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
    wanted = {word for word in re.findall(r"\w{4,}", plain) if word not in _FILLING}
    facts = [one for one in studio.memory.facts(user, scope=scope) if wanted and _tells(one, wanted)]
    if len(facts) == 1:
        return facts[0].id
    return _unclear(what, own)


def forget(
    studio: Studio,
    user: str,
    what: str | Interval | Sequence[str],
    *,
    pictures: bool = False,
    scope: str = PERSONAL,
) -> Receipt:
    """Memory first, which keeps the list of files until they are gone: a crash in between loses none of them."""
    receipt = studio.memory.forget(user, what, pictures=pictures, scope=scope)
    kept = [studio.memory.get_handle(user, handle) for handle in receipt.pictures]
    for one in kept:
        if one is not None and one.path is not None:
            without_record(one.path)
    studio.ledger.erase(user, set(receipt.handles))
    _erase(studio, user, receipt)
    return receipt


def undo(studio: Studio, user: str, turn: Turn) -> Receipt:
    """Forget a turn with everything it made."""
    return forget(studio, user, (*turn.handles, turn.id))


def finish_interrupted(studio: Studio, user: str) -> None:
    """Erase what a crash left of this user's receipts; those of others are not theirs to close."""
    for receipt in studio.memory.unfinished():
        _erase(studio, user, receipt)


def lines(receipt: Receipt) -> list[str]:
    """The receipt in words, once the files that memory could only list are erased as well."""
    return [re.sub(r"^(\d+ files?) to erase$", r"\1 erased", line) for line in receipt.lines]


def describe(receipt: Receipt) -> str:
    said = "; ".join(lines(receipt))
    if receipt.pictures:
        said += "; the pictures that stay have lost their record"
    return f"{said[:1].upper()}{said[1:]}. Receipt {receipt.id}."


def offer(receipt: Receipt) -> str:
    """The question about pictures that were made with what is forgotten; empty when there are none."""
    if not receipt.pictures:
        return ""
    several = f"{len(receipt.pictures)} pictures" if len(receipt.pictures) > 1 else "picture"
    return f"Erase the {several} made with it too?"


def _erase(studio: Studio, user: str, receipt: Receipt) -> None:
    folders = {file.absolute() for file in receipt.files}
    for artifact in studio.library.list(user):
        # By place, not by name: somebody else may have a subject of that name too.
        if artifact.folder.absolute() in folders:
            studio.library.erase(user, artifact.kind, artifact.name)
    for file in receipt.files:
        for one in (file, file.with_name(file.name + ".json"), *replays(file)):
            if one.is_file():
                one.unlink()
    studio.forgotten(user, receipt)
    studio.memory.files_erased(user, receipt.id)


def _tells(fact: Fact, wanted: Iterable[str]) -> bool:
    """Whether each word is in the fact, give or take its ending: "live" is in "User lives in Oslo"."""
    told = re.findall(r"\w{4,}", fact.text.casefold())
    return all(any(one[: len(word)] == word or word[: len(one)] == one for one in told) for word in wanted)


def _unclear(what: str, seen: Iterable[Seen]) -> Question:
    shown = [one for one in seen if one.turn_id][-6:]
    names = ", ".join(_labels(shown))
    return Question(
        text=f"What exactly shall I forget of “{what}”?" + (f" I know {names}." if names else ""),
        choices=_labels(shown),
    )


def _labels(seen: Iterable[Seen]) -> tuple[str, ...]:
    return tuple(label(one) for one in seen)
