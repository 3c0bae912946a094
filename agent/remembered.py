"""What memory says of how somebody always looks and what they like best, said in the prompt that needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from limner.agent.names import mentioned
from limner.agent.plan import Animate, GenerateImage, MemoryLine, Plan, PlanContext
from limner.agent.unread import unread

_ALWAYS = r"(?:always|constantly|invariably)"
# Each way of saying it, and how a prompt says the same.
_LOOKS = (
    (rf"(?:should |must )?{_ALWAYS} (?:wears?|sports?)|is {_ALWAYS} (?:wearing|dressed in)|never takes off", "wearing"),
    (rf"(?:should |must )?{_ALWAYS} (?:has|have)|is {_ALWAYS} (?:drawn |shown )?with", "with"),
    (rf"(?:should |must )?{_ALWAYS} (?:carr(?:ies|y)|holds?)|is {_ALWAYS} (?:carrying|holding)", "carrying"),
    (
        r"is never (?:seen |found |drawn |shown )?without|never (?:goes|leaves|travels|appears)(?: \w+){0,2} without",
        "with",
    ),
)
_THING = r"(?P<thing>[^.,;:!?()\"“”]+)"
_DRAWN = (
    rf"(?:{_ALWAYS} (?:draw|paint|show) {{name}}|(?:draw|paint|show) {{name}} {_ALWAYS})"
    r" (?P<how>with|wearing|carrying|in(?= (?:an?|his|her|its|their) )) "
)
_MOST_WORDS = 8
# Only sometimes, or nothing that is seen.
_SOMETIMES = re.compile(
    r"\b(?:when\w*|if|while|during|except|unless|only|because|since|until|after|before|to|for|outdoors|indoors|outside"
    r"|inside|in (?:the )?(?:winter|summer|autumn|spring|fall|rain|snow|cold|evening|morning)|at \w+|on \w+days?)\b",
    re.I,
)
_UNSEEN = re.compile(
    r"\b(?:cold|colds|time|fun|naps?|breakfast|lunch|dinner|snacks?|reasons?|plans?|ideas?|questions?|doubts?|appetite"
    r"|headache|trouble|luck|work|style|look|hungry|last word)$",
    re.I,
)
_DRESSED = re.compile(
    r"\b(?:wear\w*|dress\w*|undress\w*|costumes?|outfits?|disguis\w*|clothes|clothing|naked|bare|uniforms?|pyjamas"
    r"|pajamas|tuxedo|swimsuit|kimono|armou?r|as an?)\b|\bin (?:an?|his|her|its|their|the) (?:[\w-]+ ){0,2}"
    r"(?:suit|coat|raincoat|jacket|gown|robe|cape|hat|cap|helmet|crown|scarf|sweater|jumper|shirt|apron|skirt)\b",
    re.I,
)
_REFUSING = (
    r"\b(?:without|no longer|no|not|never|stopped|lost|minus|take off|takes off|remove|n['’]t)\b[^.,;]*?(?<!\w){head}"
)
_WITHIN = re.compile(r" (?:with|of|on|in|around|over|under|that|which) ", re.I)
_FAVOURITE = r"(?:favou?rite|fave|best[- ]loved)"
_SEED = re.compile(r"\bseed\b", re.I)
_MY_SEED = re.compile(
    rf"(?:^|[,;:] *(?:and )?|\b(?:use|using|with|take|on) )(?:my|our)"
    rf" (?:lucky|usual|own|{_FAVOURITE}) seed(?= *(?:[,.;:!?]|$)| please\b)",
    re.I,
)
_PLACES = {"place", "spot", "location"}


def as_remembered(plan: Plan, context: PlanContext, text: str) -> Plan:
    """The plan with what memory tells of those it draws, unless the request says otherwise."""
    if not context.memory or unread(text, (*context.subjects, *context.styles, *context.motions)):
        return plan
    steps = tuple(
        _looking(_in_favourites(step, context, text), context, text)
        if isinstance(step, GenerateImage | Animate) and step.subjects
        else step
        for step in plan.steps
    )
    seeded = [step for step in steps if isinstance(step, GenerateImage)]
    seeds = {
        int(number) for line in context.memory if _SEED.search(line.text) for number in re.findall(r"\d+", line.text)
    }
    if len(seeded) == len(seeds) == 1 and _MY_SEED.search(text):
        steps = tuple(step.model_copy(update={"seed": min(seeds)}) if step is seeded[0] else step for step in steps)
    return plan.model_copy(update={"steps": steps})


def _looking(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """With what somebody always wears, has or carries; a picture that is set in motion shows what it showed."""
    if isinstance(step, Animate) and step.image_ref:
        return step
    said = [text, *(turn.user for turn in context.history), *(line.text for line in context.memory)]
    looks: list[tuple[str, str, str]] = []
    for name in step.subjects:
        for how, thing in {_head(thing): (how, thing) for how, thing in _looks(name, context)}.values():
            head = _head(thing)
            spoken = re.search(rf"(?<!\w){head}", f"{step.prompt} {text}", re.I)
            refused = any(re.search(_REFUSING.format(head=head), _other(one), re.I) for one in said)
            otherwise = how == "wearing" and _DRESSED.search(f"{step.prompt} {text}")
            if not (spoken or refused or otherwise):
                looks.append((name, how, thing))
    if not looks:
        return step
    alone = len(step.subjects) == 1
    words = [f"{how} {thing}" if alone else f"{name} {how} {thing}" for name, how, thing in looks]
    return step.model_copy(update={"prompt": ", ".join([step.prompt, *words])})


def _other(line: str) -> str:
    """A line without the ways in which `without` tells what is always there."""
    return re.sub(_LOOKS[-1][0] + "|never takes off", " ", line, flags=re.I)


def _looks(name: str, context: PlanContext) -> Iterator[tuple[str, str]]:
    who = rf"(?<!\w)@?{re.escape(name)}"
    ways = [(rf"{who} (?:{way}) {_THING}", how) for way, how in _LOOKS]
    ways.append((_DRAWN.format(name=who) + _THING, ""))
    for line in context.memory:
        for way, how in ways:
            found = re.search(way, line.text, re.I)
            thing = " ".join(found["thing"].split()) if found else ""
            if found and _seen(thing, context):
                told = how or ("wearing" if found["how"].lower() == "in" else found["how"].lower())
                yield told, re.sub(r"^(?:his|her|its|their) (?=\w+s$)", "", thing)


def _seen(thing: str, context: PlanContext) -> bool:
    """Whether it is a thing that every picture can show."""
    names = (*context.styles, *context.motions)
    known = any(mentioned(name, thing) for name in names)
    return not (known or len(thing.split()) > _MOST_WORDS or _SOMETIMES.search(thing) or _UNSEEN.search(thing))


def _head(thing: str) -> str:
    """The word that names it: `hat` of `a blue hat with a feather`."""
    return re.escape(_WITHIN.split(f"{thing} ")[0].split()[-1])


def _in_favourites(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """`In her favourite place`, with the place by its name."""
    step = _own_things(step, context)
    favourites = _favourites(step.subjects, context.memory)
    for whose, noun, thing in favourites:
        same = noun.lower() in _PLACES
        what = "|".join(sorted(_PLACES)) if same else re.escape(noun)
        others = [one for one in favourites if one[0] != whose and one[1] == noun]
        own = rf"{re.escape(whose)}['’]s?" if others else rf"(?:{re.escape(whose)}['’]s?|his|her|its|their)"
        phrase = re.compile(rf"(?<!\w){own} (?:very )?{_FAVOURITE} (?:{what})(?!\w)", re.I)
        known = any(mentioned(name, thing) for name in (*context.styles, *context.motions))
        asked = re.search(rf"\b(?P<where>in|at|on|by|with|near|under) {phrase.pattern}", text, re.I)
        shown = len(thing.split()) > 1 and re.search(rf"(?<!\w){re.escape(thing)}", step.prompt, re.I)
        sort = _head(thing).lower() == re.escape(noun).lower()  # `her favourite cake` is a plum cake
        if known or shown or (not sort and re.search(rf"(?<!\w){_head(thing)}", step.prompt, re.I)):
            continue
        prompt = phrase.sub(lambda _, thing=thing: thing, step.prompt)  # type: ignore[misc]
        if prompt == step.prompt and asked:
            prompt = f"{prompt}, {asked['where']} {thing}"
        step = step.model_copy(update={"prompt": prompt})
    return step


def _own_things(step: GenerateImage | Animate, context: PlanContext) -> GenerateImage | Animate:
    """`Holding her lucky charm`, which a line of memory says is a wooden acorn."""
    for name in step.subjects:
        noun = rf"(?P<noun>(?!{_FAVOURITE}\b)[a-z]+(?: [a-z]+)?)"
        way = rf"(?<!\w){re.escape(name)}['’]s {noun} is (?P<thing>an? [^.,;:!?()\"“”]+)"
        others = "|".join(re.escape(one) for one in context.subjects if one not in step.subjects) or "(?!)"
        somebody = rf"(?<!\w){re.escape(name)}['’]s (?:{_FAVOURITE} )?{noun} is (?P<who>{others})\.?"
        for line in context.memory:
            if known := re.fullmatch(somebody, line.text.strip()):
                step = _with_them(step, name, known["noun"], known["who"])
                continue
            told = re.fullmatch(rf"{way}\.?", line.text.strip(), re.I)
            if told is None or not _seen(told["thing"], context):
                continue
            phrase = rf"(?<!\w)(?:his|her|its|their|{re.escape(name)}['’]s) {re.escape(told['noun'])}(?!\w)"
            if (
                len(re.findall(phrase, step.prompt, re.I)) == 1
                and _head(told["thing"]).lower() not in step.prompt.lower()
            ):
                prompt = re.sub(phrase, lambda said, told=told: f"{said[0]}, {told['thing']},", step.prompt, flags=re.I)  # type: ignore[misc]
                step = step.model_copy(update={"prompt": prompt.rstrip(",")})
    return step


def _with_them(step: GenerateImage | Animate, name: str, noun: str, who: str) -> GenerateImage | Animate:
    """`Duchess staring at her sworn enemy`, which a line of memory says is Sergeant."""
    theirs = rf"(?<!\w)(?:his|her|its|their|{re.escape(name)}['’]s) (?:{_FAVOURITE} )?{re.escape(noun)}(?!\w|['’]s\b)"
    if len(re.findall(theirs, step.prompt, re.I)) != 1:
        return step
    prompt = re.sub(theirs, lambda _: who, step.prompt, flags=re.I)
    return step.model_copy(update={"prompt": prompt, "subjects": (*step.subjects, who)})


def _favourites(names: Sequence[str], memory: Sequence[MemoryLine]) -> list[tuple[str, str, str]]:
    """Whose, of what kind, and what; the last that was told of each holds."""
    found: dict[tuple[str, str], str] = {}
    for name in names:
        who = rf"(?<!\w)@?{re.escape(name)}['’]s? (?:very )?{_FAVOURITE} (?P<noun>[\w-]+(?: [\w-]+)?)"
        for line in memory:
            told = re.search(rf"{who} (?:is|are) (?!not\b|no longer\b){_THING}", line.text, re.I)
            told = told or re.fullmatch(rf"{_THING} (?:is|are) {who}[.!]?", line.text.strip(), re.I)
            if told and len(told["thing"].split()) <= _MOST_WORDS:
                thing = " ".join(told["thing"].split())
                found[name, told["noun"]] = re.sub(r"^(?:The|An?) ", lambda article: article[0].lower(), thing)
    return [(name, noun, thing) for (name, noun), thing in found.items()]
