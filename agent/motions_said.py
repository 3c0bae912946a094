"""The motion a request names: bent, corrected, or in the words of a picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from limner.agent.explicit import named_in
from limner.agent.glossary import meanings
from limner.agent.lexicon import keys, says
from limner.agent.names import closest, mentioned
from limner.agent.phrases import PLACE
from limner.agent.plan import Animate, GenerateImage, PlanContext
from limner.agent.styles_said import CORRECTED

_MOVING = re.compile(
    r"\b(?:frames?|clip|animat\w+|gif|video|vids?|moving (?:picture|image)|movie|(?:not a|no) still"
    r"|moving(?=[:!]| please)"
    r"|(?:has|have|needs?|got) to move|(?:must|should) move)\b",
    re.I,
)
# A motion in so many words, which somebody may not have.
_CALLED = re.compile(
    r"\bwith (?:the |an? )?(?P<way>(?!the\b|any\b|some\b|same\b|that\b|this\b|your\b)\w{3,}) (?:motion|move)\b"
    r"|\b(?:do|does|doing|perform\w*) an? (?P<trick>cartwheel|backflip|frontflip|flip|somersault|handstand|headstand"
    r"|moonwalk|pirouette|bow|curtsy|split|roll|twirl)\b",
    re.I,
)
_NOBODYS = re.compile(
    r"\b(?:do|does|doing|dances?|dancing|perform\w*) the"
    # What is done to a house, and no motion.
    r" (?P<what>(?!same|laundry|dish|shop|wash|cook|garden|house|honou?r|talk|rest\b|home|iron|clean|hoover|account"
    r"|driv|work|trick|other|thing|math)[a-z]{4,})"
    r"(?= *(?:[,.;!?]|$)| (?:on|in|at|down|over|under|across|around|through|by|near)\b)",
    re.I,
)
STILL = re.compile(
    r"\b(?:not|do not|don['’]?t|no|never|without)\b[^,.;]{0,14}\b(?:animat|clip|gif|video|mov)"
    r"|\b(?:nada de|swim of) (?:clip|v[ií]deo|anima|movi)"  # as it is in English word by word
    r"|(?<!not a )(?<!no )\bstill\b"
    r"|\b(?:one|single) frame\b|\bjust a \w+:",
    re.I,
)
_OTHER_MOTION = re.compile(r"\b(?:the|my) other (?:motion|move(?:ment)?|one of my motions)\b", re.I)
_DRAWN = re.compile(r"(?:(?:please|and|then|now|also|btw|can you|could you)[, ]+)*(?:draw|paint|sketch)\b", re.I)
_DOING_IT = re.compile(r"\b(?:do|does|doing|perform\w*) (?:it|that|this|the|so|likewise)\b|\bmotion\b", re.I)
_CAUSED = re.compile(r"\b(?:make|let|have|get) (?!(?:a|an|the|me|us|it)\b)[\w ]{2,30}", re.I)
# `engraved 'make me shake'` is no order.
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|(?<!\w)['‘][^'’]*['’](?!\w)")
_NO_MOTION = r"(?:style|look|picture|drawing|class|lesson)"


def with_motions_spelt(text: str, motions: Iterable[str]) -> str:
    """The request with a bent form of a motion's name as the name: `haz que gire` for `girar`."""
    for motion in motions:
        stem = motion[:-2]
        if " " in motion or len(stem) < 3 or re.search(rf"(?<!\w){re.escape(motion)}", text, re.I):
            continue
        bent = rf"(?<!\w){re.escape(stem)}\w{{1,4}}(?!\w)"
        if motion.endswith(("ar", "er", "ir", "en", "re", "ln", "rn")) and len(re.findall(bent, text, re.I)) == 1:
            text = re.sub(bent, lambda _, motion=motion: motion, text, flags=re.I)  # type: ignore[misc]
    return text


def stated_motion(text: str) -> str | None:
    """The one motion of the families' own that the request says."""
    found = [motion for motion in keys("motions") if says(text, "motions", motion)]
    return found[0] if len(found) == 1 else None


def in_said_motion(step: Animate, context: PlanContext, text: str) -> Animate:
    """The clip with the motion that is said, where another was planned that nobody has or that was taken back."""
    if not closest(step.motion, context.motions) and closest(step.motion, context.styles):
        step = _moved(step, context, text)
    # `Bounce yes, Hop no`, where Hop is a rabbit.
    names = "|".join(map(re.escape, context.subjects)) or "(?!)"
    called = _CALLED.search(text)
    if called and (called["way"] or not mentioned(step.motion, text)):
        wanted = called["way"] or called["trick"]
        if not closest(wanted, context.motions):
            return step.model_copy(update={"motion": wanted})
    if len(context.motions) == 2 and (turned := _OTHER_MOTION.search(text)):
        rest = text[: turned.start()] + text[turned.end() :]
        refused = [one for one in context.motions if mentioned(one, rest)]
        if len(refused) == 1:
            return step.model_copy(update={"motion": next(one for one in context.motions if one != refused[0])})
    said, corrected = _said(context.motions, re.sub(rf"(?<!\w)(?:{names})(?!\w)", " ", text))
    named = mentioned(step.motion, text) or says(text, "motions", step.motion)
    bent = bool(said) and _said(said, step.motion)[0] == said  # `waddling`, where one may waddle
    known = (named and not bent) or (closest(step.motion, context.motions) and not said)
    if len(said) == 1 and (corrected or not known):
        return step.model_copy(update={"motion": said[0]})
    # `Bram zwaait`, he waves, where the motion is called zwaai
    alike = [one for one in context.motions if meanings(one) & meanings(step.motion)]
    if not closest(step.motion, context.motions) and len(alike) == 1:
        return step.model_copy(update={"motion": alike[0]})
    return step


def _moved(step: Animate, context: PlanContext, text: str) -> Animate:
    """The clip whose motion is a style's name: in that style, in the motion said, made last, or the only one."""
    said, _ = _said(context.motions, text)
    calls = [call for turn in context.history[-1:] for call in turn.calls]
    before = [motion for motion in context.motions if any(f'motion="{motion}"' in call for call in calls)]
    motions = said or before or list(context.motions)
    styles = tuple(dict.fromkeys([*step.styles, *closest(step.motion, context.styles)]))
    return step.model_copy(update={"styles": styles, "motion": motions[0]}) if len(motions) == 1 else step


def clip_said(context: PlanContext, text: str) -> Animate | None:
    """The clip of `clip of Rex doing the rev at a fair`: of who is named, in the one motion that is said."""
    said, _ = _said(context.motions, text)
    who = tuple(name for name in context.subjects if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I))
    if len(said) != 1 or not who or not _MOVING.search(text):
        return None
    place = PLACE.search(text.strip(" .!?"))
    scene = " and ".join(who) + (f" {place['where']}" if place else "")
    return Animate(prompt=scene, subjects=who, motion=said[0])


def as_clip(step: GenerateImage, context: PlanContext, text: str) -> GenerateImage | Animate:
    """A clip in place of a picture, for `Ada doing the cartwheel` and `twelve frames of Ada, cartwheel`."""
    motions = {motion.lower() for motion in context.motions}
    text = _QUOTED.sub(lambda quote: quote[0] if quote[0][1:-1].lower() in motions else " ", text)
    said, _ = _said(context.motions, text)
    if not said and _MOVING.search(text) and (stated := stated_motion(text)) in context.motions:
        said = [stated] if stated else []
    # `do the worm, video`: nobody has that, and so it is asked about.
    if not said and _MOVING.search(text) and not STILL.search(text) and (nobodys := _NOBODYS.search(text)):
        return Animate(prompt=step.prompt, subjects=step.subjects, styles=step.styles, motion=nobodys["what"])
    if len(said) != 1 or (step.count > 1 and not _MOVING.search(text)):
        return step
    motion = said[0]
    who = r"(?:(?:make|let|have)(?: \w+){0,2}|(?:doing|does|do|dancing|performing)(?: an?| the| some| his| her)?)"
    doing = re.search(rf"\b{who} {re.escape(motion)}(?! {_NO_MOTION})", text, re.I)
    taken = any(closest(style, [motion]) for style in step.styles)
    if not (doing or taken or _MOVING.search(text)) or STILL.search(text):
        return step
    styles = tuple(style for style in step.styles if not closest(style, [motion]))
    return Animate(prompt=step.prompt, subjects=step.subjects, styles=styles, motion=motion)


def as_picture(step: Animate, context: PlanContext, text: str) -> Animate | GenerateImage:
    """A picture in place of a clip that nobody asked for: `draw Ada in a bath`, `Ada chasing Bo up the stairs`."""
    if step.image_ref or step.frames or _MOVING.search(text) or _DOING_IT.search(text):
        return step
    known, said = closest(step.motion, context.motions), _said(context.motions, text)[0]
    drawn = not (said or mentioned(step.motion, text) or stated_motion(text)) and _DRAWN.match(text)
    who = "|".join(map(re.escape, context.subjects)) or "(?!)"
    bare = re.escape(step.motion.removesuffix("ing").removesuffix("s"))
    # What is only taught now is known by the time it is drawn.
    doing = not (known or context.attachments) and re.search(
        rf"(?<!\w)(?:{who}),? {bare}\w{{0,2}}ing(?!\w)", text, re.I
    )
    if not (drawn or doing) or _CAUSED.search(text):
        return step
    named = tuple(dict.fromkeys([*step.subjects, *(named_in(text, context.subjects) if doing else ())]))
    return GenerateImage(prompt=step.prompt, subjects=named, styles=step.styles)


def _said(motions: Sequence[str], text: str) -> tuple[list[str], bool]:
    """The motions in the request; only the last when it takes the others back, and whether it does."""
    found = []
    for motion in motions:
        bent = rf"(?<!\w){re.escape(motion)}(?:s|es|ing|{re.escape(motion[-1:])}ing|ed)?(?!\w| {_NO_MOTION})"
        if motion.endswith("e"):
            bent = rf"(?:{bent}|(?<!\w){re.escape(motion[:-1])}(?:ing|ed)(?!\w))"
        refused = r"(?<!\bno )(?<!\bnot )(?<!\bwithout )"
        if places := list(re.finditer(rf"{refused}{bent}", text, re.I)) or list(re.finditer(bent, text, re.I)):
            found.append((places[-1].start(), motion))
    found.sort()
    between = text[found[-2][0] : found[-1][0]] if len(found) > 1 else ""
    if re.search(r"\b(?:rather than|instead of|and not|, not)\b", between, re.I):
        return [found[-2][1]], True
    if CORRECTED.search(between):
        return [found[-1][1]], True
    return [motion for _, motion in found], False
