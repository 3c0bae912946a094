"""What a request says in so many words overrules the planner: seeds, frames, and names left in a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limner.agent.lexicon import alternatives, keys
from limner.agent.names import without_longer
from limner.agent.plan import Animate, GenerateImage, Plan, Step
from limner.agent.spelled import in_digits

_OOPS = (
    r"(?:oh|ah|er|ugh|argh|oops|hm+|no|nope|not that|wait|sorry|my bad|typo|correction|scratch that|strike that"
    r"|actually"
    r"|or(?= rather| better)|rather|better|i mean(?:t)?|make (?:that|it)|pardon|perd[oó]n|nein|quatsch|non"
    r"|scusa|desculpa)"
)
# Also `seed 12, oh no, 21`.
SEED = re.compile(
    r"\b(?:seed|semilla|graine|seme|semente)\s*(?:=|:|of|is|number|no\.?|#)?\s*(?P<first>\d{1,9})\b"
    rf"(?:[,.;:!…–-]* (?:{_OOPS}\b\W*)+(?:my (?:finger|hand|thumb|mind) \w+\W+"
    r"|(?:i )?(?:read|typed|wrote|saw|hit|copied|misread|mixed|thought)\b[\w' ]{0,45}[,:;] )?(?P<then>\d{1,9})\b)?",
    re.IGNORECASE,
)
# `seed 9 for all three`
_SEED_OF_ALL = re.compile(
    r"\bseed \d{1,9},? (?:(?:for|on|in|with|of) (?:all|both|each|every|the (?:whole )?lot)(?! of (?:us|you))|each)\b"
    r"|\b(?:all|both|each)(?: of (?:them|these|those)| (?:two|three|four|pictures|drawings))*"
    r" (?:with|on|at|using) (?:the )?seed \d",
    re.IGNORECASE,
)
COUNT = re.compile(r"\bcount\s*[:=]\s*(\d{1,2})\b", re.IGNORECASE)
_FRAMES = r"(?:frames?|fotogramas?|images? par|fotogrammi|quadros)\b"
# `240 frames? no 24`
_NO_OTHER = (
    rf"[,.;:!?…–—-]* *(?:{_OOPS}\b\W*)+(?P<then>\d{{1,3}})\b(?: *{_FRAMES})?"
    r"(?=[ ]*(?:[,.;:!?)–—-]|$|of\b|please\b|this time\b))"
)


def with_stated_numbers(plan: Plan, text: str) -> Plan:
    """The plan with the seed and the frames the request names, when there is one step they can belong to."""
    text = in_digits(text)
    seeds, frames = [found["then"] or found["first"] for found in SEED.finditer(text)], _frames(text)
    pictures = [step for step in plan.steps if isinstance(step, GenerateImage)]
    clips = [step for step in plan.steps if isinstance(step, Animate)]
    steps: list[Step] = []
    # `two of Bo with seed 5, plus one with seed 6`: one for each picture, in the order said.
    if len(seeds) == 1 and len(pictures) > 1 and _SEED_OF_ALL.search(text):
        seeds = seeds * len(pictures)
    each = iter(seeds if len(seeds) == len(pictures) else ())
    for step in plan.steps:
        if isinstance(step, GenerateImage) and len(seeds) == len(pictures):
            seed = int(next(each))
            elsewhere = re.search(rf"\b{seed}\b", SEED.sub(" ", text))
            # A small model sometimes takes the seed for the count as well.
            count = 1 if len(seeds) == 1 and step.count == seed and not elsewhere else step.count
            step = step.model_copy(update={"seed": seed, "count": count})
        if isinstance(step, GenerateImage) and len(pictures) == 1 and (told := COUNT.search(text)):
            step = step.model_copy(update={"count": max(1, int(told[1]))})
        if isinstance(step, Animate) and len(frames) == len(clips) == 1:
            step = step.model_copy(update={"frames": max(1, frames[0])})
        steps.append(step)
    return plan.model_copy(update={"steps": tuple(steps)})


def _frames(text: str) -> list[int]:
    """How many frames are asked for, in digits or in words."""
    # Of two numbers the one in place of the other.
    text = re.sub(rf"\b\w+\s*{_FRAMES}{_NO_OTHER}", lambda said: f" {said['then']} frames ", text, flags=re.I)
    found = [int(number) for number in re.findall(rf"\b(\d{{1,3}})\s*{_FRAMES}", text, re.IGNORECASE)]
    for number in keys("numbers"):
        found += [int(number)] * len(re.findall(rf"\b(?:{alternatives('numbers', number)}) {_FRAMES}", text, re.I))
    return found


def named_in(prompt: str, subjects: Iterable[str]) -> tuple[str, ...]:
    """The subjects a prompt names, spelt exactly so; not as owners (`Rex's bed`), in other words (`a Rex-shaped hole`),
    inside quotes, nor where they are not (`a bed without Rex`)."""
    plain, names = re.sub(r'"[^"]*"', " ", prompt), tuple(subjects)
    return tuple(
        name
        for name in names
        if re.search(rf"(?<!\bwithout )(?<!\w){re.escape(name)}(?!\w|['’]s\b|-)", without_longer(name, names, plain))
    )


def invented_name(prompt: str, evidence: str, subjects: Iterable[str]) -> str:
    """The name a prompt opens with although nobody said it; empty when there is none."""
    first = re.match(r"[A-ZÀ-Þ]\w+", prompt)
    if first is None or named_in(prompt, subjects):
        return ""
    word = first[0].casefold()
    return "" if word[:4] in evidence.casefold() else first[0]
