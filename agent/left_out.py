"""Whom a request leaves out (`everyone but Rex`, `apart from the van`, `sauf Lou`), and so whom it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from limner.agent.kinds import TELLING, broader, kind_said, of_group, of_kind, spoken_of
from limner.agent.lexicon import whole
from limner.agent.names import fold, without_longer
from limner.agent.phrases import PEOPLE

# Where whoever is left out has been named.
GOES_ON = re.compile(
    r"\b(?:in|on|at|by|under|over|with|wearing|as|for|from|because|since|so|who|to|is|was|has|\w{2,}ing)\b|[.;:!?]",
    re.I,
)
# `all of the cats`, `alle meine Katzen`: up to the word that says whom.
_OF_THOSE = re.compile(
    r" (?:(?:of|the|my|our|los|las|mis|nuestr[oa]s|die|meine|unsere|les|mes|nos|i|gli|le|miei|mie|nostr[ie]"
    r"|os|as|meus|minhas|nossos|nossas|de|mijn|onze) )*(?P<whom>\w+)",
    re.I,
)


# `everyone who isn't a bird`
_NOT_A = re.compile(
    r",? (?:that|who|which) (?:are|is)(?:n['’]?t| not) (?:an? )?(?P<what>[a-z]+?)s?(?= *(?:[,.;!?]|$)| \w+ing\b)", re.I
)
_NOT_HUMAN = re.compile(r"\b(?:that|who|which) (?:are|is)(?:n['’]t| not) (?:an? )?(?:human|people|person)s?\b", re.I)
_THEM = re.compile(r"(?:all|every (?:single )?one) of them|them all", re.I)


def but(planned: Sequence[str], subjects: Mapping[str, str], text: str) -> tuple[str, ...] | None:
    """Everyone, or everyone except those named after the exception; None where only the planner can tell."""
    if not planned:
        return None
    everyone = everyone_said(text)
    # `Ada among clocks, all of them striking`: those that were told of just before.
    told = re.split(r"[.!?;] ", text[: everyone.start()])[-1] if everyone else ""
    beside = re.search(r"\b(?:and|with|plus) $", told)
    if everyone and _THEM.fullmatch(everyone[0]) and not beside and any(_named(name, told) for name in subjects):
        return None
    if everyone and _NOT_HUMAN.search(text, everyone.end()):
        return tuple(name for name, kind in subjects.items() if kind not in PEOPLE) or None
    if everyone and (not_those := _NOT_A.match(text, everyone.end())):
        what = not_those["what"].lower()
        kept = tuple(name for name, kind in subjects.items() if not (kind_said(kind, what) or what in broader(kind)))
        return kept if 0 < len(kept) < len(subjects) else None
    exceptions = [found for found in _exceptions(text) if everyone is None or _beside(everyone, found, text)]
    if everyone and (those := _OF_THOSE.match(text, everyone.end())) and of_kind(those["whom"], subjects):
        return without_those(planned, subjects, text)
    if not exceptions:
        narrowed = everyone and re.match(rf"[ ,]*{whole('some_of').pattern}", text[everyone.end() :], re.IGNORECASE)
        some = narrowed or whole("turned_down").search(text) or named_inside(text, subjects)
        return None if some else tuple(subjects)
    gone = set().union(*(_behind(found, subjects, text) for found in exceptions))
    if set(planned) == gone and any(_named(name, _rest(exceptions, text)) for name in gone):
        return None  # `Everybody is ill apart from Ada. So Ada, please`
    kept = tuple(name for name in subjects if name not in gone)
    return kept if gone and kept else None


def without_those(planned: Sequence[str], subjects: Mapping[str, str], text: str) -> tuple[str, ...] | None:
    """`my pets but not the goat`: the planner's choice without whom the words leave out."""
    gone = set().union(*(_behind(found, subjects, text) for found in _exceptions(text)[:1]))
    kept = tuple(name for name in planned if name not in gone)
    return kept if kept and len(kept) < len(planned) else None


def others_meant(planned: Sequence[str], subjects: Mapping[str, str], text: str) -> bool:
    """Whether a request speaks of nobody but whom it leaves out, so that whoever else is drawn is the planner's choice.

    `minus Jonas: beach volleyball`, `omit the baby, everyone else on a slide`.
    """
    gone = left_out(subjects, text)
    if not gone and not whole("rest").search(text):
        return False
    spoken = {name for name in subjects if name not in gone and spoken_of(name, subjects, text)}
    if not gone:  # `exclude it`: whoever was spoken of is not of the rest
        return not spoken & set(planned)
    return not gone & set(planned) and not spoken


def left_out(subjects: Mapping[str, str], text: str) -> set[str]:
    """Who is named behind words that always leave somebody out, be it out of everyone or not."""
    return set().union(*(_behind(found, subjects, text) for found in whole("apart").finditer(text)))


def everyone_said(text: str) -> re.Match[str] | None:
    return re.search(f"{whole('everyone').pattern}{TELLING}", text, re.IGNORECASE)


def named_inside(text: str, subjects: Mapping[str, str]) -> tuple[str, ...]:
    """Subjects spelt as in the catalogue, not opening a sentence, not as an owner."""
    names = tuple(subjects)
    return tuple(
        name
        for name in names
        if not name[:1].islower()
        and re.search(rf"(?<!\w)(?<!^)(?<![.!?:] ){re.escape(name)}(?!\w|['’]s\b)", without_longer(name, names, text))
    )


def _exceptions(text: str) -> list[re.Match[str]]:
    found = [*whole("except").finditer(text), *whole("apart").finditer(text)]
    return sorted(found, key=lambda one: one.start())


def _beside(everyone: re.Match[str], exception: re.Match[str], text: str) -> bool:
    """Whether it says who of everyone stays out: in the same sentence, or opening another."""
    between = sorted((everyone, exception), key=lambda found: found.start())
    apart = re.search(r"[.:;!?]\s", text[between[0].end() : between[1].start()])
    return not apart or bool(re.search(r"(?:^|[.;!?]\s+(?:but |oh |and )?)$", text[: exception.start()], re.I))


def _behind(exception: re.Match[str], subjects: Mapping[str, str], text: str) -> set[str]:
    """Whom the words right behind an exception name; nobody in `all but asleep, poor Nonno`."""
    there = _named_there(text[exception.end() :], subjects)
    return _all_named(subjects, there) if _all_named(subjects, there.strip(" ,").split(",")[0]) else set()


def _named_there(text: str, subjects: Mapping[str, str]) -> str:
    """Up to where the sentence goes on with something else than whom it leaves out."""
    names = sorted(subjects, key=len, reverse=True)
    hidden = re.sub("|".join(map(re.escape, names)) or "(?!)", lambda found: "x" * len(found[0]), text, flags=re.I)
    end = GOES_ON.search(hidden)
    return text[: end.start()] if end else text


def _rest(exceptions: Sequence[re.Match[str]], text: str) -> str:
    """The sentences without an exception."""
    ends = [at.end() for at in re.finditer(r"[.!?;]\s+|$", text)]
    parts = zip([0, *ends], ends, strict=False)
    return " ".join(text[a:b] for a, b in parts if not any(a <= one.start() < b for one in exceptions))


def _all_named(subjects: Mapping[str, str], text: str) -> set[str]:
    named = {name for name in subjects if _named(name, without_longer(name, subjects, text))}
    # `Auntie May` speaks of no other woman.
    rest = re.sub("|".join(re.escape(name) for name in named) or "(?!)", " ", text, flags=re.I)
    short = _in_short(rest, subjects)
    # `my auntie` is no other woman either.
    rest = re.sub(rf"\b(?:{'|'.join(map(re.escape, ' '.join(short).split())) or '(?!)'})\b", " ", rest, flags=re.I)
    return named | short | set(of_kind(rest, subjects)) | set(of_group(rest, subjects))


def _in_short(text: str, subjects: Mapping[str, str]) -> set[str]:
    """`The boat` for the only sailboat, `the teddy` for the only teddy bear."""
    found: set[str] = set()
    for word in re.findall(r"\b(?:the|my|our) (\w{4,})", text.lower()):
        alike = {
            name
            for name, kind in subjects.items()
            if kind.lower().endswith(word) or word in f"{name} {kind}".lower().split() or word in broader(kind)
        }
        found |= alike if len(alike) == 1 else set()
    return found


def _named(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(fold(name))}(?!\w)", fold(text)))
