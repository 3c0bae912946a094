"""The picture a request counts back to, drawn once more or set in motion: `redo the one before the last one`."""

from __future__ import annotations

import re

from limner.agent.earlier import steps_of
from limner.agent.names import mentioned
from limner.agent.plan import Animate, GenerateImage, Plan, PlanContext
from limner.agent.validate import HANDLE
from limner.agent.which_picture import which_picture

_AGAIN = re.compile(
    r"\b(?:redo|repeat|afresh|from scratch|again|once more|one more time|another (?:one|copy|version)|copies"
    r"|variations?)\b",
    re.I,
)


_CHANGED = re.compile(r"\bagain,? (?:with|but(?: with)?) (?!(?:with|seed|\w+ (?:copies|versions|pictures)|in)\b)", re.I)


def of_the_counted(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """The plan with what that picture showed, where nobody else is named."""
    # Of two that were to choose from, a small model takes both.
    motions = {one.motion if isinstance(one, Animate) else "" for one in plan.steps}
    several = len(plan.steps) > 1 and len(motions) == 1 and "" not in motions
    if (len(plan.steps) != 1 and not several) or not isinstance(step := plan.steps[0], GenerateImage | Animate):
        return None
    turns = [(HANDLE.findall(turn.result), turn) for turn in context.history]
    counted = which_picture(context, text)
    turn = next((turn for handles, turn in turns if counted in handles), None)
    if turn is None:
        return None
    made = next((one for one in steps_of(turn) if isinstance(one, GenerateImage | Animate)), None)
    if made is None or any(mentioned(name, text) for name in context.subjects if name not in made.subjects):
        return None
    if _CHANGED.search(text):  # `the forge one again, but at night`
        return None
    if isinstance(step, GenerateImage) and not _AGAIN.search(text):
        return None
    named = tuple(style for style in step.styles if mentioned(style, text))
    shown = {"prompt": made.prompt, "subjects": made.subjects, "styles": named or made.styles}
    if isinstance(step, Animate):
        return Plan(steps=(step.model_copy(update={**shown, "image_ref": counted}),))
    layout = made.layout if isinstance(made, GenerateImage) else {}
    return Plan(steps=(step.model_copy(update={**shown, "layout": layout}),))
