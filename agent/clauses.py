"""A request of several orders, told apart, so that a small planner meets one at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from limner.agent import wished
from limner.agent.given_up import given_up, style_erased
from limner.agent.just_taught import by_name
from limner.agent.lexicon import whole
from limner.agent.names import mentioned
from limner.agent.own_part import PLAIN, THEN, content, told
from limner.agent.phrases import MOVES, PLACE
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
    PastTurn,
    Plan,
    PlanContext,
    Recall,
    SetPreference,
    Step,
    render_plan,
)
from limner.agent.stated import listed

NUMBERED = re.compile(r"(?:^|(?<=[\s,;.]))\(?[1-4a-d][).:](?=\s)\s*", re.IGNORECASE)
# `First off: ... Second: ...`, `one > two > three`
COUNTED = re.compile(
    r"(?:^|(?<=[.;!?,] ))(?:and )?(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|last(?:ly)?|number (?:one|two|three|four))"
    r"(?: off| up| thing| of all| and last| one)?(?: [a-z]{4,8})?: *",
    re.IGNORECASE,
)
POINTED = re.compile(r" +> +")
# A lasting wish that opens a request, up to where an order may begin.
WISH = re.compile(
    r"(?:please )?(?:remember|note|keep in mind|from now on|i (?:always |really )?(?:prefer|like|love|hate))\b"
    r"[^.;!\"]{3,}[.;!] *",
    re.IGNORECASE,
)
# `her eyes are amber, save that. Draw ...`
WISH_BEHIND = re.compile(
    r"[^.;!?\"]{3,90}, (?:please )?(?:save|note|remember|keep|write) (?:that|this|it)(?: down| in mind)?[.;!] +",
    re.IGNORECASE,
)
# Orders that stand side by side: `forget the felt style, draw Rex and from now on keep it wide`.
_ORDER = (
    r"(?:please )?(?:draw|paint|sketch|animate|forget|erase|delete|wipe|learn|remember|note|from (?:now|then) on"
    r"|throw (?:away|out)|get rid of|scrap|bin|ditch|gimme|give (?:me|us)|save|use [^,.;]{2,30} from now on"
    r"|swap|replace|brighten|darken|lighten|crop)\b"
)
BESIDE = re.compile(rf"(?:[,;.?!]| and) +(?:(?:and|n|btw|also|oh|plus),? )*(?={_ORDER})", re.IGNORECASE)
ORDERED = re.compile(_ORDER, re.IGNORECASE)
# `first a hill, then a lake`: what is counted off is no story, unless it goes on with whom it told of.
FIRST = re.compile(r"(?:please )?(?:first(?:ly| of all)?|to (?:begin|start) with)[:,]? (?!(?:one|of)\b)", re.IGNORECASE)
TELLING = re.compile(r"(?:he|she|it|they|we|i|you)\b", re.IGNORECASE)
# `Three things.`, before they are counted off.
HEADING = re.compile(
    r"(?:(?:ok(?:ay)?|so|right|please|hi|hey|hello)[,.! ]+)*(?:i (?:need|want|have) |(?:here are|do) )?"
    r"(?:(?:my|these|the|following|\w+) ){0,3}(?:things?|jobs?|orders?|tasks?|steps?|wishes|requests?|to-?dos?|list)"
    r"(?:,? (?:please|today|for you|in this order))*[.:;,!\s–-]*",
    re.IGNORECASE,
)
# What is left of an order that begins behind `then`: `draw Rex and then let Ada ...`.
_TRAILING = re.compile(r",? and(?: (?:let|have|make))?$", re.IGNORECASE)
# Whoever opens an order by name: `then Rex racing a train`; not `then Rex fell`.
DOING = r"(?:\w{2,}ing|in|on|at|as|with|under|and|inside|wearing)"
# `Rex should then do it` is one order.
_WITHIN = re.compile(r"\b(?:should|must|can|could|will|would|may|shall|to|does|has to) ?$", re.IGNORECASE)
_FILLER = re.compile(
    r"(?:(?:oh|ah|and|also|so|ok(?:ay)?|n|btw|plus|well|right|please|finally|lastly)[ ,.!]*)+", re.IGNORECASE
)
# `..., both in felt`, which is said of all of them together (`listed` reads it there).
_OF_ALL = re.compile(
    r",? (?:and )?(?:both|all)(?: of (?:them|these|those))?(?: (?:two|three|four))?"
    r"(?: (?:pictures?|drawings?|images?|pics))? in (?:the )?(?P<style>[\w -]+?)(?: style)?[.! ]*$",
    re.IGNORECASE,
)
# What was just drawn is meant, whoever was spoken of before.
SET_IN_MOTION = re.compile(rf"(?:(?:now|please|and) )*{MOVES} (?:it|them|both)\b", re.IGNORECASE)
# The handle of a picture that an earlier clause of the same request will have made.
MADE = "img-9000"
EVERYTHING = re.compile(
    r"\b(?:everything|all (?:my |the )?(?:pictures|drawings|images)|every (?:picture|drawing|image)) "
    r"(?!.*\b(?:not|never|no|except|but|if|when)\b)",
    re.IGNORECASE,
)
# `learn him, and then show us!`: what to show is told elsewhere.
SHOW = re.compile(r"(?:show|draw|paint|let)(?: me| us)?(?: see)?[.! ]*", re.IGNORECASE)
# Of a change, what need not be said again to change it.
NO_CHANGE = re.compile(
    r"pictures?|images?|drawings?|same|that|this|then|give|make|turn|change|please|last|with|into|from|have|also|very|once"
    r"|done|made|colou?r|could|would|want|like|just|only|them|they|their|your|after"
)
# Opens a change of what was just made.
CHANGES = re.compile(
    r"(?:swap|replace|recolou?r|brighten|darken|lighten|crop|remove|take (?:away|off)|change)"
    r" (?:his|her|its|their|the|that)\b|(?:stick|put) an? [^,.;]+ on (?:him|her|it|them)\b",
    re.IGNORECASE,
)
SAME = re.compile(r"\b(?:same|too|also|again|both|all|it|that|this|as well|style|look)\b", re.IGNORECASE)
MOST_CHANGED = 12
MOST = 6


# `bin felt for good. I never use it`: why, and no order.
_WHY = re.compile(r"(?:he|she|it|they|we|i)\b(?!['’]d\b| (?:want|need|would|wish)\b)[^.;!?]*[.!? ]*", re.IGNORECASE)
# Who was just taught is him or her that is drawn next.
_HIM_DRAWN = re.compile(
    r"(?P<draw>\b(?:draw|paint|sketch|show|animate|make a (?:picture|drawing|clip) of)) (?:him|her|it)\b", re.I
)
# `..., write that down`: of the wish before, and none of its own.
_ONLY_NOTED = re.compile(
    r"(?:and )?(?:please )?(?:note|write|jot|remember|keep|mind|make a note|merk)(?: \w+)?? ?(?:of |about )?"
    r"(?:it|that|this|those|disso|dat|das|eso|ello|ça|cela|questo|quello)(?: down| in mind)?",
    re.IGNORECASE,
)


def one_by_one(plan_one: Callable[[PlanContext, str], Plan], context: PlanContext, text: str) -> Plan | None:
    """The plan of a list of orders, each planned with what the ones before it make as its past.

    None when the text is no such list, or when one of its orders is none that can be carried out by itself.
    """
    orders = clauses(text, tuple(context.subjects), context.styles)
    if len(orders) < 2:
        return None
    steps: list[Step] = []
    for order in orders:
        for step in steps:
            if isinstance(step, LearnStyle | LearnMotion):
                order = by_name(order, step)
            taught = [one for one in steps if isinstance(one, LearnSubject)]
            him = _HIM_DRAWN.search(order) if taught == [step] else None
            if him and not any(mentioned(name, order[: him.start()]) for name in context.subjects):
                order = f"{order[: him.start()]}{him['draw']} {taught[0].name}{order[him.end() :]}"
        plain = _outright(order, steps, context)
        plan = Plan(steps=(plain,)) if plain else plan_one(context, order)
        if not plan.steps or any(isinstance(step, AskUser | Answer) for step in plan.steps):
            return None
        if SET_IN_MOTION.match(order) and steps and isinstance(drawn := steps[-1], GenerateImage):
            plan = plan.model_copy(update={"steps": tuple(_moving(step, drawn) for step in plan.steps)})
        plan = _changing(plan, order, steps, context)
        made = [_whole_change(step, order) for step in plan.steps]
        made = [_as_wished(_in_its_own_place(step, order), steps, context.styles) for step in made]
        made = [_in_its_own_scene(step, order, steps, context) for step in made]
        made = [_in_no_others_style(step, order, steps, context) for step in made]
        steps += [_later(step) for step in made]
        context = afterwards(context, order, plan)
    return Plan(steps=tuple(steps))


def _outright(order: str, before: Sequence[Step], context: PlanContext) -> Step | None:
    """The step of an order that can mean nothing else, for which no model need be asked."""
    names = (*context.subjects, *context.styles, *context.motions)
    if gone := given_up(names, order) or style_erased((*context.styles, *context.motions), order):
        return Forget(what=gone)
    return wished.wished(order, before, tuple(context.subjects))


def clauses(text: str, names: Sequence[str] = (), styles: Sequence[str] = ()) -> list[str]:
    """The orders of a numbered list, or those that `then` parts; the text itself when it is neither.

    `names` are those with which an order may begin.
    """
    head = HEADING.match(text)
    if head and re.search(r"[.:;!]\s*$", head[0]) and len(rest := clauses(text[head.end() :], names, styles)) > 1:
        return rest
    wish = WISH.match(text)
    if wish and whole("order").match(text[wish.end() :]):
        return [wish[0].strip(" ,;.!"), *clauses(text[wish.end() :], names, styles)]
    if (told := WISH_BEHIND.match(text)) and whole("order").match(text[told.end() :]):
        return [told[0].strip(" ,;.!"), *clauses(text[told.end() :], names, styles)]
    told_first, behind = _sentence(text)
    if (
        behind
        and not (_WHY.fullmatch(behind) or _THOUGHT_BETTER.match(behind))
        and (given_up((*names, *styles), told_first) or style_erased(styles, told_first))
    ):
        return [told_first.strip(" ,;.!"), *clauses(behind, names, styles)]
    marks = _marks(COUNTED, text)
    if len(marks) > 1 and marks[0].start() == 0:
        return [order for part in _between(text, marks)[1:] if (order := part.strip(" ,;."))]
    if len(pointed := _marks(POINTED, text)) > 1:
        parts = _between(text, pointed)
        return [order for part in parts[1 if _no_order(parts[0]) else 0 :] if (order := part.strip(" ,;."))]
    marks = _marks(NUMBERED, text)
    if len(marks) > 1 and (marks[0].start() == 0 or HEADING.fullmatch(text[: marks[0].start()])):
        found = _between(text, marks)[1:]
    else:
        found = _between(text, _marks(THEN, text))
        beside = _between(text, _marks(BESIDE, text))
        first = FIRST.match(text)
        if len(found) > 1 and ORDERED.match(text):
            found = [*_between(found[0], _marks(BESIDE, found[0])), *found[1:]]
        if first and len(found) > 1:
            found[0] = found[0][first.end() :]
        apart = len(beside) > 2 or bool(
            re.search(r"[.;?!] +(?:(?:and|n|btw|also|oh|plus),? )*$", text[: text.find(beside[-1])], re.IGNORECASE)
        )
        if len(found) == 1 and len(beside) > 1 and apart and ORDERED.match(text):
            found = beside
        # `and then he fell` goes on with a story.
        elif not all(_is_order(one.lstrip(" ,;."), bool(first), names) for one in found[1:]):
            found = [text]
    found = [part for one in found for part in _wishes_apart(one)]
    orders = [_TRAILING.sub("", order.strip(" ,;.")) for order in found if order.strip(" ,;.")]
    orders = _with_their_styles(
        [one for one in orders if not (_FILLER.fullmatch(one) or _ONLY_NOTED.fullmatch(one))], styles
    )
    # `both in the rain` is of the last alone.
    if len(orders) > 1 and (said := _OF_ALL.search(orders[-1])) and said["style"].lower() in map(str.lower, styles):
        orders[-1] = orders[-1][: said.start()] or orders[-1]
    bare = any(SHOW.fullmatch(order) for order in orders[1:])
    return orders if len(orders) <= MOST and not bare else [text]


_THOUGHT_BETTER = re.compile(r"(?:actually|no|wait|don['’]?t|keep|hang on|hold on|never ?mind|$)\b", re.IGNORECASE)


def _sentence(text: str) -> tuple[str, str]:
    """The first sentence, and the others without what joins them to it."""
    found = re.search(r"[.!;] +(?:(?:and|n|btw|also|oh|plus),? +)*(?=\w)", text, re.IGNORECASE)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def _with_their_styles(orders: Sequence[str], styles: Sequence[str]) -> list[str]:
    """`only Ada, finally, in felt`: a style alone is no order but belongs to the one before."""
    whole_orders: list[str] = []
    for order in orders:
        alone = any(
            re.fullmatch(rf"(?:in|using|with) (?:the )?{re.escape(one)}(?: style)?", order, re.I) for one in styles
        )
        if alone and whole_orders:
            whole_orders[-1] += f", {order}"
        else:
            whole_orders.append(order)
    return whole_orders


def _no_order(text: str) -> bool:
    """`I want three things one after another`"""
    return bool(re.search(r"\b(?:things?|pictures?|jobs?|drawings?|orders?)\b", text, re.IGNORECASE))


def _is_order(text: str, counted: bool, names: Sequence[str]) -> bool:
    if counted:
        return not TELLING.match(text)
    name = "|".join(map(re.escape, names)) or "(?!)"
    return bool(whole("order").match(text) or re.match(rf"(?:{name}) {DOING}(?!\w)", text, re.IGNORECASE))


# What is ordered behind a wish in a list: `bin felt, note that Ada hates rain, and then get me Ada at the counter`.
_AND_THEN = re.compile(
    r",? and then (?=(?:get|give|show|let) (?:me|us)\b|(?:he|she|it|they) should\b|i(?:['’]d| would)? (?:want|like)\b)",
    re.IGNORECASE,
)


def _wishes_apart(text: str) -> list[str]:
    """`paint Rex, and note down that he hates rain` in two, and what is ordered behind the wish."""
    first, *rest = _between(text, _marks(wished.BEGINS, text))
    return [first, *(part for one in rest for half in BESIDE.split(one) for part in _AND_THEN.split(half))]


def _marks(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Where it stands in the text, but not in quotes."""
    quoted = [span for found in re.finditer(r'"[^"]*"', text) for span in range(*found.span())]
    marks = [mark for mark in pattern.finditer(text) if mark.start() not in quoted]
    return [mark for mark in marks if not _WITHIN.search(text[: mark.start()])]


def _between(text: str, marks: Sequence[re.Match[str]]) -> list[str]:
    starts, ends = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _moving(step: Step, drawn: GenerateImage) -> Step:
    if not isinstance(step, Animate):
        return step
    same = {"prompt": drawn.prompt, "subjects": drawn.subjects, "styles": drawn.styles, "image_ref": MADE}
    return step.model_copy(update=same)


def _in_its_own_place(step: Step, order: str) -> Step:
    """`animate him doing the trot on a beach`, where the picture that was just made repeated itself."""
    found = PLACE.search(order.strip(" .!"))
    if not isinstance(step, Animate) or step.image_ref not in (MADE, None) or not found or not step.subjects:
        return step
    pointed = re.search(r"\b(?:it|that|this|them|picture|image|drawing|one)\b", order, re.IGNORECASE)
    words = set(re.findall(r"\w{4,}", found["where"].lower()))
    if pointed or not words or words & set(re.findall(r"\w{4,}", step.prompt.lower())):
        return step
    return step.model_copy(update={"prompt": f"{listed(step.subjects)} {found['where']}", "image_ref": None})


def _in_its_own_scene(step: Step, order: str, before: Sequence[Step], context: PlanContext) -> Step:
    """`... then Bo in the bathtub`, where he was planned on the tractor that Ada is on in the picture before."""
    if not isinstance(step, GenerateImage) or not step.subjects or SAME.search(PLAIN.sub(" ", order)):
        return step
    known = (*context.subjects, *context.styles, *context.motions)
    drawn = [one for one in before if isinstance(one, GenerateImage | Animate)]
    mine, here = content(step.prompt, known), content(order, known)
    elsewhere = set().union(*(content(one.prompt, known) for one in drawn))
    if not (mine and here) or mine & here - elsewhere or not mine & elsewhere - here:
        return step
    scene = told(step, order, context)
    return step.model_copy(update={"prompt": scene}) if content(scene, known) else step


def _whole_change(step: Step, order: str) -> Step:
    """`give the lemons smiley faces`, where the planner would only add smiley faces."""
    if not isinstance(step, EditImage) or len(order.split()) > MOST_CHANGED:
        return step
    said = {word[:4] for word in re.findall(r"[^\W\d_]{4,}", order.lower()) if not NO_CHANGE.fullmatch(word)}
    kept = {word[:4] for word in re.findall(r"[^\W\d_]{4,}", step.instruction.lower())}
    plain = re.sub(
        r" (?:in|on|to|of) (?:that|the|this) (?:same |last |very )?(?:picture|pic|image|drawing|one)\b", "", order
    )
    given = re.match(r"(?:give|turn|make|paint|colou?r) (?:the|his|her|its) (?P<what>\w{3,}) ", order, re.IGNORECASE)
    lost = given and given["what"].lower()[:4] not in step.instruction.lower()
    return step.model_copy(update={"instruction": plain}) if kept and (said - kept or lost) and kept & said else step


def _changing(plan: Plan, order: str, before: Sequence[Step], context: PlanContext) -> Plan:
    """`swap his violin for a trumpet`, of the picture just made, where another was to be drawn."""
    drawn = before[-1] if before else None
    step = plan.steps[0] if len(plan.steps) == 1 else None
    if not (CHANGES.match(order) and isinstance(drawn, GenerateImage) and isinstance(step, GenerateImage)):
        return plan
    others = [name for name in context.subjects if mentioned(name, order) and name not in drawn.subjects]
    if others or not set(step.subjects) <= set(drawn.subjects):
        return plan
    return plan.model_copy(update={"steps": (EditImage(image_ref=MADE, instruction=order),)})


def _in_no_others_style(step: Step, order: str, before: Sequence[Step], context: PlanContext) -> Step:
    """`Ada in felt, then Bo at sea`: the felt is said of Ada alone, and so is her picture, that his clip is not of."""
    if not isinstance(step, GenerateImage | Animate) or not step.subjects or SAME.search(order):
        return step
    drawn = [one for one in before if isinstance(one, GenerateImage | Animate)]
    told = [line.text for line in context.memory]
    taken = [style for style in step.styles if any(style in one.styles for one in drawn)]
    shared = any(set(one.subjects) & set(step.subjects) and set(one.styles) & set(taken) for one in drawn)
    unsaid = not any(mentioned(style, text) for style in taken for text in (order, *told))
    if not drawn or shared or not taken or not unsaid:
        return step
    update = {"styles": tuple(style for style in step.styles if style not in taken)}
    of_hers = isinstance(step, Animate) and step.image_ref == MADE
    return step.model_copy(update={**update, **({"image_ref": None} if of_hers else {})})


def _as_wished(step: Step, before: Sequence[Step], styles: Sequence[str]) -> Step:
    """In the style that an order before wished for everything: `from now on I want everything flat. Draw Rex`."""
    if not isinstance(step, GenerateImage) or step.styles:
        return step
    wishes = [one.text for one in before if isinstance(one, SetPreference) and EVERYTHING.search(one.text)]
    named = [style for style in styles if wishes and mentioned(style, wishes[-1])]
    return step.model_copy(update={"styles": (named[0],)}) if len(named) == 1 else step


def _later(step: Step) -> Step:
    if isinstance(step, Animate | EditImage) and step.image_ref == MADE:
        return step.model_copy(update={"image_ref": "last"})
    return step


def afterwards(context: PlanContext, order: str, plan: Plan) -> PlanContext:
    """The context as it will be once the order is carried out."""
    subjects, learnt, meant = dict(context.subjects), False, ""
    styles = [step.name for step in plan.steps if isinstance(step, LearnStyle)]
    motions = [step.name for step in plan.steps if isinstance(step, LearnMotion)]
    for step in plan.steps:
        if isinstance(step, LearnSubject):
            subjects[step.name], learnt, meant = step.class_noun, True, step.name
        elif isinstance(step, SetPreference | Recall):
            told = [name for name in subjects if mentioned(name, order)]
            meant = told[0] if len(told) == 1 else ""
    # Only a picture is something to go on from; a wish told as past would be drawn as well.
    made = any(isinstance(step, GenerateImage | EditImage | Animate) for step in plan.steps)
    turns = (PastTurn(user=order, calls=(render_plan(plan),), result=MADE),) if made else ()
    referents = {**context.referents, **(dict.fromkeys(("him", "her", "it"), meant) if meant else {})}
    return context.model_copy(
        update={
            "subjects": subjects,
            "styles": tuple(dict.fromkeys((*context.styles, *styles))),
            "motions": tuple(dict.fromkeys((*context.motions, *motions))),
            "attachments": "" if learnt or styles or motions else context.attachments,
            "history": (*context.history, *turns),
            "referents": referents,
        }
    )
