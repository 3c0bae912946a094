"""Whom a word for a kind (`the dog`) or for several (`my pets`) may mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from limner.agent.english import plural
from limner.agent.lexicon import alternatives, keys, says
from limner.agent.names import mentioned, with_signs_named

# `everyone laughed` tells a story, `everyone on the beach` is a picture.
TELLING = (
    r"(?!(?: (?:at|in|from|on) (?:(?:the|my|our) )?(?:\w+ )??\w+)? (?:says?|said|lov|lik|know|knew|want|told"
    r"|thinks?\b|thought|laugh|came|is\b|was\b|took|clap|agree|hate|enjoy|asks?\b|asked|voted|thank)| else|['’]s\b)"
)
# Words of several that are no plural of a kind.
MIXED = ("any", "beings", "people", "grown", "young")
# Those that leave somebody out: all but `any`, which may be anybody.
GROUPS = ("beings", "people", "grown", "young", "girls", "boys", "dogs", "cats")
EACH_OF_MINE = r"(?:of (?:mine|ours)|(?:that )?(?:i|we)(?:['’]ve)? (?:have|own|got|taught you))"


def kind_said(kind: str, text: str) -> bool:
    text = with_signs_named(text)
    said = rf"(?<!\w)(?:{re.escape(kind)}|{re.escape(plural(kind))}(?!\w))" if kind else "(?!)"
    return bool(re.search(said, text, re.I)) or says(text, "kinds", kind) or says(text, "alike", kind)


def kind_meant(kind: str, text: str) -> bool:
    """Whether it may speak of that kind: `the trolley` of a shopping trolley, `no bear` of a teddy bear."""
    last = kind.split()[-1:]
    return kind_said(kind, text) or (last != [kind] and any(kind_said(noun, text) for noun in last))


def spoken_of(name: str, subjects: Mapping[str, str], text: str) -> bool:
    """Whether it names a subject, or may speak of its kind."""
    return mentioned(name, text) or kind_meant(subjects.get(name, name), text)


def only_ones(subjects: Mapping[str, str]) -> dict[str, str]:
    """Those who are the only one of their kind."""
    kinds = list(subjects.values())
    return {name: kind for name, kind in subjects.items() if kind and kinds.count(kind) == 1}


def of_kind(text: str, subjects: Mapping[str, str]) -> tuple[str, ...]:
    """The subjects whose kind is said, in any of the seven languages."""
    return tuple(name for name, kind in subjects.items() if kind_said(kind, text))


def group_said(text: str) -> bool:
    """`my pets in a boat`; not `my kids can't sleep`."""
    return any(_group_of(word).search(text) for word in MIXED)


def grouped(kind: str, text: str) -> bool:
    """Whether a word of several may mean somebody of this kind: `the twins` two boys, `my pets` a dog."""
    return any(
        _group_of(word).search(text) and re.fullmatch(alternatives("group_kinds", word), kind, re.IGNORECASE)
        for word in keys("group_words")
    )


def of_group(text: str, subjects: Mapping[str, str], said: Iterable[str] = GROUPS) -> tuple[str, ...]:
    """The subjects of whom a word of several speaks, with `the` before it or not: `humans`, `cats`, `pets`."""
    return tuple(
        name
        for name, kind in subjects.items()
        if re.search(rf"(?<!\w){re.escape(plural(kind) if kind else '(?!)')}(?!\w)", text, re.I)
        or any(
            re.search(rf"(?<!\w)(?:{alternatives('group_words', word)})(?!\w|['’])", text, re.I)
            and re.fullmatch(alternatives("group_kinds", word), kind, re.I)
            for word in said
        )
    )


@functools.cache
def _group_of(word: str) -> re.Pattern[str]:
    whose = (
        r"the|my|our|these|those|only|just|nur|s[oó]lo|seulement|só|apenas|s[äa]mtliche|alle|tod[oa]s|tutt[ie]"
        r"|tous|toutes|mis?|nuestr[oa]s?|los|las|die|meine|unsere|les|mes|nos|ma|i|le|as|os|mia|minha|mijn|onze|alleen"
    )
    told = r"(?! (?:can|could|are|were|have|had|need|turn|miss)\b)"
    which = r"(?:(?:whole|entire) (?:\w+ ){0,3}?|\w+ )?"
    ways = rf"(?:{whose}) {which}(?:{alternatives('group_words', word)})(?!\w)"
    if word in keys("group_each"):
        ways += rf"|(?:every|each)(?: single)? (?:{alternatives('group_each', word)}) {EACH_OF_MINE}"
    return re.compile(rf"(?<!\w)(?:all |both )?(?:of )?(?:{ways}){TELLING}{told}", re.IGNORECASE)


@functools.cache
def broader(kind: str) -> tuple[str, ...]:
    """The words for more than one kind that it may be called by: a parrot is a bird."""
    return tuple(word for word in keys("broader") if re.fullmatch(alternatives("broader", word), kind, re.I))
