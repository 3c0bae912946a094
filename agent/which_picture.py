"""Which picture an edit or a clip is of: a handle, one that is counted to, `it`, or the one just made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.counted_back import counted_back, counted_off
from limner.agent.earlier import drawn_as, last_drawn
from limner.agent.names import mentioned
from limner.agent.phrases import FEMALE, MALE, ORDINALS
from limner.agent.plan import Animate, EditImage, GenerateImage, PastTurn, PlanContext, Step
from limner.agent.validate import HANDLE

# `not img-7, the one after it`
_ANOTHER = re.compile(r"\bnot (?:for |in )?@?(?:img|clip|up)|\bthe one (?:before|after)\b", re.I)
_TAKE_IT = re.compile(
    r"\b(?:take|use) (?:that|this|the) (?:picture|image|drawing|one)\b|\bmake (?:that|it) move\b", re.I
)
_RESULT = re.compile(
    r"\b(?:what(?:ever)? (?:you|we) get from (?:that|it)"
    r"|the (?:result|outcome|edited (?:one|picture|image|version)))\b",
    re.I,
)
# `the barber one again`, `the one with the bench`
_ONE = r"(?:one|picture|pic|image|drawing|scene|idea)"
_DESCRIBED = re.compile(
    rf"\b(?:the|that) (?P<what>[a-z]{{3,}}) (?:{_ONE}\b(?! (?:day|night|morning|evening|time|more|by)\b)"
    rf"|again\b(?= *[,.;!]))"
    rf"|\bthe {_ONE} (?:with|of|in|at|on|by) (?:(?:the|an?|his|her|that) )?(?P<shows>[a-z]{{3,}})",
    re.I,
)
_LEFT = re.compile(r"\s*(?:(?:can|may|should|must) )?(?:stays?|remains?)\b", re.I)
_BEFORE_IT = re.compile(rf"\bthe {_ONE} (?:right |just |directly |immediately )?before (?:it|that)(?: one)?\b", re.I)
_BESIDE_IT = re.compile(rf"\b(?:before|after) the {_ONE}", re.I)
_NO_SIGHT = re.compile(
    r"(?:last|first|second|third|fourth|middle|same|other|next|previous|latest|newest|right|left|whole|new|old|entire|only)",
    re.I,
)
_EARLIER = re.compile(rf"\b(?:{'|'.join(ORDINALS)}|earlier|before|previous|older|other)\b", re.I)
_NO_WORDS = {"image", "pictu", "gener", "promp", "subje", "style", "draw", "with", "make", "that", "this"}
_IT_MOVES = re.compile(r"\b(?:it|that|this|them|these|those)\b", re.I)


def which_picture(context: PlanContext, text: str) -> str:
    """The one picture that the request counts to, or names by its handle and means; empty when there is none."""
    turns = [found for turn in context.history if (found := HANDLE.findall(turn.result))]
    back = counted_back(text, [handle for turn in turns for handle in turn])
    return (back[0] if back else counted_off(text, turns)) or _only_handle(text) or described(context, text)


def last_unless_told(step: EditImage, context: PlanContext, text: str) -> str:
    """The picture made last, where the request says no word of what the planned one shows; else nothing."""
    shown = [turn for turn in context.history if step.image_ref in HANDLE.findall(turn.result)]
    last = HANDLE.findall(context.history[-1].result) if context.history else []
    if (
        len(shown) != 1
        or len(last) != 1
        or not last[0].startswith("img")
        or re.search(r"\d", text)
        or _DESCRIBED.search(text)
        or shown[0] is context.history[-1]
        or _EARLIER.search(text)
    ):
        return ""
    if _shows(shown[0], context, text, him=True) and _shows(context.history[-1], context, text, him=False):
        return ""  # `put a hat on him`, of a woman's picture
    words = {word[:5] for word in re.findall(r"[^\W\d_]{4,}", " ".join([shown[0].user, *shown[0].calls]).lower())}
    told = {word[:5] for word in re.findall(r"[^\W\d_]{4,}", text.lower())}
    return "" if words & told - _NO_WORDS else last[0]


def _shows(turn: PastTurn, context: PlanContext, text: str, *, him: bool) -> bool:
    """Whether somebody of that turn may be the him or her of the request, or else only somebody who cannot."""
    male, female = re.search(r"\b(?:him|his|he)\b", text, re.I), re.search(r"\b(?:her|hers|she)\b", text, re.I)
    if bool(male) == bool(female):
        return False
    kinds = {kind for name, kind in context.subjects.items() if any(name in call for call in turn.calls)}
    fit, misfit = (MALE, FEMALE) if male else (FEMALE, MALE)
    return bool(kinds & fit) if him else bool(kinds) and kinds <= misfit


def described(context: PlanContext, text: str) -> str:
    """The picture of `the barber one`, of which only one earlier turn speaks; empty when there is none."""
    told = [
        found["what"] or found["shows"]
        for found in _DESCRIBED.finditer(text)
        # `the bookshop one: ... The surfing one stays as it is`
        if not (_LEFT.match(text, found.end()) or re.search(r"\bnot $", text[: found.start()], re.I))
    ]
    words = {word.lower()[:5] for word in told if not _NO_SIGHT.fullmatch(word)}
    words |= {
        name for name in context.subjects if re.search(rf"(?<!\w){re.escape(name)} again(?= *[,.;!])", text, re.I)
    }
    before = _BEFORE_IT.search(text)
    if before and not words:  # `not the swing one, the one right before it`
        words = {(found["what"] or found["shows"]).lower()[:5] for found in _DESCRIBED.finditer(text[: before.start()])}
    if len(words) != 1 or _BESIDE_IT.search(text):
        return ""
    word = words.pop()
    said = rf"(?<!\w){re.escape(word)}"
    shown = [turn for turn in context.history if any(re.search(said, call, re.I) for call in (turn.user, *turn.calls))]
    if not shown:  # `the cat one`
        alike = [name for name, kind in context.subjects.items() if kind.lower()[:5] == word]
        shown = [turn for turn in context.history if any(name in call for name in alike for call in turn.calls)]
    handles = [handle for turn in shown for handle in HANDLE.findall(turn.result)]
    made = [handle for turn in context.history for handle in HANDLE.findall(turn.result)]
    if before and len(handles) == 1:
        at = made.index(handles[0]) - 1
        return made[at] if at >= 0 else ""
    return handles[0] if len(handles) == 1 else ""


def set_in_motion(step: Step, before: Sequence[Step], context: PlanContext, text: str) -> Step:
    """`Now zoom in on it`: the picture that the clip repeats word for word is the one to set in motion."""
    if not isinstance(step, Animate):
        return step
    if before and isinstance(before[-1], EditImage) and _RESULT.search(text):
        return _of_the_edited(step, before[-1], context, text).model_copy(update={"image_ref": "last"})
    if step.image_ref:
        return step
    if not before and (named := _only_handle(text)):
        return step.model_copy(update={"image_ref": named})
    if before and isinstance(before[-1], EditImage) and _TAKE_IT.search(text):
        return step.model_copy(update={"image_ref": "last"})
    if not _IT_MOVES.search(text):
        return step
    drawn = before[-1] if before else last_drawn(context)
    same = isinstance(drawn, GenerateImage) and (drawn.prompt, drawn.subjects) == (step.prompt, step.subjects)
    return step.model_copy(update={"image_ref": "last"}) if same else step


def _of_the_edited(step: Animate, edit: EditImage, context: PlanContext, text: str) -> Animate:
    """`..., then animate the edited picture`: with whom that picture shows, if nobody else is named there."""
    made = drawn_as(context, edit.image_ref) or (last_drawn(context) if edit.image_ref == "last" else None)
    clause = next((part for part in re.split(r"[,.;!?]| then ", text) if _RESULT.search(part)), text)
    if (
        made is None
        or set(made.subjects) == set(step.subjects)
        or any(mentioned(name, clause) for name in step.subjects)
    ):
        return step
    return step.model_copy(update={"subjects": made.subjects, "prompt": made.prompt})


def _only_handle(text: str) -> str:
    """The one picture that the request names by its handle, and means."""
    handles = set(HANDLE.findall(text))
    return handles.pop() if len(handles) == 1 and not _ANOTHER.search(text) else ""
