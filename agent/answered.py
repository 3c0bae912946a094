"""The answer to `Which dog do you mean: Rex or Bo?`, put into the request that it was asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limner.agent.kinds import kind_said
from limner.agent.plan import PlanContext

_ASKED = re.compile(r'ask_user\(question="(?P<question>[^"]*\?)"\)')
# What an answer may say besides whom it means; anything else is an order of its own, which the planner reads.
_BESIDE = re.compile(
    r"[^\w]+|\b(?:the|that|this|one|ones?|please|pls|plz|obviously|obvs|naturally|clearly|definitely|certainly|of|"
    r"course|ok(?:ay)?|then|is|was|fine|would|be|good|great|i (?:guess|think|suppose)|i|meant?|mean|it['’]s|its?|"
    r"you|named|listed|said|mentioned|so|ugh|fine|alright|(?:young|old|small|bigg?|little|short|tall|fatt?|thinn?|cut|dark|light|loud|furri)(?:er|est)?|lol|haha|"
    r"thanks?|thx|yes|yeah|yep|sorry|hm+|uh|um|oh|for|sure|just|only|go|with|take|use|let['’]s|girl|boy|who|which|"
    r"isn['’]t|not|them|those|these|two|both|and)\b",
    re.I,
)
_FORMER = re.compile(r"\b(?:the )?(?:former|first|1st)\b(?! time)", re.I)
_LATTER = re.compile(r"\b(?:the )?(?:latter|second|2nd|last)\b(?! time)", re.I)
# `I don't know the motion floss yet. I know sneeze, shuffle.`
_UNKNOWN = re.compile(r"\bI (?:don['’]t|do not) know (?:the )?(?:motion |style )?(?P<what>[\w-]+)", re.I)
_NOT = r"(?:not|isn['’]t|is not|wasn['’]t|other than|but) "
_PRONOUN = re.compile(r"\b(?:him|her|it|them)\b", re.I)


def answered(context: PlanContext, text: str) -> str:
    """The earlier request with whom the answer means in it; empty where this is no such answer and nothing else."""
    asked = _ASKED.fullmatch(context.history[-1].calls[0]) if context.history and context.history[-1].calls else None
    if asked is None or context.attachments:
        return ""
    before, options = context.history[-1].user, _offered(asked["question"], context.subjects)
    if not options and (unknown := _UNKNOWN.search(asked["question"])):
        for pool in (context.motions, context.styles):
            offered = _offered(asked["question"][unknown.end() :], pool)
            said = re.compile(rf"(?<!\w){re.escape(unknown['what'])}(?!\w)", re.I)
            if len(offered) == 2 and len(said.findall(before)) == 1 and (meant := _meant(offered, context, text)):
                return said.sub(lambda _, meant=meant: meant, before)  # type: ignore[misc]
    meant = _meant(options, context, text) if len(options) == 2 else ""
    if not meant:
        return ""
    kinds = {context.subjects[name] for name in options} | set(re.findall(r"Which (\w+)", asked["question"]))
    for kind in kinds - {""}:
        said = re.compile(rf"(?<!\w)(?:my|the|our) {re.escape(kind)}(?!\w)", re.I)
        if len(said.findall(before)) == 1:
            return said.sub(lambda _: meant, before)
    return _PRONOUN.sub(lambda _: meant, before) if len(_PRONOUN.findall(before)) == 1 else ""


def _offered(question: str, names: Iterable[str]) -> list[str]:
    """Those of the names that a question offers, as they stand in it."""
    at = {name: question.find(name) for name in names}
    return sorted((name for name, place in at.items() if place >= 0), key=at.__getitem__)


def _meant(options: list[str], context: PlanContext, text: str) -> str:
    """The one of two that the answer means, if it says nothing else."""
    one, other = options
    rest = text
    found: set[str] = set()
    kinds = {name: context.subjects.get(name, "") for name in options}
    for name, rival, way in ((one, other, _FORMER), (other, one, _LATTER)):
        kind = rf"(?:the |my )?{re.escape(kinds[name])}" if kinds[one] != kinds[other] else "(?!)"
        turned_down = re.compile(rf"\b{_NOT}(?:{re.escape(name)}|{kind}|{way.pattern})(?!\w)", re.I)
        if turned_down.search(rest):
            found.add(rival)
            rest = turned_down.sub(" ", rest)
    for name in options:
        said = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.I)
        if said.search(rest):
            found.add(name)
            rest = said.sub(" ", rest)
    if not found:
        for name, way in ((one, _FORMER), (other, _LATTER)):
            if way.search(rest):
                found.add(name)
    rest = _LATTER.sub(" ", _FORMER.sub(" ", rest))
    if not found and kinds[one] != kinds[other]:
        found = {name for name, kind in kinds.items() if kind_said(kind, rest)}
        for kind in kinds.values():
            rest = re.sub(rf"(?<!\w){re.escape(kind)}(?!\w)", " ", rest, flags=re.I)
    return found.pop() if len(found) == 1 and not _BESIDE.sub("", rest) else ""
