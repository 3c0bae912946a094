"""What a turn may say besides a request: a thumb in words, the answer to a doubt about a fact or to an offer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent import forgetting, opinions, wording
from limner.agent.choices import choose
from limner.agent.messages import Request
from limner.agent.referents import Scene
from limner.agent.studio import Studio
from limner.memory import Fact, Question, Turn

# The key of a turn's detail that names the question its reply ended with.
DOUBT = "doubt"
# The key of a turn's detail that lists pictures offered to be erased.
OFFER = "offer"
LOOKED_BACK = 50
_YES = re.compile(
    r"(?:(?:y|yes|yeah|yep|sure|ok(?:ay)?|ja|s[ií]|oui|sim|please|bitte|do|erase them|them too)[ ,.!]*)+", re.I
)
_NO = re.compile(r"(?:n|no|nope|nein|non|não|keep (?:it|them|those)|leave (?:it|them))\b.{0,20}", re.I)


def heard(studio: Studio, request: Request, text: str, scene: Scene, turn_id: str, last: Turn | None) -> str:
    """Writes the aside down and gives what to say to it; nothing when the turn is a request.

    Raises AmbiguousError when several pictures may be meant by "this one".
    """
    if request.plan:
        return ""
    if last is not None and (said := _settled(studio, request, text, turn_id, str(last.detail.get(DOUBT, "")))):
        return said
    if last is not None and (said := _taken_up(studio, request, text, last.detail.get(OFFER, ()))):
        return said
    opinion = opinions.given(text, scene)
    if opinion is None:
        return ""
    if not request.dry_run:
        studio.memory.record_feedback(request.user, *opinion, turn_id=turn_id, note=text)
    return wording.opinion(*opinion)


def doubt(studio: Studio, request: Request) -> Question | None:
    """A contradiction only the person can settle, asked once."""
    memory = studio.memory
    turns = memory.turns(request.user, scope=request.scope, limit=LOOKED_BACK)
    asked = {turn.detail.get(DOUBT) for turn in turns}
    return next((one for one in memory.questions(request.user, scope=request.scope) if one.id not in asked), None)


def _settled(studio: Studio, request: Request, text: str, turn_id: str, asked: str) -> str:
    memory = studio.memory
    question = next((one for one in memory.questions(request.user, scope=request.scope) if one.id == asked), None)
    known = _fact(studio, request, question.fact_id) if question else None
    if question is None or known is None:
        return ""
    choice = choose(text, (known.text, question.rival.text))
    if choice is None:
        return ""
    if not request.dry_run:
        memory.settle(request.user, question.id, turn_id, rival=choice == question.rival.text)
    return f"Noted: {choice}."


def _taken_up(studio: Studio, request: Request, text: str, offered: Sequence[str]) -> str:
    """Yes or no to erasing the pictures made with what was forgotten."""
    left = [one for one in offered if studio.memory.get_handle(request.user, one) is not None]
    if not left:
        return ""
    if _NO.fullmatch(text.strip()):
        return f"{', '.join(left)} stay{'s'[len(left) - 1 :]}."
    if not _YES.fullmatch(text.strip()):
        return ""
    if request.dry_run:
        return f"I would erase {', '.join(left)}."
    return forgetting.describe(forgetting.forget(studio, request.user, left, scope=request.scope))


def _fact(studio: Studio, request: Request, fact_id: str) -> Fact | None:
    facts = studio.memory.facts(request.user, scope=request.scope)
    return next((one for one in facts if one.id == fact_id), None)
