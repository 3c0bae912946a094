"""From a turn's own words to claims: rules as the floor, a language model above them, every claim checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from limner.memory import rules
from limner.memory.values import FACETS, Observation


class Extractor(Protocol):
    """A language model's reading of one turn; it is given what the person said and never what was recalled."""

    def extract(self, text: str, subjects: Mapping[str, str]) -> Sequence[Observation]: ...


def from_model(text: str, subjects: Mapping[str, str], extractor: Extractor) -> list[Observation]:
    """What a model found beyond the rules, each claim borne out by the words of the turn; the rest is dropped."""
    if not worth_reading(text):
        return []
    stated = rules.read(text, subjects)
    found: list[Observation] = []
    for claim in extractor.extract(text, subjects):
        checked = claim.model_copy(update={"source": "llm", "depends_on": (), "valid_from": None})
        if is_borne_out(checked, text, subjects) and not any(_same(checked, one) for one in (*stated, *found)):
            found.append(checked)
    return found


def worth_reading(text: str) -> bool:
    """Whether the person speaks of themselves or of theirs at all: an order to draw something states nothing."""
    return bool(_PERSONAL & set(_words(text)))


def is_borne_out(claim: Observation, text: str, subjects: Mapping[str, str]) -> bool:
    """Whether every content word of the claim was said, its subject was spoken of, and its liking was put in words.

    Language models make up a third to a half of what they claim of people (see docs/memory.md), mostly by
    concluding a taste from an order: "draw it in neon" is no liking of neon.
    """
    said = set(_words(text))
    names = {name.casefold() for name, handle in subjects.items() if handle.casefold() == claim.subject.casefold()}
    spoken_of = not claim.subject or any(name in text.casefold() for name in names or {claim.subject.lstrip("@")})
    told = [word for word in _words(f"{claim.text} {claim.value}") if word not in _FRAME and word not in names]
    if claim.facet not in FACETS or not spoken_of or not told:
        return False
    if claim.polarity and not (_REFUSES if claim.polarity < 0 else _WANTS).search(text):
        return False
    return all(any(_kin(word, other) for other in said) for word in told)


def _same(one: Observation, other: Observation) -> bool:
    if one.subject.casefold() != other.subject.casefold():
        return False
    if one.slot and one.slot == other.slot:
        return True
    return set(_words(one.value or one.text)) <= set(_words(f"{other.value} {other.text}"))


def _kin(word: str, other: str) -> bool:
    """The same word, give or take an inflection: hats and hat, wants and wanted; a gardener is no garden."""
    return word == other or not _stems(word).isdisjoint(_stems(other))


def _stems(word: str) -> set[str]:
    return {word} | {word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 3}


def _words(text: str) -> list[str]:
    """Words of more than one letter: the s of "Rex's" is none."""
    return [word for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) > 1 or word == "i"]


_ENDINGS = ("s", "es", "d", "ed", "ing", "e", "en", "n")
# The words a claim may have of its own: what turns "I hate neon" into "User dislikes neon".
_FRAME = frozenset(
    _words(
        "the a an user users person i we my our they their them he she his her it its is are was were be has have had"
        " does do not no never always often like likes liked love loves prefer prefers want wants wanted dislike"
        " dislikes hate hates favourite favorite enjoys enjoy avoid avoids named called name kind of in on at to for"
        " with and or that this than as by from who which more less very"
    )
)
_PERSONAL = frozenset(
    _words(
        "i i'm me my mine we us our ours always never no not don't hate love like prefer favourite favorite enjoy more"
        " less avoid stop remember actually he she his her is are"
        " ich mein meine meinen mag hasse liebe immer nie kein keine wir unser je j'aime mon ma mes nous notre"
        " toujours jamais déteste adore yo mi mis me gusta odio siempre nunca nuestro io mio mia sempre mai adoro"
        " eu meu minha gosto"
    )
)
_WANTS = re.compile(
    r"\b(?:lik(?:e|es|ed|ing)|lov(?:e|es|ed|ing)|prefer\w*|favou?rite\w*|enjoy\w*|ador\w*|want\w*|wish\w*|always|more"
    r"|fond|into|fan|best|happy|please\w*|mag|liebe\w*|immer|lieber|gern\w*|aim\w*|préfèr\w*|toujours|gust\w*|encant\w*"
    r"|siempre|piac\w*|sempre|gost\w*)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"n['’]t\b|\b(?:not|no|never|hate\w*|dislik\w*|loath\w*|detest\w*|can['’]?t|cannot|less|fewer|stop|avoid|without"
    r"|sick|tired|ugly|awful|nicht|kein\w*|nie|hasse\w*|weniger|ne|pas|jamais|déteste\w*|moins|nunca|odi\w*|menos|non"
    r"|mai|meno|não)\b",
    re.IGNORECASE,
)
