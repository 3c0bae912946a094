"""One training example, and the shorthand its writers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limner.agent.llm.recipes.catalogue import Draft
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.words import NUMBERS
from limner.agent.plan import AskUser, GenerateImage, Plan, PlanContext, Step
from limner.agent.stated import listed


@dataclass(frozen=True)
class Example:
    """A request in its context, and the plan it should become."""

    intent: str
    context: PlanContext
    text: str
    plan: Plan
    # Whether the words of a question or a reply are to be learnt, or only that it is one.
    worded: bool = True


@dataclass
class Piece:
    """Words and the steps they ask for; several pieces make a longer request."""

    text: str
    steps: list[Step]


def draw(names: Sequence[str], scene: str, styles: Sequence[str] = (), **more: object) -> GenerateImage:
    prompt = f"{listed(names)} {scene}".strip()
    return GenerateImage.model_validate({"prompt": prompt, "subjects": tuple(names), "styles": tuple(styles), **more})


def question(text: str) -> list[Step]:
    return [AskUser(question=text)]


def number_words(w: Writer, number: int) -> str:
    """A number as people write it."""
    options = [str(number), str(number), NUMBERS.get(number, str(number))]
    options += {1: ["a single"], 2: ["a couple of", "a pair of", "two"], 6: ["half a dozen"], 12: ["a dozen"]}.get(
        number, []
    )
    return w.pick(options)


def a_style(w: Writer, draft: Draft, probability: float) -> list[str]:
    return [w.pick(draft.styles)] if draft.styles and w.chance(probability) else []
