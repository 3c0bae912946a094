"""A change of a picture as the request words it: not its opposite, not half of it, and not a new picture instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.lexicon import opening
from limner.agent.names import mentioned
from limner.agent.plan import EditImage, GenerateImage, PlanContext, Step

_PARTS = re.compile(r"[.;!?]+ +|, (?:and |then )*|,? (?:and )?then | and ", re.I)
_ADDED = re.compile(
    r"(?:(?:please|now|and|then),? )*(?:(?:can|could|would|will) you (?:please )?)?"
    r"(?P<change>(?:add|remove) (?:an?|some|the) [^.;!?]+)",
    re.I,
)
_WORD = re.compile(r"[a-z]{3,}")
_CHANGE = re.compile(
    r"\b(?:should|must|has to|needs to|is to|shall) (?:be|become|turn|get)\b"
    r"|^(?:please |now )*(?:make|turn|colou?r|recolou?r|dye|tint|change)\b",
    re.I,
)

_CHANGED_TO = re.compile(
    r"(?:(?:please|now|and|then),? )*(?:(?:can|could|will) you )?"
    r"(?:(?:change|turn|switch) (?:it|that|this)(?: one| picture)? (?:in)?to"
    r"|make it(?= (?:a |an )?(?:(?:dark )?night|day|dawn|dusk|winter|summer|autumn|evening|morning|rain|snow)))"
    r" (?!(?:an? )?(?:gif|clip|animation|video)\b)(?P<what>[^.;!?]+)",
    re.I,
)
_OPPOSITES = {
    "longer": "shorter", "bigger": "smaller", "larger": "smaller", "darker": "lighter", "brighter": "darker",
    "wider": "narrower", "taller": "shorter", "thicker": "thinner", "higher": "lower", "warmer": "colder",
    "fatter": "thinner", "softer": "harder", "more": "less", "older": "younger", "louder": "quieter",
    "closer": "further",
}  # fmt: skip


def changed_to(step: GenerateImage, made: GenerateImage, context: PlanContext, text: str) -> bool:
    """`Change it to night time`, of the picture that was just made, which was to be drawn anew."""
    found = _CHANGED_TO.fullmatch(text.strip(" .!?"))
    names = (*context.subjects, *context.styles)
    return bool(
        found
        and set(step.subjects) == set(made.subjects)
        and step.styles in ((), made.styles)
        and not any(mentioned(name, found["what"]) for name in names)
    )


_BACK_TO = re.compile(
    r"(?:(?:ok(?:ay)?|now|so|please|and)[, ]+)*(?:go )?back to (?:the|that|my) [\w ]{2,30}?"
    r" (?:one|picture|pic|drawing|image)"
    r"(?:[,:;.]| [-–]|,? (?:and|but))+ +(?P<change>.+)",
    re.I,
)
_CHANGE = re.compile(
    r"(?:(?:please|now|can you|could you|just|do ?n['’]?t touch [^,;.]{2,30}? but),? )*"
    r"(?:swap|replace|change|turn|add|remove|lose|recolou?r|brighten|darken|lighten|erase|take"
    r"|(?:make|give|put) (?:the|his|her|its|their|him|it|an?|some)\b(?! (?:try|go)))\b",
    re.I,
)


def back_to(text: str) -> str:
    """`Back to the canoe one, swap the water for clouds`: the change of a picture that is told of before it."""
    found = _BACK_TO.fullmatch(text.strip())
    return found["change"].strip(" .!") if found and _CHANGE.match(found["change"]) else ""


def added_to(text: str) -> str:
    """`Could you add a butterfly?`: the change, which may be refused only for what is never drawn."""
    found = _ADDED.fullmatch(text.strip(" .!?"))
    words = opening("refused", "words")
    return found["change"] if found and not (words and words.search(text)) else ""


def changed_after(steps: Sequence[Step], text: str) -> list[Step]:
    """`Ada on a camel, and the camel should be green`: that picture changed, where a green camel alone was planned."""
    done: list[Step] = []
    for step in steps:
        change = _said_of(step, done[-1], text) if done else ""
        done.append(EditImage(image_ref="last", instruction=change) if change else step)
    return done


def _said_of(step: Step, before: Step, text: str) -> str:
    """What the request says of a thing in the picture before, where a picture of that thing was planned."""
    if not (isinstance(step, GenerateImage) and isinstance(before, GenerateImage) and before.subjects):
        return ""
    things = set(_WORD.findall(step.prompt.lower())) & set(_WORD.findall(before.prompt.lower()))
    of_it = re.compile(rf"\b(?:the|his|her|its) (?:{'|'.join(things) or '(?!)'})\b", re.I)
    said = [part for part in _PARTS.split(text) if of_it.search(part)]
    plain = len(said) == 1 and not step.subjects and _CHANGE.search(said[0])
    return said[0].strip(" ,.!") if plain else ""


def not_the_opposite(change: str, text: str) -> str:
    """`the ears are too short, make them longer`, where they were to be made shorter."""
    for one, other in [*_OPPOSITES.items(), *((other, one) for one, other in _OPPOSITES.items())]:
        said, planned = (re.search(rf"\b{word}\b", where, re.I) for word, where in ((one, text), (other, change)))
        # `less crowded` is no opposite of `no more people`.
        what = re.match(r" \w+", change[planned.end() :]) if planned and other in ("more", "less") else None
        if what and not re.search(rf"\b{one}{what[0]}\b", text, re.I):
            continue
        if said and planned and not re.search(rf"\b{other}\b", text, re.I):
            return re.sub(rf"\b{other}\b", one, change, flags=re.I)
    return change


def whole_change(instruction: str, text: str) -> str:
    """`make the fur black` for `make it black`, when a word in the middle of the change got lost."""
    if instruction.lower().startswith("should ") and text.lower().rstrip(".!").endswith(instruction.lower()):
        return text.strip(" .!")
    words, said = instruction.lower().split(), text.lower().split()
    if len(words) < 2 or not set(words) <= set(said) or " ".join(words) in " ".join(said):
        return instruction
    first, last = said.index(words[0]), len(said) - 1 - said[::-1].index(words[-1])
    found = text.split()[first : last + 1]
    lost = set(words) - {word.lower() for word in found}
    return " ".join(found) if 0 < last - first < len(words) + 3 and not lost else instruction
