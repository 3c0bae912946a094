"""A style that one part of a request names belongs to the picture of that part: `and then Pip, also in rusthaze`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.glossary import english_words
from limner.agent.own_part import names, own_part, parts
from limner.agent.phrases import ORDINALS
from limner.agent.plan import Animate, GenerateImage, LearnStyle, Plan, PlanContext, Step
from limner.agent.styles_said import NATIVE, in_said_style

_NOT = re.compile(r"\b(?:not|no|without|never|except|instead of|rather than|n['’]t)(?: \w+){0,3} $", re.I)

# `linocut for all, no style for Ada`: whose it is not is not read here.
_BUT = re.compile(r"\b(?:except|bar|none|stays? plain|all but|for the rest)\b", re.I)
_NO_STYLE = re.compile(r"\b(?:no style|without (?:a |any )?style)\b", re.I)


def in_its_clause(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan of several pictures, each without a style in the one that its own part of the request names."""
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    plan = _counted_off(plan, drawn, context.styles, text)
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    learned = [step.name for step in plan.steps if isinstance(step, LearnStyle)]
    said = parts(text)
    # `no style for Ada`; of a clip, in its own part, it says nothing of the pictures.
    plain = [part for part in said if _NO_STYLE.search(part)]
    of_a_clip = len(plain) == 1 and names(["clip", "animation", "animated", "gif"], plain[0])
    if len(drawn) < 2 or _BUT.search(text) or (plain and not of_a_clip):
        return plan
    styles = tuple(dict.fromkeys([*learned, *context.styles]))
    steps = tuple(
        _styled(step, own_part(step, drawn, said), styles) if isinstance(step, GenerateImage | Animate) else step
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


def _styled(step: GenerateImage | Animate, part: str, styles: Sequence[str]) -> GenerateImage | Animate:
    if not part or _NO_STYLE.search(part) or (isinstance(step, Animate) and step.image_ref) or names(step.styles, part):
        return step
    # A made-up name can be nothing else; `flat` and `line` can.
    coined = [style for style in styles if style not in NATIVE and style.lower() not in english_words()]
    named = [style for style in coined if names([style], part)]
    before = [part[: found.start()] for style in named for found in re.finditer(re.escape(style), part, re.I)]
    if len(named) == 1 and not any(_NOT.search(one) for one in before):
        return step.model_copy(update={"styles": (named[0],)})
    return step if named or step.styles else in_said_style(step, [one for one in styles if one not in coined], part)
