"""One picture in each style: `once flat, once in line, once 3d`."""

from __future__ import annotations

import re

from limner.agent.plan import GenerateImage, Plan, PlanContext
from limner.agent.styles_said import PICTURES

_ONCE = r"(?:once|one(?: time)?|einmal|[eé][eé]n keer|une fois|una vez|una volta|uma vez)"
_IN = r"(?:(?:in|as|en|im|em|al?)(?: (?:the|an?))? )?"
PER_STYLE = re.compile(
    r"\b(?:one|an?|once|1) (?:(?:picture|drawing|version|image) )?"
    r"(?:per|(?:for|in) (?:each|every(?: single)?)) (?:of (?:my|the) )?styles?\b"
    r"|\bin (?:each|every|all)(?: (?:single )?one)?(?: of)? (?:my |the )?styles?"
    r"(?! of\b| at once| together| combined| mixed| merged| blended)\b",
    re.I,
)
_BEFORE = re.compile(r"(?:^|[,;:.–-] *|\b(?:and|und|et|y|e) )(?:and |then )?$", re.I)


def once_each(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """The one scene of the plan in every style that the request counts off, a picture each."""
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage)]
    styles = _counted_off(context, text)
    if len(context.styles) > 1 and PER_STYLE.search(text):
        styles = tuple(context.styles)
    if len(styles) < 2 or not drawn or len(drawn) != len(plan.steps) or len({one.subjects for one in drawn}) > 1:
        return None
    scene = min((one.prompt for one in drawn), key=len)
    each = drawn[0].model_copy(update={"prompt": scene, "count": 1})
    return Plan(steps=tuple(each.model_copy(update={"styles": (style,)}) for style in styles), say=plan.say)


def the_same_in(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Sven shovelling snow in felt, the same but in linocut, and a third one without a style`: a picture each."""
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage)]
    names = "|".join(map(re.escape, sorted(context.styles, key=len, reverse=True))) or "(?!)"
    what = r"(?:picture |thing |one |idea |picture idea |scene )?"
    same = rf"(?:and )?(?:then )?(?:the|that) same {what}(?:again,? )?(?:but |only |just )*"
    again = re.compile(rf"{same}(?:in |with )?(?P<style>{names})(?= style\b| *(?:[,.;!?]|$)| (?:and|then)\b)", re.I)
    plain = re.compile(
        rf"(?:{same}|(?:and )?(?:a |the )?(?:third|last|final|second|another)(?: one)?,? )"
        r"(?:with no|without (?:an?y? )?|no )style\b",
        re.I,
    )
    marks = sorted([*again.finditer(text), *plain.finditer(text)], key=lambda one: one.start())
    if not marks or not drawn or not again.search(text):
        return None
    head = text[: marks[0].start()]
    first = [style for style in context.styles if re.search(rf"(?<!\w){re.escape(style)}(?!\w)", head, re.I)]
    others = {one.subjects for one in drawn if one.subjects != drawn[0].subjects and one.subjects}
    shown = set(re.findall(r"\w{4,}", drawn[0].prompt.lower())) & set(re.findall(r"\w{4,}", head.lower()))
    if len(first) > 1 or others or not shown:
        return None
    called = {style.casefold(): style for style in context.styles}
    styles = [
        tuple(first),
        *((called[one["style"].casefold()],) if "style" in one.groupdict() else () for one in marks),
    ]
    made = [drawn[0].model_copy(update={"styles": each}) for each in styles]
    before = plan.steps[: plan.steps.index(drawn[0])]
    behind = [step for step in plan.steps[len(before) :] if not isinstance(step, GenerateImage)]
    return Plan(steps=(*before, *made, *behind), say=plan.say)


def _counted_off(context: PlanContext, text: str) -> tuple[str, ...]:
    called = {PICTURES.get(style, style).casefold(): style for style in context.styles}
    called |= {style.casefold(): style for style in context.styles}
    names = "|".join(map(re.escape, sorted(called, key=len, reverse=True))) or "(?!)"
    ends = r"(?= ?(?:[,;.!?–—-]|$|and\b|und\b|et\b|y\b|e\b|please\b))"
    said = re.finditer(rf"\b{_ONCE} {_IN}(?P<style>{names})(?: style)?{ends}", text, re.I)
    # Not `the one flat hat`.
    found = [one for one in said if _BEFORE.search(text[: one.start()]) or one[0].lower().startswith("once")]
    return tuple(dict.fromkeys(called[one["style"].casefold()] for one in found))
