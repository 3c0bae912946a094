"""A style or motion that an order teaches is `it` in the orders behind; here it is said by its name."""

from __future__ import annotations

import re

from limner.agent.plan import LearnMotion, LearnStyle

_THAT = r"(?:(?:this|that|the)(?: same| new)? {what}|the same|it|this|that|them|these|those)"
_IN_STYLE = re.compile(rf"\b(?:in|with|using) {_THAT.format(what='(?:style|look|one)')}(?! \w+ing\b)(?!\w)", re.I)
# `use it for a picture of Ada at sea`
_USED_FOR = re.compile(
    rf"(?:^|(?<=[.;!?,] )|(?<=\band )|(?<=\bthen ))(?:please )?(?:use|try) {_THAT.format(what='(?:style|look|one)')}"
    r" (?:for|on|to (?:draw|paint|make|sketch)) "
    r"(?!(?:good|me|now|ever|every\w*|all|always|that|this|it)\b)(?P<what>[^.;!?]+)",
    re.I,
)
_DOING = re.compile(
    r"\b(?P<do>do|does|doing|dance|dancing|perform|performing) "
    rf"{_THAT.format(what='(?:motion|move|movement|dance|step|one)')}(?!\w)",
    re.I,
)
_WITH = re.compile(r"\b(?:with|using) (?:this|that|the)(?: same| new)? (?:motion|move|movement|dance|step)\b", re.I)


def by_name(order: str, learned: LearnStyle | LearnMotion) -> str:
    """`do an animation in that same look` -> `do an animation in moldstain`."""
    if isinstance(learned, LearnStyle):
        order = _USED_FOR.sub(lambda found: f"{found['what']}, in {learned.name}", order)
        return _IN_STYLE.sub(lambda _: f"in {learned.name}", order)
    order = _DOING.sub(lambda found: f"{found['do']} the {learned.name}", order)
    return _WITH.sub(lambda _: f"with the {learned.name} motion", order)
