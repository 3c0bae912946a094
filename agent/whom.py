"""Who is meant by their kind: both cats, Grace's dog, the one with the eyepatch."""

from __future__ import annotations

import re
from dataclasses import dataclass

from limner.agent.explicit import named_in
from limner.agent.kinds import group_said
from limner.agent.left_out import everyone_said
from limner.agent.lexicon import alternatives, keys, opening, whole
from limner.agent.plan import PlanContext

_ONE = re.compile(
    r"(?:, ?)?\b(?:the|my) (?:one|\w+) (?:with|who|that|which)(?: (?:has|wears|likes|loves|is|an?|the))* (?P<what>\w+)",
    re.I,
)

# `neither Mum nor Dad, the boys`
_REFUSED = re.compile(r"\b(?:neither\b[^.;!?]*?\bnor|not|without)\b[^,.;!?]*", re.I)  # `the hens will not lay`
_TOLD = r"(?! (?:will|won|can|could|are|aren|were|have|haven|had|do|don|did|didn|need|miss)\b)"
MOST_WORDS = 25
_ONE_ALONE = re.compile(r"[,:;.] *(?:but )?one(?:['’]s| of them| (?!is\b)\w+s)\b", re.I)
_NOT_HIM = (
    r"\b(?:but )?not {name}(?!\w|['’]s)(?= *(?:[,.;:!?)]|$|though\b|please\b|this time\b))"
    r"|\b(?:don['’]?t|do not|no need to) bother with {name}(?!\w|['’]s)"
    r"|\bbut {name}(?= *(?:[,.;:!?)]|$))"
)


def all_of_a_kind(context: PlanContext, text: str) -> tuple[str, ...]:
    """Everybody of a kind of which the request names as many as there are, with those it names beside them."""
    # `all three kids, minus the youngest`, `my two dogs: one hates baths`, `all the kids, all the dogs`
    # `all of us, hats on only the boys`
    if whole("apart").search(text) or _ONE_ALONE.search(text) or group_said(text) or everyone_said(text):
        return ()
    found: list[str] = []
    # `my dogs birthday, just him` is one dog's.
    single = re.search(r"\b(?:him|her|he|she|his)\b", text, re.I)
    for kind, names in _kinds(context).items():
        amount = _amount(len(names), bare=not single)
        # Not `the older of my two cats`, `none of the cats`.
        shown = "|".join(
            f"(?<={what} of )"
            for one in (
                "gif",
                "clip",
                "video",
                "picture",
                "pic",
                "drawing",
                "image",
                "portrait",
                "sketch",
                "photo",
                "painting",
            )
            for what in (one, f"{one}s")
        )
        before = rf"(?:(?<!\bof )|{shown})(?<!either )(?<!without )(?<!leave )(?<!leaving )(?<!keep )(?<!minus )"
        every = rf"{before}\b(?:{amount}) (?:of )?(?:(?:my|our|the) )?(?:{_said(kind)})s\b{_TOLD}"
        said = re.search(every, text, re.I)
        # Who "the boys" are may have been told.
        told = said and any(said[0].casefold() in line.text.casefold() for line in context.memory)
        if len(names) > 1 and said and not told:
            found += names
    if not found:
        return ()
    out = {name for name in found if re.search(_NOT_HIM.format(name=re.escape(name)), text, re.I)}
    for kind, names in _kinds(context).items():
        one = rf"\b(?:and|with|plus) (?:my|our|the) (?:(?:one|only|single) )?(?:{_said(kind)})(?!\w)"
        found += [name for name in names if len(names) == 1 and name not in found and re.search(one, text, re.I)]
    named = named_in(_REFUSED.sub(" ", text), context.subjects)
    return tuple(name for name in context.subjects if name not in out and (name in found or name in named))


@dataclass(frozen=True)
class Meant:
    """Somebody of the catalogue, the words that stand for them, and who is only named in these words."""

    name: str
    words: str
    owner: str = ""


def meant(context: PlanContext, text: str) -> Meant | None:
    """Whom an owner or a description stands for: `Grace's dog`, `the one with the eyepatch`."""
    return _owned(context, text) or _described(context, text)


def _owned(context: PlanContext, text: str) -> Meant | None:
    """The one of that kind that a memory gives the owner, or the only one there is."""
    if len(text.split()) > MOST_WORDS:  # a story, with others' dogs in it
        return None
    said = text.casefold().replace("’", "'")
    for owner in context.subjects:
        if f"{owner.casefold()}'s " not in said:
            continue
        for kind, names in _kinds(context).items():
            found = re.search(
                rf"(?<!\w)(?<!\bno )(?<!\bnot ){re.escape(owner)}['’]s (?:\w+ )?(?:{_said(kind)})(?!\w)", text, re.I
            )
            told = [one for one in names if any({owner, one} <= _named(line.text, context) for line in context.memory)]
            who = told if len(told) == 1 else names
            if found and len(who) == 1 and who[0] != owner:
                return Meant(who[0], found[0], owner)
    return None


def _described(context: PlanContext, text: str) -> Meant | None:
    """The one of whom a memory says it."""
    found = _ONE.search(text)
    if found is None or len(found["what"]) < 4:
        return None
    lines = [line.text for line in context.memory if found["what"].lower() in line.text.lower()]
    told = [_named(line, context) for line in lines]
    return Meant(next(iter(told[0])), found[0]) if len(told) == 1 and len(told[0]) == 1 else None


def _kinds(context: PlanContext) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for name, kind in context.subjects.items():
        kinds.setdefault(kind, []).append(name)
    return kinds


def _said(kind: str) -> str:
    elsewhere = opening("kinds", kind)
    return "|".join(filter(None, (re.escape(kind), alternatives("kinds", kind) if elsewhere else "")))


def _amount(count: int, bare: bool) -> str:
    ways = [
        *(["the", "my", "our"] if bare else []),
        "all",
        "all the",
        "all my",
        "all our",
        *(["both"] if count == 2 else []),
    ]
    if str(count) in keys("numbers"):
        ways += [rf"(?:the|my|our) (?:{alternatives('numbers', str(count))}|{count})"]
    return "|".join(ways)


def _named(line: str, context: PlanContext) -> set[str]:
    return {name for name in context.subjects if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line)}
