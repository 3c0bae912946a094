"""What one part of a request says of its own picture, where a small planner took it from another part or lost it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limner.agent.explicit import SEED
from limner.agent.left_out import but, everyone_said
from limner.agent.lexicon import alternatives, keys, whole
from limner.agent.motions_said import as_clip, as_picture
from limner.agent.plan import Animate, GenerateImage, Plan, PlanContext, Recall, SetPreference, Step
from limner.agent.stated import stated_count, with_subjects

_CLIP = re.compile(r"\b(?:clip|animat\w+|gif|video|moving)\b", re.I)
# What of a part is no scene.
_BESIDE = (
    r",? ?\b(?:(?:with )?no style(?: at all| on (?:that|it|this)(?: one)?| there)?|without (?:an?y? )?style"
    r"|(?:as (?:a |an )?)?(?:animated|(?:clip|animation|gif|still|moving picture)\b)|plain|please|pls|\d+ frames?)\b"
)
_ENDS = re.compile(
    r"(?<=[.!?;])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bProf\.) |, den (?=\w)"
    r"|,? (?:and )?(?:finally|lastly|afterwards)\b"
    r"|,? and (?:(?:finish|end|close|wrap up)(?: off)? with|to finish|last(?= an? )|for the end)"
    r"|,? (?:and |oh |but )?(?:(?:btw|also|plus)[, ]+)+(?=(?:draw|paint|sketch|show|give|make|animate)\b)"
    r"|, (?:and )?(?:also )?(?=(?:an?|one|another) (?:\w+ )?(?:clip|pic|picture|drawing|image|animation|portrait)"
    r" (?:of|with|where)\b)"
    r"|, (?:and )?(?=(?:one|two|three|four|five|six|\d|an? (?:pair|couple|trio)) of"
    r" (?!(?:them|those|these|us|which|whom|the|my|his|her|its|our|pic\w*|images?|drawings?|versions?|clips?"
    r"|stills?)\b))",
    re.I,
)
THEN = re.compile(rf"(?:{whole('then').pattern})(?! (?:to|door)\b)", re.I)
PLAIN = re.compile(
    r"\b(?:no styles?|without (?:an? |any )?styles?|leave out (?:any|every|the) style"
    r"|leave (?:any|the) style out)\b(?! (?:for|on) (?!it\b|that\b|this\b))|, plain(?= *(?:[,.;!?]|$))",
    re.I,
)
_PICTURE = re.compile(r"\b(?:still|picture|drawing|pic|image|portrait)\b", re.I)
# `then Ada doing the same`
_ALSO = re.compile(r"\b(?:the same|likewise|as well|too|also|there)\b", re.I)
_PRONOUN = re.compile(r"\b(?:her|him|it|them|she|he|they)\b", re.I)
_SET_GOING = re.compile(r"\b(?:and|then|also) (?:animate|make (?:him|her|it|them))\b", re.I)
MOST_WORDS = 14
Drawn = GenerateImage | Animate


def parts(text: str) -> list[str]:
    """A request as people part what they list: by sentences, by `then` and by `finally`."""
    pieces = [one for piece in _ENDS.split(text) for one in THEN.split(piece)]
    return [one for one in pieces if one.strip(" ,.;!?")]


def own_part(step: Drawn, drawn: Sequence[Drawn], said: Sequence[str]) -> str:
    """The part that speaks of the step's subjects and of those of no other picture; empty where none or several do."""
    twins = [one for one in drawn if set(one.subjects) == set(step.subjects)]
    others = {name for one in drawn for name in one.subjects} - set(step.subjects)
    # `Ada at sea, Bo at home, both at a ball`: one part, of three pictures.
    within = [one for one in drawn if one not in twins and one.subjects and set(one.subjects) <= set(step.subjects)]
    mine = [part for part in said if names(step.subjects, part) and not names(others, part)]
    mine = [part for part in mine if not any(names(one.subjects, part) for one in within)]
    at = next(at for at, one in enumerate(twins) if one is step)
    return mine[at] if step.subjects and len(mine) == len(twins) else ""


def in_own_parts(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan of several pictures, each with the scene, the number and the people its own part names."""
    wanted = [one for one in plan.steps if not (isinstance(one, GenerateImage | Animate) and _nothing_for(one, text))]
    plan = plan.model_copy(update={"steps": tuple(wanted)}) if wanted else plan
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    said = parts(text)
    by_names = [piece for part in said for piece in _parted_by_names(part, context)]
    said = by_names if len(by_names) == len(plan.steps) > len(said) else said
    if len(plan.steps) < 2 or not drawn:
        return plan
    if len(said) < 2:
        return _all_clips(plan, context, text)
    plan = _all_clips(_everyone(plan, said, context), context, text)
    steps = [_whose_clip(step, drawn, said, context) if isinstance(step, Animate) else step for step in plan.steps]
    drawn = [step for step in steps if isinstance(step, GenerateImage | Animate)]
    done: list[Step] = []
    looked_up = [part for part in said if _LOOK_UP.search(part)]
    recalls = any(isinstance(step, Recall) for step in steps)
    for step in steps:
        if isinstance(step, SetPreference) and len(looked_up) == 1 and not recalls and not _NOTED.search(text):
            done.append(Recall(query=looked_up[0].strip(" ,.;?!")))
            continue
        if isinstance(step, GenerateImage | Animate) and (part := own_part(step, drawn, said)):
            before = next((one for one in reversed(done) if isinstance(one, GenerateImage)), None)
            others = [one for one in drawn if one is not step]
            number = [found for one in others if (found := own_part(one, drawn, said))]
            if not _told_of_him(step, part, said, context):
                step = _scene(step, before, part, [one.prompt for one in others], context)
            if step.styles and PLAIN.search(part) and not names(context.styles, part):
                step = step.model_copy(update={"styles": ()})
            if isinstance(step, GenerateImage) and _CLIP.search(part) and not _PICTURE.search(part):
                step = as_clip(step, context, part)
            if isinstance(step, Animate):
                step = as_picture(step, context, part)
            if isinstance(step, GenerateImage) and _LOOK_UP.search(part):
                done.append(Recall(query=part.strip(" ,.;?!")))
                continue
            if isinstance(step, GenerateImage) and not context.attachments:  # `4 photos, learn him`
                step = _number(step, part, number)
            if isinstance(step, GenerateImage) and step.seed is None and (seed := SEED.search(part)):
                step = step.model_copy(update={"seed": int(seed["then"] or seed["first"])})
        if isinstance(step, GenerateImage | Animate) and step.styles:
            step = _not_of_that_one(step, said, text)
        done.append(step)
    return plan.model_copy(update={"steps": tuple(_told_once(done, said))})


def _told_once(steps: Sequence[Step], said: Sequence[str]) -> list[Step]:
    """Without the picture of `third, Ada in a barn, as a clip`, which is told once and planned as both."""
    kept: list[Step] = []
    for at, step in enumerate(steps):
        clip = steps[at + 1] if at + 1 < len(steps) else None
        twins = (
            isinstance(step, GenerateImage)
            and isinstance(clip, Animate)
            and not clip.image_ref
            and (step.prompt, step.subjects) == (clip.prompt, clip.subjects)
        )
        if twins and isinstance(step, GenerateImage):
            mine = [part for part in said if names(step.subjects, part)]
            if (
                len(mine) == 1
                and _CLIP.search(mine[0])
                and not (_PICTURE.search(mine[0]) or _SET_GOING.search(mine[0]))
            ):
                continue
        kept.append(step)
    return kept


_NOTED = re.compile(
    r"\b(?:remember|keep (?:that|this|it)|note|keep in mind|write|jot|save|from now on|always|never)\b", re.I
)


def _nothing_for(step: Drawn, text: str) -> bool:
    """`..., nothing for Tom`"""
    if len(step.subjects) != 1:
        return False
    who = "|".join({re.escape(step.subjects[0]), *(re.escape(one) for one in step.subjects[0].split() if len(one) > 2)})
    none = r"(?:^|[,;.!] *|\band )(?:but )?(?:nothing|none|no (?:picture|drawing|clip)s?) (?:for|of|with) (?:the )?"
    said = re.findall(rf"(?<!\w)(?:{who})(?!\w)", text, re.I)
    return len(said) == 1 and bool(re.search(rf"{none}(?:{who})(?= *(?:[,;.!]|$)| and\b)", text, re.I))


def _not_of_that_one(step: Drawn, said: Sequence[str], text: str) -> Drawn:
    """`Ada at sea (felt, only for that one), then Bo at home`, who is in felt as planned."""
    for style in step.styles:
        alone = rf"(?<!\w){re.escape(style)}(?!\w)[^.;]*?\bonly (?:for|on) (?:that|this)(?: one| picture)?\b"
        mine = [part for part in said if names(step.subjects, part)]
        if re.search(alone, text, re.I) and len(mine) == 1 and not names([style], mine[0]):
            step = step.model_copy(update={"styles": tuple(one for one in step.styles if one != style)})
    return step


def _parted_by_names(part: str, context: PlanContext) -> list[str]:
    """`Ada on a moped in felt, Bo on a moped, and Cy on a moped with no style`, a picture each."""
    one = "|".join(map(re.escape, sorted(context.subjects, key=len, reverse=True))) or "(?!)"
    return re.split(rf", (?:and )?(?=(?:{one}) (?:in|on|at|as|with|under|up|\w+ing)\b)", part)


# `and what was it I told you about Ada's birthday?`
_LOOK_UP = re.compile(
    r"\b(?:what|which|when|where|who)\b[^.;!]*\b(?:i|we) (?:ever )?(?:told|said|mentioned|wanted|liked)\b[^.;!]*\?"
    r"|^\W*(?:and )?(?:remind me|look up|tell me) (?:of )?wh(?:at|ich|en|ere|o)\b",
    re.I,
)
_CLIPS = re.compile(r"^[^:;.!?]{0,30}\b(?:clips|animations|gifs|videos)\b[^:;.!?]{0,30}: ", re.I)


def _all_clips(plan: Plan, context: PlanContext, text: str) -> Plan:
    """`Three clips: Ada sneaking through a kitchen, ...`, where pictures were planned."""
    if not _CLIPS.search(text):
        return plan
    steps = [
        as_clip(step, context, f"a clip of {step.prompt}") if isinstance(step, GenerateImage) else step
        for step in plan.steps
    ]
    return plan.model_copy(update={"steps": tuple(steps)})


# `felt on all of them`
_ON_ALL = re.compile(
    r"\b(?:on|in|for|to) all of (?:them|these|those)\b|\ball of (?:them|these) in (?!an?\b|the\b|my\b|our\b)", re.I
)


def _everyone(plan: Plan, said: Sequence[str], context: PlanContext) -> Plan:
    """`Everybody but the goat on a wagon; then ...`, where each part is one step: who that is."""
    if len(said) != len(plan.steps):
        return plan
    steps: list[Step] = []
    for step, part in zip(plan.steps, said, strict=True):
        if isinstance(step, GenerateImage) and everyone_said(part) and not _ON_ALL.search(part):
            kept = but(step.subjects, context.subjects, part)
            step = with_subjects(step, kept) if kept and set(kept) != set(step.subjects) else step
        steps.append(step)
    return plan.model_copy(update={"steps": tuple(steps)})


def _whose_clip(step: Animate, drawn: Sequence[Drawn], said: Sequence[str], context: PlanContext) -> Drawn:
    """`a clip: Duchess galloping`, where somebody of the part before was planned."""
    clips = [part for part in said if _CLIP.search(part)]
    if len(clips) != 1 or sum(isinstance(one, Animate) for one in drawn) != 1 or names(step.subjects, clips[0]):
        return step
    out = rf"\b(?:nothing with|without|not|no|minus|except|but) {'{name}'}(?!\w)"
    named = tuple(
        name
        for name in context.subjects
        if names([name], clips[0]) and not re.search(out.replace("{name}", re.escape(name)), clips[0], re.I)
    )
    return with_subjects(step, named) if named and step.subjects else step


def _scene(step: Drawn, before: GenerateImage | None, part: str, others: Sequence[str], context: PlanContext) -> Drawn:
    known = (*context.subjects, *context.styles, *context.motions)
    mine, here = content(step.prompt, known), content(part, known)
    strayed = mine and not mine & here and mine <= set().union(*(content(one, known) for one in others))
    follows = before_it = step.image_ref if isinstance(step, Animate) else None
    if follows and before is not None and set(before.subjects) == set(step.subjects):
        return step
    if follows == "last" and before is not None and not mine and here:
        follows, strayed = None, True  # `Ada with a cake, and animate Bo doing a cartwheel in the yard`
    if not (strayed or (not mine and not follows)) or _ALSO.search(part):
        return step
    scene = told(step, part, context)
    if not content(scene, known):
        return step
    update = {"prompt": scene, **({"image_ref": None} if strayed and before_it == "last" else {})}
    return step.model_copy(update=update)


def _told_of_him(step: Drawn, part: str, said: Sequence[str], context: PlanContext) -> bool:
    """`It's Ada's birthday. I need her with a cake, ...`: the scene stands where only a pronoun means her."""
    known = (*context.subjects, *context.styles, *context.motions)
    mine, behind = content(step.prompt, known), said[said.index(part) + 1 :]
    return (
        bool(mine)
        and not mine & content(part, known)
        and bool(behind)
        and mine <= content(behind[0], known)
        and bool(_PRONOUN.search(behind[0]))
    )


def told(step: Drawn, part: str, context: PlanContext) -> str:
    """The part from the first of its subjects on, without style, seed and what else is no scene; else nothing."""
    starts = [found.start() for name in step.subjects if (found := re.search(rf"(?<!\w){re.escape(name)}", part, re.I))]
    if not starts:
        return ""
    scene = SEED.sub("", part[min(starts) :])
    for style in context.styles:
        scene = re.sub(
            rf",? ?\b(?:(?:in|using|with) )?(?:the )?{re.escape(style)}(?: style)?(?!\w)", "", scene, flags=re.I
        )
    if isinstance(step, Animate):
        moving = rf"\b(?:with|doing|does|do) (?:the |an? |his |her )?{re.escape(step.motion)}(?: motion)?\b"
        scene = re.sub(moving, "", scene, flags=re.I)
    scene = re.sub(_BESIDE, "", scene, flags=re.I)
    scene = " ".join(re.sub(r" ?[,.;]+(?= ?[,.;]|$)", "", scene).split()).strip(" ,.;!:-–")
    strangers = set(context.subjects) - set(step.subjects)
    return "" if len(scene.split()) > MOST_WORDS or names(strangers, scene) else scene


def _number(step: GenerateImage, part: str, others: Sequence[str]) -> GenerateImage:
    """As many as its own part says; one where only another part says so many."""
    count = stated_count(SEED.sub(" ", part))
    numbers = "|".join(alternatives("numbers", number) for number in keys("numbers"))
    if count:
        return step.model_copy(update={"count": count})
    if step.count == 1 or re.search(rf"\d|(?<!\w)(?:{numbers})(?!\w)", SEED.sub(" ", part), re.I):
        return step
    elsewhere = any(stated_count(SEED.sub(" ", one)) == step.count for one in others)
    return step.model_copy(update={"count": 1}) if elsewhere else step


def content(text: str, known: Sequence[str]) -> set[str]:
    """What of a text a picture shows."""
    every = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True) if name) or "(?!)"
    rest = re.sub(rf"(?<!\w)(?:{every})(?!\w)", " ", text, flags=re.I)
    return {word[:4] for word in re.findall(r"[^\W\d_]{4,}", rest.lower()) if not whole("small").fullmatch(word)}


def names(several: Sequence[str] | set[str], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I) for name in several)
