"""What a person says outright, read by rule: likes, dislikes, always and never, names, kinds, corrections."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from limner.memory.values import Observation

_START = r"^(?:(?:and|but|so|also|ok|okay|well|oh|no|nope|actually|sorry|please|hey|remember(?: that)?|btw)[,:]? )*"
_END = r"(?P<what>[^.;!?]{2,160})"
_NAME = r"(?P<name>@?[^\W\d_][\w'’-]{0,40})"
_I = r"(?:i|we)(?:'m| am|'ve| have)?(?: (?:really|just|also|still|absolutely|totally|do|always))*"

_LIKE = re.compile(_START + _I + r" (?:love|like|enjoy|adore|prefer|favou?r|am fond of|am into|into) " + _END, re.I)
_DISLIKE = re.compile(
    _START + r"(?:i|we)(?: (?:really|just|absolutely|do|totally))* "
    r"(?:hate|dislike|loathe|detest|don['’]?t (?:really )?(?:like|want|enjoy)|do not (?:like|want)|can['’]?t stand"
    r"|cannot stand|am (?:sick|tired) of|never (?:want|like)) " + _END,
    re.I,
)
_FAVOURITE = re.compile(_START + r"my favou?rite (?P<of>[\w ]{2,40}?) (?:is|are) " + _END, re.I)
_LESS = re.compile(_START + r"(?:use |with |a bit |much |far )*(?P<how>less|fewer|more) " + _END, re.I)
_NEVER = re.compile(
    _START + r"(?:never(?: ever)?(?: again)?|don['’]?t(?: ever)?|do not(?: ever)?|stop|avoid|no more) "
    r"(?:use |using |add |adding |put |putting |draw |drawing |make |making |give me |show |include |want )?" + _END,
    re.I,
)
_ALWAYS = re.compile(
    _START + r"(?:from now on,? (?:always )?|always |by default,? (?:always )?|(?:i|we) always (?=(?:want|use|need)\b))"
    r"(?:use |give me |make |draw |show |add |(?:i )?want |need |put )?" + _END,
    re.I,
)
_KIND = re.compile(
    _START + _NAME + r"(?: is|['’]s|, is)(?: actually| really)? an? (?P<kind>[\w-]+(?: [\w-]+){0,4})$", re.I
)
_NOT_KIND = re.compile(
    _NAME + r" is(?:n['’]?t| not) an? [\w -]+?[,;] (?:he|she|it|they)(?:['’]s| is| are) an? (?P<kind>.+)$", re.I
)
_POSSESSION = re.compile(_START + _NAME + r"['’]s (?P<slot>[\w ]{2,30}?) (?:is|are) " + _END, re.I)
_HABIT = re.compile(_START + _NAME + r" (?P<when>always|never) (?P<what>.{3,120})$", re.I)
_MY_NAME = re.compile(
    _START + r"(?:my name is|call me|i am called|i['’]m called) (?P<what>[^\W\d_][\w .'’-]{0,40})$", re.I
)
_NAMED = re.compile(
    r"^(?:(?i:hi|hey|hello|and|ok|okay|so),? )*(?i:this is|these are|meet|here(?:['’]s| is)) "
    r"(?i:photos? of |pictures? of )?(?:(?i:my) (?P<kind>[\w -]{2,30}?),? )?(?i:called |named )?"
    r"(?P<name>[A-Z][\w'’-]{1,40})(?:, (?:my|a|an|our) (?P<after>[\w -]{2,40}))?$"
)
_MY_KIND = re.compile(
    _START + r"my (?P<kind>[\w -]{2,30}?)(?:['’]s name is| is (?:called|named)) (?P<name>[^\W\d_][\w'’-]{0,40})$", re.I
)
_LIVE = re.compile(
    _START + r"(?:i|we) (?:now )?(?P<slot>live|work|moved)(?: to| in| at| as| for)? (?P<what>[^.;!?]{2,60})$", re.I
)
_BIRTHDAY = re.compile(_START + r"(?:(?P<name>[^\W\d_][\w-]*)['’]s|my) birthday is (?:on )?(?P<what>.{3,30})$", re.I)
_THING = re.compile(
    r"^(?:it|this|that|him|her|them|these|those|one|you|to|(?:the )?(?:first|second|third|last|other)\b.*)\b.*$", re.I
)
_NOT_NAMES = frozenset(
    [
        "he",
        "she",
        "it",
        "this",
        "that",
        "they",
        "there",
        "i",
        "you",
        "we",
        "who",
        "what",
        "here",
        "my",
        "your",
        "his",
        "her",
        "the",
        "one",
        "everything",
    ]
)
# "and" between two statements, not between two things: what follows must start a statement of its own.
_CLAUSE = re.compile(
    r"(?<=[.!?;])\s+|;|\n+|,? (?:and|but) (?=(?:(?i:i|we|(?:my|our) [\w ]{2,40}? (?:is|are|has|have|was)|he|she|it"
    r"|they|never|always|don['’]?t|use less|use more|no more|please|draw|make|show|call me|stop|avoid)"
    r"|[A-Z][\w'’-]+(?:['’]s \w+)? (?:is|are|always|never))\b)"
    r"|, (?:(?:please|so|now|then) )?(?=(?:draw|paint|animate|make|show|create|generate|give me)\b)"
)
_EACH_TIME = re.compile(
    _START + r"(?:i|we) (?:always )?(?:want|need|would like) (?P<what>.{3,80}?),? "
    r"(?:each time|every time|by default|from now on|always)$",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(
    r",? (?:(?:please )?(?:keep that in mind|remember that|don['’]?t forget(?: that)?|please|thanks|thank you|ok(?:ay)?"
    r"|anymore|at all|a lot|so much))+$",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(?<!\w)([*_]{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)")
# "Never mind" is no wish about minds.
_SAYING = re.compile(
    r"(?:please )?(?:never ?mind|(?:don['’]?t|do not) (?:worry|bother|mind|know|care|think|remember|stop|be)\b"
    r"|stop$)",
    re.I,
)
_TASK = re.compile(r"^(?:draw|show|make|paint|animate|create|generate|give me|can you|could you|would you)\b", re.I)


_COURTESY = re.compile(r"(?:ok(?:ay)?|yes|no|nope|sorry|thanks?(?: you)?|please|actually|cheers|oh|hm+|[ ,])*", re.I)
# Right after a picture these may be a wish for that one picture.
_MAYBE_AN_ORDER = re.compile(
    r"(?:please )?(?:(?:a bit |much |far )*(?:less|fewer|more)\b|stop\b"
    r"|(?:don['’]?t|do not)(?! ever\b)(?!.*\b(?:again|any ?more)$))",
    re.I,
)


def read(text: str, subjects: Mapping[str, str]) -> list[Observation]:
    """Explicit statements only, one observation each; `subjects` maps a known name to its handle."""
    known = {name.casefold(): handle for name, handle in subjects.items()}
    found: list[Observation] = []
    for clause in _clauses(text):
        found.extend(one for one in _read_clause(clause, known) if one not in found)
    return found


def states_only(text: str, subjects: Mapping[str, str]) -> bool:
    """Whether every clause states something of the person or of who is known already, and none can be an order."""
    known = {name.casefold(): handle for name, handle in subjects.items()}
    clauses = [clause for clause in _clauses(text) if not _COURTESY.fullmatch(clause)]
    claims = [_read_clause(clause, known) for clause in clauses]
    told = {"", *known.values()}
    return bool(claims) and all(
        claim and not _MAYBE_AN_ORDER.match(clause) and all(one.subject in told for one in claim)
        for clause, claim in zip(clauses, claims, strict=True)
    )


def _clauses(text: str) -> list[str]:
    parts = _CLAUSE.split(_EMPHASIS.sub(r"\2", text[:20_000]))
    return [_AFTERTHOUGHT.sub("", part.strip().strip("\"'").rstrip(" .!,;:")) for part in parts]


def _read_clause(clause: str, known: Mapping[str, str]) -> Sequence[Observation]:
    if not 3 < len(clause) < 400 or clause.endswith("?") or _TASK.match(clause) or _SAYING.match(clause):
        return []
    for reading in (_about_subject, _about_person, _taste):
        claims = reading(clause, known)
        if claims:
            return claims
    return []


def value_of(text: str, slot: str) -> str:
    """The value a corrected sentence gives a slot: what comes after "is"."""
    said = re.search(
        r"\b(?:is|are|in|lives in|works as)(?: now)? (?:an? |the )?(.+?)[.!]*$", text.strip(), re.IGNORECASE
    )
    return said[1] if said and slot else text


def _about_subject(clause: str, known: Mapping[str, str]) -> list[Observation]:
    if m := _NOT_KIND.search(clause) or _KIND.match(clause):
        return _identity(m["name"], "kind", m["kind"], f"{_shown(m['name'])} is a {m['kind']}", known)
    if m := _MY_KIND.match(clause):
        return _identity(m["name"], "kind", m["kind"], f"{m['name']} is the user's {m['kind']}", known, new=True)
    if (m := _NAMED.match(clause)) and (kind := m["kind"] or m["after"]):
        return _identity(m["name"], "kind", kind, f"{m['name']} is the user's {kind}", known, new=True)
    if (m := _BIRTHDAY.match(clause)) and m["name"]:
        return _identity(m["name"], "birthday", m["what"], f"{_shown(m['name'])}'s birthday is {m['what']}", known)
    if m := _POSSESSION.match(clause):
        text = f"{_shown(m['name'])}'s {m['slot']} is {m['what']}"
        return _identity(m["name"], m["slot"].lower().strip(), m["what"], text, known)
    if m := _HABIT.match(clause):
        text = f"{_shown(m['name'])} {m['when'].lower()} {m['what']}"
        return _identity(
            m["name"], "", f"{m['when']} {m['what']}", text, known, -1 if m["when"].lower() == "never" else 0
        )
    return []


def _identity(
    name: str, slot: str, value: str, text: str, known: Mapping[str, str], polarity: int = 0, *, new: bool = False
) -> list[Observation]:
    bare = name.removeprefix("@").removesuffix("'s").removesuffix("’s")
    if bare.casefold() in _NOT_NAMES or not (new or bare.casefold() in known or bare[:1].isupper() or name[0] == "@"):
        return []
    handle = known.get(bare.casefold(), "@" + bare.casefold())
    return [_claim(text, "subject", polarity, value.strip(), subject=handle, slot=slot)]


def _about_person(clause: str, known: Mapping[str, str]) -> list[Observation]:
    if m := _MY_NAME.match(clause):
        return [_claim(f"User's name is {m['what']}", "person", 0, m["what"], slot="name")]
    if m := _LIVE.match(clause):
        slot = "work" if m["slot"].lower() == "work" else "home"
        verb = "works" if slot == "work" else "lives in"
        return [_claim(f"User {verb} {m['what']}", "person", 0, m["what"], slot=slot)]
    if m := _BIRTHDAY.match(clause):
        return [_claim(f"User's birthday is {m['what']}", "person", 0, m["what"], slot="birthday")]
    return []


def _taste(clause: str, known: Mapping[str, str]) -> list[Observation]:
    for pattern, polarity, verb in (
        (_DISLIKE, -1, "User dislikes"),
        (_NEVER, -1, "User never wants"),
        (_LIKE, 1, "User likes"),
        (_ALWAYS, 1, "User always wants"),
        (_EACH_TIME, 1, "User always wants"),
    ):
        if m := pattern.match(clause):
            prefers = pattern is _LIKE and re.search(r"\bprefer", clause[: m.start("what")], re.IGNORECASE)
            return _each(m["what"], polarity, "User prefers" if prefers else verb, known)
    if m := _FAVOURITE.match(clause):
        text = f"User's favourite {m['of']} is {m['what']}"
        slot = f"favourite {m['of'].lower()}"
        return [_claim(text, _facet(f"{m['of']} {m['what']}", 1), 1, m["what"], slot=slot)]
    if m := _LESS.match(clause):
        polarity = 1 if m["how"].lower() == "more" else -1
        what = _thing(m["what"])
        return [_claim(f"User wants {m['how'].lower()} {what}", _facet(what, polarity), polarity, what)] if what else []
    return []


def _each(what: str, polarity: int, saying: str, known: Mapping[str, str]) -> list[Observation]:
    """One claim for each thing of a short list; a longer phrase stays whole."""
    parts = re.split(r",? (?:and|or|nor) |, ", what)
    parts = parts if all(len(part.split()) <= 3 for part in parts) else [what]
    claims = []
    for part in parts:
        thing = _thing(part)
        if thing and not _THING.match(thing):
            subject = next(
                (handle for name, handle in known.items() if re.search(rf"\b{re.escape(name)}\b", thing, re.I)), ""
            )
            claims.append(_claim(f"{saying} {thing}", _facet(thing, polarity), polarity, thing, subject=subject))
    return claims


def _thing(words: str) -> str:
    words = re.sub(
        r",? (?:keep that in mind|remember that|please|thanks|thank you|ok|(?:ever )?again|anymore|at all|a lot"
        r"|so much)\b.*$",
        "",
        words,
        flags=re.I,
    )
    return re.sub(r"^(?:the|a|an|any|some|when|it when|seeing) ", "", words.strip(" ,"), flags=re.I)


def _facet(words: str, polarity: int) -> str:
    return next(iter(facets_named(words)), "dislike" if polarity < 0 else "person")


def facets_named(words: str) -> tuple[str, ...]:
    """The facets whose words are said."""
    said = set(re.findall(r"[\w-]+", words.lower()))
    return tuple(facet for facet, vocabulary in facet_words().items() if said & vocabulary)


@cache
def facet_words() -> dict[str, frozenset[str]]:
    """The words that give a facet away, from facets.toml."""
    lists = tomllib.loads((Path(__file__).parent / "facets.toml").read_text(encoding="utf-8"))
    return {facet: frozenset(words.split()) for facet, words in lists.items()}


def _shown(name: str) -> str:
    return name.removeprefix("@")


def _claim(text: str, facet: str, polarity: int, value: str, *, subject: str = "", slot: str = "") -> Observation:
    return Observation.model_validate(
        {
            "text": text,
            "facet": facet,
            "polarity": polarity,
            "value": value,
            "subject": subject,
            "slot": slot,
            "source": "rule",
        }
    )
