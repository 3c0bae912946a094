"""Reads lasting facts out of what a person said with the model that plans; memory checks every one of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from limner.agent.answers import ORDER
from limner.agent.context import PlanContext, one_line
from limner.agent.names import mentioned
from limner.agent.noting import claim_of
from limner.agent.plan import SetPreference
from limner.agent.planner import LLMPlanner, Planner
from limner.memory import Extractor, Observation, rules, worth_reading

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|, (?:and|but) ")
# Each costs a small model a fifth of a second, after the reply.
MOST_SENTENCES = 3

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


class PlanningExtractor:
    """A model that only plans: what it would note as a wish, asked one sentence at a time, is a claim.

    A turn that states something and orders something is planned as the order; here its other half is read.
    """

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    def extract(self, text: str, subjects: Mapping[str, str]) -> Sequence[Observation]:
        sentences = [one.strip() for one in _SENTENCE.split(text) if one.strip()]
        if len(sentences) < 2:  # planned as it is already, and noted if it was a wish
            return []
        context = PlanContext(subjects=dict.fromkeys(subjects, "thing"))
        unread = [one for one in sentences if worth_reading(one) and not ORDER.match(one) and not one.endswith("?")]
        unread = [one for one in unread if not rules.read(one, subjects)]
        plans = [self._planner.plan(context, one) for one in unread[:MOST_SENTENCES]]
        wishes = [step.text for plan in plans for step in plan.steps if isinstance(step, SetPreference)]
        return [self._claim(wish, subjects) for wish in wishes]

    def _claim(self, wish: str, subjects: Mapping[str, str]) -> Observation:
        return claim_of(wish, next((one for name, one in subjects.items() if mentioned(name, wish)), ""), source="llm")


def extractor_of(planner: Planner) -> Extractor | None:
    """The planner's own model as extractor, by a tool of its own where it can call any, else by its plans."""
    if not isinstance(planner, LLMPlanner):
        return None
    return PlanningExtractor(planner) if planner.name.startswith("embedded") else LLMExtractor(planner.model)


def _observation(claim: Claim, subjects: Mapping[str, str]) -> Observation:
    names = {name.casefold(): handle for name, handle in subjects.items()}
    bare = claim.subject.strip().lstrip("@").casefold()
    facet = claim.facet.strip().casefold()
    told = claim.model_dump(exclude={"subject", "facet"})
    told["subject"] = names.get(bare, f"@{bare}") if bare else ""
    told["facet"] = facet if facet.isalpha() else "person"
    return Observation.model_validate(told)
