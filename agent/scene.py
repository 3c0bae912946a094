"""Gathers what the resolver and the planner may see of one user at one moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from limner.agent.context import MemoryLine, PastTurn, PlanContext
from limner.agent.handles import Kind, Seen, named
from limner.agent.messages import Request
from limner.agent.phrases import HE, IT, SHE
from limner.agent.referents import Interval, Scene
from limner.agent.sharing import here, lent, recalled
from limner.agent.studio import Studio
from limner.agent.telling import lasting_id
from limner.memory import PERSONAL, Handle, Hit, Turn

HISTORY = 6
# Enough for "the one from Tuesday" months later; the resolver reads captions only.
MOST_SEEN = 2000


def look(studio: Studio, user: str, session: str, scope: str = PERSONAL, places: tuple[str, ...] = ()) -> Scene:
    """Everything this user made here, learned or sent, and was lent in `places`, oldest first; who was spoken of."""
    memory = studio.memory
    handles = here(memory.handles(user, limit=MOST_SEEN, newest_first=False), scope)
    seen = [_seen(one) for one in handles]
    known = {one.handle for one in seen}
    seen = [*(_seen(one) for one in lent(studio, user, places) if one.handle not in known), *seen]
    now = studio.clock()
    for kind, names in (("style", studio.engine.styles()), ("motion", studio.engine.motions())):
        seen += [_native(kind, name, now) for name in names if named(kind, name) not in known]  # type: ignore[arg-type]
    seen = _corrected(studio, user, places or (scope,), seen)
    subjects = {one.name: one.handle for one in seen if one.kind == "subject"}
    made = {one.handle: one.subjects for one in seen}
    turns = memory.turns(user, session=session, scope=scope, limit=HISTORY)
    mentioned = [_mentioned(turn, subjects, made) for turn in reversed(turns)]
    return Scene(session=session, now=now, seen=seen, mentioned=mentioned, interval=_interval)


def context(
    studio: Studio,
    request: Request,
    text: str,
    scene: Scene,
    attached: str,
    own_turns: Sequence[str],
    referents: dict[str, str],
) -> PlanContext:
    """What the planner is shown; memory lines carry the ids that `because` may cite.

    `own_turns` told this very request, the present one and those whose question it answers: they are no history.
    """
    said = studio.memory.turns(
        request.user, session=request.session, scope=request.scope, limit=HISTORY + len(own_turns)
    )
    turns = [turn for turn in said if turn.id not in own_turns]
    known = _known(scene, turns)
    lines = [
        MemoryLine(id=lasting_id(line), text=line.text, date=line.date.date().isoformat())
        for line in recalled(studio, request.user, request.places, text)
        # This session's turns are in the history already; told twice, a small model does them twice.
        if line.kind != "turn" and not set(own_turns) & set(line.evidence)
    ]
    return known.model_copy(update={"attachments": attached, "memory": tuple(lines), "referents": referents})


def expected(studio: Studio, user: str, session: str, scope: str, places: tuple[str, ...]) -> PlanContext:
    """What the planner will be shown of a user's next request, as far as it is known before that is made."""
    turns = studio.memory.turns(user, session=session, scope=scope, limit=HISTORY)
    return _known(look(studio, user, session, scope, places), turns)


def _known(scene: Scene, turns: Sequence[Turn]) -> PlanContext:
    return PlanContext(
        subjects={one.name: one.corrected or one.class_noun or "thing" for one in scene.of("subject")},
        styles=tuple(one.name for one in scene.of("style")),
        motions=tuple(one.name for one in scene.of("motion")),
        history=tuple(_past(turn) for turn in turns[-HISTORY:]),
    )


def pronouns_in(text: str) -> tuple[str, ...]:
    """Which of him/her/it the introduction of a subject used, so that a later "her" can't mean a "him"."""
    words = set(re.findall(r"\w+", text.lower()))
    groups = [group for group in (HE, SHE) if words & group]
    if len(groups) == 1:
        return tuple(sorted(groups[0]))
    return () if groups or not words & IT else tuple(sorted(IT))


def with_looks(scene: Scene, studio: Studio, request: Request, own: Sequence[str]) -> Scene:
    """The scene in which "the one that looks like this" can be found; `own` came along with the request itself."""
    known = {one.handle: one for one in scene.seen}

    def alike(handle: str) -> list[Hit]:
        likened = known.get(handle)
        files = [likened.path] if likened else [] if handle else [one.path for one in request.attachments]
        hits: dict[str, Hit] = {}
        for file in files:
            if file is not None:
                for hit in studio.memory.similar(request.user, file, k=8, but=(handle, *own)):
                    hits.setdefault(hit.id, hit)
        return sorted(
            (hit for hit in hits.values() if hit.id in known), key=lambda hit: (hit.kind != "same", -hit.score)
        )

    return replace(scene, alike=alike)


def _corrected(studio: Studio, user: str, places: Sequence[str], seen: list[Seen]) -> list[Seen]:
    """With the kind a subject was corrected to since it was learned: "No, Biscuit is a whippet"."""
    kinds = {
        fact.subject.casefold(): fact.value
        for place in places
        for fact in studio.memory.facts(user, facet="subject", scope=place)
        if fact.slot == "kind"
    }
    return [
        one.model_copy(update={"corrected": kinds[one.handle.casefold()]})
        if kinds.get(one.handle.casefold(), one.class_noun).casefold() != one.class_noun.casefold()
        else one
        for one in seen
    ]


def _seen(one: Handle) -> Seen:
    detail = one.detail
    return Seen(
        handle=one.handle,
        kind=one.kind,
        at=one.at,
        session=one.session,
        path=one.path,
        turn_id=one.turn_id or "",
        caption=one.caption,
        name=str(detail.get("name", "")),
        class_noun=str(detail.get("class_noun", "")),
        pronouns=tuple(detail.get("pronouns", ())),
        subjects=one.subjects,
        styles=one.styles,
        motion=one.motion,
        liked=one.liked,
    )


def _native(kind: Kind, name: str, now: datetime) -> Seen:
    return Seen(handle=named(kind, name), kind=kind, at=now, name=name)


def _mentioned(turn: Turn, subjects: dict[str, str], made: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Handles of the subjects a turn said by name or drew."""
    said = {
        handle for name, handle in subjects.items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", turn.text, re.I)
    }
    drawn = {subjects[name] for handle in turn.handles for name in made.get(handle, ()) if name in subjects}
    learned = {handle for handle in turn.handles if handle.startswith("@")}
    return tuple(sorted(said | drawn | learned))


def _past(turn: Turn) -> PastTurn:
    calls = tuple(line for line in turn.plan_text.splitlines() if not line.startswith(("say(", "because(")))
    made = [handle for handle in turn.handles if handle.startswith(("img", "clip"))]
    return PastTurn(user=turn.text, calls=calls, result=" ".join(made))


def _interval(text: str, now: datetime) -> Interval | None:
    from limner.memory import times

    found = times.interval(text, now)
    return (found.start, found.end) if found else None
