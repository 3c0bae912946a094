"""The picture that a request counts back to: `not the last one, the one before it`, `the second to last`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.phrases import ORDINALS, STILL

_ONE = rf"(?:one|{STILL})"
_LAST = r"(?:(?:very )?last|latest|newest|most recent)"
_JUST = r"(?:(?:that|which) (?:came|was) |(?:you|we|i) (?:made|drew|did) )?(?:right |just |directly |immediately )?"
_MADE = r"(?:img|clip|up|upload)-?\d+"
_HANDLE = rf"@?(?P<handle>{_MADE})"
_NOT = r"(?:not|instead of|rather than|skip|forget)"
_BUT = r"[,;:.]*(?: (?:but|rather|i mean|no|take|use))*,?"
_NUMBERS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4, "five": 5, "5": 5}
_SEEN = rf"(?: {_ONE}s?\b|(?= *(?:[,.;:!?]|$)| (?:and|in motion|move)\b))"
# Each with how many pictures from the end it means.
_WAYS = (
    (
        rf"\b{_NOT} (?:the )?{_LAST}(?: {_ONE})?{_BUT} (?:the )?(?:{_ONE} )?{_JUST}before"
        r"(?: (?:it|that|that one|this)\b)?",
        2,
    ),
    (rf"\bthe {_ONE} {_JUST}before (?:the )?{_LAST}(?: {_ONE})?\b", 2),
    (rf"\b(?:the )?(?:second|next)[- ](?:to[- ](?:the[- ])?)?last(?: {_ONE})?\b", 2),
    (rf"\b(?:the )?(?:penultimate(?: {_ONE})?|last(?: {_ONE})? but one)\b", 2),
    (rf"\b(?:the )?(?:third[- ](?:to[- ])?last(?: {_ONE})?|last(?: {_ONE})? but two)\b", 3),
    (rf"\b(?:the (?:{_ONE} )?(?:from )?)?(?P<number>{'|'.join(_NUMBERS)}) (?:{_ONE}s? )?ago\b", 0),
    (rf"\bthe {_ONE} before(?= ?(?:[,;:.!?]|$))", 2),
    (rf"\bthe (?:older|earlier) (?:{_ONE} )?of (?:the|those|these|my|our) (?:last )?two{_SEEN}", 2),
    (rf"\bthe (?:newer|later) (?:{_ONE} )?of (?:the|those|these|my|our) (?:last )?two{_SEEN}", 1),
)
# `leave the second alone`
_ALONE = (
    rf",? (?:and |but )?(?:leave|keep) the \w+(?: {_ONE})? (?:alone|untouched|as (?:it |they )?(?:is|are|was|were))\b"
)
MIDDLE = 3  # pictures of which one is in the middle
_BESIDE = (
    rf"\b{_NOT} (?:in |on |for )?{_HANDLE}{_BUT} (?:the )?(?:{_ONE} )?{_JUST}(?P<way>before|after)(?: (?:it|that)\b)?"
    rf"|\bthe {_ONE} {_JUST}(?P<way_to>before|after) @?(?P<to>{_MADE})"
)


def counted_back(text: str, made: Sequence[str]) -> tuple[str, tuple[int, int]] | None:
    """The handle among those made, oldest first, and where the text says so; None where it counts nothing back."""
    plain = re.sub(r'"[^"]*"', lambda quote: " " * len(quote[0]), text)
    bare = [re.sub(r"\W", "", one.lower()) for one in made]
    if found := re.search(_BESIDE, plain, re.I):
        handle = re.sub(r"\W", "", (found["handle"] or found["to"]).lower())
        step = -1 if (found["way"] or found["way_to"]).lower() == "before" else 1
        at = bare.index(handle) + step if handle in bare else -1
        return (made[at], found.span()) if 0 <= at < len(made) else None
    for way, back in _WAYS:
        for found in re.finditer(way, plain, re.I):
            back = back or _NUMBERS[found["number"].lower()]
            # `not the one before the last, the last`
            if not re.search(rf"\b{_NOT} $", plain[: found.start()], re.I) and back <= len(made):
                return made[-back], found.span()
    return None


def counted_off(text: str, turns: Sequence[Sequence[str]]) -> str:
    """The handle of `the second one`: of the last turn that made several, else of all that were made; or nothing."""
    text = re.sub(_ALONE, "", text, flags=re.I)
    of_them = r"of (?:those|these|them|the) (?:two|three|four|five|six)\b(?! (?!pic|image|drawing)\w*s\b)"
    seen = rf"\bthe (?P<very>very )?(?P<place>{'|'.join(ORDINALS)}) (?:{_ONE}\b|{of_them})"
    places = list(re.finditer(seen, text, re.I))
    named = re.findall(rf"\bthe (?:very )?({'|'.join(ORDINALS)})\b", text, re.I)
    found = places[0] if len(places) == 1 and len({place.lower() for place in named}) == 1 else None
    another = re.search(rf"\b{_LAST}\b|(?<!\w){_HANDLE}", text, re.I)
    every = [handle for turn in turns for handle in turn]
    if len(every) == MIDDLE and re.search(rf"\bthe middle {_ONE}\b", text, re.I) and not (named or another):
        return every[1]
    if found is None or another or re.search(rf"\b{_NOT} $", text[: found.start()], re.I):
        return ""
    several = next((turn for turn in reversed(turns) if len(turn) > 1), ())
    place = ORDINALS[found["place"].lower()]
    among = every if found["very"] or place >= len(several) else several
    return among[place] if place < len(among) else ""
