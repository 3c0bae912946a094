"""Puts what a turn came to into words, from facts only: a picture is named when a file of it exists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.messages import ClipMade, ImageMade, Question, Reply, Request, Status
from limner.agent.plan import Plan, render_plan
from limner.agent.work import StepResult


def reply(
    request: Request,
    turn_id: str,
    plan: Plan,
    results: Sequence[StepResult],
    question: Question | None,
    faults: Sequence[str],
    assumed: tuple[str, ...],
) -> Reply:
    """The turn as the person is told it: what was made, what failed, what did not run, what is asked."""
    errors = (*(one.error for one in results if one.error), *faults)
    made = tuple(one for result in results for one in result.made if one.path.is_file())
    lines = [_shown(one) for one in made]
    lines = [*(one.said for one in results if one.said), *lines]
    if plan.say and not errors and not question and plan.say not in lines:
        lines.insert(0, plan.say)
    left = len(plan.steps) - len(results)
    if errors:
        said = "Stopped" if any(one.cancelled for one in results) else "This did not work"
        lines += [f"{said}: {error}." if not error.endswith((".", "?")) else error for error in errors]
        if left > 0:
            lines.append(f"{left} more step{'s' if left > 1 else ''} waited for it and did not run.")
    if question:
        lines.append(question.text)
    return Reply(
        request_id=request.request_id,
        turn_id=turn_id,
        status=_status(request, results, question, errors),
        text="\n".join(lines),
        plan=render_plan(plan),
        handles=tuple(handle for one in results for handle in one.handles),
        made=made,
        question=question,
        errors=errors,
        assumed=assumed,
    )


def opinion(handle: str, liked: bool) -> str:
    return f"Noted: you {'like' if liked else 'do not like'} {handle}. It counts in what I draw from now on."


def without_names(reply: Reply) -> Reply:
    """The reply of a turn that forgot something, as it may be written down."""
    receipts = re.findall(r"Receipt \S+", reply.text)
    return reply.model_copy(
        update={"text": " ".join(["Forgotten.", *receipts]), "plan": 'forget(what="…")', "assumed": (), "made": ()}
    )


def _status(
    request: Request, results: Sequence[StepResult], question: Question | None, errors: Sequence[str]
) -> Status:
    if any(one.cancelled for one in results):
        return "cancelled"
    if errors:
        return "failed"
    if question:
        return "asked"
    return "planned" if request.dry_run else "done"


def _shown(one: ImageMade | ClipMade) -> str:
    frames = f", {one.frames} frames" if isinstance(one, ClipMade) else ""
    scores = "".join(f", {subject} {score:.2f}" for subject, score in one.scores.items())
    return f"{one.handle}: {one.caption} (seed {one.seed}{frames}{scores})"
