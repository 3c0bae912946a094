"""Turns each step of a plan into calls of the engine, the library and the memory."""

from __future__ import annotations

import re
from typing import Literal

from limner.agent import drawing, forgetting, learning
from limner.agent.handles import named
from limner.agent.messages import Question, RequestError
from limner.agent.names import mentioned
from limner.agent.plan import (
    Animate,
    Answer,
    AskUser,
    EditImage,
    Forget,
    GenerateImage,
    LearnMotion,
    LearnStyle,
    LearnSubject,
    PlanError,
    Recall,
    SetPreference,
    Step,
)
from limner.agent.sharing import recalled
from limner.agent.work import StepResult, Work
from limner.memory import MemoryProblem, Observation
from limner.tools import Cancelled, ToolError

DISLIKE = re.compile(r"\b(?:don'?t like|dislike|hate|can'?t stand|never|no more|avoid|without)\b", re.I)
LIKE = re.compile(r"\b(?:like|love|prefer|favou?rite|always|adore|enjoy)\b", re.I)
FACETS = {
    "palette": r"colou?rs?|palette|red|green|blue|yellow|pink|purple|orange|black|white|pastel|bright|dark",
    "format": r"square|portrait|landscape|wide|size|pixels|variations?|versions?|pictures? each|at a time",
    "composition": r"close-?up|background|centred?|centered|left|right|whole body|from above",
}


def perform(step: Step, number: int, work: Work) -> StepResult:
    """One step. What a person can mend comes back as the result's error; everything else is a bug and propagates."""
    try:
        return _perform(step, number, work)
    except Cancelled:
        return StepResult(step=number, error="nothing was kept of this step", cancelled=True)
    except (ToolError, MemoryProblem, PlanError, RequestError) as error:
        return StepResult(step=number, error=str(error))


def _perform(step: Step, number: int, work: Work) -> StepResult:
    match step:
        case LearnSubject() | LearnStyle() | LearnMotion():
            return learning.learn(step, number, work)
        case GenerateImage():
            return drawing.draw(step, number, work)
        case Animate():
            return drawing.animate(step, number, work)
        case EditImage():
            return drawing.edit(step, number, work)
        case Recall():
            return _recall(step, number, work)
        case SetPreference():
            return _prefer(step, number, work)
        case Forget():
            return _forget(step, number, work)
        case AskUser():
            return StepResult(step=number, question=Question(text=step.question))
        case Answer():
            return StepResult(step=number, said=step.text)


def _recall(step: Recall, number: int, work: Work) -> StepResult:
    found = recalled(work.studio, work.request, step.query)
    lines = [f"- {line.text} ({line.date:%Y-%m-%d})" for line in found if work.turn_id not in line.evidence]
    return StepResult(step=number, said="\n".join(lines) or f"I remember nothing about “{step.query}” yet.")


def _prefer(step: SetPreference, number: int, work: Work) -> StepResult:
    memory, text = work.studio.memory, step.text
    subject = next((a for a in work.studio.library.list(work.user, "subject") if mentioned(a.name, text)), None)
    style = next((s for s in work.studio.engine.styles() if re.search(rf"\b{re.escape(s)}\b", text, re.I)), None)
    polarity: Literal[-1, 0, 1] = -1 if DISLIKE.search(text) else 1 if LIKE.search(text) else 0
    facet = "subject" if subject else "style" if style else "dislike" if polarity < 0 else "person"
    if facet == "person":
        facet = next((name for name, words in FACETS.items() if re.search(rf"\b(?:{words})\b", text, re.I)), facet)
    observed = Observation(
        text=text,
        facet=facet,
        polarity=polarity,
        subject=named("subject", subject.name) if subject else "",
        value=style or "",
        source="person",
    )
    facts = memory.observe(work.user, work.turn_id, [observed])
    return StepResult(step=number, said=f"Noted: {text}" + (f" ({facts[0].id})." if facts else "."))


def _forget(step: Forget, number: int, work: Work) -> StepResult:
    found = forgetting.find(work.studio, work.user, work.request.session, step.what, work.request.scope)
    if isinstance(found, Question):
        return StepResult(step=number, question=found)
    return StepResult(step=number, said=forgetting.describe(forgetting.forget(work.studio, work.user, found)))
