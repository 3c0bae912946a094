"""Turns each step of a plan into calls of the engine, the library and the memory."""

from __future__ import annotations

import errno
from pathlib import Path

from pydantic import ValidationError

from limner.agent import drawing, forgetting, learning, noting
from limner.agent.messages import Question, RequestError
from limner.agent.outputs import not_written
from limner.agent.outright import LAST_TURN
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
from limner.agent.telling import known, told
from limner.agent.work import StepResult, Work
from limner.memory import MemoryProblem
from limner.tools import Cancelled, ToolError

# How far back a turn is looked for that can be undone.
LOOKED_BACK = 20
# What is asked of the engine; a number it does not take, 1000 frames, is the person's to change.
SPECS = ("GenerateSpec", "AnimateSpec")
# What the file system says when a person has to make room or choose another folder.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


def perform(step: Step, number: int, work: Work) -> StepResult:
    """One step. What a person can mend comes back as the result's error; everything else is a bug and propagates."""
    try:
        return _perform(step, number, work)
    except Cancelled:
        return StepResult(step=number, error="nothing was kept of this step", cancelled=True)
    except (ToolError, MemoryProblem, PlanError, RequestError) as error:
        return StepResult(step=number, error=str(error))
    except ValidationError as error:
        if error.title not in SPECS:
            raise
        return StepResult(step=number, error=_out_of_range(error))
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return StepResult(step=number, error=not_written(Path(error.filename or work.studio.data), error))


def _out_of_range(error: ValidationError) -> str:
    first = error.errors()[0]
    given = f", not {first['input']}" if isinstance(first["input"], int | float) else ""
    return f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Input ')}{given}; ask for another"


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
            return noting.note(step, number, work)
        case Forget():
            return _forget(step, number, work)
        case AskUser():
            return StepResult(step=number, question=Question(text=step.question))
        case Answer():
            return StepResult(step=number, said=step.text)


def _recall(step: Recall, number: int, work: Work) -> StepResult:
    found = known(work.studio, work.user, work.request.places, step.query)
    lines = [told(work.studio, work.user, line) for line in found if work.turn_id not in line.evidence]
    return StepResult(step=number, said="\n".join(lines) or f"I remember nothing about “{step.query}” yet.")


def _forget(step: Forget, number: int, work: Work) -> StepResult:
    if step.what == LAST_TURN:
        return _undo(number, work)
    found = forgetting.find(work.studio, work.user, work.request.session, step.what, work.request.scope)
    if isinstance(found, Question):
        return StepResult(step=number, question=found)
    receipt = forgetting.forget(work.studio, work.user, found, scope=work.request.scope)
    said = "\n".join(filter(None, (forgetting.describe(receipt), forgetting.offer(receipt))))
    return StepResult(step=number, said=said, offered=receipt.pictures)


def _undo(number: int, work: Work) -> StepResult:
    """Take back the last turn before this one that came to something; a question or a failure left nothing to undo."""
    request = work.request
    turns = work.studio.memory.turns(request.user, session=request.session, scope=request.scope, limit=LOOKED_BACK)
    done = [turn for turn in turns if turn.user == request.user and turn.id != work.turn_id and turn.status == "done"]
    if not done:
        return StepResult(step=number, said="There is nothing to undo in this conversation.")
    receipt = forgetting.undo(work.studio, request.user, done[-1])
    return StepResult(step=number, said=f"Undone: “{done[-1].text}”. {forgetting.describe(receipt)}")
