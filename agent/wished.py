"""A lasting wish among other orders, in so many words: `paint Rex, and note down that he hates rain`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.names import mentioned
from limner.agent.plan import Animate, GenerateImage, LearnSubject, SetPreference, Step

_FILLED = (
    r"(?:(?:oh|ah|and|also|but|plus|so|btw|by the way|p\.?s\.?|one (?:more|last) thing|please|lastly|finally)[,:.!]* )*"
)
# Not `remember that day`.
_NOTE = (
    r"(?:make (?:a )?note|take note|note|remember|keep in mind|bear in mind|jot|write)(?: (?:it |this )?down)?"
    r"(?: for (?:the future|later|good|next time))?(?: please)?"
    r"(?::| that(?! (?:time|day|night|one|picture|image|drawing|clip|thing|trip|song)\b))"
)
_FOR_EVER = (
    r"(?:from (?:now|today|here) on(?:wards?)?|for good|for the future|in future|going forward|as a rule"
    r"|for ever|forever"
    r"|permanently)"
)
_OPENS = rf"{_FILLED}(?:{_NOTE} \w|{_FOR_EVER}[,:]? \w)"
# Where a wish begins behind another order.
BEGINS = re.compile(rf"(?:[.;!] +|,? +(?:and|but) +|, +)(?={_FILLED}{_NOTE} \w)|[.;!] +(?={_OPENS})", re.I)
_WISH = re.compile(
    rf"{_FILLED}(?:{_NOTE} (?P<noted>.+)|(?P<ever>{_FOR_EVER}[,:]? .+)"
    r"|(?P<never>(?:no more|never|always) .+?,? (?:permanently|for good|for ?ever|from now on|in future))[.! ]*)",
    re.I | re.S,
)
_SENTENCES = re.compile(r"[.;!?] +\w|\?")


def wished(order: str, before: Sequence[Step], subjects: Sequence[str]) -> SetPreference | None:
    """What an order says to keep in mind, if that is all it says; `she` is whom the order before was about."""
    found = _WISH.fullmatch(order.strip(" ,"))
    if found is None or _SENTENCES.search(order):
        return None
    text = (found["noted"] or found["ever"] or found["never"]).strip(" .!")
    who = _about(before[-1]) if before else ()
    if len(who) == 1 and not any(mentioned(name, text) for name in (*subjects, *who)):
        text = re.sub(r"\b(?:he|she)\b", lambda _: who[0], text, count=1, flags=re.I)
    return SetPreference(text=text)


def _about(step: Step) -> Sequence[str]:
    match step:
        case LearnSubject():
            return (step.name,)
        case GenerateImage() | Animate():
            return step.subjects
    return ()
