"""Which memory lines decided which argument, found from the texts themselves and so never invented."""

from __future__ import annotations

import re

from limner.agent.names import mentioned
from limner.agent.plan import Animate, Because, GenerateImage, Plan, PlanContext

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def with_reasons(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan with `because` filled in wherever an argument stands in a memory line and not in the request."""
    if plan.because:
        known = {line.id for line in context.memory}
        kept = tuple(r for r in plan.because if r.step < len(plan.steps) and known.issuperset(r.memory_ids))
        return plan.model_copy(update={"because": kept})
    said = " ".join([text, *(turn.user + " ".join(turn.calls) for turn in context.history)])
    reasons: list[Because] = []
    for number, step in enumerate(plan.steps):
        if not isinstance(step, GenerateImage | Animate):
            continue
        for argument, value in step.model_dump(exclude={"tool"}, exclude_defaults=True).items():
            ids = tuple(line.id for line in context.memory if _decided(value, line.text, said))
            if ids:
                reasons.append(Because(step=number, argument=argument, memory_ids=ids))
    return plan.model_copy(update={"because": tuple(reasons)})


def _decided(value: object, memory: str, said: str) -> bool:
    if isinstance(value, int):
        words = rf"\b(?:{value}|{NUMBERS[value]})\b" if value < len(NUMBERS) else rf"\b{value}\b"
        return bool(re.search(words, memory, re.IGNORECASE)) and not re.search(words, said, re.IGNORECASE)
    if isinstance(value, str):
        fresh = set(_content(value)) - set(_content(said))
        return bool(fresh & set(_content(memory)))
    if isinstance(value, list | tuple):
        return any(mentioned(str(name), memory) and not mentioned(str(name), said) for name in value)
    return False


def _content(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if len(word) > 3]
