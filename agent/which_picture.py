"""Which picture an edit or a clip is of: a handle, one that is counted to, `it`, or the one just made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.counted_back import counted_back, counted_off
from limner.agent.earlier import last_drawn
from limner.agent.plan import Animate, EditImage, GenerateImage, PlanContext, Step
from limner.agent.validate import HANDLE

# `not img-7, the one after it`
_ANOTHER = re.compile(r"\bnot (?:for |in )?@?(?:img|clip|up)|\bthe one (?:before|after)\b", re.I)
_TAKE_IT = re.compile(
    r"\b(?:take|use) (?:that|this|the) (?:picture|image|drawing|one)\b|\bmake (?:that|it) move\b", re.I
)
_IT_MOVES = re.compile(r"\b(?:it|that|this|them|these|those)\b", re.I)


def which_picture(context: PlanContext, text: str) -> str:
    """The one picture that the request counts to, or names by its handle and means; empty when there is none."""
    turns = [found for turn in context.history if (found := HANDLE.findall(turn.result))]
    back = counted_back(text, [handle for turn in turns for handle in turn])
    return (back[0] if back else counted_off(text, turns)) or _only_handle(text)


def set_in_motion(step: Step, before: Sequence[Step], context: PlanContext, text: str) -> Step:
    """`Now zoom in on it`: the picture that the clip repeats word for word is the one to set in motion."""
    if not isinstance(step, Animate) or step.image_ref:
        return step
    if not before and (named := _only_handle(text)):
        return step.model_copy(update={"image_ref": named})
    if before and isinstance(before[-1], EditImage) and _TAKE_IT.search(text):
        return step.model_copy(update={"image_ref": "last"})
    if not _IT_MOVES.search(text):
        return step
    drawn = before[-1] if before else last_drawn(context)
    same = isinstance(drawn, GenerateImage) and (drawn.prompt, drawn.subjects) == (step.prompt, step.subjects)
    return step.model_copy(update={"image_ref": "last"}) if same else step


def _only_handle(text: str) -> str:
    """The one picture that the request names by its handle, and means."""
    handles = set(HANDLE.findall(text))
    return handles.pop() if len(handles) == 1 and not _ANOTHER.search(text) else ""
