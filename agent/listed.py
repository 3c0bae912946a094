"""What a request says of a whole list, or of one in it: `both in felt`, `three things: ...`, `a clip, no style`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.names import fold
from limner.agent.plan import Animate, Forget, GenerateImage, Plan, SetPreference, Step
from limner.agent.spelled import in_digits
from limner.agent.styles_said import CORRECTED

_PICTURES = r"(?:pictures?|drawings?|images?|ones|pics|of (?:them|these|those))"
_ALL = rf"(?:(?:both|all|each|every one)(?: of)?(?: the| these| those)?(?: (?:two|three|four))?(?: {_PICTURES})?)"
_NO_STYLE = r"(?:(?:with )?no style(?: (?:at all|on (?:that|it|this)(?: one)?|there))?|without (?:an?y? )?style)"
_ALWAYS = re.compile(
    r"\b(?:always|everything|from (?:now|here|today) on(?:wards)?|every (?:picture|drawing|time)|by default)\b", re.I
)
_NEVER = re.compile(r"\b(?:never|not|no(?! matter)|don['’]?t|without|stop|avoid|unless)\b", re.I)
_USED = r"\b(?:draw|paint|use|make|do|want|in|everything)(?: \w+){{0,3}}? {style}(?!\w)"
_CLIP = r"(?:clip|animat\w+|gif|moving|animated)"
# A stretch of a request, as people part what they list.
_PARTS = re.compile(r"[.;!?]+ +|,? (?:and )?(?:then|finally|lastly|afterwards)\b|, and \b|, (?:last|finally)\b", re.I)


def as_listed(plan: Plan, styles: Sequence[str], text: str) -> Plan:
    """The plan with what is said of all its pictures, of its only clip, or of one by whom it shows."""
    plan = _without_the_erased(_counted(_plain_one(_from_here_on(plan, styles), text), text), styles, text)
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage)]
    clips = [step for step in plan.steps if isinstance(step, Animate)]
    if len(drawn) + len(clips) < 2:
        return plan
    style = _of_all(styles, text) if len(drawn) > 1 else ""
    plain = len(clips) == 1 and _plain_clip(text)
    things = _things(text)

    def put(step: Step) -> Step:
        if isinstance(step, Animate) and plain:
            return step.model_copy(update={"styles": ()})
        if not isinstance(step, GenerateImage):
            return step
        counted = things == step.count == len(drawn) + len(clips)
        update = {**({"styles": (style,)} if style else {}), **({"count": 1} if counted else {})}
        return step.model_copy(update=update) if update else step

    return plan.model_copy(update={"steps": tuple(map(put, plan.steps))})


def _from_here_on(plan: Plan, styles: Sequence[str]) -> Plan:
    """`From here on always draw in felt, and show me Ada`: she is in felt already."""
    steps: list[Step] = []
    wished: tuple[str, ...] = ()
    names = set[str]()
    for step in plan.steps:
        if isinstance(step, SetPreference) and _ALWAYS.search(step.text) and not _NEVER.search(step.text):
            names = set(re.findall(r"(?<=[\w,] )[A-ZÀ-Þ][\w-]+", step.text))
            found = [style for style in styles if re.search(_USED.format(style=re.escape(style)), step.text, re.I)]
            wished = (found[0],) if len(found) == 1 else ()
        bare = isinstance(step, GenerateImage) and wished and not step.styles
        # `always draw Bo in felt, and now Ada`: she is not.
        others = isinstance(step, GenerateImage) and names and not names & set(" ".join(step.subjects).split())
        steps.append(step.model_copy(update={"styles": wished}) if bare and not others else step)
    return plan.model_copy(update={"steps": tuple(steps)})


def _without_the_erased(plan: Plan, styles: Sequence[str], text: str) -> Plan:
    """`Bin the felt style for good. Then Ada at sea`: no picture is in what is given up, if it is named but once."""
    gone = {
        style for style in styles for step in plan.steps if isinstance(step, Forget) and fold(step.what) == fold(style)
    }
    # Not `Ada in felt, then forget that style`.
    way = r"\b(?:in|using) (?:the )?{}(?!\w)|(?<!\w){}(?!\w).*(?<!\w){}(?!\w)"
    gone = {style for style in gone if not re.search(way.format(*[re.escape(style)] * 3), text, re.I | re.S)}

    def put(step: Step) -> Step:
        if not isinstance(step, GenerateImage | Animate) or not gone & set(step.styles):
            return step
        return step.model_copy(update={"styles": tuple(style for style in step.styles if style not in gone)})

    return plan.model_copy(update={"steps": tuple(map(put, plan.steps))})


def _plain_one(plan: Plan, text: str) -> Plan:
    """`..., and Ines, no style for her, at a bus stop`: her picture without one."""
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    everybody = {name for step in drawn for name in step.subjects}
    for found in re.finditer(r"\b(?:with )?no style for (?P<who>her|him|it|them|[A-ZÀ-Þ]\w*)\b", text):
        before = {name: text.rfind(name, 0, found.start()) for name in everybody}
        named = [name for name in everybody if name == found["who"]]
        who = named[0] if named else max(before, key=before.__getitem__, default="")
        if who and (named or before[who] >= 0):
            steps = tuple(
                step.model_copy(update={"styles": ()})
                if isinstance(step, GenerateImage | Animate) and step.subjects == (who,)
                else step
                for step in plan.steps
            )
            plan = plan.model_copy(update={"steps": steps})
    return plan


def _counted(plan: Plan, text: str) -> Plan:
    """`Two of Tuck in a wheelbarrow, three of Zita in a canoe`: as many as is said before each name."""
    said = in_digits(text)

    def count(step: Step) -> Step:
        if not isinstance(step, GenerateImage) or len(step.subjects) != 1:
            return step
        many = r"(?<!\w)(?P<many>\d{1,2}|one|(?:a|just one|1) single (?:one|1|picture)|a picture)"
        found = re.findall(rf"{many} of {re.escape(step.subjects[0])}(?!\w)", said)
        if len(found) != 1:
            return step
        return step.model_copy(update={"count": int(found[0]) if found[0].isdigit() and int(found[0]) else 1})

    if CORRECTED.search(text):  # `two of Tuck, uh, make that three`
        return plan
    several = len({step.subjects for step in plan.steps if isinstance(step, GenerateImage)}) > 1
    return plan.model_copy(update={"steps": tuple(map(count, plan.steps))}) if several else plan


def _of_all(styles: Sequence[str], text: str) -> str:
    """The one style that all pictures are said to be in."""
    found = [
        style
        for style in styles
        if re.search(
            rf"\b{_ALL} (?:(?:drawn|done|made|painted) )?(?:in|using) (?:the )?{re.escape(style)}(?!\w)"
            rf"|\b{_ALL},? {re.escape(style)}(?= *(?:[,.;!?]|$)| (?:style|please|pls)\b)"
            rf"|(?<!\w){re.escape(style)} (?:on|for) {_ALL}(?!\w)",
            text,
            re.I,
        )
    ]
    return found[0] if len(found) == 1 else ""


def _plain_clip(text: str) -> bool:
    """Whether `no style` is said of the clip, and of nothing else."""
    parts = [part for part in _PARTS.split(text) if part]
    said = [part for part in parts if re.search(_NO_STYLE, part, re.I)]
    return len(said) == 1 and bool(re.search(rf"\b{_CLIP}\b", said[0], re.I))


def _things(text: str) -> int:
    """`I need three things: ...`: how many are listed; 0 where nothing says so."""
    found = re.findall(rf"\b(\d) (?:things|{_PICTURES}|scenes|items)\b[^.:;]{{0,20}}:", in_digits(text), re.I)
    return int(found[0]) if len(found) == 1 else 0
