"""Words in quotes that stand in a picture: they are drawn as they were written, all of them."""

from __future__ import annotations

import re

from limner.agent.lexicon import whole
from limner.agent.names import mentioned
from limner.agent.plan import Animate, GenerateImage, PlanContext, Step

QUOTED = re.compile(r'"([^"]{2,80})"|“([^”]{2,80})”|«\s*([^»]{2,80}?)\s*»')
WRITTEN = re.compile(
    rf"{whole('written').pattern}"
    r"[^\w\"“«]*(?:(?:the|a|of|on|it|in|that|words?|text|and|is|to|for|him|her|them) ?){0,3}[^\w\"“«]*$",
    re.I,
)


def written(text: str) -> list[str]:
    """The quotes that stand in the picture; not what somebody said of a wolf."""
    return [_words(found) for found in QUOTED.finditer(text) if WRITTEN.search(text[: found.start()])]


def only_quoted(style: str, context: PlanContext, text: str) -> bool:
    """Whether a style stands in the words of a picture and nowhere else: `"3D IS DEAD" on a wall`."""
    alone = any(_words(found).casefold() == style.casefold() for found in QUOTED.finditer(text))
    if alone or style not in context.styles:  # `the "felt" style`, and one that is only now taught
        return False
    past = [part for turn in context.history for part in (turn.user, *turn.calls)]
    told = " ".join([QUOTED.sub(" ", text), *past, *(line.text for line in context.memory)])
    return mentioned(style, text) and not mentioned(style, told)


def quoting(step: Step, quote: str) -> Step:
    """The step that draws the words in quotes as they stand."""
    assert isinstance(step, GenerateImage | Animate)
    if quote.lower() in step.prompt.lower():
        return step
    part = next((found for found in QUOTED.finditer(step.prompt) if _words(found) in quote), None)
    if part:
        prompt = f'{step.prompt[: part.start()]}"{quote}"{step.prompt[part.end() :]}'
    else:
        prompt = f'{step.prompt} saying "{quote}"'
    return step.model_copy(update={"prompt": prompt})


def whole_quote(instruction: str, text: str) -> str:
    """`write "Happy 70th, Desmond!" on it`, where half of the only quote got lost."""
    quotes = [_words(found) for found in QUOTED.finditer(text)]
    part = QUOTED.search(instruction)
    if len(quotes) != 1 or part is None or _words(part) not in quotes[0]:
        return instruction
    return f'{instruction[: part.start()]}"{quotes[0]}"{instruction[part.end() :]}'


def _words(found: re.Match[str]) -> str:
    return "".join(filter(None, found.groups()))
