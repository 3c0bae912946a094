"""What a request says of a whole list, or of one in it: `both in felt`, `three things: ...`, `a clip, no style`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.plan import Animate, GenerateImage, Plan, Step
from limner.agent.spelled import in_digits

_PICTURES = r"(?:pictures?|drawings?|images?|ones|pics|of (?:them|these|those))"
_ALL = rf"(?:(?:both|all|each|every one)(?: of)?(?: the| these| those)?(?: (?:two|three|four))?(?: {_PICTURES})?)"
_NO_STYLE = r"(?:(?:with )?no style(?: (?:at all|on (?:that|it|this)(?: one)?|there))?|without (?:an?y? )?style)"
_CLIP = r"(?:clip|animat\w+|gif|moving|animated)"
# A stretch of a request, as people part what they list.
_PARTS = re.compile(r"[.;!?]+ +|,? (?:and )?(?:then|finally|lastly|afterwards)\b|, and \b|, (?:last|finally)\b", re.I)


def as_listed(plan: Plan, styles: Sequence[str], text: str) -> Plan:
    """The plan with what is said of all its pictures, or of its only clip."""
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage)]
    clips = [step for step in plan.steps if isinstance(step, Animate)]
    if len(drawn) + len(clips) < 2:
        return plan
    style = _of_all(styles, text) if len(drawn) > 1 else ""
    plain = len(clips) == 1 and _plain_clip(text)
    things = _things(text)

    def put(step: Step) -> Step:
        if isinstance(step, Animate) and plain:
            return step.model_copy(update={"styles": ()})
        if not isinstance(step, GenerateImage):
            return step
        counted = things == step.count == len(drawn) + len(clips)
        update = {**({"styles": (style,)} if style else {}), **({"count": 1} if counted else {})}
        return step.model_copy(update=update) if update else step

    return plan.model_copy(update={"steps": tuple(map(put, plan.steps))})


def _of_all(styles: Sequence[str], text: str) -> str:
    """The one style that all pictures are said to be in."""
    found = [
        style
        for style in styles
        if re.search(
            rf"\b{_ALL} (?:(?:drawn|done|made|painted) )?(?:in|using) (?:the )?{re.escape(style)}(?!\w)"
            rf"|(?<!\w){re.escape(style)} (?:on|for) {_ALL}(?!\w)",
            text,
            re.I,
        )
    ]
    return found[0] if len(found) == 1 else ""


def _plain_clip(text: str) -> bool:
    """Whether `no style` is said of the clip, and of nothing else."""
    parts = [part for part in _PARTS.split(text) if part]
    said = [part for part in parts if re.search(_NO_STYLE, part, re.I)]
    return len(said) == 1 and bool(re.search(rf"\b{_CLIP}\b", said[0], re.I))


def _things(text: str) -> int:
    """`I need three things: ...`: how many are listed; 0 where nothing says so."""
    found = re.findall(rf"\b(\d) (?:things|{_PICTURES}|scenes|items)\b[^.:;]{{0,20}}:", in_digits(text), re.I)
    return int(found[0]) if len(found) == 1 else 0
