"""Whole groups that a request takes in or leaves out: `all my animals but none of the humans`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from limner.agent.kinds import EACH_OF_MINE, TELLING, kind_said, of_group
from limner.agent.lexicon import alternatives
from limner.agent.names import mentioned
from limner.agent.phrases import PEOPLE

# A robot may be one of `my creatures`, and need not.
_MADE_UP = frozenset({"robot", "dragon", "unicorn"})
# Behind one of these, or where a clause begins, a group is asked for.
_VERBS = "draw|paint|sketch|show|have|want|me|get|put|make|with|and|please|just"


def _asked(verbs: str) -> str:
    return rf"(?:^|[,.;:!?…–—-] *|\b(?:{verbs}) )"


def of_groups(planned: Sequence[str], subjects: Mapping[str, str], text: str) -> tuple[str, ...] | None:
    """The planner's choice with all animals, if they are meant, and nobody of a group that stays out."""
    out = {name for found in _refused().finditer(text) for name in of_group(found["whom"], subjects)}
    rest = _refused().sub(" ", text)
    all_animals, all_people = (
        any(_every_animal().search(one) for one in (rest, text)),
        bool(_every_person().search(rest)),
    )
    taken = {name for name in of_group("animals", subjects) if subjects[name] not in _MADE_UP and all_animals}
    taken |= {name for name, kind in subjects.items() if all_people and kind in PEOPLE}
    unsaid = {name for name in subjects if not mentioned(name, rest) and not kind_said(subjects[name], rest)}
    gone = {name for name in unsaid if name in out or (all_animals and subjects[name] in PEOPLE)}
    kept = tuple(name for name in subjects if name in {*planned, *taken} - gone)
    return kept if kept and set(kept) != set(planned) and (out or all_animals or all_people) else None


@functools.cache
def _refused() -> re.Pattern[str]:
    groups = "|".join(
        alternatives("group_words", word) for word in ("beings", "people", "grown", "young", "girls", "boys")
    )
    noun = rf"(?:{groups}|dogs|cats|\w{{2,}}s)"
    whose = r"(?:(?:of|the|my|our|any|actual|other) )*"
    ends = r"(?!\w|['’])(?= *(?:[,.;:!?)]|$|(?:in|on|at|please|and|or|this|allowed|crammed|together|\w{2,}ing)\b))"
    around = r"(?! (?:around|watching|about|nearby|in the (?:back|fore|distance))\w*)"
    how = (
        r"(?:but |and |with )*(?:(?:that|who|which) (?:are|is)(?:n['’]t| not)(?: an?)?|no(?:ne)?|not(?: a single| any)?"
        r"|without|minus|except(?: for)?|apart from|leave out)"
    )
    whom = rf"{whose}{noun}(?:(?:,? (?:and|or|nor) (?:no )?|, (?:no )){whose}{noun})*"
    return re.compile(rf"(?<!\w){how} (?P<whom>{whom}){ends}{around}", re.IGNORECASE)


@functools.cache
def _every_person() -> re.Pattern[str]:
    """`all the humans`, `every human being of mine`; not `all the people in the street`."""
    people = r"(?:all (?:of )?(?:the|my|our) (?:humans|people)|every human)"
    return re.compile(rf"{_asked(_VERBS)}{people}(?!\w|['’])(?! (?:in the|from|who|that|of)\b){TELLING}", re.IGNORECASE)


@functools.cache
def _every_animal() -> re.Pattern[str]:
    many, one = alternatives("group_words", "beings"), alternatives("group_each", "beings")
    others = r"(?=,? (?:none|no|but|and no|minus|without)\b)"  # `all the animals` may be anybody's
    mine = (
        rf"all (?:of )?(?:my|our) (?:\w+ )?(?:{many})|all (?:of )?the (?:pets|(?:{many}){others})"
        rf"|every one of my (?:{many})"
    )
    each = rf"(?:every|each)(?: single)? (?:{one}) {EACH_OF_MINE}"
    # Not `she knows all our animals`.
    return re.compile(
        rf"{_asked(f'{_VERBS}|see|give|of|then|now')}(?:{mine}|{each})(?!\w|['’]){TELLING}", re.IGNORECASE
    )
