"""What kind of thing is taught, in the request's own noun: `our canoe, she's called Dragonfly` is no coach."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from limner.agent.kinds import kind_said
from limner.agent.lexicon import whole
from limner.agent.phrases import PEOPLE
from limner.agent.plan import LearnSubject, Step

_SMALL = (
    r"(?!(?:of|in|from|at|on|with|to|for|and|or|as|he|she|it|they|them|we|i|you|me|who|what|that|this|these|which|is|are"
    r"|was|be|not|so|my|our|the|an?|attached|learn|lol|obviously|now|here)(?![\w-]))"
)
_PHRASE = rf"(?P<phrase>(?:{_SMALL}[a-z][\w'’-]*\s){{0,3}}?(?P<noun>{_SMALL}[a-z][\w-]+))"
_OWN = r"(?:[Mm]y|[Oo]ur|[\w-]+['’]s)"
_ONE = rf"(?:{_OWN}|[Aa]n?|[Tt]he|[Tt]his|his|her|their)"
_SHOWN = r"(?:\s(?:attached|enclosed|below|above|here))?"
_ENDS = rf"(?={_SHOWN}\s*(?:[,.;:!?)(–]|$))"
_SAYS = r"(?:(?:who|which|that|and|we|i|everyone|he|she|it|they|is|are|was)(?:['’]\w+)?,?\s){0,4}"
_CALLED = (
    r"(?:(?:(?:his|her|its|their|the)\sname(?:['’]s|\sis))"
    r"|call(?:ed|s)?|nam(?:e|ed)|known as|goes by|answers to)(?:\s(?:it|him|her|them|this))?"
)
# The nearer to the name a noun is said, the surer it is; the last ones say it far from any name.
_WAYS = (
    rf"(?<!\bin )(?<!\bfrom )(?<!\bat )\b{_ONE}\s{_PHRASE}{_SHOWN}[,.;:!?]*\s"
    rf"(?i:{_SAYS}{_CALLED})\s[\"“']?{{name}}(?!\w)",
    rf"\b(?:{_OWN}|[Tt]he)\s{_PHRASE},?\s[(\"“]?{{name}}(?!\w)",
    rf"\((?:{_ONE}\s)?{_PHRASE}[,;:]\s[^()]*?{{name}}(?!\w)",
    rf"(?<!\w){{name}},?\s\((?:{_ONE}\s)?{_PHRASE}{_ENDS}",
    rf"(?<!\w){{name}}[,;.]?\s(?i:(?:(?:he|she|it|who)(?:['’]s|\sis)|is)\s)?(?:{_OWN}|an?|the)\s{_PHRASE}{_ENDS}",
    rf"(?<!\w){{name}}\sthe\s(?P<phrase>(?P<noun>{_SMALL}[a-z][\w-]+))",
    rf"\b(?i:(?:he|she|it)(?:['’]?s|\sis))\s(?:{_OWN}|an?)\s{_PHRASE}{_ENDS}",
    rf"\b(?i:learn|save|memori[sz]e|teach yourself)\s(?:{_OWN}|this|the)\s{_PHRASE}(?:{_ENDS}|(?=\sas\b))",
    rf"\b(?i:photos?|pictures?|pics?|shots?|snaps?|images?)\sof\s(?:{_OWN}|an?|the)\s{_PHRASE}{_ENDS}",
    rf"\b(?i:(?:came\shome|turned\sup)\swith|adopted|rescued|took\sin|brought\shome|bought)\s(?:{_OWN}|an?)\s"
    rf"{_PHRASE}{_ENDS}",
)
# As alike as a misspelt noun is.
_ALIKE = 0.85


def as_told(step: Step, text: str) -> Step:
    """The step with the noun that the request gives, where what was planned is no word of it."""
    if not isinstance(step, LearnSubject):
        return step
    planned, words = step.class_noun.casefold(), re.findall(r"[^\W\d_]+", text.casefold())
    told = next(_told(step.name, text), None)
    if told is None:
        return step
    noun, phrase = told["noun"], told["phrase"].split()
    kept = [part for part in planned.split() if part in words]
    if kept and len(kept) < len(planned.split()) and planned.split()[-1] in words:  # `an elegant elephant`
        return step.model_copy(update={"class_noun": " ".join(kept)})
    if len(phrase) > 1 and planned == phrase[-2]:  # a tea cosy is no tea
        return step.model_copy(update={"class_noun": " ".join(phrase[-2:])})
    if (
        planned in PEOPLE
        or whole("wide_kinds").fullmatch(planned)
        or kind_said(planned, text)
        or _misspelt(planned, words)
    ):
        return step
    return step.model_copy(update={"class_noun": noun})


def _told(name: str, text: str) -> Iterator[re.Match[str]]:
    for way in _WAYS:
        for found in re.finditer(way.replace("{name}", re.escape(name)), text):
            if not whole("no_thing").fullmatch(found["noun"]) and found["noun"] not in name.casefold().split():
                yield found


def _misspelt(planned: str, words: list[str]) -> bool:
    return any(difflib.get_close_matches(part, words, 1, _ALIKE) for part in planned.split())
