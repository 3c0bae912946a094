"""Somebody in place of somebody else in the picture that was made last, or something more in it."""

from __future__ import annotations

import re

from limner.agent.earlier import last_drawn
from limner.agent.names import mentioned
from limner.agent.own_kind import mistaken
from limner.agent.plan import AskUser, EditImage, GenerateImage, Plan, PlanContext
from limner.agent.stated import with_subjects

_SWAP = r"\b(?:swap|replace|exchange|switch|trade) {old} (?:with|for|by|against|to) {new}(?!\w)"
_IN_PLACE = r"(?:\b(?:with|and|but|only) |^){new} (?:in place of|instead of|in the place of|rather than) {old}(?!\w)"

_SAME = re.compile(r"\b(?:same|again|once more|that|this|it)\b", re.I)
_MORE = re.compile(
    r"(?:(?:ok(?:ay)?|and|now|same(?: again| one| thing| picture)?|again|but),? )+"
    r"with (?P<what>(?:an?|some|more|\d+) [^,.;]+)",
    re.I,
)


def added(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Now with a red balloon`: that, put into the last picture, where only the balloon was drawn."""
    found = _MORE.fullmatch(text.strip(" .!"))
    if found is None or len(plan.steps) != 1 or not context.history or not context.history[-1].result:
        return None
    step, names = plan.steps[0], (*context.subjects, *context.styles, *context.motions)
    if not isinstance(step, GenerateImage) or step.subjects or any(mentioned(name, found["what"]) for name in names):
        return None
    return Plan(steps=(EditImage(image_ref=context.history[-1].result, instruction=f"add {found['what']}"),))


def joined(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Try it with Theo next to her`: the last picture with one more in it."""
    made = last_drawn(context)
    if made is None or not made.subjects or len(plan.steps) != 1:
        return None
    planned = plan.steps[0]
    known = isinstance(planned, AskUser) and mistaken(planned.question, context)
    if not (known or isinstance(planned, GenerateImage)):
        return None
    others = [name for name in context.subjects if name not in made.subjects]
    who = "|".join(map(re.escape, others)) or "(?!)"
    found = re.search(
        rf"\b(?:again|it|that|same)\b.*?\bwith (?P<new>{who})(?!\w)"
        r".*?\b(?:next to|beside|near|behind|with) (?:him|her|it|them)\b",
        text,
        re.I,
    )
    if found is None:
        return None
    new = next(name for name in others if name.casefold() == found["new"].casefold())
    names = (*made.subjects, new)
    step = with_subjects(made.model_copy(update={"count": 1, "seed": None}), names)
    styles = planned.styles if isinstance(planned, GenerateImage) else ()
    return Plan(steps=(step.model_copy(update={"styles": styles or made.styles}),))


def exchanged(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Swap Raj for Dana`, `the other dog`: the last picture with one in place of the other."""
    made = last_drawn(context)
    if made is None or len(plan.steps) != 1:
        return None
    for old in made.subjects:
        for new in context.subjects:
            kind = context.subjects[new]
            pair = [name for name, noun in context.subjects.items() if noun == kind]
            other = sorted(pair) == sorted({old, new}) and re.search(rf"\bthe other {re.escape(kind)}\b", text, re.I)
            swap = re.search(_SWAP.format(old=re.escape(old), new=re.escape(new)), text, re.I)
            place = re.search(_IN_PLACE.format(old=re.escape(old), new=re.escape(new)), text, re.I)
            again = place and _SAME.search(text)
            if new not in made.subjects and (swap or other or again):
                step = _with(made, old, new)
                planned = plan.steps[0]
                if again and isinstance(planned, GenerateImage):  # `the same in 3d, with Ada instead of Bo`
                    styles = planned.styles or made.styles
                    step = step.model_copy(
                        update={
                            "styles": styles,
                            "count": planned.count,
                            "seed": planned.seed,
                            "layout": planned.layout,
                        }
                    )
                return Plan(steps=(step,))
    return None


def _with(made: GenerateImage, old: str, new: str) -> GenerateImage:
    return made.model_copy(
        update={
            "prompt": re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, made.prompt),
            "subjects": tuple(new if name == old else name for name in made.subjects),
            "layout": {new if name == old else name: place for name, place in made.layout.items()},
            "count": 1,
            "seed": None,
        }
    )
