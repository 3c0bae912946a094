"""A name that is taught is never asked about as something unknown of another kind."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limner.agent.names import closest, fold
from limner.agent.plan import Animate, GenerateImage, PlanContext, Step

_UNKNOWN = (
    r"(?:\bI (?:do not|don['’]?t) (?:yet )?(?:know|have) (?:(?:the|an?|any) )?(?:\w+ )?(?:called |named )?"
    r"|\bWho is )"
)

_ARTICLE = r"(?:an?|the|his|her|its|our|your|their|some|this|that|these|those|each|every)"


def of_own_kind(step: Step, subjects: Iterable[str], styles: Iterable[str]) -> Step:
    """The step with a subject among its styles moved to its subjects, and a style to its styles."""
    if not isinstance(step, GenerateImage | Animate):
        return step
    known, ways = tuple(subjects), tuple(styles)
    people = [name for name in step.styles if not closest(name, ways) and known_as(name, known)]
    looks = [name for name in step.subjects if not closest(name, known) and known_as(name, ways)]
    if not people and not looks:
        return step
    return step.model_copy(
        update={
            "subjects": tuple(dict.fromkeys([*(n for n in step.subjects if n not in looks), *people])),
            "styles": tuple(dict.fromkeys([*(n for n in step.styles if n not in people), *looks])),
        }
    )


def without_nouns(step: GenerateImage | Animate, subjects: Iterable[str], styles: Iterable[str], text: str) -> Step:
    """The step without names nobody has that the request says as plain nouns: `the neighbour with a pot`."""
    known, ways = tuple(subjects), tuple(styles)
    who = tuple(
        name
        for name in step.subjects
        if known_as(name, known)
        or not (re.fullmatch(_ARTICLE, name) or (not closest(name, known) and _noun(name, text)))
    )
    looks = tuple(name for name in step.styles if closest(name, ways) or _asked(name, text) or not _noun(name, text))
    return step.model_copy(update={"subjects": who, "styles": looks})


def _asked(style: str, text: str) -> bool:
    return bool(re.search(rf"\b(?:in|use|using) {_ARTICLE} {re.escape(style)}(?!\w)", text, re.IGNORECASE))


def _noun(name: str, text: str) -> bool:
    """Whether a word stands in a text, in small letters, behind nothing but articles."""
    found = [one.start() for one in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w| (?:style|look)\b)", text)]
    said = re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    plain = name.islower() and len(found) == len(said) > 0
    return plain and all(re.search(rf"\b{_ARTICLE} $", text[:at], re.IGNORECASE) for at in found)


def mistaken(question: str, context: PlanContext) -> str:
    """The taught name that a question is about as if nobody knew it; empty when there is none."""
    names = sorted((*context.subjects, *context.styles, *context.motions), key=len, reverse=True)
    # Not `the style Theo Jansen`.
    asked = (
        name for name in names if re.search(rf"{_UNKNOWN}{re.escape(name)}(?!\w|['’]s\b| (?-i:[A-Z]))", question, re.I)
    )
    return next(asked, "")


def known_as(name: str, pool: Iterable[str]) -> bool:
    """Whether it is one of these names, however it is spelt."""
    return any(fold(name) == fold(one) for one in pool)
