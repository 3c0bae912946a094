"""Who else is in the picture of somebody just taught: `draw her with Figaro at a wedding`."""

from __future__ import annotations

import re

from limner.agent.plan import Animate, GenerateImage, LearnSubject, Plan, PlanContext
from limner.agent.stated import with_subjects

# Behind an order to draw; not `with Ada's lamp`, and not `learn him, he lives with Ada`.
_WITH = (
    r"\b(?:draw|paint|sketch|show|put|animate|(?:pic|picture|image|drawing|painting|portrait|clip) of)"
    r" (?:me )?{name} \w+"
    r"|\b(?:draw|paint|sketch|show|put|place|picture of|drawing of|clip of|animate)\b[^.;!?]*?"
    r"(?:\b(?:with|and|&|beside|next to|behind|riding|hugging|carrying|holding|wearing|chasing) {name}(?!\w|['’]s))"
)
_NOT = (
    r"\b(?:(?:without|not|no|except|but not|instead of|unlike) (?:\w+ )?"
    r"|(?:don['’]?t|do not|never) (?!forget)(?:\w+ ){1,3}){name}(?!\w)"
)


def with_those_beside(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan with everybody in the one picture of who is taught that the request puts there."""
    learned = [step.name for step in plan.steps if isinstance(step, LearnSubject)]
    every = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    # Of a picture and a clip the picture comes first.
    drawn = [step for step in every if isinstance(step, GenerateImage)] if len(every) > 1 else every
    if len(learned) != 1 or len(drawn) != 1 or learned[0] not in drawn[0].subjects:
        return plan
    beside = [
        name
        for name in context.subjects
        if name not in drawn[0].subjects
        and name != learned[0]
        and re.search(_WITH.replace("{name}", re.escape(name)), text, re.I)
        and not re.search(_NOT.replace("{name}", re.escape(name)), text, re.I)
    ]
    if not beside:
        return plan
    shown = with_subjects(drawn[0], (*drawn[0].subjects, *beside))
    return plan.model_copy(update={"steps": tuple(shown if step is drawn[0] else step for step in plan.steps)})
