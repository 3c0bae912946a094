"""What a small model often gets wrong and the request itself settles. Doubts a model's plan only, never a script's."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from limner.agent.names import closest, mentioned
from limner.agent.plan import (
    Animate,
    Answer,
    AskUser,
    EditImage,
    Forget,
    GenerateImage,
    Plan,
    PlanContext,
    Recall,
    SetPreference,
    Step,
)
from limner.agent.validate import HANDLE

HELP = "I learn your subjects, styles and motions, then draw, edit and animate them."
ELSEWHERE = "I can only help with pictures and animations."
ABILITIES = re.compile(
    r"what (?:else )?(?:can|could|do) you (?:even |actually )?(?:do|make)\b|how do(?:es)? (?:this|you) work", re.I
)
QUESTION = re.compile(r"(?:who|what|when|where|why|how|which|is|are|does|do|did|can|will|should)\b.*", re.I | re.S)
# With one of these a question is about what was said or made before.
OURS = re.compile(
    r"\b(?:i|i'm|me|my|mine|we|our|us|you|your|remember|told|said|know|last|earlier|before|made|drawn?|drew|"
    r"pictures?|images?|drawings?|clips?|photos?|styles?|motions?|subjects?)\b",
    re.I,
)
# What can be erased besides what has a name.
KEPT = re.compile(
    r"\b(?:all|everything|anything|said|told|mention\w*|know|preferences?|rules?|wish\w*|styles?|motions?|pictures?|"
    r"images?|photos?|drawings?|clips?|memor\w+|remember\w*|that|it|this|them|him|her|about|facts?|history|data)\b",
    re.I,
)
QUOTED = re.compile(r'"([^"]{2,80})"|“([^”]{2,80})”|«\s*([^»]{2,80}?)\s*»')
ALIKE = 0.7
ONE = re.compile(r"\b(?:a|one|the|single) (?:picture|drawing|image|portrait|painting|sketch)\b", re.I)
MORE = re.compile(r"\b(?:then|another|second|both|each|also|too|and (?:one|a)|one of|two|more|again|same)\b", re.I)


def settled(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan with its doubtful steps mended from the request."""
    steps = [_step(step, context, text) for step in _without_leftovers(plan.steps, context, text)]
    drawn = [at for at, step in enumerate(steps) if isinstance(step, GenerateImage | Animate)]
    quotes = ["".join(found) for found in QUOTED.findall(text)]
    if len(steps) == len(drawn) == len(quotes) == 1:
        steps[0] = _quoting(steps[0], quotes[0])
    return plan.model_copy(update={"steps": tuple(steps)})


def _step(step: Step, context: PlanContext, text: str) -> Step:
    match step:
        case Recall() if ABILITIES.search(text):
            return Answer(text=HELP)
        case Recall() if QUESTION.fullmatch(text.strip()) and not _ours(context, text):
            return Answer(text=ELSEWHERE)
        case Forget() if not _known(step.what, context, text):
            return AskUser(question=f"I keep nothing called {step.what}. What shall I erase?")
        case Recall():
            return step.model_copy(update={"query": _respelt(step.query, _said(context, text), text)})
        case SetPreference():
            return step.model_copy(update={"text": _respelt(step.text, _said(context, text), text)})
        case GenerateImage() | Animate():
            return step.model_copy(
                update={"prompt": _respelt(step.prompt, step.subjects or _said(context, text), text)}
            )
    return step


def _ours(context: PlanContext, text: str) -> bool:
    names = (*context.subjects, *context.styles, *context.motions)
    return bool(OURS.search(text) or HANDLE.search(text) or any(mentioned(name, text) for name in names))


def _known(what: str, context: PlanContext, text: str) -> bool:
    if KEPT.search(text) or HANDLE.search(text):
        return True
    lines = [line.text for line in context.memory] + [turn.user for turn in context.history]
    names = (*context.subjects, *context.styles, *context.motions)
    words = [word for word in re.findall(r"\w+", what.lower()) if len(word) > 3]
    return bool(closest(what, names)) or any(word in line.lower() for word in words for line in lines)


def _said(context: PlanContext, text: str) -> list[str]:
    """The one subject the request names, if it is one."""
    said = [name for name in context.subjects if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    return said if len(said) == 1 else []


def _respelt(prompt: str, subjects: Sequence[str], text: str) -> str:
    """`Odie on a boat` for a request about Odile: a name nearly written is that name."""
    for name in subjects:
        if " " in name or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", prompt):
            continue
        for word in dict.fromkeys(re.findall(r"(?<!\w)[A-ZÀ-Þ]\w+", prompt)):
            alike = difflib.SequenceMatcher(None, word.lower(), name.lower()).ratio() >= ALIKE
            if alike and word not in subjects and not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
                prompt = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _, name=name: name, prompt)  # type: ignore[misc]
    return prompt


def _quoting(step: Step, quote: str) -> Step:
    """The words in quotes are drawn as they stand, all of them."""
    assert isinstance(step, GenerateImage | Animate)
    if quote.lower() in step.prompt.lower():
        return step
    part = next(
        (found for found in QUOTED.finditer(step.prompt) if "".join(filter(None, found.groups())) in quote), None
    )
    if part:
        prompt = f'{step.prompt[: part.start()]}"{quote}"{step.prompt[part.end() :]}'
    else:
        prompt = f'{step.prompt} saying "{quote}"'
    return step.model_copy(update={"prompt": prompt})


def _without_leftovers(steps: Sequence[Step], context: PlanContext, text: str) -> list[Step]:
    """Without a second picture of a story that asks for one, and without a change that only says who is not drawn:

    `keep Pogo out of it`, of a picture that has no Pogo in it.
    """
    kept: list[Step] = []
    single = ONE.search(text) and not MORE.search(text)
    for step in steps:
        told = [one for one in kept if isinstance(one, GenerateImage)]
        if single and isinstance(step, GenerateImage) and any(one.subjects == step.subjects for one in told):
            continue
        if isinstance(step, EditImage) and any(isinstance(one, GenerateImage) for one in kept):
            named = "|".join(map(re.escape, context.subjects)) or "(?!)"
            away = re.search(rf"\b(?:keep|leave|keeping|leaving) (?:{named}) (?:out|away|at home|home)\b", text, re.I)
            if away and re.search(rf"\b(?:{named})\b", step.instruction):
                continue
        kept.append(step)
    return kept
