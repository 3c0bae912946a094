"""Reads lasting facts out of what a person said with the chat model that plans; memory checks every one of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from limner.agent.context import one_line
from limner.agent.planner import LLMPlanner, Planner
from limner.memory import Observation

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel


class Claim(BaseModel):
    """One lasting thing the person said of themselves or of somebody they draw."""

    text: str = Field(min_length=1, description="one short third-person sentence in the person's own words")
    facet: str = Field(description="subject, style, motion, palette, composition, format, dislike or person")
    polarity: int = Field(default=0, ge=-1, le=1, description="1 likes or wants, -1 dislikes or never wants, 0 neither")
    subject: str = Field(default="", description="the name it is about; empty for the person")
    slot: str = Field(default="", description="what of it, when only one value can hold: kind, name, colour, home")
    value: str = Field(default="", description="the value alone, copied from what was said")


class Claims(BaseModel):
    """Everything lasting in the message; an empty list is the usual answer."""

    claims: list[Claim] = Field(default_factory=list)


class LLMExtractor:
    """Any LangChain chat model that can call a tool."""

    def __init__(self, model: BaseChatModel) -> None:
        self._structured = model.with_structured_output(Claims, method="function_calling", include_raw=True)
        self._prompt = files("limner.agent").joinpath("extractor.md").read_text(encoding="utf-8")

    def extract(self, text: str, subjects: Mapping[str, str]) -> Sequence[Observation]:
        known = ", ".join(subjects) or "nobody yet"
        asked = [("system", self._prompt), ("human", f"known: {known}\nmessage: {one_line(text)}")]
        try:
            answer: Any = self._structured.invoke(asked)
        except Exception as error:
            # The reply is given and the rules have read the turn: no failure of a provider, of whatever type, is
            # worth more than a line in the log here.
            logging.getLogger(__name__).warning("the language model could not read the turn (%s)", error)
            return []
        found = answer["parsed"]
        if not isinstance(found, Claims):
            logging.getLogger(__name__).warning("no claims could be read: %s", answer["parsing_error"])
            return []
        return [_observation(claim, subjects) for claim in found.claims]


def extractor_of(planner: Planner) -> LLMExtractor | None:
    """The planner's own model as extractor. The embedded one writes plans and nothing else, so it is none."""
    if not isinstance(planner, LLMPlanner) or planner.name.startswith("embedded"):
        return None
    return LLMExtractor(planner.model)


def _observation(claim: Claim, subjects: Mapping[str, str]) -> Observation:
    names = {name.casefold(): handle for name, handle in subjects.items()}
    bare = claim.subject.strip().lstrip("@").casefold()
    facet = claim.facet.strip().casefold()
    told = claim.model_dump(exclude={"subject", "facet"})
    told["subject"] = names.get(bare, f"@{bare}") if bare else ""
    told["facet"] = facet if facet.isalpha() else "person"
    return Observation.model_validate(told)
