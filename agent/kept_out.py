"""Who a request keeps out of the picture in other words than `not` and `except`: `leave Petros out of it`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limner.agent.plan import Animate, GenerateImage, Plan
from limner.agent.stated import QUOTED, listed, with_subjects

_PICTURE = r"(?:it|this(?: one)?|that|the (?:picture|drawing|image|frame|scene|shot|clip))"
# `Keep May away from the stove` is a scene.
_AWAY = (
    rf"(?:out|away|off)(?! \w)|(?:out of|away from|off) {_PICTURE}(?!\w)|(?:out|away|off)(?= (?:please|this time)\b)"
)
_ORDER = r"(?:(?:please|just) )?"


def kept_out(text: str, subjects: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Whom the request keeps out and names nowhere else, and the request without saying so."""
    known = tuple(subjects)
    saying = _saying(known)
    plain = QUOTED.sub(lambda quote: "x" * len(quote[0]), text)
    spans = [found.span() for found in saying.finditer(plain)]
    said = " ".join(text[start:end] for start, end in spans)
    rest = text
    for start, end in reversed(spans):
        rest = f"{rest[:start]}{rest[end:]}"
    gone = tuple(name for name in known if _names(name, said) and not _names(name, rest))
    return (gone, rest.lstrip(" ,;.!").rstrip(" ,;")) if gone and rest.strip(" ,;.!") else ((), text)


def without(plan: Plan, gone: tuple[str, ...], subjects: Iterable[str]) -> Plan:
    """The plan of one picture with nobody in it who is kept out."""
    if not gone or len(plan.steps) != 1 or not isinstance(step := plan.steps[0], GenerateImage | Animate):
        return plan
    prompt = _saying(tuple(subjects)).sub("", step.prompt).strip(" ,;")
    kept = tuple(name for name in step.subjects if name not in gone)
    step = step.model_copy(update={"prompt": prompt or step.prompt})
    if kept and len(kept) < len(step.subjects) and step.prompt.startswith(listed(step.subjects)):
        step = with_subjects(step, kept)
    prompt = step.prompt
    for name in gone:
        linked = r"(?:,? (?:and|with|without|next to|beside|but not|not|no) |, )?"
        prompt = re.sub(
            rf"^{re.escape(name)}(?: and|,) |{linked}(?<!\w){re.escape(name)}(?!\w|['’])", "", prompt, flags=re.I
        )
    step = step.model_copy(update={"prompt": " ".join(prompt.split()).strip(" ,;") or step.prompt, "subjects": kept})
    return plan.model_copy(update={"steps": (step,)})


def _saying(names: tuple[str, ...]) -> re.Pattern[str]:
    one = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
    who = rf"(?<!\w)(?:{one})(?:(?:, (?:{one}))*,? (?:and|or) (?:{one}))?(?!\w|['’])"
    # Who else stays out is not told by a name.
    alone = r"(?! (?:and|or) (?:the|my|our)\b)"
    never = r"(?:should not|shouldn['’]t|must not|mustn['’]t|is not to|may not)"
    ways = (
        rf"{_ORDER}(?:leave|leaving|keep|keeping) {who} (?:{_AWAY})",
        rf"{_ORDER}(?:leave|keep) out {who}{alone}",
        rf"{_ORDER}(?:omit|exclude) {who}{alone}",
        rf"(?:with )?{who} (?:is |are )?nowhere (?:near(?: {_PICTURE})?|in sight|around|in {_PICTURE}|to be seen)\b",
        rf"{who} {never} (?:be (?:in|on) {_PICTURE}|appear|show up)",
        rf"(?:with )?no {who} (?:in {_PICTURE}|in sight|anywhere|this time)",
    )
    return re.compile(rf"(?:[,;.] *)?(?:\b(?:and|but) )?(?:{'|'.join(ways)})", re.I)


def _names(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I))
