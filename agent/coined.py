"""A style that nobody has, told by its name alone: `in cobaltwash` can mean nothing else."""

from __future__ import annotations

import re

from limner.agent.glossary import english_words, foreign
from limner.agent.lexicon import whole
from limner.agent.names import closest
from limner.agent.plan import PlanContext
from limner.agent.slips import is_word

_ENDS = r"(?= *(?:[,.;!?]|$)|,? (?:please|pls|instead|this time)\b)"
_IN = re.compile(rf"\bin (?:(?:the |my |our )?(?P<named>[a-z]{{5,}}) (?:style|look)\b|(?P<bare>[a-z]{{5,}}){_ENDS})")


def coined_style(context: PlanContext, text: str) -> str:
    """The one made-up word that the request says something shall be drawn in; empty where there is none."""
    names = (*context.subjects, *context.styles, *context.motions)
    if context.attachments or foreign(text, names):
        return ""
    said = [found["named"] or found["bare"] for found in _IN.finditer(text)]
    return said[0] if len(said) == 1 and _coined(said[0], names) else ""


def _coined(word: str, names: tuple[str, ...]) -> bool:
    own = {part.casefold() for name in names for part in re.findall(r"\w+", name)}
    known = word in own or word in english_words(every=True) or bool(whole("no_slip").fullmatch(word)) or is_word(word)
    return not known and not any(closest(word, [name]) for name in names)
