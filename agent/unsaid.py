"""What a small planner does without one word of the request for it: more pictures, a clip, an old wish once more."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from limner.agent.earlier import steps_of
from limner.agent.given_up import spared
from limner.agent.lexicon import alternatives, any_of, keys, says, whole
from limner.agent.names import closest, fold, mentioned
from limner.agent.plan import (
    Animate,
    AskUser,
    Forget,
    GenerateImage,
    PlanContext,
    SetPreference,
    Step,
)
from limner.agent.stated import with_subjects
from limner.agent.validate import HANDLE

_PHOTOS_TOO = re.compile(r"[.,] *(?:the|his|her|its|their) (?:photos?|pictures?) too\b|[.,] *all of it\b", re.I)
_SPEAKING = (
    r"\b(?:my name(?:['’]s| is)|i am|i['’]m|this is|it['’]s) {name}(?:,? (?:here|again|and i\b)|[.,!])|^{name} here\b"
)
_ME = re.compile(r"\b(?:(?:of|with|and|between|beside) me|me (?:and|as|with|in|on|at)|myself|both of us|us)\b", re.I)
# Words of what is to be erased that say nothing of it.
_TELLING = {
    "the",
    "and",
    "for",
    "has",
    "her",
    "his",
    "not",
    "that",
    "what",
    "user",
    "users",
    "likes",
    "like",
    "loves",
    "hates",
    "dislikes",
    "wants",
    "prefers",
    "about",
}
MOST_AT_ONCE = 2
_UNCLEAR = "What would you like me to do?"
_KEEP = "Shall I keep that in mind, or draw it?"
# How many pictures came along is not how many are wanted.
_SENT = r"(?:(?:\w+ )?(?:photos?|pics?|pictures?|images?|fotos?|bilder|immagini|clips?))"


_STAYS = re.compile(r"\b(?:stays?|remains?|is (?:still )?true|keeps?|kept)\b", re.I)
_NOTHING_DRAWN = re.compile(
    r"\b(?:don['’]?t|do not|no need to|not|never) (?:draw|paint|sketch|make) (?:me )?"
    r"(?:anything|any pictures?|a thing|it yet|nothing|yet)\b"
    r"|\bno (?:pictures?|drawings?|drawing) (?:yet|now|for now|please)\b|\b(?:draw|paint) nothing\b",
    re.I,
)


def without_the_rest(steps: Sequence[Step], text: str) -> list[Step]:
    """Without a wish that only says what is not erased, and with no picture where none is to be drawn yet."""
    erased = any(isinstance(step, Forget) for step in steps)
    kept = [step for step in steps if not (erased and isinstance(step, SetPreference) and _STAYS.search(step.text))]
    wishes = [step for step in kept if isinstance(step, SetPreference)]
    for first, second in itertools.pairwise(wishes):
        mine, other = (set(re.findall(r"\w{4,}", wish.text.lower())) for wish in (first, second))
        if mine and mine <= other and len(other) - len(mine) < len(mine) / 2:  # the same wish, said twice
            kept = [step for step in kept if step is not first]
    told: list[Step] = [step for step in kept if not isinstance(step, GenerateImage | Animate)]
    return told if told and _NOTHING_DRAWN.search(text) else kept


def only_what_is_said(steps: Sequence[Step], context: PlanContext, text: str, translated: bool) -> list[Step]:
    """The steps without what nothing in the request, or in what it builds on, speaks of."""
    steps = _no_use_of_the_forgotten(steps, context, text)
    if translated:  # its words for these are not all known
        steps = _without_old_wishes(steps, context, text)
        return _without_copies(steps, context, text) if HANDLE.search(text) else steps
    kept: list[Step] = []
    steps = _without_copies(_without_old_wishes(steps, context, text), context, text)
    for step in _without_drafts(_one_erasure(steps, context, text), text):
        if (
            isinstance(step, GenerateImage)
            and step.count > 1
            and (_sent(step.count, context, text) or not _several(context, text))
        ):
            step = step.model_copy(update={"count": 1})
        if isinstance(step, GenerateImage | Animate):
            step = _without_the_speaker(step, context, text)
        if isinstance(step, Animate) and not _moves(step, context, text):
            if step.image_ref and len(steps) > 1:
                continue
            if not step.image_ref:
                step = GenerateImage(prompt=step.prompt, subjects=step.subjects, styles=step.styles)
        kept.append(step)
    return kept


def lasting(steps: Sequence[Step], text: str) -> list[Step]:
    """Without wishes for ever, where no word asks to keep anything and nothing is a list."""
    steps = [
        step for step in steps if not (isinstance(step, SetPreference) and _of_a_style_left_out(step, text))
    ] or steps
    if whole("lasting").search(text):
        return list(steps)
    drawn = set().union(*(_words(_told(step)) for step in steps if not isinstance(step, SetPreference)))
    # Of three orders one may be to keep what no picture shows, in whatever words.
    listed = len(steps) > MOST_AT_ONCE
    kept = [
        step
        for step in steps
        if not isinstance(step, SetPreference) or (listed and (_words(step.text) & _words(text)) - drawn)
    ]
    return kept or [AskUser(question=_KEEP)]


_FOR_EVER = re.compile(
    r"\b(?:ever again|from (?:now|today|here) on|in future|always|never again|for (?:good|ever)|any ?more|remember"
    r"|note|rule|keep in mind|no more)\b",
    re.I,
)


def _of_a_style_left_out(step: SetPreference, text: str) -> bool:
    """`leave felt out of it`, of which `always use felt` was made; `don't you dare use felt`, of this picture."""
    using = r"(?:use|draw (?:everything )?in|prefers?) (?P<what>[\w-]+)(?: style)?"
    found = re.fullmatch(rf"(?P<how>always |never |do not |don['’]?t )?{using}", step.text, re.I)
    if found is None or _FOR_EVER.search(text):
        return False
    style = rf"(?:\w+ ){{0,3}}?{re.escape(found['what'])}(?!\w)"
    out = rf"(?:\b(?:leave|skip|drop|without|not|no|never|dont)\b|n['’]t\b) {style}"
    return bool(re.search(rf"{out}|\bkeep {style}(?: style)? (?:out|off|away)\b", text, re.I))


def _told(step: Step) -> str:
    return " ".join(str(value) for value in step.model_dump(exclude={"tool"}).values())


def _several(context: PlanContext, text: str) -> bool:
    before = " ".join([*(call for turn in context.history for call in turn.calls), *(m.text for m in context.memory)])
    told = re.search(rf"\d|(?<!\w)(?:{any_of('numbers')})(?!\w)", text, re.I) or whole("several").search(text)
    return bool(told or "count=" in before or whole("several").search(before))


def _sent(count: int, context: PlanContext, text: str) -> bool:
    number = rf"{count}|{alternatives('numbers', str(count))}" if str(count) in keys("numbers") else str(count)
    came = re.search(rf"\b{count} images?\b", context.attachments)
    said = re.findall(rf"(?<!\w)(?:{number})(?!\w)", text, re.I)
    return bool(came and (not said or len(said) == len(re.findall(rf"(?<!\w)(?:{number}) {_SENT}", text, re.I))))


def _without_the_speaker(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """`My name is Ezra, please draw Pancake`: without Ezra, who only says who is speaking.

    Not without whom it introduces: `this is Pancake, put him beside Ezra`.
    """
    if len(step.subjects) < 2 or _ME.search(text):
        return step
    speaking = [
        name
        for name in step.subjects
        if name in context.subjects
        and re.search(_SPEAKING.format(name=re.escape(name)), text, re.I)
        and len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I)) == 1
    ]
    kept = tuple(name for name in step.subjects if name not in speaking)
    return with_subjects(step, kept) if speaking and kept else step


def _moves(step: Animate, context: PlanContext, text: str) -> bool:
    said = any(says(text, "motions", motion) for motion in keys("motions"))
    said = said or any(mentioned(motion, text) for motion in (*context.motions, step.motion))
    before = any(call.startswith("animate(") for turn in context.history for call in turn.calls)
    # `set the result wiggling`
    said = said or bool(re.search(rf"(?<!\w){re.escape(step.motion.removesuffix('e'))}\w?ing(?!\w)", text, re.I))
    return bool(said or before or whole("moving").search(text))


def _without_old_wishes(steps: Sequence[Step], context: PlanContext, text: str) -> list[Step]:
    """Without a memory noted once more; if that is all there is, the wish was not understood."""
    old = [_words(line.text) for line in context.memory]
    said = _words(text)

    def copied(step: Step) -> bool:
        words = _words(step.text) if isinstance(step, SetPreference) else set()
        new = words - {part for name in context.subjects for part in fold(name).split()}
        return bool(new) and any(new <= line for line in old) and not new & said

    return [step for step in steps if not copied(step)] or [AskUser(question=_UNCLEAR)]


def _words(text: str) -> set[str]:
    """The longer words, and the numbers: another day makes another wish of it."""
    return set(re.findall(r"\w{3,}|\d+", fold(text)))


def _without_copies(steps: Sequence[Step], context: PlanContext, text: str) -> list[Step]:
    """Without a picture of an earlier turn beside what is wanted now."""
    if len(steps) < 2 or whole("once_more").search(text):
        return list(steps)
    made = [step for turn in context.history for step in steps_of(turn)]
    kept = [step for step in steps if not (isinstance(step, GenerateImage) and step in made)]
    return kept or list(steps)


def _without_drafts(steps: Sequence[Step], text: str) -> list[Step]:
    """Without a picture that the next step draws as well, only in the number or the style that is wanted."""
    if whole("in_turn").search(text) or len(steps) > MOST_AT_ONCE:
        return list(steps)
    return [step for step, after in zip(steps, [*steps[1:], None], strict=True) if not _draft(step, after)]


def _draft(step: Step, after: Step | None) -> bool:
    if not isinstance(step, GenerateImage) or not isinstance(after, GenerateImage) or step == after:
        return False
    told, more = step.model_dump(exclude_defaults=True), after.model_dump(exclude_defaults=True)
    return all(more.get(key) == value for key, value in told.items())


def _no_use_of_the_forgotten(steps: Sequence[Step], context: PlanContext, text: str) -> list[Step]:
    """`Forget limp, the poor horse is well again`: said once, it is forgotten and not used as well."""
    names = (*context.subjects, *context.styles, *context.motions)
    gone = {name for step in steps if isinstance(step, Forget) for name in names if fold(name) == fold(step.what)}
    once = {name for name in gone if len(re.findall(rf"(?<!\w){re.escape(name)}", text, re.I)) == 1}

    def uses(step: Step) -> bool:
        if not isinstance(step, GenerateImage | Animate):
            return False
        used = {*step.subjects, *step.styles, *([step.motion] if isinstance(step, Animate) else [])}
        others = {name for name in step.subjects if mentioned(name, text)} - gone
        return bool(used & once) and not others

    return [step for step in steps if not uses(step)]


def _said(what: str, names: Sequence[str], text: str) -> bool:
    """Whether the request speaks of what is to be erased."""
    words = [word[:4] for word in re.findall(r"[^\W\d_]{3,}", fold(what)) if word not in _TELLING]
    return bool(closest(what, names)) or any(word in fold(text) for word in words)


_BUT_KEEP = re.compile(
    r"\b(?:but|and) (?:do )?(?:keep|leave) (?:the \w+|him|her|it|them)\b"
    r"(?! (?:short|simple|small|out|away|off|in mind|quick)\b)",
    re.I,
)


def _one_erasure(steps: Sequence[Step], context: PlanContext, text: str) -> list[Step]:
    """`forget everything about my ex, Fabian` is one thing to forget."""
    names = (*context.subjects, *context.styles, *context.motions)
    wiped = [step for step in steps if isinstance(step, Forget)]
    kept = [step for step in wiped if spared(step.what, text)]
    if kept and len(kept) < len(wiped):  # `forget felt, no, keep the style! Forget that ...`
        return [step for step in steps if step not in kept]
    # `forget that I like football`, and jazz with it.
    said = [step for step in wiped if _said(step.what, names, text)]
    if said and len(said) < len(wiped):
        return [step for step in steps if not isinstance(step, Forget) or step in said]
    if len(wiped) > 1 and _BUT_KEEP.search(text):  # `wipe what you know of Ada's diet but keep the girl herself`
        longest = max(wiped, key=lambda step: len(step.what))
        return [step for step in steps if not isinstance(step, Forget) or step is longest]
    known = [step for step in wiped if closest(step.what, names)]
    if (
        len(wiped) < 2
        or len(known) != 1
        or re.search(r"\b(?:and|then|also|plus|too)\b|[;]", _PHOTOS_TOO.sub("", text), re.I)
    ):
        return list(steps)
    return [step for step in steps if not isinstance(step, Forget) or step in known]
