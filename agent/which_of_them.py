"""Whom `her` and `the two of them` mean, where a small planner took somebody."""

from __future__ import annotations

import re

from limner.agent.kinds import spoken_of
from limner.agent.phrases import FEMALE, MALE, PAIR
from limner.agent.plan import Animate, AskUser, GenerateImage, Plan, PlanContext
from limner.agent.stated import with_subjects

_DRAW = r"\b(?:draw|paint|sketch|animate|show me|picture of|drawing of|portrait of) "


def her_of_two(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Draw her on holiday`, said first of all: a question where there are two women."""
    if context.history or context.referents or context.memory or context.attachments or len(plan.steps) != 1:
        return None
    step = plan.steps[0]
    if not isinstance(step, GenerateImage | Animate) or len(step.subjects) != 1:
        return None
    sorts = [sort for sort, said in ((FEMALE, "her"), (MALE, "him")) if re.search(rf"{_DRAW}{said}\b", text, re.I)]
    same = [name for name, kind in context.subjects.items() if sorts and kind in sorts[0]]
    if len(sorts) != 1 or len(same) < 2 or any(spoken_of(name, context.subjects, text) for name in context.subjects):
        return None
    return Plan(steps=(AskUser(question=f"Who do you mean: {', '.join(same[:-1])} or {same[-1]}?"),))


def the_two_of_them(plan: Plan, context: PlanContext, text: str) -> Plan:
    """`Ada at sea, Bo at home and the two of them at a ball`: they are in the last picture, and nobody else."""
    *before, last = [step for step in plan.steps if isinstance(step, GenerateImage)] or [None]
    drawn = tuple(dict.fromkeys(name for step in before if step for name in step.subjects))
    alone = all(step and len(step.subjects) == 1 for step in before)
    said = re.search(rf"\b(?:{PAIR})\b", text, re.I)
    if last is None or not said or len(drawn) != 2 or not alone or set(last.subjects) == set(drawn):
        return plan
    if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text[said.start() :], re.I) for name in context.subjects):
        return plan
    steps = tuple(with_subjects(step, drawn) if step is last else step for step in plan.steps)
    return plan.model_copy(update={"steps": steps})
