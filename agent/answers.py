"""Puts an answer together with the request that was asked about: its words, its files, the turns that told it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel

from limner.agent import grounding
from limner.agent.choices import choose
from limner.agent.messages import Question
from limner.agent.unsure import ASKS, YES
from limner.memory import Turn

# Who begins so wants something, and answers nothing.
ORDER = re.compile(
    r"(?:please |now |and |then |ok(?:ay)?,? |can you |could you )*"
    r"(?:draw|paint|sketch|animate|show|forget|create|generate|edit|change|list|remember|delete|undo"
    r"|what|why|how|when|where|who|which)\b",
    re.I,
)
REFUSAL = re.compile(r"(?:no|nope|never ?mind|cancel|stop|leave it|skip)\b", re.I)
# A text of these words alone only hands the files over.
HANDING_OVER = frozenset(
    word
    for line in (
        "ok okay sure yes sorry oops of course please here there this that these those they it is are you go have some",
        "a an few more another one two three the my your photo photos picture pictures pic pics image images file",
        "files clip video him her them attached and as",
    )
    for word in line.split()
)
ANSWER_WORDS = 8


class Told(BaseModel, frozen=True):
    """A request as it stands, told in one turn or in several."""

    text: str
    # Handles of what came with the earlier turns.
    uploads: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    # Asked whether it is what is meant, the person said so.
    confirmed: bool = False


def told(text: str, attached: bool, before: Sequence[Turn]) -> Told:
    """What `text` asks for when it is said after these turns, the last of which may have asked something."""
    pending = before[-1] if before and before[-1].status == "asked" else None
    about = pending.detail.get("asked_about") if pending else None
    if pending is None or about is None:
        return Told(text=text)
    earlier = Told.model_validate(about)
    question = Question.model_validate(pending.detail["reply"]["question"])
    if not earlier.text:  # files without a word; these are the words
        return earlier.model_copy(update={"text": text})
    if attached:
        return earlier if _hands_over(text, earlier.text) else Told(text=text)
    if ORDER.match(text):
        return Told(text=text)
    if question.text.startswith(ASKS):
        return earlier.model_copy(update={"confirmed": True}) if YES.fullmatch(text) else Told(text=text)
    if choice := choose(text, question.choices):
        return earlier.model_copy(update={"text": grounding.answered(earlier.text, question.phrase, choice)})
    words = text.strip(" .!").split()
    if earlier.uploads and 0 < len(words) <= ANSWER_WORDS and not REFUSAL.match(text):
        # "this is my cat" and "Momo" are "this is my cat Momo".
        return earlier.model_copy(update={"text": f"{earlier.text}{', ' if len(words) > 2 else ' '}{' '.join(words)}"})
    return Told(text=text)


def _hands_over(text: str, earlier: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    return set(words) <= HANDING_OVER or words == re.findall(r"\w+", earlier.casefold())
