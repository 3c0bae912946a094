"""Steps that a small planner made of the rest of a request: said, but not asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.clauses import clauses
from limner.agent.explicit import SEED
from limner.agent.lexicon import whole
from limner.agent.names import fold
from limner.agent.plan import EditImage, GenerateImage, PlanContext, SetPreference, Step

WISHED = re.compile(
    r"\b(?:remember|from now on|for all (?:future|coming)|keep in mind|don['’]?t forget|always|note that)\b", re.I
)
# `remember that she is shy and that he is not`
_TWICE = re.compile(r"\b(?:always|(?:mind|remember|note|forget|and|know),? that)\b", re.I)
ONE = re.compile(r"\b(?:a|one|the|single|still) (?:still )?(?:picture|drawing|image|portrait|painting|sketch)\b", re.I)

# One picture of each is asked for, and which they are the planner may say.
_EACH = re.compile(r"\b(?:each|every|series|one (?:for|per))\b", re.I)
_SMALL = whole("small")
# Pictures drawn of a request that asks for one: of more, it is a list.
MOST_INVENTED = 2
_OTHER_SORT = re.compile(r"\b(?:card|poster|postcard|sticker|clip)s?\b", re.I)


def _one_wish(steps: Sequence[Step], text: str) -> Sequence[Step]:
    """Of a story that says once what to remember, that sentence; the rest of it is no wish."""
    wishes = [step for step in steps if isinstance(step, SetPreference)]
    sentences = [one.strip() for one in re.split(r"(?<=[.!?]) ", text) if WISHED.search(one)]
    if len(wishes) < 2 or len(sentences) != 1 or len(_TWICE.findall(sentences[0])) > 1:
        return steps
    # `Note: tulips are for Ada and lilies for Bo`
    inside = [frozenset(word for word in _long(wish.text) if word in _long(sentences[0])) for wish in wishes]
    if len(set(inside)) == len(wishes) and all(
        2 * len(inner) > len(_long(w.text)) for inner, w in zip(inside, wishes, strict=True)
    ):
        return steps
    kept = wishes[0].model_copy(update={"text": sentences[0].strip(" .!")})
    return [kept if step is wishes[0] else step for step in steps if step is wishes[0] or step not in wishes]


def _long(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


def _only_what_was_seen(steps: Sequence[Step], context: PlanContext, text: str, translated: bool) -> Sequence[Step]:
    """Without a second picture of somebody of which the request says not one word."""
    drawn = [step for step in steps if isinstance(step, GenerateImage)]
    if len(drawn) > MOST_INVENTED or len(clauses(text)) >= len(steps) or _EACH.search(text) or translated:
        return steps
    said = fold(" ".join([text, *(turn.user for turn in context.history), *(line.text for line in context.memory)]))

    def told(step: GenerateImage) -> bool:
        rest = re.sub("|".join(map(re.escape, step.subjects)) or "(?!)", " ", step.prompt)
        long = [word for word in re.findall(r"[^\W\d_]{3,}", fold(rest)) if len(word) > 3 or not _SMALL.fullmatch(word)]
        words = [word[:3] for word in long]
        return not words or any(re.search(rf"(?<!\w){word}", said) for word in words)

    if not any(told(step) for step in drawn):  # in words that are not known here
        return steps
    extra = [step for step in drawn if not told(step) and sum(step.subjects == one.subjects for one in drawn) > 1]
    return [step for step in steps if step not in extra]


def _only_a_number(prompt: str) -> bool:
    return bool(
        re.fullmatch(
            r"(?:a|one) single (?:picture|drawing|image|version)"
            r"|(?:\w+ )?(?:pictures|versions|options|drawings|images|copies|times)",
            prompt.strip(),
            re.I,
        )
    )


def without_leftovers(steps: Sequence[Step], context: PlanContext, text: str, translated: bool = False) -> list[Step]:
    """Without a second picture of a story that asks for one, and without a change that only says who is not drawn:

    `keep Pogo out of it`, of a picture that has no Pogo in it.
    """
    steps = _of_one_scene(_all_in_one(steps, text), text)
    steps = _only_what_was_seen(_one_wish(steps, text), context, text, translated)
    kept: list[Step] = []
    single = len(ONE.findall(text)) == 1 and not whole("further").search(text) and not _OTHER_SORT.search(text)
    drawn = sum(isinstance(step, GenerateImage) for step in steps)
    single = single and text.count(";") < 2 and drawn <= MOST_INVENTED  # else a list
    for step in steps:
        told = [one for one in kept if isinstance(one, GenerateImage)]
        if len(steps) > 1 and isinstance(step, SetPreference) and SEED.search(step.text):
            continue
        # `a dozen cakes, two pictures`: how many is no picture of its own.
        if kept and isinstance(step, GenerateImage) and _only_a_number(step.prompt):
            continue
        if len(steps) > 1 and isinstance(step, EditImage) and _copied(step, context, text):
            continue
        # `a skyline without any style`
        if kept and isinstance(step, EditImage) and _NO_STYLE.fullmatch(step.instruction.strip(" .")):
            continue
        if single and isinstance(step, GenerateImage) and any(set(step.subjects) <= set(one.subjects) for one in told):
            continue
        if isinstance(step, EditImage) and any(isinstance(one, GenerateImage) for one in kept):
            named = "|".join(map(re.escape, context.subjects)) or "(?!)"
            away = re.search(rf"\b(?:keep|leave|keeping|leaving) (?:{named}) (?:out|away|at home|home)\b", text, re.I)
            if away and re.search(rf"\b(?:{named})\b", step.instruction):
                continue
        kept.append(step)
    return kept


_IN_ONE = re.compile(
    r"\b(?:both|all|them|the (?:both|two|three) of them|together)(?: of them)? in (?:the same|one)"
    r"(?: (?:picture|drawing|image|pic|scene))?\b(?! \w+ (?:style|colou?r|size))",
    re.I,
)
_NO_STYLE = re.compile(r"(?:remove|drop|take away|lose) (?:the |any |its )?style(?: from (?:it|that))?", re.I)
_APART = re.compile(r"\b(?:another|separate\w*|second|extra|apart)\b", re.I)


def _all_in_one(steps: Sequence[Step], text: str) -> Sequence[Step]:
    """`Ada as a queen and Bo as her knight, both in the same picture`"""
    drawn = [step for step in steps if isinstance(step, GenerateImage)]
    apart = _APART.search(text) or len({step.styles for step in drawn}) > 1
    if len(drawn) != len(steps) or len(drawn) != MOST_INVENTED or not _IN_ONE.search(text) or apart:
        return steps
    first, second = drawn
    both = tuple(dict.fromkeys([*first.subjects, *second.subjects]))
    scene = f"{first.prompt} and {second.prompt}"
    return [first.model_copy(update={"prompt": scene, "subjects": both, "layout": {**first.layout, **second.layout}})]


def _of_one_scene(steps: Sequence[Step], text: str) -> list[Step]:
    """`Ada in her chair with Bo on her lap`, which is one picture; and `... and keep Ada left` is no second one."""
    joined: list[Step] = []
    for step in steps:
        before = joined[-1] if joined else None
        if isinstance(step, GenerateImage) and isinstance(before, GenerateImage):
            again = (
                before.prompt in step.prompt != before.prompt
                and before.subjects
                and set(before.subjects) <= set(step.subjects)
            )
            one = len(steps) == MOST_INVENTED and not re.search(r"[.;:!?] +\S", text) and step.styles == before.styles
            if again and one and not whole("further").search(text):
                continue
            if again and _only_a_number(step.prompt.replace(before.prompt, "").replace(" of", "")):
                continue
            same = (step.prompt, step.subjects, step.styles) == (before.prompt, before.subjects, before.styles)
            if same and step.layout and not (whole("further").search(text) or whole("swapped").search(text)):
                continue
            link = "while" if _meanwhile(step, before, text) else "with" if _within(step, before, text) else ""
            if link:
                both = tuple(dict.fromkeys([*before.subjects, *step.subjects]))
                joined[-1] = before.model_copy(
                    update={"prompt": f"{before.prompt} {link} {step.prompt}", "subjects": both}
                )
                continue
        joined.append(step)
    return joined


def _meanwhile(step: GenerateImage, before: GenerateImage, text: str) -> bool:
    """`Ada mending a bicycle while Bo watches`"""
    if not (step.subjects and before.subjects) or step.styles != before.styles or step.count != before.count:
        return False
    way = rf"{re.escape(before.subjects[-1])}[^.;:!?]*? while {re.escape(step.subjects[0])}(?!\w)"
    return bool(re.search(way, text, re.I))


def _within(step: GenerateImage, before: GenerateImage, text: str) -> bool:
    """Whether a picture is of somebody whom the same sentence puts beside those before: `with Bo on her lap`."""
    if len(step.subjects) != 1 or step.styles != before.styles or not before.subjects:
        return False
    link = rf"(?:(?<!,) and|,? with) {re.escape(step.subjects[0])}(?!\w)"
    behind = rf"{re.escape(before.subjects[-1])}[^.;:!?]*?{link}"
    pointing = re.search(r"\b(?:her|his|him|them|their|its)\b", step.prompt, re.I)
    return bool(pointing and re.search(behind, text, re.I)) and step.count == before.count == 1


def _copied(step: EditImage, context: PlanContext, text: str) -> bool:
    """Whether a change was taken from an earlier request and is not in this one."""
    words = {word for word in re.findall(r"\w+", step.instruction.lower()) if len(word) > 2}
    past = any(words <= set(re.findall(r"\w+", turn.user.lower())) for turn in context.history)
    return bool(words) and past and not words & set(re.findall(r"\w+", text.lower()))
