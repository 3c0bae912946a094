"""Who alone is in the picture, where a request says so: `I want only the fox`, `just Marlow please`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from limner.agent.english import plural
from limner.agent.kinds import group_said, only_ones, spoken_of
from limner.agent.left_out import everyone_said
from limner.agent.lexicon import whole

_REFUSED = re.compile(
    r"(?<!\w)(?:neither|not|nor|no|never|don['’]?t|do not|without|leave|except|rather than|instead of)(?!\w)[^,.;:!?]*",
    re.I,
)
# `Tilda sees only Marlow` is a scene.
_ASKED = (
    r"(?:^|[,.;:!?…—–-] *|\b(?:want|need|like|draw|paint|sketch|show|see|have|give|me|of|put|make|be|is|it['’]s|please"
    r"|then|so|but|and|no|wait|actually|mean|sorry|ok(?:ay)?) )"
)
_ENDS = r"(?= *(?:[,.;:!?)]|$|(?:please|pls|in|on|at|by|under|with|inside|this time|now|alone|as|\w{2,}ing)\b))"
# `just the fox with her`: somebody more, whom the planner knows.
_MORE = re.compile(
    r"(?<!\w)(?:and|or|with|plus|beside|next to|near|behind) (?:me|him|her|them|us|my|our|his|their|some(?:one|body))"
    r"(?!\w)",
    re.I,
)


def only_them(subjects: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Who is asked for alone, by name or kind; nobody where the request speaks of others too."""
    found = _saying(subjects).search(text)
    if found is None or _MORE.search(text):
        return ()
    said = found["just"] or found["alone"]
    rest = _REFUSED.sub(" ", f"{text[: found.start()]}, {text[found.end() :]}")
    who = tuple(name for name, ways in _called(subjects).items() if re.search(rf"(?<!\w)(?:{ways})(?!\w)", said, re.I))
    others = any(spoken_of(name, subjects, rest) for name in subjects if name not in who)
    several = everyone_said(rest) or group_said(rest) or whole("rest").search(rest)
    return () if others or several else who


def _saying(subjects: Mapping[str, str]) -> re.Pattern[str]:
    one = rf"(?:(?:the|my|our) )?(?:{'|'.join(_called(subjects).values()) or '(?!)'})(?!\w|['’])"
    who = rf"{one}(?:(?:, {one})*,? and {one})?"
    alone = r"(?:only|alone|and (?:nobody|no ?one|no-one|nothing) else|by (?:him|her|it)self|on (?:his|her|its) own)"
    return re.compile(
        rf"{_ASKED}(?:just|only) (?P<just>{who}){_ENDS}|(?:^|[,.;:!?] *|(?:want|draw|show|me|of) )"
        rf"(?P<alone>{who}),? {alone}{_ENDS}",
        re.I,
    )


def _called(subjects: Mapping[str, str]) -> dict[str, str]:
    """How each may be called: the name, the kind of which there is only one, and several of a kind together."""
    only = only_ones(subjects)
    ways = {name: [name, kind if name in only else plural(kind)] if kind else [name] for name, kind in subjects.items()}
    return {name: "|".join(map(re.escape, called)) for name, called in ways.items()}
