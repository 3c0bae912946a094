"""A lasting wish among other orders, in so many words: `paint Rex, and note down that he hates rain`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from limner.agent.lexicon import any_of, whole
from limner.agent.names import mentioned
from limner.agent.plan import Animate, GenerateImage, LearnSubject, PlanContext, SetPreference, Step

_FILLED = (
    r"(?:(?:oh|ah|and|also|but|plus|so|btw|by the way|p\.?s\.?|one (?:more|last) thing|please|lastly|finally)[,:.!]* )*"
)
# Not `remember that day`.
_NOTE = (
    r"(?:save it as a fact|make (?:a )?note|take note|note|remember|keep in mind|bear in mind|jot|write)"
    r"(?: (?:it |this )?down)?(?: for (?:the future|later|good|next time))?(?: please)?"
    r"(?::| that(?! (?:down|time|day|night|one|picture|image|drawing|clip|thing|trip|song|ok(?:ay)?|please|pls|too"
    r"|also|for|in|and|as|from|well)\b))"
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
_LASTING = re.compile(
    r"\b(?:from (?:now|here|today) on|default|always|every time|as (?:my|a) (?:usual|standard))\b", re.I
)
_SENTENCES = re.compile(r"[.;!?] +\w|\?")


_NUMBER = re.compile(rf"(?<!\w)(?:\d{{1,2}}|{any_of('numbers')})(?!\w)", re.I)
_BACK = (
    r"(?:\b(?:(?:make (?:that|it)|wait|sorry|actually|rather|i mean(?:t)?|scratch that|correction)[,:.!… ]+"
    r"|no[,.!…]+ *)"
    r"(?:just |only )?)+"
)
_ANY_WISH = re.compile(
    r"always|never|draw|paint|pictures?|images?|drawings?|style|like|likes|love|hate|prefer\w*|want|user|not|don|use|make"
    r"|every|each|from|now|show|please|remember|note|when|does|doesn",
    re.I,
)


def wished(order: str, before: Sequence[Step], subjects: Sequence[str]) -> SetPreference | None:
    """What an order says to keep in mind, if that is all it says; `she` is whom the order before was about."""
    found = _WISH.fullmatch(order.strip(" ,"))
    if found is None or _SENTENCES.search(order):
        return None
    text = (found["noted"] or found["ever"] or found["never"]).strip(" .!")
    who = _about(before[-1]) if before else ()
    taught = [step.name for step in before if isinstance(step, LearnSubject)]
    who = tuple(taught) if len(who) != 1 and len(taught) == 1 else who
    if len(who) == 1 and not any(mentioned(name, text) for name in (*subjects, *who)):
        text = re.sub(r"\b(?:he|she)\b", lambda _: who[0], text, count=1, flags=re.I)
    return SetPreference(text=text)


def as_said(step: SetPreference, text: str, names: Iterable[str]) -> SetPreference:
    """The wish with the number that is the last word on it; in the request's own words if none of its is said."""
    new, old = _last_number(text), [one for one in _NUMBER.findall(step.text) if one.lower() not in ("one", "1")]
    if new and len(old) == 1 and old[0].lower() != new.lower():
        return step.model_copy(update={"text": _NUMBER.sub(lambda one: new if one[0] == old[0] else one[0], step.text)})
    step = step.model_copy(update={"text": _put_right(step.text, text)})
    said = _stems(step.text, names)
    whole_text = text.strip(" .!")
    return step.model_copy(update={"text": whole_text}) if said and not said & _stems(text, ()) else step


def wish_of_a_style(wish: str, context: PlanContext, text: str) -> str:
    """`Learn it as felt, draw Ada, and make felt my default from now on`, where the wish lost what it was about."""
    taught = re.findall(r"\b(?:as|call it|name it|named|called) ([\w-]+)", text)
    styles = [name for name in (*context.styles, *taught) if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I)]
    told = [part for part in re.split(r"[.;!?,]+ (?:and )?", text) if _LASTING.search(part)]
    if (
        not _LASTING.search(wish)
        or len(told) != 1
        or any(mentioned(name, wish) for name in (*context.subjects, *styles))
    ):
        return ""
    return told[0].strip(" .!") if any(mentioned(name, told[0]) for name in styles) else ""


# `..., scratch that, evening light`
_RIGHTED = re.compile(
    r"(?:,|\.\.\.|\.|…| -|–) *(?:scratch that|no wait|wait,? no|no(?=[,:])(?:, rather)?|i mean(?:t)?|sorry"
    r"|no rather|correction|make that|or rather)[,:]? *"
    r"(?P<new>[^,.;:!?]+)[.! ]*$",
    re.I,
)


def _put_right(wish: str, text: str) -> str:
    """The wish with what is said in place of its last words, where the two end alike or are one word each."""
    found = _RIGHTED.search(text)
    new = found["new"].split() if found else []
    words = wish.split()
    if not new or len(new) > 3 or len(words) <= len(new) or found is None or found["new"].lower() in wish.lower():
        return wish
    before = text[: found.start()].lower().rstrip(" .,!")
    old = words[-len(new) :]
    alike = len(new) == 1 or old[-1].lower() == new[-1].lower()
    return " ".join([*words[: -len(new)], *new]) if alike and before.endswith(" ".join(old).lower()) else wish


def _last_number(text: str) -> str:
    """`four each time. Make that two`: two."""
    found = list(re.finditer(rf"{_BACK}(?P<number>{_NUMBER.pattern})", text, re.I))
    return found[-1]["number"] if found and _NUMBER.search(text[: found[-1].start()]) else ""


def _stems(text: str, names: Iterable[str]) -> set[str]:
    """What a wish is about: its words, whatever their endings, without those any wish may have."""
    plain = re.sub("|".join(map(re.escape, names)) or "(?!)", " ", text, flags=re.I)
    words = re.findall(r"[^\W_]{3,}", plain.casefold())
    return {word[:4] for word in words if not _ANY_WISH.fullmatch(word) and not whole("small").fullmatch(word)}


def _about(step: Step) -> Sequence[str]:
    match step:
        case LearnSubject():
            return (step.name,)
        case GenerateImage() | Animate():
            return step.subjects
    return ()
