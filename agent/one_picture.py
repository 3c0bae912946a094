"""Orders about one picture that is pointed at, in so many words: once more, varied, set in motion."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.handles import Seen, canonical
from limner.agent.messages import Question
from limner.agent.plan import Animate, GenerateImage, Plan
from limner.agent.referents import AmbiguousError, Scene
from limner.agent.stated import stated_count

_PLEASE = r"(?:(?:now|and|can you|could you|will you),? )*"
_WHICH = r"(?P<which>(?:img|clip)-?\d+)"
_POLITE = re.compile(r",? ?\b(?:for me|please)\b|[.!?]+(?=$| \()", re.I)
_NUMBER = r"(?:an?|another|one more|some|\d{1,2}|\w+)(?: more| other| new| different)?"
_REPEAT = re.compile(
    rf"{_PLEASE}(?:draw|paint|make|show(?: me)?|give me|redo|repeat) {_WHICH}"
    rf"(?P<again>,? (?:again|once more|one more time))?",
    re.I,
)
_VARY = re.compile(
    rf"{_PLEASE}(?:(?:vary|redo|repeat) {_WHICH}(?: (?:again|once more|a bit|a little))?"
    rf"|(?:(?:draw|make|do|give me|show me|i (?:want|would like)|i['’]d like) )?(?:me )?{_NUMBER}"
    rf" (?:variation|variant|version|take)s? (?:of|on) {_WHICH.replace('which', 'of')})",
    re.I,
)
_MOVE = re.compile(
    rf"{_PLEASE}(?:animate {_WHICH}|(?:bring|set) {_WHICH.replace('which', 'set')} (?:to life|in motion)"
    rf"|make {_WHICH.replace('which', 'made')} move|(?:turn|make) {_WHICH.replace('which', 'turned')} into an? "
    r"(?:clip|gif|video|animation|movie))(?P<how>,? (?:\(.+\)|(?:with |as )?(?:the |an? )?[\w -]+))?",
    re.I,
)


def one_picture(plan: Plan, text: str, scene: Scene, motions: Sequence[str]) -> Plan:
    """The plan for such an order, whatever a small planner made of it; any other request's plan as it is.

    Raises AmbiguousError when a picture is to move and nobody said how.
    """
    text = " ".join(_POLITE.sub("", text).split())
    if (found := _MOVE.fullmatch(text)) and (source := _of(found, scene)):
        how = (found["how"] or "").strip(" ,()")
        motion = next((one for one in motions if one.casefold() == how.casefold()), "")
        if how and not motion:
            return plan
        if not motion and motions:
            asked = Question(text=f"Which motion shall {source.handle} have?", choices=tuple(motions[:8]))
            raise AmbiguousError(asked)
        return Plan(steps=(Animate(prompt=source.handle, motion=motion, image_ref=source.handle),)) if motion else plan
    repeated = _REPEAT.fullmatch(text)
    drawn = len(plan.steps) == 1 and isinstance(plan.steps[0], GenerateImage | Animate)
    found = _VARY.fullmatch(text) or (repeated if repeated and (repeated["again"] or drawn) else None)
    source = _of(found, scene) if found else None
    if source is None:
        return plan
    if source.kind == "clip" and source.motion:
        return Plan(steps=(Animate(prompt=source.handle, motion=source.motion),))
    return Plan(steps=(GenerateImage(prompt=source.handle, count=stated_count(text) or 1),))


def _of(found: re.Match[str], scene: Scene) -> Seen | None:
    handles = [
        value for name, value in found.groupdict().items() if value and name in ("which", "of", "set", "made", "turned")
    ]
    return next((one for one in scene.seen if one.handle == canonical(handles[0])), None)
