"""How many pictures somebody asked for: a number that nobody said makes no fifty of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limner.agent.earlier import last_drawn
from limner.agent.explicit import SEED
from limner.agent.lexicon import alternatives, keys
from limner.agent.plan import GenerateImage, PlanContext

# As many as `a few` may be, and as a planner may choose.
FEW = 6
# As many as a memory may ask for by itself, and as `lots` may be.
MOST_REMEMBERED = 12
LOTS = 24
_LOTS = re.compile(
    r"\b(?:lots?|loads|heaps|tons|many|plenty|viele|veel|muchos|muchas|beaucoup|molti|molte|muitos|muitas)\b",
    re.I,
)
# Numbers that need not be known one by one: `forty-five`, `three dozen`, `a hundred`.
_LARGE = re.compile(
    r"\b(?:\w*(?:thir|for|fif|six|seven|eigh|nine|twen)ty(?:[- ]?\w+)?|\w+teen|dozens?|hundreds?|score|century"
    r"|\w*(?:und|zwan|drei|vier|fünf|sech|sieb|acht|neun)(?:zig|ßig)|\w*hundert|dutzend\w*|\w*zehn|vingt\w*|trente\w*"
    r"|\w*(?:twin|der|veer|vijf|zes|zeven|tach|negen)tig|\w*honderd|dozijn"
    r"|(?:quar|cinqu|soix)ante\w*|cent|douzaines?|\w+enta(?: y \w+| e \w+)?|veinti\w+|cien(?:to)?|docenas?|cento"
    r"|d[ei][zc](?:ain|in|en)[ae]s?|\w*dici\w*|quinze|seize|dix|diez|dez|dieci|dozzine?"
    r"|(?:quar|cinqu|sess|sett|ott|nov)anta\w*|dúzias?|cem|vinte|trint[ae]|treinta|trenta|venti\w*|veinte)\b",
    re.I,
)

# `ten of us chipped in`
_OF_US = re.compile(r"\b(?:\d+|\w+) of (?:us|you)\b", re.I)
# `the same again, but twice as many`
_TIMES = re.compile(
    r",? ?\b(?:but |and |with )?(?:(?P<twice>twice|double|two times|2x)|(?P<thrice>thrice|three times|triple|3x)"
    r"|(?P<half>half)) (?:as many|(?:of )?the (?:number|amount)|the (?:number|amount) of (?:pictures|them|it))"
    r"(?: (?:as (?:before|last time|that)|please|again|this time))*\b",
    re.I,
)


def asked_for(step: GenerateImage, context: PlanContext, text: str, unread: bool) -> GenerateImage:
    """The step with as many pictures as may be meant, and one where nobody said so many.

    In a language that is `unread` here any number may have been said.
    """
    made = last_drawn(context)
    if (times := _TIMES.search(text)) and made and len(set(made.subjects)) == len(set(step.subjects)):
        factor = 2 if times["twice"] else 3 if times["thrice"] else 0.5
        return step.model_copy(
            update={"count": max(1, round(factor * made.count)), "prompt": _TIMES.sub("", step.prompt).strip(" ,")}
        )
    said = _OF_US.sub(" ", SEED.sub(" ", text))
    said = SEED.sub(" ", " ".join([said, *(one for turn in context.history for one in (turn.user, *turn.calls))]))
    if step.count <= FEW or unread or _LARGE.search(said) or step.count <= max(_numbers(said), default=0):
        return step
    if _LOTS.search(said):
        return step.model_copy(update={"count": min(step.count, LOTS)})
    remembered = {number for line in context.memory for number in _numbers(line.text)}
    if step.count in remembered and step.count <= MOST_REMEMBERED:
        return step
    return step.model_copy(update={"count": 1})


def _numbers(text: str) -> Iterable[int]:
    """The numbers of a text that may be numbers of pictures; a year is none, `4x4` is sixteen."""
    yield from (int(rows) * int(columns) for rows, columns in re.findall(r"\b(\d) ?[x×] ?(\d)\b", text))
    yield from (
        int(number)
        for number in re.findall(r"(?:(?<![\w-])|(?<=\bx))\d{1,3}(?=x\b|×|(?!\w))", text)
        if int(number) <= 100
    )
    for number in keys("numbers"):
        if re.search(rf"(?<!\w)(?:{alternatives('numbers', number)})(?!\w)", text, re.I):
            yield int(number)
