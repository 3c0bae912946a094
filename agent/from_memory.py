"""What memory holds is to be erased, in other words than `forget`: `scrap that thing about me hating yellow`."""

from __future__ import annotations

import re

from limner.agent.names import fold
from limner.agent.plan import Answer, AskUser, Forget, Plan, PlanContext, Recall, SetPreference

_ERASE = r"(?:forget|erase|delete|wipe|scrap|strike|drop|remove|unlearn|cross out)"
_ABOUT = re.compile(
    rf"(?<!don['’]t )(?<!not )(?<!never )\b{_ERASE} (?:that|the|this|what|my)(?: (?:thing|bit|line|note|fact"
    rf"|part|stuff))?"
    r"(?: (?:that )?(?:i|you) (?:said|told you|mentioned|noted|wrote|wrote down))? (?:about|that|where|saying|on)"
    r" (?P<what>[^.?!;]+)",
    re.I,
)
# `I never said so. Wipe that from your memory.`
_THAT = re.compile(
    rf"(?P<told>.+[.!;,]) *(?:(?:please|so|and)[, ]+)*{_ERASE} (?:that|it|this)"
    r"(?: (?:from|out of) (?:your |the )?(?:memory|notes?|records?|mind))?(?: please)?[.! ]*",
    re.I | re.S,
)
_LONG = 4


def line_erased(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """The plan to erase it, where the planner noted or only answered something."""
    if not all(isinstance(step, Answer | AskUser | SetPreference | Recall) for step in plan.steps):
        return None
    if found := _ABOUT.search(text):
        known = _stems(found["what"]) & {stem for line in context.memory for stem in _stems(line.text)}
        return Plan(steps=(Forget(what=found["what"].strip(" ,")),)) if known else None
    if found := _THAT.fullmatch(text.strip()):
        lines = [line.text for line in context.memory if _stems(line.text) & _stems(found["told"])]
        return Plan(steps=(Forget(what=lines[0]),)) if len(lines) == 1 else None
    return None


def _stems(text: str) -> set[str]:
    """Its longer words, whatever their endings; not whom memory always speaks of."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    return {word[:_LONG] for word in words if len(word) >= _LONG} - {"user", "that", "this", "with", "from", "have"}
