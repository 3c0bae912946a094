"""The only picture or clip of a plan: whom it shows, in which style, and the scene as the request has it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Sequence

from limner.agent.coined import coined_style
from limner.agent.earlier import last_drawn
from limner.agent.explicit import invented_name, named_in
from limner.agent.glossary import english_words
from limner.agent.kinds import group_said, kind_said, spoken_of
from limner.agent.left_out import others_meant
from limner.agent.lexicon import whole
from limner.agent.motions_said import as_clip
from limner.agent.names import FOLLOWS
from limner.agent.own_part import PLAIN, told
from limner.agent.own_words import in_own_words, somewhere, with_what_is_done
from limner.agent.plan import Animate, GenerateImage, PlanContext, Step
from limner.agent.quoted import QUOTED
from limner.agent.stated import listed, with_subjects
from limner.agent.styles_said import CORRECTED, in_said_style
from limner.agent.whom import all_of_a_kind, meant

NEAR_BY = 30  # letters between a `no` and whom it turns down
WHITHER = r"(?:off|over|onto|into|through|under|around|across|out of|along|down|up)"
# An empty scene; not `nobody listened`, `nobody but Ada`, `nobody else`.
NOBODY = re.compile(
    r"\b(?:nobody|no ?one|no people|without (?:any(?:one|body)|people))"
    r"(?=,? (?:in|on|at|around|about|anywhere|there|near|inside|to|or|and)\b(?! [^.,;]*\bbut\b)| *(?:[,.;!)]|$))",
    re.I,
)
AGAIN_BUT = re.compile(
    r"\b(?:same|again)\b.*?\bbut (?:(?:it|that) (?:should|must) be |make it |it's )?(?P<rest>[^,.;]+)", re.I
)


def only_drawn(step: Step, context: PlanContext, text: str, translated: bool) -> Step:
    """The only step of a plan: whom, in which style, and the scene as the request has it."""
    assert isinstance(step, GenerateImage | Animate)
    kinds, one, said, known = all_of_a_kind(context, text), meant(context, text), text, context
    if kinds and set(kinds) != set(step.subjects):
        step = with_subjects(step, kinds)
    elif one and len(step.subjects) < 2:
        others = (name for name in named_in(text, context.subjects) if name != one.owner)
        step = with_subjects(step, tuple(dict.fromkeys([one.name, *others])))
        said = text.replace(one.words, "" if one.words.startswith(",") else one.name)
        known = context.model_copy(update={"memory": ()})  # it told who is meant, and nothing of the scene
    elif words := _only_words(step.subjects, context, text):
        prompt = functools.reduce(lambda said, name: said.replace(name, name.lower()), words, step.prompt)
        kept = tuple(name for name in step.subjects if name not in words)
        step = step.model_copy(update={"subjects": kept, "prompt": prompt})
    elif (named := named_in(text, context.subjects)) and (
        (not _spoken(step.subjects, context, text) and not _turned_down(named, text))
        or (not step.subjects and invented_name(step.prompt, text, context.subjects))
    ):
        step = with_subjects(step, named)
    names = "|".join(map(re.escape, context.subjects)) or "(?!)"
    just = re.search(rf"\b(?:just|only) (?P<name>{names})(?!\w| (?:and|with)\b)", text)
    if just and len(step.subjects) > 1 and CORRECTED.search(text):
        step = with_subjects(step, (just["name"],))
    if (wanted := _corrected(context, text)) and set(step.subjects) < set(wanted):
        step = with_subjects(step, wanted)
    alone = named_in(text, context.subjects)  # `a drawing of just him`, of the only one that is named
    if len(alone) == 1 < len(step.subjects) and re.search(r"\b(?:just|only) (?:him|her|it)\b(?! and\b)", text, re.I):
        step = with_subjects(step, alone)
    step = _deserted(_instead(_as_changed(step, context, text), text), context, text)
    if isinstance(step, Animate) and not step.image_ref and step.subjects and _bare(step.prompt, step.subjects):
        # `Ada doing the bow before the queen, as a clip`, of which only Ada was left
        scene = told(step, re.split(r"[.;!?…] ", text)[0], context)
        step = step.model_copy(update={"prompt": scene}) if len(scene) > len(step.prompt) else step
    if isinstance(step, GenerateImage):
        step = as_clip(step, context, text)
    step = _as_usual(somewhere(in_said_style(step, context.styles, text), context, text), context, text)
    if not translated and (unknown := coined_style(context, text)):
        step = step.model_copy(update={"styles": (unknown,)})
    if not isinstance(step, GenerateImage):
        return step
    return in_own_words(with_what_is_done(step, context, text), known, said, translated)


_USUAL = re.compile(r"\b(?:(?:my|the|in|as) )?usual (?:style|look)\b", re.I)
_BY_DEFAULT = re.compile(r"\b(?:by default|default|usual(?:ly)?|always|prefers?|every time|standard)\b", re.I)


def _as_usual(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """`Usual style, please`: the one style that memory tells is drawn in by default."""
    said = _USUAL.search(text)
    no = (
        r"(?:\b(?:no|not|without|skip|drop|forget|leave|lose|instead of|but|other than|rather than"
        r"|hate|tired of|sick of)|n['’]t)\b[^,.;:]*$"
    )
    refused = said and (
        re.search(no, text[: said.start()], re.I)
        or re.match(r" ?(?:is|was|bores|looks|['’]s)\b", text[said.end() :], re.I)
    )
    if step.styles or said is None or refused or PLAIN.search(text):
        return step
    lines = [line.text for line in context.memory if _BY_DEFAULT.search(line.text)]
    told = {one for one in context.styles for line in lines if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", line, re.I)}
    return step.model_copy(update={"styles": tuple(told)}) if len(told) == 1 else step


_INSTEAD = re.compile(
    r"\b(?:scrap|scratch|forget|never ?mind) that,? (?:and )?(?:do|make|draw|put|show) (?:him|her|it|them)"
    r" (?P<scene>(?:in|on|at|as|under|by|with|\w+ing) [^,.;!?]+)",
    re.I,
)


def _instead(step: GenerateImage | Animate, text: str) -> GenerateImage | Animate:
    """`Ada in a desert, but scrap that, do her at the bottom of the sea`"""
    found = _INSTEAD.search(text)
    if found is None or not step.subjects:
        return step
    return step.model_copy(update={"prompt": f"{listed(step.subjects)} {found['scene'].strip()}"})


_HIM = re.compile(r"\b(?:him|her|he|she)\b", re.I)
# `an empty kitchen, nobody in it`; not `the garden, nobody but Ada in it`.
_DESERTED = re.compile(r"\b(?:nobody|no ?one|not a soul|no people) (?:at all )?(?:is )?in (?:it|there|sight)\b", re.I)


def _deserted(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """`I know you expect Ada again, but no! An empty kitchen, nobody in it`"""
    said = next((one for one in re.split(r"(?<=[.!?;]) +", text) if _DESERTED.search(one)), "")
    meant_here = _HIM.search(said) or any(spoken_of(name, context.subjects, said) for name in step.subjects)
    if not said or not step.subjects or meant_here:
        return step
    names = "|".join(map(re.escape, step.subjects))
    prompt = re.sub(rf"^(?:(?:{names})(?:,| and)? )+(?:(?:is |are )?(?:in|on|at) )?", "", step.prompt, flags=re.I)
    return step.model_copy(
        update={"subjects": (), "prompt": prompt or step.prompt, "layout": {}}
        if isinstance(step, GenerateImage)
        else {"subjects": (), "prompt": prompt or step.prompt}
    )


def _bare(prompt: str, names: Sequence[str]) -> bool:
    rest = re.sub("|".join(map(re.escape, names)), " ", prompt, flags=re.I)
    return not re.sub(r"\band\b|[^\w]+", "", rest)


def _corrected(context: PlanContext, text: str) -> tuple[str, ...]:
    """Of `Ada and Bo at sea, no wait, not Ada, rather Cy`: Bo and Cy. Nobody where nobody is taken back by name."""
    refused = (
        rf"\bnot (?P<who>{'|'.join(map(re.escape, context.subjects)) or '(?!)'})(?!\w|['’]s),? (?:but|rather|instead)"
    )
    taken = {found["who"].casefold() for found in re.finditer(refused, text, re.I)}
    named = named_in(text, context.subjects)
    kept = tuple(name for name in named if name.casefold() not in taken)
    return (
        kept
        if " and " in text and len(taken) == 1 and len(named) == len(kept) + 1 > 2 and CORRECTED.search(text)
        else ()
    )


def _turned_down(named: Sequence[str], text: str) -> bool:
    """Whether whoever is named may be somebody who is not wanted; of one alone only where it is said close by."""
    found = list(whole("turned_down").finditer(text))
    if len(named) != 1 or not found:
        return bool(found)
    at = [one.span() for one in re.finditer(rf"(?<!\w){re.escape(named[0])}(?!\w)", text, re.I)]
    return any(
        -NEAR_BY < start - one.end() < NEAR_BY or 0 <= one.start() - end < NEAR_BY for one in found for start, end in at
    )


def _only_words(subjects: Sequence[str], context: PlanContext, text: str) -> list[str]:
    """In a scene with nobody in it, the names that are words or places there: `a daisy field`, `a street in Paris`."""
    plain = QUOTED.sub(" ", text)
    if not any(NOBODY.search(one) and not _HIM.search(one) for one in re.split(r"(?<=[.!?;]) +", plain)):
        return []
    place = r"(?<!\b[Ii]n )(?<!\b[Aa]t )(?<!\b[Ff]rom )"

    def meant_here(name: str) -> bool:
        opens = "" if name.lower() not in english_words() else r"(?<!^)(?<![.!?] )"
        spelt = re.search(rf"{place}{opens}(?<!\w){re.escape(name)}(?!\w)", plain)
        # Not `a daisy field`, `a red rose`.
        bare = re.search(
            rf"(?:^|[.,:;!?] |\b(?:of|and|with|draw|paint|put|show) ){re.escape(name)}{FOLLOWS}", plain, re.I
        )
        kind = context.subjects.get(name, "")
        return bool(spelt or (bare and name.lower() not in english_words()) or (kind and kind_said(kind, plain)))

    return [name for name in subjects if not meant_here(name)]


def _spoken(subjects: Sequence[str], context: PlanContext, text: str) -> bool:
    """Whether anybody of a picture was spoken of, now or before; nobody at all is fine too."""
    past = [line.text for line in context.memory] + [
        part for turn in context.history for part in (turn.user, *turn.calls)
    ]
    said = " ".join([text, *past, *context.referents.values()])
    if whole("everyone").search(text) or group_said(text) or others_meant(subjects, context.subjects, text):
        return True
    return not subjects or any(spoken_of(name, context.subjects, said) for name in subjects)


def _as_changed(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """ "The same again but it should be night", with the night that got lost in a copy of the picture before."""
    change = AGAIN_BUT.search(text)
    copied = any(json.dumps(step.prompt, ensure_ascii=False) in call for turn in context.history for call in turn.calls)
    names = "|".join(map(re.escape, (*context.styles, *context.motions))) or "(?!)"
    if (
        change
        and copied
        and not whole("swapped").search(change["rest"])
        and not re.search(r"\b(?:styles?|seed|look)\b", change["rest"], re.I)
        and not re.search(rf"(?<!\w)(?:{names})(?!\w)", change["rest"], re.I)
    ):
        return step.model_copy(update={"prompt": f"{step.prompt}, {change['rest'].strip()}"})
    made = last_drawn(context)
    if isinstance(step, Animate) and made and step.image_ref == context.history[-1].result and not change:
        rest = re.sub("|".join(map(re.escape, step.subjects)) or "(?!)", " ", step.prompt).casefold()
        # A picture in motion shows what it showed, also where only who and how is written.
        if set(step.subjects) == set(made.subjects) and not [w for w in rest.split() if w[:3] != step.motion[:3]]:
            step = step.model_copy(update={"prompt": made.prompt})
            copied = True
    if isinstance(step, Animate) and copied:
        way = re.search(rf"\b{re.escape(step.motion)}\w* ({WHITHER} [^,.;]+)", text, re.I)
        return step.model_copy(update={"prompt": f"{step.prompt}, {way[1]}"}) if way else step
    return step
