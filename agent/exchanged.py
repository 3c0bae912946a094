"""Somebody in place of somebody else in the picture that was made last, or something more in it."""

from __future__ import annotations

import re

from limner.agent.earlier import drawn_as, last_drawn
from limner.agent.kinds import kind_said, only_ones
from limner.agent.names import mentioned
from limner.agent.own_kind import mistaken
from limner.agent.plan import Animate, AskUser, EditImage, GenerateImage, Plan, PlanContext, Step
from limner.agent.stated import listed, with_subjects
from limner.agent.styles_said import in_said_style
from limner.agent.which_picture import which_picture

_SWAP = r"\b(?:swap|replace|exchange|switch|trade) {old} (?:with|for|by|against|to) {new}(?!\w)"
_IN_PLACE = (
    r"(?:\b(?:with|w/|and|but|only) |^){new}(?: (?:in|on|at) (?:the|a|his|her) \w+)? (?:in place of|instead of"
    r"|in the place of|rather than|not|(?:and|but) (?:without|not)) {old}(?!\w)"
)
# `but with Ada instead`, `with Ada in his place`: of one who was alone in it.
_IN_HIS_PLACE = (
    r"\b(?:with|w/|and|but|only) {new} (?:(?:instead|in (?:his|her|its) place)(?! of\b)"
    r"|(?:instead of|in place of|rather than) (?:him|her|it))(?!\w)"
)

_DOING_IT = r"doing (?:the job|it|that|this|the same)"
_BARE = (
    r"(?:(?:that|the same) (?:scene|picture|thing)?(?: again)?,? (?:but )?with )?"
    rf"{{new}} (?:(?:{_DOING_IT},? )?(?:in (?:his|her|its|{{old}}['’]s) place"
    rf"|instead(?: of (?:{{old}}|him|her|it|them))?)|{_DOING_IT})"
)
# `again but Ada, everything else stays`
_AGAIN_BUT = (
    r"(?:(?:and|now|ok(?:ay)?|please|oh),? )*(?:again|once more|(?:that|the same|same)"
    r"(?: one| thing| picture)?(?: again)?),?"
    r" but (?:(?:now|this time|with|it['’]s|only) )*{new}(?: (?:now|instead|this time))?(?P<more>[,.;:] .*)?"
)
_THE_REST = re.compile(
    r"\b(?:everything|all|the rest|rest)(?: else)?(?: of it)?\b.*\b(?:stays?|same|was|is|identical|like)\b", re.I
)
# What may be said besides: that the rest stays, or how many; not `again but Ada, at sea`.
_LITTLE = re.compile(
    rf"{_THE_REST.pattern}|^[,.;: ]+(?:(?:and|but|please|pls|thanks?|now|again|(?:the )?same seed"
    r"|(?:make it )?\w+ (?:of (?:them|those|it)|pictures?|pics?|times|versions?))[,. ]*)+$",
    re.I,
)
_NOT_BESIDE = re.compile(
    r"\binstead\b|\bin (?:his|her|its|their) (?:place|stead)\b|\brather than (?:him|her|it)\b", re.I
)
# What the same without somebody is said with.
_NO_MORE = re.compile(
    r"same|again|once|more|time|this|that|thing|picture|image|drawing|without|minus|leave|leaving|please|make|draw|just|only"
    r"|style|there|with|instead|exactly|everything|else"
)
MOST_BARE = 7
_SAME = re.compile(r"\b(?:same|again|once more|that|this|it)\b", re.I)
_MORE = re.compile(
    r"(?:(?:ok(?:ay)?|and|now|same(?: again| one| thing| picture)?|again|but),? )+"
    r"with (?P<what>(?:an?|some|more|\d+) [^,.;]+)",
    re.I,
)


_TRADING = re.compile(r"(?:trading|swapping|switching|exchanging|swapped|traded) (?:places|sides|positions)", re.I)
_SAME_SEED = re.compile(r"(?<!\bnot )(?<!\bnot the )\b(?:same|that) seed\b", re.I)


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
    if _NOT_BESIDE.search(text):
        return None
    others = [name for name in context.subjects if name not in made.subjects]
    who = "|".join(map(re.escape, others)) or "(?!)"
    found = re.search(
        rf"\b(?:again|it|that|same)\b.*?\bwith (?P<new>{who})(?!\w)"
        r".*?\b(?:next to|beside|near|behind|with) (?:him|her|it|them)\b",
        text,
        re.I,
    )
    # `again, only now Hank is driving her`
    again = r"\bagain\b.*?\b(?:only|but|now|this time)\b"
    beside = re.search(rf"{again}.*?(?<!\w)(?P<new>{who})(?!\w).*?\b(?:her|him|it|them)\b", text, re.I)
    other = isinstance(planned, GenerateImage) and not set(made.subjects) & set(planned.subjects)
    found = found or (beside if other else None)
    if found is None:
        return None
    new = next(name for name in others if name.casefold() == found["new"].casefold())
    names = (*made.subjects, new)
    count = planned.count if isinstance(planned, GenerateImage) else 1
    step = with_subjects(made.model_copy(update={"count": count, "seed": None}), names)
    styles = planned.styles if isinstance(planned, GenerateImage) else ()
    return Plan(steps=(step.model_copy(update={"styles": styles or made.styles}),))


_BOTH_THEN = re.compile(
    r"(?:(?:oh|no|nope|wait|actually|hm+|ok(?:ay)?|rather|sorry|and|well)[ ,.!]+)*(?:the two of them"
    r"|both(?: of them)?|them both|the pair of them)(?: together)?"
    r"(?:,? (?:actually|instead|please|then|rather))?[ .!]*",
    re.I,
)
_MEANT = (
    r"(?:(?:oh|no|nope|wait|actually|hm+|ok(?:ay)?|sorry|oops|ugh)[ ,.!]+)*(?:i )?"
    r"(?:meant?|wanted|should be|make it|rather) (?:in )?(?:the )?{style}(?: style)?"
    r"(?:,? (?:and )?(?:just|only) (?:the )?one| please| instead|,? not \w+)*[ .!]*"
)


def put_right(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Oh, the two of them together, actually`, `I meant felt, and just the one`: the last picture put right."""
    made = last_drawn(context)
    if made is None or len(plan.steps) != 1 or not isinstance(planned := plan.steps[0], GenerateImage):
        return None
    if _BOTH_THEN.fullmatch(text) and len(planned.subjects) == 2 and set(made.subjects) < set(planned.subjects):
        return Plan(steps=(with_subjects(made.model_copy(update={"count": 1, "seed": None}), planned.subjects),))
    meant = [one for one in context.styles if re.fullmatch(_MEANT.format(style=re.escape(one)), text, re.I)]
    if len(meant) != 1:
        return None
    return Plan(steps=(made.model_copy(update={"styles": tuple(meant), "count": planned.count, "seed": planned.seed}),))


def exchanged(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`Swap Raj for Dana`, `the other dog`: the last picture with one in place of the other."""
    told = which_picture(context, text)
    meant = drawn_as(context, told)
    made = meant or last_drawn(context)
    # Of a picture told so, a small model also draws what was drawn besides.
    one = len(plan.steps) == 1 or (meant and all(isinstance(step, GenerateImage) for step in plan.steps))
    if made is None or not one:
        return None
    for old in made.subjects:
        for new in context.subjects:
            kind = context.subjects[new]
            pair = [name for name, noun in context.subjects.items() if noun == kind]
            other = sorted(pair) == sorted({old, new}) and _other(kind, text)
            swap = re.search(_SWAP.format(old=re.escape(old), new=re.escape(new)), text, re.I)
            place = re.search(_IN_PLACE.format(old=re.escape(old), new=re.escape(new)), text, re.I)
            alone = len(made.subjects) == 1 and re.search(_IN_HIS_PLACE.format(new=re.escape(new)), text, re.I)
            but = len(made.subjects) == 1 and re.fullmatch(
                _AGAIN_BUT.format(new=re.escape(new)), text.strip(" .!"), re.I
            )
            if new not in made.subjects and but and (not but["more"] or _LITTLE.search(but["more"])):
                return Plan(steps=(_all_but_who(_with(made, old, new), made, plan.steps[0], text),))
            again = (place or alone) and (_SAME.search(text) or told)
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


def in_other_style(plan: Plan, context: PlanContext, text: str) -> Plan:
    """`With Bo in her place, and in my other style`"""
    step = plan.steps[0]
    if len(plan.steps) != 1 or not isinstance(step, GenerateImage):
        return plan
    styled = in_said_style(step, context.styles, text)
    without = set(styled.styles) < set(step.styles)
    asked = without or re.search(r"\bmy other style\b", text, re.I)
    return plan.model_copy(update={"steps": (styled,)}) if asked else plan


def like_the_last(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """The step with what the last picture gives it: its scene, where only `trading places` was planned, its seed."""
    made = last_drawn(context)
    if made is None:
        return step
    if set(made.subjects) == set(step.subjects) and (traded := _TRADING.search(step.prompt)):
        rest = " ".join(f"{step.prompt[: traded.start()]} {step.prompt[traded.end() :]}".split())
        step = step.model_copy(update={"prompt": made.prompt if rest == listed(step.subjects) else rest})
    if isinstance(step, GenerateImage) and step.seed is None and _SAME_SEED.search(text):
        step = step.model_copy(update={"seed": made.seed})
    return step


def again_without(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`The same, but without the pig`: the picture that is meant, with nobody in it who is left out."""
    made = drawn_as(context, which_picture(context, text)) or last_drawn(context)
    if made is None or len(plan.steps) != 1 or not isinstance(planned := plan.steps[0], GenerateImage):
        return None
    kinds = only_ones(context.subjects)

    def left_out(name: str) -> bool:
        ways = "|".join(
            filter(None, (re.escape(name), kinds.get(name) and rf"(?:the|my|our) {re.escape(kinds[name])}"))
        )
        return bool(re.search(rf"\b(?:without|minus|but no|leave out|leaving out) (?:{ways})(?!\w|['’]s)", text, re.I))

    kept = tuple(name for name in made.subjects if not left_out(name))
    named = any(mentioned(name, text) for name in context.subjects if name not in made.subjects)
    names = "|".join(map(re.escape, (*context.subjects, *context.styles))) or "(?!)"
    nouns = "|".join(map(re.escape, filter(None, context.subjects.values()))) or "(?!)"
    rest = re.sub(rf"(?<!\w)(?:{names}|{nouns})(?!\w)", " ", text, flags=re.I)
    words = [word for word in re.findall(r"[^\W\d_]{4,}", rest.lower()) if not _NO_MORE.fullmatch(word)]
    more = [word for word in words if word not in made.prompt.lower()]
    if not kept or kept == made.subjects or named or more or not _SAME.search(text):
        return None
    step = with_subjects(made.model_copy(update={"count": planned.count, "seed": planned.seed}), kept)
    return Plan(steps=(step.model_copy(update={"styles": planned.styles or made.styles}),))


def _all_but_who(step: GenerateImage, made: GenerateImage, planned: Step, text: str) -> GenerateImage:
    """With as many pictures and the seed of before where everything else is to stay, else as planned."""
    if _THE_REST.search(text):
        return step.model_copy(update={"count": made.count, "seed": made.seed})
    count = planned.count if isinstance(planned, GenerateImage) else 1
    return step.model_copy(
        update={"count": count, "seed": planned.seed if isinstance(planned, GenerateImage) else None}
    )


def _other(kind: str, text: str) -> bool:
    """`The other dog`, and of a short request `no, the other one`."""
    said = re.search(r"\bthe other (?P<what>[\w ]+)", text, re.I)
    bare = said and re.match(r"one\b", said["what"], re.I) and len(text.split()) <= MOST_BARE
    return bool(said and (bare or kind_said(kind, " ".join(said["what"].split()[: len(kind.split())]))))


def again_with(plan: Plan, context: PlanContext) -> Plan:
    """`Ada at sea, then that again with Bo in her place`: the picture before with Bo in it, who has only his place."""
    steps: list[Step] = []
    for step in plan.steps:
        if isinstance(step, Animate) and steps:
            step = _same_clip(step, steps[-1])
        before = next((one for one in reversed(steps) if isinstance(one, GenerateImage)), None)
        if isinstance(step, GenerateImage) and before and len(before.subjects) == len(step.subjects) == 1:
            old, new = *before.subjects, *step.subjects
            bare = re.fullmatch(_BARE.format(new=re.escape(new), old=re.escape(old)), step.prompt, re.I)
            if bare and old != new:
                step = _with(before, old, new).model_copy(
                    update={"styles": step.styles or before.styles, "count": step.count, "seed": step.seed}
                )
        steps.append(step)
    return plan.model_copy(update={"steps": tuple(steps)})


def _same_clip(step: Animate, before: Step) -> Animate:
    """`Ada stretching on a mat as a clip, then the same clip with Bo`, who was alone in it."""
    if not isinstance(before, Animate) or step.motion != before.motion or step.prompt not in step.subjects:
        return step
    if len(before.subjects) != 1 or len(step.subjects) != 1 or before.prompt in before.subjects:
        return step
    scene = re.sub(rf"(?<!\w){re.escape(before.subjects[0])}(?!\w)", lambda _: step.prompt, before.prompt)
    return step.model_copy(update={"prompt": scene, "image_ref": None})


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
