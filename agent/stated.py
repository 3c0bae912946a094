"""Who is drawn, how many and how it moves, where a request says it in so many words: that overrules the planner."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence

from limner.agent.earlier import last_drawn
from limner.agent.explicit import SEED, named_in
from limner.agent.given_up import given_up, spared
from limner.agent.groups import of_groups
from limner.agent.kinds import group_said, of_kind, spoken_of
from limner.agent.left_out import but, everyone_said, named_inside, others_meant, without_those
from limner.agent.lexicon import alternatives, any_of, keys, opening, whole
from limner.agent.motions_said import STILL, stated_motion
from limner.agent.names import fold
from limner.agent.only_them import only_them
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
)

QUOTED = re.compile(r'"[^"]*"|“[^”]*”|«[^»]*»')
SHOWING = r"(?:drawing|picture|image|portrait|sketch|version|sticker)"
# More are no picture of anybody.
MOST_TOGETHER = 12
# `just one this time, not the usual heap`, `and only a single one`
_ONCE_ONLY = re.compile(
    r"\b(?:just|only) (?:(?:a|the) )?(?:single )?one(?: of (?:it|them))?(?= this time\b| only\b|[.!]*$)"
    r"|\ba single one only\b",
    re.I,
)
REFUSAL = "I can't make that picture."


def as_stated(plan: Plan, subjects: Mapping[str, str], text: str, evidence: str) -> Plan:
    """The plan with the subjects, the count and the motion that the request states, when it is one step.

    `evidence` is everything said so far, the request `text` included; it decides who was spoken of at all.
    """
    if len(plan.steps) != 1 or not isinstance(plan.steps[0], GenerateImage | Animate):
        return plan
    said, step = QUOTED.sub(" ", text), plan.steps[0]
    changed = step
    planned = tuple(dict.fromkeys(step.subjects))
    wanted = stated_subjects(planned, subjects, said, evidence)
    wanted = planned if wanted is None else wanted
    if set(wanted) != set(planned) or len(planned) < len(step.subjects):
        changed = with_subjects(changed, wanted)
    count = stated_count(SEED.sub(" ", said))  # `with the seed 77 draw Rex`
    if isinstance(changed, GenerateImage) and count:
        changed = changed.model_copy(update={"count": count})
    if isinstance(changed, Animate) and changed.motion in keys("motions"):
        changed = changed.model_copy(update={"motion": stated_motion(said) or changed.motion})
    return plan.model_copy(update={"steps": (changed,)})


def styled(step: GenerateImage | Animate, styles: Sequence[str]) -> GenerateImage | Animate:
    """The step with a style that stands in its prompt among its styles instead."""
    for style in sorted(styles, key=len, reverse=True):
        name = re.escape(style)
        behind = re.fullmatch(rf"(.+?),? in (?:the )?{name}(?: style)?", step.prompt, re.IGNORECASE)
        # `a line of ants` is no drawing.
        showing = f"{SHOWING} " if style == "line" else f"(?:{SHOWING} )?"
        whole_of = re.fullmatch(rf"(?:an? |the )?{name} {showing}of (.+)", step.prompt, re.IGNORECASE)
        before = re.fullmatch(rf"(an? )?{name} (.+)", step.prompt, re.IGNORECASE)
        adjective = before if style in ("cartoon", "3d") else None
        if step.styles in ((), (style,)) and (found := behind or whole_of or adjective):
            prompt = "".join(filter(None, found.groups()))
            return step.model_copy(update={"styles": (style,), "prompt": prompt})
    return step


def refused(plan: Plan, text: str, asked: str = "") -> Plan | None:
    """A refusal in place of a plan to draw what is never drawn, or to ask more of it; None if there is nothing such.

    What the request is harmless by in its own words (`pieds nus`) is so in English too.
    """
    pattern, harmless = opening("refused", "words"), opening("refused", "but")
    assert pattern is not None and harmless is not None
    # `the naked... no, the shorn poodle`
    taken_back = rf"(?<!\w)(?:{pattern.pattern})\w*(?:\.{{2,}}|…) *(?:no|nein|non|não),"

    def shown(said: str) -> str:
        left = re.sub(taken_back, " ", harmless.sub(" ", QUOTED.sub(" ", said)), flags=re.IGNORECASE)
        return " ".join(left.split())

    excused = " ".join(found[0] for found in harmless.finditer(asked))
    words = "|".join(map(re.escape, excused.split())) or "(?!)"
    english = re.sub(rf"(?<!\w)(?:{words})(?!\w)", " ", shown(text), flags=re.IGNORECASE)
    draws = any(isinstance(step, GenerateImage | Animate | EditImage | AskUser) for step in plan.steps)
    if draws and (pattern.search(english) or (excused and pattern.search(shown(asked)))):
        return Plan(steps=(Answer(text=REFUSAL),))
    return None


def erasure(plan: Plan, names: Iterable[str], text: str) -> Plan | None:
    """`forget Rex` and nothing else, in any of the languages, where the planner made something else of it."""
    wiped = [step for step in plan.steps if isinstance(step, Forget)]
    if wiped and not (len(plan.steps) == 1 and spared(wiped[0].what, text)):
        return None
    please = r"[,;]? (?:please|por favor|bitte|alsjeblieft|s'il te plaît|stp|per favore)$"
    plain = re.sub(please, "", text.strip().rstrip(".!"), flags=re.IGNORECASE)
    every = tuple(names)
    what = _erased(every, plain) if _erasing().match(plain) else None
    told = all(isinstance(step, Recall | SetPreference | Answer | AskUser | Forget) for step in plan.steps)
    what = what or (given_up(every, text) if told else None)
    return Plan(steps=(Forget(what=what),)) if what else None


@functools.cache
def _erasing() -> re.Pattern[str]:
    return re.compile(rf"(?:please )?(?:{alternatives('erase', 'orders')})|you (?:can|may) ", re.IGNORECASE)


def _erased(every: Sequence[str], plain: str) -> str | None:
    """The one name that an order to erase is about."""
    one = "|".join(map(re.escape, every)) or "(?!)"
    order = alternatives("erase", "orders")
    mended = (
        rf"(?:please )?(?:{order})(?:{one})\b.*?\bi mean[t,]*(?: to)? (?:{order})?"
        rf"(?:the (?:style|motion|look) )?(?P<name>{one})\b.*"
    )
    # `forget Truffle for me, but whatever you do keep Nutmeg`
    keeping = (
        rf"(?:please )?(?:{order})(?P<name>{one})(?: (?:for me|for good|please))*[,;.] *"
        r"(?:(?:but|and|just|only|whatever (?:you do|happens)),? )*(?:keep|leave)\b[^.;!?]*"
    )
    reason = r"(?:[,;.] (?:i|we|he|she|it|they)\b[^,.;!?]*)?"
    let_go = rf"you (?:can|may) (?:now )?(?:forget|remove|drop|delete|erase) (?:about )?(?P<name>{one}){reason}"
    ways = (re.fullmatch(way, plain, re.IGNORECASE) for way in (mended, keeping, let_go))
    if found := next(filter(None, ways), None):
        plain = f"forget {found['name']}"
    elif found := re.fullmatch(rf"(?P<order>(?:{order})(?:{one})){reason}", plain, re.IGNORECASE):
        plain = found["order"]
    found = re.fullmatch(rf"(?:{alternatives('erase', 'orders')})(?P<name>.+)", plain, re.IGNORECASE)
    return next((name for name in every if found and fold(name) == fold(found["name"])), None)


def moving(plan: Plan, context: PlanContext, text: str) -> Plan | None:
    """`lass Emil springen`, where the planner drew or changed a picture instead: the clip that was asked for."""
    causes, motion = opening("causes", "verbs"), stated_motion(QUOTED.sub(" ", text))
    if STILL.search(text):
        return None
    if len(plan.steps) != 1 or causes is None or not causes.match(text.strip()) or motion not in context.motions:
        return None
    step = plan.steps[0]
    if isinstance(step, GenerateImage) and step.subjects and step.count == 1:
        clip = Animate(prompt=step.prompt, subjects=step.subjects, styles=step.styles, motion=motion)
        return Plan(steps=(clip,))
    if isinstance(step, EditImage) and (made := last_drawn(context)):
        clip = Animate(prompt=made.prompt, subjects=made.subjects, styles=made.styles, motion=motion)
        return Plan(steps=(clip.model_copy(update={"image_ref": step.image_ref}),))
    return None


def stated_subjects(
    planned: Sequence[str], subjects: Mapping[str, str], text: str, evidence: str
) -> tuple[str, ...] | None:
    """Who the request puts in the picture; None where only the planner can tell."""
    if everyone_said(text) and len(subjects) > 1:
        return but(planned, subjects, text)
    if only := only_them(subjects, text):
        return only
    groups = of_groups(planned, subjects, text)
    if group_said(text):
        return without_those(groups or planned, subjects, text) or groups
    if groups:
        return groups
    if others_meant(planned, subjects, text) or (set(planned) == set(subjects) and _invited(text)):
        return None
    if whole("turned_down").search(text) or whole("pointing").search(text):
        return _only_kind(planned, subjects, text, evidence)
    named, kinds = named_inside(text, subjects), of_kind(text, subjects)
    spoken = tuple(name for name in planned if name in kinds or spoken_of(name, subjects, evidence))
    if not spoken:
        return named or (kinds if len(kinds) == 1 and (planned or _mine(kinds[0], subjects, text)) else None)
    if len(spoken) < len(planned):
        return spoken
    # Only beside others that are meant: a name alone may be an owner, a place, a figure of speech.
    missing = [name for name in named if name not in planned and _joined(name, text)]
    # `the robot and the hen`, where there is one of each.
    alone = [name for name in kinds if list(subjects.values()).count(subjects[name]) == 1]
    missing += [
        name
        for name in alone
        if name not in (*planned, *missing) and _joined(subjects[name], text) and planned[0] in kinds
    ]
    return (*planned, *missing) if missing else None


def _only_kind(planned: Sequence[str], subjects: Mapping[str, str], text: str, evidence: str) -> tuple[str, ...] | None:
    """`not Rufus. the turtle! on a surfboard`, where the planner took somebody of whom nobody spoke."""
    kinds = of_kind(text, subjects)
    if not planned or len(kinds) != 1 or any(name in kinds or spoken_of(name, subjects, evidence) for name in planned):
        return None
    turned_down = (
        rf"\b(?:no|not|never|without|except|but|than|of|my other)\s+(?:\w+\s+){{0,2}}{re.escape(subjects[kinds[0]])}"
    )
    return None if re.search(turned_down, text, re.IGNORECASE) else kinds


def _invited(text: str) -> bool:
    """`Everyone is invited! Even the cat!`: a story perhaps, and perhaps all of them."""
    return bool(whole("everyone").search(text) and whole("invited").search(text))


def _mine(name: str, subjects: Mapping[str, str], text: str) -> bool:
    """`my robot`, and no `my robot's`."""
    return bool(re.search(rf"\b(?:my|our) (?:\w+ )?{re.escape(subjects[name])}(?!\w|['’]s)", text, re.IGNORECASE))


def crowd(subjects: Mapping[str, str], text: str) -> str:
    """The question when everyone is more than a picture holds; else empty."""
    everyone = everyone_said(QUOTED.sub(" ", text))
    if (
        not everyone
        or len(subjects) <= MOST_TOGETHER
        or (but(tuple(subjects), subjects, text) or subjects) != tuple(subjects)
    ):
        return ""
    return f"Everyone would be {len(subjects)} in one picture. Whom shall I draw?"


def stated_count(text: str) -> int | None:
    """How many pictures the request asks for, when it names one number of pictures or says which is the last word."""
    if final := _final().search(text):
        return _number(final) if _count().search(text[: final.start()]) else None
    counted = list(_count().finditer(text))
    if _ONCE_ONLY.search(text) and not counted:
        return 1
    found = [one for one in counted if not _compared().search(text[: one.start()])]
    if len(found) == 1 and (then := _in_passing().match(text, found[0].end())):
        return _number(then)
    found = found or list(_ending().finditer(text)) or list(_of_whom().finditer(text))
    if len(found) != 1 or whole("taken_back").search(text):
        return None
    return _number(found[0])


def _number(found: re.Match[str]) -> int | None:
    """The number of a match in digits or words."""
    if found["digits"]:
        return int(found["digits"]) or None
    said = found["words"] or found.groupdict().get("dozen") or ""
    if re.fullmatch(_ONE, said, re.IGNORECASE):
        return 1
    ways = ((number, alternatives("numbers", number)) for number in keys("numbers"))
    return next((int(number) for number, way in ways if re.fullmatch(way, said, re.IGNORECASE)), None)


_FINE = r"fine|ok(?:ay)?|all ?right|oh well"
_ONE = r"one|eins?|eine[ns]?|un[ao]?|une|uma?"


@functools.cache
def _final() -> re.Pattern[str]:
    """A number with which one before is taken back: `oh no, one is enough`, `actually just one`, `Seven? Two.`"""
    number = rf"(?<!\w)(?:(?P<digits>\d{{1,2}})|(?P<words>{_ONE}|{any_of('numbers')}))(?!\w)"
    pictures = rf"(?: (?:{alternatives('whole', 'pictures')})| of (?:them|those))?"
    enough = (
        r"(?:(?:is|are|will be|would be|ist|wäre?|é|es|è) )?(?:already |schon |really )?(?:enough|plenty|will do"
        r"|reich(?:t|en)|genüg(?:t|en)|lang(?:t|en)|bastan?o?|suffi(?:t|sent)|chegam?|suficientes?|sufficienti?)(?!\w)"
    )
    only = r"(?:(?:just|only|nur|doch|s[oó]lo|seulement|só) )*"
    instead = rf"{alternatives('whole', 'taken_back')}|{_FINE}"
    # `5 pictures of Rex. *4` mends a number as a slip of the pen is mended.
    back = rf"(?P<back>(?<!\w)(?:{instead})(?!\w)[^\w]+{only}|(?<=[.!?…] ){only}|(?<!\S)\* ?)?"
    ends = r"(?(back)(?: please| bitte)?[.! ]*$|(?!))"
    return re.compile(rf"{back}{number}{pictures}(?: {enough}|{ends})", re.IGNORECASE)


@functools.cache
def _compared() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives('whole', 'compared')}) $", re.IGNORECASE)


@functools.cache
def _count() -> re.Pattern[str]:
    words = any_of("numbers")
    between = r"(?:of |more |different |separate )*"
    number = rf"(?:(?P<digits>\d{{1,2}})|(?P<words>{words}))"
    # `the one from two pictures ago`
    back = r"(?!\w| (?:ago|back|earlier|fa|atrás)\b)"
    like = r"more (?:just )?(?:like|of) (?:that|this|it|those|these|them|the same)\b(?! (?!pic|image|drawing)\w+s\b)"
    pictures = rf"{between}(?:{alternatives('whole', 'pictures')}){back}"
    return re.compile(rf"(?<!\w){number}\s+(?:{pictures}|{like})", re.IGNORECASE)


@functools.cache
def _in_passing() -> re.Pattern[str]:
    """Behind a number of pictures, another one in its place: `eleven pictures – fine, one – of Rex`."""
    number = rf"(?:(?P<digits>\d{{1,2}})|(?P<words>{_ONE}|{any_of('numbers')}))(?!\w)"
    instead = rf"(?:{alternatives('whole', 'taken_back')}|{_FINE}|oops|scratch that|i mean|just|only)(?!\w)"
    ends = r"(?=\s*(?:[–—,.;:!?)-]|of\b(?! (?:them|those|these|which)\b)|please\b|$))"
    return re.compile(rf"\s*[–—,;:.!?…(-]+\s*(?:{instead}[\s,.:;!…–—-]*)+{number}{ends}", re.IGNORECASE)


@functools.cache
def _ending() -> re.Pattern[str]:
    """`..., gimme three`: a number and nothing behind it."""
    words, dozen = any_of("numbers"), r"an?(?: half)? doz(?:e?n)?|half a doz(?:e?n)?|a baker['’]?s dozen"
    # Without an order only what is no seed: `..., a baker's dozen`.
    asked = (
        rf"\b(?:gimme|give (?:me|us)|i want|i need) (?:(?P<digits>\d{{1,2}})|(?P<words>{words}))|, (?P<dozen>{dozen})"
    )
    return re.compile(
        rf"(?:{asked})(?: of (?:them|those|these|em)(?=[,.;!]|$)|(?: please| pls| plz)?[.! ]*$)",
        re.IGNORECASE,
    )


@functools.cache
def _of_whom() -> re.Pattern[str]:
    """`half a dozen of Rex on a windowsill`"""
    number = rf"(?:(?P<digits>\d{{1,2}})|(?P<words>{any_of('numbers')}))"
    asked = r"(?:^|\b(?:draw|paint|make|do|want|need|give me|gimme|get me|show me|take|have|i['’]d like) )"
    whom = r"(?:(?-i:(?=[A-ZÀ-Þ]\w*(?![\w'’])))|(?<=dozen of )(?!them|those|these)(?=\w))"
    return re.compile(rf"{asked}{number} of {whom}", re.IGNORECASE)


# What is done to somebody who is in the picture too.
_DONE_TO = (
    r"\b(?:riding(?: on)?|chasing(?: after)?|hugging|feeding|kissing|pushing|pulling|carrying|holding|walking|washing"
    r"|to|against|brushing|teaching|following|driving|leading|stroking|on|behind|on top of|in front of)"
)


def _joined(name: str, text: str) -> bool:
    article = r"(?:(?:a|o|la|le|el|il|the|my) )?"
    one = rf"{article}{re.escape(name)}"
    behind = rf"{whole('beside').pattern} {one}|{_DONE_TO} {one}(?!\w|['’]s\b)"
    # Not an owner, and not `Ada and her hat`.
    first = rf"(?:^|[.,:;!?] ){re.escape(name)} (?:and|with) (?:the|my|our|whichever|both|[A-ZÀ-Þ])"
    return bool(re.search(behind, text, re.IGNORECASE) or re.search(first, text))


def with_subjects(step: GenerateImage | Animate, wanted: Sequence[str]) -> GenerateImage | Animate:
    """The step with other subjects, in its prompt too: prompts open with the list of who is in them."""
    if wanted and set(named_in(step.prompt, dict.fromkeys((*wanted, *step.subjects)))) == set(wanted):
        return step.model_copy(update={"subjects": tuple(wanted), **_placed(step, wanted)})
    before = listed(step.subjects)
    scene = step.prompt[len(before) :] if before and step.prompt.startswith(before) else f" {step.prompt}"
    for name in step.subjects if scene.startswith(f" {step.prompt}") else ():
        scene = re.sub(rf"(?<!\w){re.escape(name)}(?: and|,)?(?!\w)", "", scene)
    prompt = " ".join(f"{listed(wanted)} {scene}".split())
    return step.model_copy(update={"subjects": tuple(wanted), "prompt": prompt, **_placed(step, wanted)})


def _placed(step: GenerateImage | Animate, wanted: Sequence[str]) -> dict[str, object]:
    if not isinstance(step, GenerateImage):
        return {}
    return {"layout": {name: place for name, place in step.layout.items() if name in wanted}}


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""
