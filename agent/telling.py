"""Tells what is remembered of a person or a thing: what belongs to the question, each line with its source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.handles import HANDLE
from limner.agent.names import mentioned
from limner.agent.sharing import lent, recalled
from limner.agent.studio import Studio
from limner.memory import FACETS, RecallLine, facets_named

ABOUT_ME = "what do you know about me"
# An answer may be longer than what a planner is shown.
WORDS = 600
# Turns and facts less like the question than this are about something else.
LIKE_ENOUGH = 0.25
QUOTED = 60
_ME = re.compile(
    r"(?:.*\b)?(?:(?:about )?me|my (?:tastes?|preferences)|i (?:like|love|prefer|hate|dislike))[?!. ]*", re.I
)


def known(studio: Studio, user: str, places: Sequence[str], query: str) -> list[RecallLine]:
    """What these places remember that answers the query; all that is known of the person when it asks for that."""
    mine = studio.memory.handles(user, kind="subject", limit=1000)
    subjects = [one.handle for one in (*mine, *lent(studio, user, places)) if _named(one.handle, query)]
    facets = facets_named(query)
    everything = not (facets or subjects) and bool(_ME.fullmatch(query.strip()))
    lines = recalled(studio, user, places, query, WORDS, subjects=subjects, facets=FACETS if everything else facets)
    scoped = [line for line in lines if line.score is None]
    if everything:  # what was merely said or ordered is no knowledge of a person, unless there is none
        return [line for line in lines if line.kind != "turn"] or lines
    if facets and scoped:
        return scoped
    cited = {ref for line in lines if line.kind != "turn" for ref in line.evidence}
    alike = [line for line in lines if line.score is not None and line.score >= LIKE_ENOUGH]
    return [*scoped, *(line for line in alike if line.kind != "turn" or line.id not in cited)]


def told(studio: Studio, user: str, line: RecallLine) -> str:
    """One line with the day, the turn or pictures it comes from, and the id to correct or forget it by."""
    if line.kind == "turn":
        return f"- “{line.text}” ({line.date:%Y-%m-%d}, {line.id})"
    turns = [studio.memory.get_turn(ref) for ref in line.evidence if ref.startswith("turn-")]
    said = [f"you said “{_short(turn.text)}”" for turn in turns[:1] if turn]
    handles = [one for ref in line.evidence if HANDLE.fullmatch(ref) and (one := studio.memory.get_handle(user, ref))]
    shown = [f"{one.handle} “{_short(one.caption)}”" for one in handles[-3:]]
    ids = [ref for ref in (*line.evidence, line.id) if ref.startswith(("turn-", "fact-"))]
    return f"- {line.text} ({'; '.join([f'{line.date:%Y-%m-%d}', *said, *shown, *dict.fromkeys(ids)])})"


def lasting_id(line: RecallLine) -> str:
    """The id a line can be cited by next year: profiles are written anew, their facts and pictures stay."""
    return next((ref for ref in line.evidence if ref.startswith("fact-") or HANDLE.fullmatch(ref)), line.id)


def _named(handle: str, query: str) -> bool:
    return mentioned(re.sub(r"^@", "", handle).replace("-", " "), query) or handle.casefold() in query.casefold()


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"
