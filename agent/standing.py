"""A style that a request makes the user's usual one, between other orders: `learn it, make it my default, show me`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.plan import LearnStyle, Plan, PlanContext, SetPreference, Step

_USUAL = re.compile(
    r"\b(?:make|use|keep|take|set|have)(?: (?P<what>it|that|this|them|[^,.;:!?]{1,40}?))?(?: as)? "
    r"(?:my|our|the)(?: (?:new|own|usual))? (?:default|standard|go-to|usual|everyday style|house style)\b"
    r"(?! (?:size|seed|count|number|pose|colou?r))",
    re.I,
)


def with_usual_style(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """The plan with the wish that a style be used from now on, where it was lost among other steps."""
    said = _USUAL.search(text)
    if said is None or len(plan.steps) < 2 or any(isinstance(step, SetPreference) for step in plan.steps):
        return None
    style = _meant(said["what"] or "", plan.steps, context.styles)
    if not style:
        return None
    wish = SetPreference(text=f"Always use the style {style}")
    learned = [at for at, step in enumerate(plan.steps) if isinstance(step, LearnStyle)]
    # Said before the picture it is tried on, or after everything.
    behind = re.search(r"\b(?:draw|show|paint|sketch|picture|try)\b", text[said.end() :], re.I)
    at = (learned[0] + 1 if learned else 0) if behind else len(plan.steps)
    return plan.model_copy(update={"steps": (*plan.steps[:at], wish, *plan.steps[at:])})


def _meant(what: str, steps: Sequence[Step], styles: Sequence[str]) -> str:
    """The style that is spoken of: by its name, or the one that is being taught."""
    taught = [step.name for step in steps if isinstance(step, LearnStyle)]
    named = [one for one in (*taught, *styles) if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", what, re.I)]
    if len(named) == 1:
        return named[0]
    pointed = what.lower() in ("", "it", "that", "this", "them")
    return taught[0] if pointed and len(taught) == 1 else ""
