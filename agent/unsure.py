"""Whether several things are done at once or asked about first: one of them was hardly decided."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.lexicon import says, whole
from limner.agent.plan import (
    Animate,
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
from limner.agent.validate import ask

# Logarithms of how probable a call must have been: any, and one that no word of the request orders. Of 900 hard
# requests that nobody here had read 22 are asked about with these: 15 of their plans do something that nobody wanted,
# 6 are right.
HARDLY, UNORDERED = -0.6, -0.15
# Under this name a message tells each call that a model made, and how sure it was of it.
SURE = "sure"
ASKS = "Did I get that right: "
NONE_OF_IT = "All right, I do none of it. Tell me one thing after the other."
YES = re.compile(
    r"[^\w]*(?:(?:yes|yep|yeah|yup|ya|sure|right|correct|exactly|ok(?:ay)?|do (?:it|that)|go(?: ahead| on| for it)?"
    r"|please|that['’]?s|it|is|all of (?:it|that)|s[ií]|oui|ja|sim|genau|claro|certo|klopt|precies|good|great|perfect"
    r"|thanks?|thx)[^\w]*)+",
    re.I,
)
NO = re.compile(
    r"[^\w]*(?:no|nope|nah|nein|non|não|nee|stop|wrong|never ?mind|cancel|forget it)"
    r"(?:[ ,]+(?:thanks?|thank you|please))?[^\w]*",
    re.I,
)
_ORDERS = {
    "generate_image": re.compile(
        r"\b(?:draw\w*|paint\w*|sketch\w*|pics?|pictures?|drawings?|images?|portraits?|still|poster|versions?|one of"
        r"|another|same)\b",
        re.I,
    ),
    "animate": re.compile(r"\b(?:clips?|animat\w*|gifs?|videos?|moving|motion)\b", re.I),
    "edit_image": re.compile(
        r"\b(?:change|turn|make|add|remove|replace|swap|put|give|take|edit|lose|lighten|darken|recolou?r)\b", re.I
    ),
    "set_preference": re.compile(
        r"\b(?:remember|note|keep in mind|from now on|write|jot|save|default|every time|henceforth|call me|record|store"
        r"|hold on)\b",
        re.I,
    ),
}


def asked_first(plan: Plan, sure: Sequence[tuple[str, float]], text: str) -> Plan:
    """The plan, or the question whether it is what is meant. `sure` tells each call that a model made on its way to the
    plan and the logarithm of its probability; `text` is the request as the model was given it."""
    planned = [step.tool for step in plan.steps]
    if len(planned) < 2 or any(isinstance(step, AskUser) for step in plan.steps):
        return plan
    doubtful = [
        tool
        for tool, probable in sure
        if tool in planned
        and not tool.startswith("learn")  # files that come along say what they are for
        and probable < (HARDLY if _ordered(tool, text) else UNORDERED)
    ]
    return ask(f"{ASKS}{_listed(plan.steps)}?") if doubtful else plan


def turned_down(context: PlanContext, text: str) -> bool:
    """Whether it is a plain no to that question."""
    asked = context.history[-1].calls[:1] if context.history else ()
    return bool(asked and asked[0].startswith(f'ask_user(question="{ASKS}') and NO.fullmatch(text))


def _ordered(tool: str, text: str) -> bool:
    if tool == "forget":
        return says(text, "erase", "words")
    shown = tool == "generate_image" and whole("shows").search(text)
    return bool(shown or (tool in _ORDERS and _ORDERS[tool].search(text)))


def _listed(steps: Sequence[Step]) -> str:
    told = [_in_words(step) for step in steps]
    return f"first {', then '.join(told)}"


def _in_words(step: Step) -> str:
    match step:
        case GenerateImage():
            many = f"{step.count} pictures of" if step.count > 1 else "a picture of"
            return f"{many} {step.prompt}{_styled(step.styles)}"
        case Animate():
            return f"a clip of {step.prompt}{_styled(step.styles)} ({step.motion})"
        case EditImage():
            return (
                f"a change of {'the last picture' if step.image_ref == 'last' else step.image_ref} ({step.instruction})"
            )
        case SetPreference():
            return f"keep in mind “{step.text}”"
        case Forget():
            return f"erase {step.what}"
        case Recall():
            return f"look up {step.query}"
        case _:
            return f"learn {getattr(step, 'name', 'that')}"


def _styled(styles: Sequence[str]) -> str:
    return f" in {' and '.join(styles)}" if styles else ""
