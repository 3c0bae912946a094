"""Where in the picture a request puts its subjects; a small model adds places, loses some, or swaps them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from limner.agent.earlier import last_drawn
from limner.agent.explicit import named_in
from limner.agent.lexicon import says, whole
from limner.agent.plan import GenerateImage, PlanContext, Position

_ROW = r"left[ -]to[ -]right|right[ -]to[ -]left|l to r|r to l"
# `Nikos on the left, then me, and Stavros had the right`
_THEN = r"left\b[^.;!?]*\bthen\b[^.;!?]*\bright|right\b[^.;!?]*\bthen\b[^.;!?]*\bleft"
# Also `Yuki (l), Haru (r)` and `Estragon l., Vladimir r.`
_SIDES = (
    r"\b(?:left|right|opposite|other side|each side|either side|sides|l to r|r to l)\b"
    r"|(?<= )(?:\([lr]\)|[lr]\.?(?=[,;.]|$))"
)
_HEIGHT = r"\b(?:top(?! of)|above|over|up|upper\w*|atop|bottom|below|under|lower\w*|lowest|underneath)\b"
_PLACES: dict[Position, str] = {
    "left": _SIDES,
    "right": _SIDES,
    "top": _HEIGHT,
    "bottom": _HEIGHT,
    "center": rf"\b(?:{_ROW}|{_THEN}|cent(?:er|re)(?:ed|d)?|middle|halfway|between|flanked|sandwich\w*|in the midst"
    r"|from the (?:left|right))\b",
}
# `argh, I mean the other way round`, `no, swap them`; not `his hat the other way round`, `and vice versa`.
_LEADS = (
    r"(?:^|[,.;:!?…—–(-] *)(?:(?:no+|nope|wait|sorry|ar+gh|ugh|oops|h+m+|um+|er+|uh|a+h|oh|hang on|hold on"
    r"|actually|i meant?|make (?:it|that)|do (?:it|that)|put them|have them|i want (?:it|them|that)|or rather|rather"
    r"|scratch that|please|just|but|lol|it(?:['’]s| is| should be)|that(?:['’]s| should be)"
    r"|let['’]s|can you|could you)[,.;:!… ]+)*"
)
_TURNED = re.compile(
    # `"Ruben left! Noa right!", and they did the opposite`
    rf"\bdid (?:just |exactly )?the (?:opposite|reverse)(?= *(?:[.,;!?]|$))"
    rf"|{_LEADS}(?:(?:(?:the|exactly the) )?(?:other way (?:a?round|about)|opposite(?: way(?: a?round)?)?|reverse)"
    r"|(?:swap|switch|trade|exchange) (?:their|the) (?:places|sides|positions)"
    r"|vice[- ]versa|(?:swap|switch|flip|reverse) (?:that|it|this|them|those|(?:(?:the|those|these"
    r"|them) )?(?:two|both|sides|places|positions))"
    r"(?: (?:a?round|over))?"
    r"|(?:(?:let|have|make) )?(?:them|both(?: of them)?|(?:the|those) two(?: of them)?) "
    r"(?:swap|switch|trade|exchange|change)(?: (?:sides|places|positions))?"
    r"|\bhaving (?:swapped|switched|traded|exchanged|changed) (?:sides|places|positions))"
    r"(?= *(?:[,.;:!?…)—–-]|$|(?:please|instead|both|actually|though|tho)\b))"
    r"|\b(?:(?:the two|both|them|they)(?: of them)? )?(?:on |having |with )(?:the two )?"
    r"(?:swapped|switched|traded|exchanged) (?:sides|places|positions|round|around)\b"
    r"|\b(?:the|those) two (?:swapped|switched|traded)(?: (?:a?round|over|places|sides))?(?= *[.,;!?]|$)",
    re.I,
)
# `on the left, wait I mean right`
_MENDED = re.compile(
    r"\b(?:left|right)[,.…—– ]+(?:(?:no+|wait|sorry|oops|argh?|er+|um+|actually|i mean|i meant|make that)[,.… ]+)+"
    r"(?:(?:on |to )?the )?(?P<side>left|right)\b",
    re.I,
)
_SPELT: dict[Position, str] = {one: one for one in _PLACES} | {"center": "(?:cent(?:er|re)|middle)"}


def placed(step: GenerateImage, context: PlanContext, text: str, apart: bool = False) -> dict[str, Position]:
    """The places of the step that the request speaks of, and those it states outright.

    Of several pictures `apart` only the former: which of them a place is said of is not read here.
    """
    if apart:
        return {name: place for name, place in step.layout.items() if place in _said(text)}
    text = _MENDED.sub(lambda slip: slip["side"], text)
    made = last_drawn(context)
    before = dict(made.layout) if made else {}
    if turned := _the_other_way(step, context, text):
        return turned
    # `the other way round, Orbit left and Comet right`
    if (last := _TURNED.search(text)) and len(outright := _short(step, context, text[last.end() :])) > 1:
        return outright
    if whole("swapped").search(text) and set(step.layout.values()) <= {*_said(text), *before.values()}:
        return dict(step.layout)
    said = _said(text)
    kept = {name: place for name, place in step.layout.items() if place in said or before.get(name) == place}
    short = _short(step, context, text)
    if len(short) > 1:
        return {**kept, **short}
    if len(short) == 1 and len(step.layout) == 2:
        # `Lotte on the left and Grandpa on the right`, of whom only one is told by name; not `right of it Lotte`.
        (one, here), (other, there) = step.layout.items()
        turned = {one: there, other: here}
        only, where = next(iter(short.items()))
        alone = rf"(?<!\w){re.escape(only)} (?:is |stands |sits )?on the {_SPELT[where]} and\b"
        if re.search(alone, text, re.I) and here != there and {here, there} <= said and short.items() <= turned.items():
            return turned
    if len(kept) < len(step.layout) and not before:
        kept = {}
    stated = {
        name: place
        for name, place in step.layout.items()
        if re.search(rf"(?<!\w){re.escape(name)} (?:\w+ ){{0,2}}?(?:on|at|to|in) the {_SPELT[place]}\b", text, re.I)
    }
    # Of two in the same place, whoever was put there by name.
    return {name: place for name, place in kept.items() if name in stated or place not in stated.values()}


def _the_other_way(step: GenerateImage, context: PlanContext, text: str) -> dict[str, Position]:
    """The places of two that the request states and then turns round; empty where it turns none."""
    turned = _TURNED.search(text)
    stated = _short(step, context, text[: turned.start()]) if turned else {}
    if turned and not stated and (made := last_drawn(context)) and set(made.layout) == set(step.subjects):
        stated = dict(made.layout)
    if (
        turned is None
        or len(set(stated.values())) != 2
        or len(stated) != 2
        or _short(step, context, text[turned.end() :])
    ):
        return {}
    (one, here), (other, there) = stated.items()
    return {one: there, other: here}


def _said(text: str) -> set[Position]:
    return {place for place, way in _PLACES.items() if re.search(way, text, re.I) or says(text, "places", place)}


def _short(step: GenerateImage, context: PlanContext, text: str) -> dict[str, Position]:
    """`Rex left, Ada on the right`; not `Rex, on the right Ada`."""
    shown = tuple(dict.fromkeys((*step.subjects, *named_in(step.prompt, context.subjects))))
    called = {name: _called(name, step, context.subjects) for name in shown}
    # `on the right the parrot, on the left beside it the pirate`
    whoever = rf"(?:(?:daneben|beside(?: \w+)?|next to \w+) )?(?:(?:the|my) )?(?:{'|'.join(called.values()) or '(?!)'})"
    found: dict[str, tuple[int, Position]] = {}
    for name in shown:
        for place in _PLACES:
            if not re.search(_SPELT[place], text, re.I):
                continue
            said = (
                rf"(?<!\w){called[name]},? (?:(?:the |up |down )?{_SPELT[place]}\b"
                rf"|(?:on|at|to|in) (?:the )?{_SPELT[place]}\b(?! {whoever}))"
            )
            # The last word counts: `Rex left. No, Rex right`.
            ends = [one.end() for one in re.finditer(said, text, re.I)]
            if ends and ends[-1] > found.get(name, (0, place))[0]:
                found[name] = (ends[-1], place)
    return {name: place for name, (_, place) in found.items()}


def _called(name: str, step: GenerateImage, kinds: Mapping[str, str]) -> str:
    """The name, or the kind of whom the picture has only one."""
    kind = kinds.get(name, "")
    only = kind and [kinds.get(one) for one in step.subjects].count(kind) == 1
    return rf"(?:{re.escape(name)}|{re.escape(kind)})" if only else re.escape(name)
