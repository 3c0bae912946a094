"""One picture in all of somebody's styles at once: `mix every style I own, minus felt`."""

from __future__ import annotations

import re

from limner.agent.once_each import PER_STYLE
from limner.agent.plan import GenerateImage, PlanContext

_ALL = re.compile(
    r"\b(?:every(?: single)?|all)(?: of)?(?: (?:the|my|our|mine))? (?:\w+ )?styles?\b"
    r"(?= (?:i|we)\b|[^.;!?]*\b(?:one|single|same|at once|together|combined|mixed|blended)\b|[^.;!?]*$)",
    re.I,
)
_MIXED = re.compile(r"\b(?:blend|mix|combin|merg|mash|into one|in one|at once|together|a single)\w*", re.I)
_BUT = re.compile(r"\b(?:minus|except(?: for)?|but(?: not)?|without|bar|save|leav(?:e|ing) out|apart from|not)\b", re.I)


def all_meant(text: str) -> bool:
    """Whether all styles are to be mixed, and not one picture drawn in each."""
    return bool(_ALL.search(text) and _MIXED.search(text) and not PER_STYLE.search(text))


def in_all_styles(step: GenerateImage, context: PlanContext, text: str) -> GenerateImage:
    """The step in every style there is, but for those the request leaves out."""
    if len(context.styles) < 2 or not all_meant(text):
        return step
    but = _BUT.search(text)
    rest = text[but.end() :] if but else ""
    kept = [one for one in context.styles if not re.search(rf"(?<!\w){re.escape(one)}(?!\w)", rest, re.I)]
    return step.model_copy(update={"styles": tuple(kept)}) if len(kept) > 1 else step
