"""A style that one part of a request names belongs to the picture of that part: `and then Pip, also in rusthaze`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from limner.agent.glossary import english_words
from limner.agent.lexicon import whole
from limner.agent.phrases import ORDINALS
from limner.agent.plan import Animate, GenerateImage, LearnStyle, Plan, PlanContext, Step
from limner.agent.styles_said import NATIVE, in_said_style

_NOT = re.compile(r"\b(?:not|no|without|never|except|instead of|rather than|n['’]t)(?: \w+){0,3} $", re.I)

# `linocut for all, no style for Ada`: whose it is not is not read here.
_BUT = re.compile(r"\b(?:except|bar|none|no style|without (?:a |any )?style|stays? plain|all but|for the rest)\b", re.I)


def in_its_clause(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan of several pictures, each without a style in the one that its own part of the request names."""
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    plan = _counted_off(plan, drawn, context.styles, text)
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    learned = [step.name for step in plan.steps if isinstance(step, LearnStyle)]
    if len(drawn) < 2 or _BUT.search(text):
        return plan
    parts = [one for piece in re.split(r"(?<=[.!?;]) ", text) for one in whole("then").split(piece) if one.strip()]
    styles = tuple(dict.fromkeys([*learned, *context.styles]))
    steps = tuple(
        _styled(step, _parts_of(step, drawn, parts), styles)
        if isinstance(step, GenerateImage | Animate) and not step.styles
        else step
        for step in plan.steps
    )
    return plan.model_copy(update={"steps": steps})


def _counted_off(plan: Plan, drawn: Sequence[GenerateImage | Animate], styles: Sequence[str], text: str) -> Plan:
    """`flat for the second`: that picture in it, and no other."""
    names = "|".join(map(re.escape, styles)) or "(?!)"
    which = rf"(?P<which>{'|'.join(ORDINALS)}|last)(?: one| picture)?"
    ways = rf"(?<!\w)(?P<style>{names}) for (?:the )?{which}(?=[,.:;!?]|$| and\b)"
    found = list(re.finditer(ways, text, re.I))
    if len(drawn) < 2 or len(found) != 1:
        return plan
    style = next(one for one in styles if one.casefold() == found[0]["style"].casefold())
    at = ORDINALS.get(found[0]["which"].lower(), len(drawn) - 1)
    if at >= len(drawn):
        return plan
    steps: list[Step] = []
    for step in plan.steps:
        if isinstance(step, GenerateImage | Animate):
            kept = tuple(one for one in step.styles if one != style)
            step = step.model_copy(update={"styles": (style,) if step is drawn[at] else kept})
        steps.append(step)
    return plan.model_copy(update={"steps": tuple(steps)})


def _styled(step: GenerateImage | Animate, parts: Sequence[str], styles: Sequence[str]) -> GenerateImage | Animate:
    if len(parts) != 1 or (isinstance(step, Animate) and step.image_ref):
        return step
    # A made-up name can be nothing else; `flat` and `line` can.
    coined = [style for style in styles if style not in NATIVE and style.lower() not in english_words()]
    named = [style for style in coined if _names([style], parts[0])]
    before = [parts[0][: found.start()] for style in named for found in re.finditer(re.escape(style), parts[0], re.I)]
    if len(named) == 1 and not any(_NOT.search(one) for one in before):
        return step.model_copy(update={"styles": (named[0],)})
    return step if named else in_said_style(step, [one for one in styles if one not in coined], parts[0])


def _parts_of(
    step: GenerateImage | Animate, drawn: Sequence[GenerateImage | Animate], parts: Sequence[str]
) -> list[str]:
    """The parts that speak of the step's subjects and of those of no other picture."""
    others = {name for one in drawn if one is not step for name in one.subjects} - set(step.subjects)
    shared = any(one is not step and set(one.subjects) & set(step.subjects) for one in drawn)
    if shared or not step.subjects:
        return []
    return [part for part in parts if _names(step.subjects, part) and not _names(others, part)]


def _names(names: Iterable[str], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I) for name in names)
