"""What earlier turns of the conversation called, read back from how they are shown to the planner."""

from __future__ import annotations

from collections.abc import Iterator

from limner.agent.plan import GenerateImage, PastTurn, PlanContext, PlanError, Step, parse_plan


def steps_of(turn: PastTurn) -> Iterator[Step]:
    """The steps a turn became, in order; a call that is no step of today's plans is passed over."""
    for call in turn.calls:
        try:
            yield from parse_plan(call).steps
        except PlanError:
            continue


def last_drawn(context: PlanContext) -> GenerateImage | None:
    """The last picture that the turn before drew; None where it drew none, or there is no turn before."""
    if not context.history:
        return None
    drawn = [step for step in steps_of(context.history[-1]) if isinstance(step, GenerateImage)]
    return drawn[-1] if drawn else None


def drawn_as(context: PlanContext, handle: str) -> GenerateImage | None:
    """The picture of that handle as it was asked for; None where it was not drawn in this conversation."""
    for turn in context.history:
        if handle and handle in turn.result.split():
            return next((step for step in steps_of(turn) if isinstance(step, GenerateImage)), None)
    return None
