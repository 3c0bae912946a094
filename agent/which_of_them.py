"""Whom `her` and `the two of them` mean, where a small planner took somebody."""

from __future__ import annotations

import re

from limner.agent.earlier import last_drawn
from limner.agent.kept_out import kept_out
from limner.agent.kinds import kind_said, spoken_of
from limner.agent.phrases import FEMALE, MALE, PAIR
from limner.agent.plan import Animate, AskUser, GenerateImage, Plan, PlanContext
from limner.agent.stated import listed, with_subjects

# At the start of a request: what is pointed at. Not `this one shouldn't move`, which is only now to be made.
POINTING = re.compile(
    r"(?:now )?(?:(?!this one (?:should|must|is|need)[^.;!?]* (?:move|still)\b)"
    r"(?:that|this|the (?:last|same|previous)) (?:one|picture|image|drawing|clip)\b|again\b"
    r"|(?:the )?same(?: again| thing| but| with| as| in| for|,|$))",
    re.I,
)
# `my tortoise, the one that isn't Sheldon`
NOT_THIS = (
    r",? ?\b(?:the (?:one|other)(?: one)? )?(?:(?:that|who|which)(?:['’]s| is)? )?"
    r"(?:(?:is|are)(?:n['’]t| not)|not|other than|except|besides)(?: (?:called|named))? "
)
_TOGETHER = re.compile(r"\b(?:both|all)(?: of)?(?: the| my| our| these)? (?P<kind>\w+)(?![\w'’])", re.I)
_DRAW = r"\b(?:draw|paint|sketch|animate|show me|picture of|drawing of|portrait of) "


def of_kind_asked(question: str, context: PlanContext, text: str) -> tuple[tuple[str, ...], str]:
    """Who is meant where `Which girl do you mean` needs no answer, and the request with their names: the only one, the
    other of two, or both. Nobody where it may be either."""
    kind = re.match(r"Which ([\w ]+?) do you mean", question)
    alike = tuple(name for name, noun in context.subjects.items() if kind and noun == kind[1])
    turned_down = re.compile(rf"{NOT_THIS}(?:{'|'.join(map(re.escape, alike)) or '(?!)'})(?!\w|['’]),?", re.I)
    if len(alike) == 2 and len(told := turned_down.findall(text)) == 1:
        alike = tuple(name for name in alike if not told[0].strip(",").casefold().endswith(name.casefold()))
    if len(alike) == 1:
        return alike, turned_down.sub("", text)
    together = _TOGETHER.search(text)
    if alike and together and kind_said(context.subjects[alike[0]], together["kind"]):
        return alike, kept_out(text, context.subjects)[1].replace(together[0], listed(alike))
    return (), text


def her_of_two(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Draw her on holiday`, said first of all: a question where there are two women."""
    if context.history or context.referents or context.memory or context.attachments or len(plan.steps) != 1:
        return None
    step = plan.steps[0]
    if not isinstance(step, GenerateImage | Animate) or len(step.subjects) != 1:
        return None
    sorts = [sort for sort, said in ((FEMALE, "her"), (MALE, "him")) if re.search(rf"{_DRAW}{said}\b", text, re.I)]
    same = [name for name, kind in context.subjects.items() if sorts and kind in sorts[0]]
    if len(sorts) != 1 or len(same) < 2 or any(spoken_of(name, context.subjects, text) for name in context.subjects):
        return None
    return Plan(steps=(AskUser(question=f"Who do you mean: {', '.join(same[:-1])} or {same[-1]}?"),))


def pointed_at(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan with those whom such words mean, where the request or the last picture tells."""
    return the_two_of_them(her_of_before(plan, context, text), context, text)


def her_of_before(plan: Plan, context: PlanContext, text: str) -> Plan:
    """`Now her in a boat`, `Bo working together with her`: she of the last picture, not a man or nobody."""
    made = last_drawn(context)
    if made is None or len(made.subjects) != 1 or len(plan.steps) != 1 or context.referents:
        return plan
    step, (before,) = plan.steps[0], made.subjects
    sort, said = (FEMALE, "her") if context.subjects.get(before) in FEMALE else (MALE, "him")
    kinds = [context.subjects.get(name, "") for name in getattr(step, "subjects", ())]
    if not isinstance(step, GenerateImage) or context.subjects.get(before) not in sort or before in step.subjects:
        return plan
    named = [name for name in context.subjects if spoken_of(name, context.subjects, text)]
    beside = re.search(rf"\b(?:together|along) with {said}\b", text, re.I)
    if beside and len(step.subjects) == 1 and named == list(step.subjects):
        prompt = re.sub(rf",? (?:(?:together|along) )?with {said}\b", "", step.prompt)
        together = (*step.subjects, before)
        return Plan(steps=(with_subjects(step.model_copy(update={"prompt": prompt}), together),))
    other = MALE if sort is FEMALE else FEMALE
    alone = re.search(rf"\b{said}\b(?= (?:in|on|at|as|with|under)\b)", text, re.I)
    both = re.search(r"\bher\b", text, re.I) and re.search(r"\bhim\b", text, re.I)
    if alone and not named and not both and len(kinds) == 1 and kinds[0] in other:
        return Plan(steps=(with_subjects(step, (before,)),))
    return plan


_CLIP_OF_BOTH = re.compile(rf"\b(?:clip|gif|animation|video)[^.;!?]{{0,20}} (?:{PAIR})\b", re.I)


def the_two_of_them(plan: Plan, context: PlanContext, text: str) -> Plan:
    """`Ada at sea, Bo at home and the two of them at a ball`: they are in the last picture, and nobody else."""
    # `a clip of the two of them`
    sort = GenerateImage | Animate if _CLIP_OF_BOTH.search(text) else GenerateImage
    pictures = [step for step in plan.steps if isinstance(step, sort)]
    if len(pictures) < 2:
        return plan
    *before, last = pictures
    drawn = tuple(dict.fromkeys(name for step in before for name in step.subjects))
    alone = all(len(step.subjects) == 1 for step in before)
    said = re.search(rf"\b(?:{PAIR})\b", text, re.I)
    if not said or len(drawn) != 2 or not alone or set(drawn) <= set(last.subjects):
        return plan
    behind = re.split(r"[.;!?] ", text[said.start() :])[0]
    if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", behind, re.I) for name in context.subjects):
        return plan
    told = re.match(r" (?P<scene>[^,.;!?]{3,60})", text[said.end() :])
    copied = any(
        one.prompt.removeprefix(listed(one.subjects)) == last.prompt.removeprefix(listed(last.subjects))
        for one in before
    )
    if told and copied:
        no_picture: dict[str, None] = {"image_ref": None} if isinstance(last, Animate) else {}
        last_one = last.model_copy(
            update={"prompt": f"{listed(drawn)} {told['scene']}", "subjects": drawn, **no_picture}
        )
        return plan.model_copy(update={"steps": tuple(last_one if step is last else step for step in plan.steps)})
    steps = tuple(with_subjects(step, drawn) if step is last else step for step in plan.steps)
    return plan.model_copy(update={"steps": steps})
