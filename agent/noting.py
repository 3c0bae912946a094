"""Writes down wishes in words the person really said."""

from __future__ import annotations

import re
from typing import Literal

from limner.agent.handles import named
from limner.agent.messages import Request
from limner.agent.names import mentioned
from limner.agent.plan import SetPreference
from limner.agent.studio import Studio
from limner.agent.work import StepResult, Work
from limner.memory import Fact, Observation, Source, is_borne_out, rules

DISLIKE = re.compile(r"\b(?:don['’]?t like|dislikes?|hates?|can['’]?t stand|never|no more|avoid|without|less)\b", re.I)
LIKE = re.compile(r"\b(?:likes?|loves?|prefers?|favou?rite|always|adores?|enjoys?|more)\b", re.I)
OTHERS = re.compile(r"(?:(?:he|she|it|they)\b|(?:my|our) (?!favou?rite)\w+)", re.I)
FACETS = {
    "palette": r"colou?rs?|palette|red|green|blue|yellow|pink|purple|orange|black|white|pastel|bright|dark",
    "format": r"square|portrait|landscape|wide|size|pixels|variations?|versions?|pictures? each|at a time",
    "composition": r"close-?up|background|centred?|centered|left|right|whole body|from above",
}
LONGEST = 300


def note(step: SetPreference, number: int, work: Work) -> StepResult:
    """The rules read the person's own words first; the planner's wording counts only where those words bear it out."""
    memory = work.studio.memory
    facts = memory.extract(work.user, work.turn_id) or _spelled_out(step.text, work)
    if not facts:
        facts = memory.observe(work.user, work.turn_id, [_claim(step.text, work)])
    return StepResult(step=number, said=f"Noted: {_listed(facts) or step.text}.")


def is_statement(studio: Studio, request: Request, text: str) -> bool:
    """Whether the words only state what memory keeps: then no planner need guess what to draw."""
    return rules.states_only(text, _known(studio, request.user))


def _known(studio: Studio, user: str) -> dict[str, str]:
    return {one.name: named("subject", one.name) for one in studio.library.list(user, "subject")}


def _spelled_out(heard: str, work: Work) -> list[Fact]:
    """Read again with names for "he" and "her", when nothing else was added to what was said."""
    known = _known(work.studio, work.user)
    said = {word for text in (work.request.text, *known) for word in re.findall(r"\w+", text.casefold())}
    if not said.issuperset(re.findall(r"\w+", heard.casefold())):
        return []
    return work.studio.memory.observe(work.user, work.turn_id, rules.read(heard, known))


def claim_of(heard: str, subject: str, style: str = "", source: Source = "person") -> Observation:
    """A sentence as a claim; `subject` is the handle and `style` the style it speaks of."""
    polarity: Literal[-1, 0, 1] = -1 if DISLIKE.search(heard) else 1 if LIKE.search(heard) else 0
    if not subject and OTHERS.match(heard):  # what she loves is no taste of the person's
        polarity = 0
    facet = "subject" if subject else "style" if style else "dislike" if polarity < 0 else "person"
    if facet == "person":
        facet = next((name for name, words in FACETS.items() if re.search(rf"\b(?:{words})\b", heard, re.I)), facet)
    return Observation(text=heard, facet=facet, polarity=polarity, subject=subject, value=style, source=source)


def _claim(heard: str, work: Work) -> Observation:
    """The planner's sentence, else the person's own when the planner's has words nobody said (or translates)."""
    text = work.request.text.strip()[:LONGEST]
    known = {name: handle for name, handle in _known(work.studio, work.user).items() if mentioned(name, heard)}
    styles = work.studio.engine.styles()
    style = next((one for one in styles if re.search(rf"\b{re.escape(one)}\b", heard, re.I)), "")
    claim = claim_of(heard, next(iter(known.values()), ""), style)
    return claim if is_borne_out(claim, text, known) else claim.model_copy(update={"text": text, "value": ""})


def _listed(facts: list[Fact]) -> str:
    return "; ".join(f"{one.text} ({one.id})" for one in facts)
