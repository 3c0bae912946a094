"""Who a request keeps out of the picture in other words than `not` and `except`: `leave Petros out of it`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from limner.agent.kinds import only_ones
from limner.agent.phrases import FEMALE, MALE
from limner.agent.plan import Animate, GenerateImage, Plan
from limner.agent.stated import MOST_TOGETHER, QUOTED, listed, with_subjects

_PICTURE = r"(?:it|this(?: one)?|that|the (?:picture|drawing|image|frame|scene|shot|clip))"
# `Keep May away from the stove` is a scene.
_AWAY = (
    rf"(?:out|away|off)(?! \w)|(?:out of|away from|off) {_PICTURE}(?!\w)|(?:out|away|off)(?= (?:please|this time)\b)"
)
_ORDER = r"(?:(?:please|just) )?"
# Not `Iris not in that dress`, `don't draw May and Nana in hats`.
_ENDS = r"(?= *(?:[,.;:!?)]|$|(?:please|this time|but|and (?:not|no|only|just|i))\b))"
_MAY = r"(?:(?:can|could|should|will|would|must|may|has to|have to|gets to|is going to) )?"
# `leave Bo out of it, he scares people`, up to the end.
_WHY = (
    r",? (?:because|since|(?:s?he|it|they)(?:['’](?:s|re|d|ll)| (?:is|are|was|has|had|does|\w+s)\b))[^.;:!?,]*"
    r"(?=[.;!?]|$)"
)
_STOPS = (
    r"(?= *(?:[.;!?)]|$|, (?!\w+ing\b)"
    r"|,? (?:this time|please|since|because|today|s?he|it|they|and (?:not|no|only|just|i))\b))"
)
_ENDS_OR_WHY = r"(?= *(?:[,.;:!?)]|$|(?:please|this time|but|since|because|as|today)\b))"
_SHOWN = rf"(?:{_PICTURE}|(?:the )?(?:frame|shot|view)|there)"
_TAKEN_BACK = (
    r"(?:(?:no+|nope|wait|actually|sorry|oh|hm+)[,. …]+)+(?:i think )?(?P<who>she|he)"
    r" (?:wasn['’]t|isn['’]t|(?:was|is) not)"
    rf" (?:even |actually |really )?(?:in {_SHOWN}|there|in (?:the|that|my) (?:dream|story)|part of it){_ENDS}"
)
# `Ines and Tomasz dancing. Hm, actually leave Tomasz out of it`
_SECOND_THOUGHT = re.compile(
    r"(?:[,.;:!?…–-]+ *|^)(?:(?:h+m+|oh|no+|wait|sorry|actually|on second thoughts?|scratch that)[,. …]+)*"
    r"(?:actually|on second thoughts?|scratch that|no+,? wait|wait,? no+|oh wait)[,. …]*$",
    re.I,
)


_SCRATCHED = re.compile(
    r"^.*?[,.;:!?…–-]+ *(?:(?:h+m+|oh|no+|wait|sorry|actually)[,. …]+)*"
    r"(?:on second thoughts?[,.:… ]+(?:make (?:it|that) )?"
    # Not `scratch that itch`.
    r"|scratch that(?:[,.:!…]+ *(?:make (?:it|that) )?| make (?:it|that) ))",
    re.I,
)
_NOBODY = re.compile(r"(?!)")
# A word of one of the ways to say so.
_MAY_SAY = re.compile(
    r"\b(?:leav|keep|omit|exclud|nowhere|not?\b|nor\b|skip|out\b|off\b|stay|remain|sit|missing|absent)|n['’]t\b", re.I
)


def kept_out(text: str, subjects: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Whom the request keeps out and names nowhere else, and the request without saying so."""
    plain = QUOTED.sub(lambda quote: "x" * len(quote[0]), text)
    spans = [found.span() for found in _saying(subjects, plain).finditer(plain)] or _taken_back(plain, subjects)
    said = " ".join(text[start:end] for start, end in spans)
    rest, thought_better = text, False
    for start, end in reversed(spans):
        thought_better |= bool(again := _SECOND_THOUGHT.search(rest[:start]))
        rest = f"{rest[: again.start() if again else start]}{rest[end:]}"
    only = only_ones(subjects)
    # `Ada on a swing. Hmm, scratch that, make it Bo on the swing, Ada can stay at home`
    if (back := _SCRATCHED.search(rest)) and any(_names(name, said) for name in subjects):
        rest, thought_better = rest[back.end() :], True

    def gone_for_good(name: str) -> bool:
        by_kind = name in only and _names(only[name], said)
        if thought_better and _names(name, said):
            return True
        return ((by_kind and not _names(only[name], rest)) or _names(name, said)) and not _names(name, rest)

    gone = tuple(name for name in subjects if gone_for_good(name))
    for name in gone if thought_better else ():
        linked = rf"(?:,? (?:and|with) |, )?(?<!\w){re.escape(name)}(?: and(?= )|,)?(?!\w|['’])"
        rest = re.sub(linked, "", rest, flags=re.I)
    return (gone, rest.lstrip(" ,;.!").rstrip(" ,;")) if gone and rest.strip(" ,;.!") else ((), text)


_ALL_OF_THEM = re.compile(
    r"\b(?:the whole (?:gang|lot|crew|family|bunch)|everyone|everybody|all of (?:them|us))\b", re.I
)


def without(plan: Plan, gone: tuple[str, ...], subjects: Mapping[str, str], text: str = "") -> Plan:
    """The plan of one picture with nobody in it who is kept out; of a `text` that speaks of all, with the others."""
    if not gone or len(plan.steps) != 1 or not isinstance(step := plan.steps[0], GenerateImage | Animate):
        return plan
    prompt = _saying(subjects, step.prompt).sub("", step.prompt).strip(" ,;")
    kept = tuple(name for name in step.subjects if name not in gone)
    others = tuple(name for name in subjects if name not in gone)
    if (
        len(step.subjects) > 2
        and _ALL_OF_THEM.search(text)
        and set(kept) < set(others)
        and len(others) <= MOST_TOGETHER
    ):
        return plan.model_copy(update={"steps": (with_subjects(step, others),)})
    step = step.model_copy(update={"prompt": prompt or step.prompt})
    if kept and len(kept) < len(step.subjects) and step.prompt.startswith(listed(step.subjects)):
        step = with_subjects(step, kept)
    prompt = step.prompt
    for name in gone:
        linked = r"(?:,? (?:and|with|without|next to|beside|but not|not|no) |, )?"
        kind = only_ones(subjects).get(name)
        who = rf"(?:{re.escape(name)}|(?:the|my) {re.escape(kind)})" if kind else re.escape(name)
        prompt = re.sub(rf"^{who}(?: and|,) |{linked}(?<!\w){who}(?!\w|['’])", "", prompt, flags=re.I)
    step = step.model_copy(update={"prompt": " ".join(prompt.split()).strip(" ,;") or step.prompt, "subjects": kept})
    return plan.model_copy(update={"steps": (step,)})


def _saying(subjects: Mapping[str, str], text: str) -> re.Pattern[str]:
    """The ways to keep somebody out whom the text speaks of; those of a whole catalogue take long to compile."""
    said = text.casefold()
    kinds = [rf"(?:the|my|our) {re.escape(kind)}" for kind in only_ones(subjects).values() if kind.casefold() in said]
    there = sorted((name for name in subjects if name.casefold() in said), key=len, reverse=True)
    if not (there or kinds) or not _MAY_SAY.search(text):
        return _NOBODY
    one = "|".join([*map(re.escape, there), *kinds])
    who = rf"(?<!\w)(?:{one})(?:(?:, (?:{one}))*,? (?:and|or) (?:{one}))?(?!\w|['’])"
    # Who else stays out is not told by a name.
    alone = r"(?! (?:and|or) (?:the|my|our)\b)"
    never = r"(?:should not|shouldn['’]t|must not|mustn['’]t|is not to|may not)"
    ways = (
        rf"{_ORDER}(?:leave|leaving|keep|keeping) {who} (?:{_AWAY})",
        rf"{_ORDER}(?:leave|keep) out {who}{alone}",
        rf"{_ORDER}(?:omit|exclude) {who}{alone}",
        rf"(?:with )?{who} (?:is |are )?nowhere (?:near(?: {_PICTURE})?|in sight|around|in {_PICTURE}|to be seen)\b",
        rf"{who} {never} (?:(?:be )?(?:(?:in|on|with|part of) {_PICTURE}|visible|there)|appear|show up)",
        rf"(?:with )?no {who}(?: (?:in {_PICTURE}|in sight|anywhere|this time|please)|(?= *(?:[,.;:!?]|$)))",
        rf"(?:with )?{who} (?:(?:(?:is|are|being|stays?) )?not|(?:is|are)n['’]t) (?:to be )?"
        rf"(?:(?:in|part of) {_SHOWN}|there|visible){_ENDS}",
        rf"{_ORDER}skip {who}{_ENDS}",
        # `Ada, Bo and NOT Cy (she'd sue me) in a lift`
        rf"(?:, and|,| and) not {who}(?: \([^)]*\))?(?= (?:in|on|at|stuck|\w+ing)\b)",
        rf"(?:with )?{who} (?:(?:is|are|kept|stays?|staying) )?(?:out of|off) (?:{_SHOWN}|camera|screen){_ENDS}",
        # Not `it isn't that I don't want the cat in it`.
        r"(?<!that )(?<!that i )(?<!they )(?<!you )(?<!who )(?:i )?(?:please )?"
        rf"(?:do not|don['’]?t) (?:put|include|add|have|want|draw|show) {who}"
        rf"(?: (?:in|on|into|either|anywhere|at all)(?: {_SHOWN})?)?{_ENDS}",
        rf"(?:not|nor) {who} (?:either|this time|today|at all){_ENDS}",
        rf"{who} {_MAY}(?:stay(?:s|ed|ing)?|remain(?:s|ed|ing)?|is staying) (?:at home|home|behind|out)"
        rf"(?: (?:this time|today|tonight|please|for (?:this|that)(?: one| picture)?))?{_STOPS}",
        rf"{who} {_MAY}(?:sits?|is sitting) (?:this|that|it)(?: one| time)? out{_STOPS}",
        rf"(?<!because )(?<!saying )(?<!that )(?:(?:just|only) )?{who} (?:is|are)"
        rf" (?:missing|absent|not (?:coming|invited|joining|allowed)){_ENDS_OR_WHY}",
        rf"(?<!because )(?<!saying )(?<!that ){who} (?:isn|aren)['’]t (?:coming|invited|joining|allowed){_ENDS_OR_WHY}",
    )
    return re.compile(rf"(?:[,;.] *)?(?:\b(?:and|but|only) )?(?:{'|'.join(ways)})(?:{_WHY})?", re.I)


def _taken_back(text: str, subjects: Mapping[str, str]) -> list[tuple[int, int]]:
    """`Sunny hid behind the freezers... no, she wasn't in it`: from the sentence that put somebody there."""
    found = re.search(_TAKEN_BACK, text, re.I)
    if found is None:
        return []
    others = MALE if found["who"].lower() == "she" else FEMALE
    before = text[: found.start()].rstrip(" .!?;")
    start = max((end.end() for end in re.finditer(r"(?<!\.)[.!?;]\s+", before)), default=0)
    there = [name for name in subjects if _names(name, before[start:])]
    end = re.compile(r"[ ,;.!]*").match(text, found.end())
    assert end is not None
    return [(start, end.end())] if len(there) == 1 and subjects[there[0]] not in others else []


def _names(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I))
