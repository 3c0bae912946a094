"""The scene in the request's own words, where a small model lost some of them or put others in their place."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from limner.agent.context import PlanContext
from limner.agent.explicit import SEED, invented_name, named_in
from limner.agent.glossary import english_words, foreign
from limner.agent.lexicon import alternatives, keys, whole
from limner.agent.phrases import PLACE
from limner.agent.plan import Animate, GenerateImage
from limner.agent.stated import QUOTED, listed

# On or in these of somebody, another is beside them.
_BODY = "lap|shoulders?|arms|back|head|hands?|paws?|knees?|feet|nose|belly|tail|beak|mouth|trunk|hair|neck"
# Longer ones are stories: what to draw of them is the planner's to say.
MOST_WORDS = 18
_POLITE = r"(?:please|pls|plz|thanks|thank you|thx|lol|haha|ok(?:ay)?|hey|hi|hello|so|now|and|um+|hmm+)"
_ASKING = (
    r"(?:(?:can|could|would|will|may) (?:you|u|i|we)(?: please| maybe| just)?(?: (?:have|get|see))?"
    r"|i(?:'d| would)? (?:really )?(?:like|love|want|need)(?: (?:to (?:see|have|get)|you to))?|let(?:'s| us)(?: see)?"
    r"|how about|what about|give|gimme|show|do)"
)
_DRAWING = r"(?:draw|paint|sketch|make|create|render|generate|illustrate|doodle|put|do|have)"
_PICTURE = (
    r"(?:pictures?|pics?|images?|drawings?|illustrations?|stickers?|ones?|versions?|variations?|cartoons?|paintings?"
    r"|doodles?|sketches)"
)
_ENDS = r"(?= *(?:[,.;!?]|$| please))"
_CLOSING = re.compile(
    rf"(?: (?:would|will|'d) be (?:nice|great|lovely|cool|fun|sweet))?(?:[,.!;]* {_POLITE})*[ ,.!;?]*$", re.I
)
# With one of these the request leans on something that was said or made before.
_LEANING = re.compile(r"(?:now|and|but|with|in|on|at|under|add)\b", re.I)
_BEFORE = re.compile(
    r"\b(?:style|look|usual|favou?rite|last|previous|earlier|before|pictures?|images?|drawings?|clips?|img-?\d+)\b",
    re.I,
)
# What is said like this is better summed up.
_SLANG = re.compile(r"\b(?:wanna|gonna|gotta|lemme|gimme|lowkey|fr|tbh|ngl|lol|yo|n|u|ur|vibes?)\b", re.I)
# A sentence to somebody, and no scene: `aww can Dumbo sit in a teacup, he's my plushie`.
_TOLD = re.compile(r"\b(?:can|could|would|should|(?:he|she|it|that|they)['’](?:s|re))\b", re.I)
_MINE = re.compile(r"\b(?:my|our)\b", re.I)
_SENTENCES = re.compile(r"[.;!?]")
# After the one they mean.
_BACK = re.compile(r"\b(?:his|her|hers|its|their|him|he|she|it|they|them)\b", re.I)
# What is said beside the scene.
_ASIDE = re.compile(r":(?! ?[“\"])|[\U0001f300-\U0001faff]|\b(?:i|i['’](?:m|ll|d|ve)|you|want|please|use|need)\b", re.I)


def in_own_words(step: GenerateImage, context: PlanContext, text: str, translated: bool = False) -> GenerateImage:
    """The step with what the request says of the scene, when that is all it says and the prompt says another."""
    scene = _scene(text, step, context)
    kinds = _stems(" ".join(context.subjects.get(name, "") for name in step.subjects))
    lost, added = _stems(scene) - _stems(step.prompt) - kinds, _stems(step.prompt) - _stems(text)
    told = _stems(" ".join([*(line.text for line in context.memory), *(turn.user for turn in context.history)]))
    drawn = _stems(" ".join(call for turn in context.history for call in turn.calls))
    # A stranger is asked about, and so is somebody's own dog that nobody was told of.
    if set(named_in(scene, context.subjects)) - set(step.subjects) or _ASIDE.search(scene):
        return step
    if (translated and not _english(scene, step.subjects)) or foreign(scene, context.subjects):
        return step
    unknown = not step.subjects and (_MINE.search(scene) or invented_name(step.prompt, text, context.subjects))
    if not scene or unknown or added & (told | drawn):
        return step
    return step.model_copy(update={"prompt": scene}) if lost or added else step


def with_what_is_done(step: GenerateImage, context: PlanContext, text: str) -> GenerateImage:
    """`only the hamster, juggling at a fair`, where the prompt has the hamster at a fair."""
    if len(step.subjects) != 1:
        return step
    name, kind = step.subjects[0], context.subjects.get(step.subjects[0]) or "(?!)"
    scene = re.fullmatch(rf"{re.escape(name)} (?P<where>(?:in|on|at|under|by|near|with|inside|over) .+)", step.prompt)
    who = rf"(?:{re.escape(name)}|{re.escape(kind)})"
    found = scene and re.search(rf"(?<!\w){who},? (?P<doing>[a-z]{{2,}}ing) {re.escape(scene['where'])}", text, re.I)
    return step.model_copy(update={"prompt": f"{name} {found['doing']} {scene['where']}"}) if found and scene else step


def somewhere(step: GenerateImage | Animate, context: PlanContext, text: str) -> GenerateImage | Animate:
    """The place that the request ends a clause with, where the prompt says nothing but who is in it."""
    known = "|".join(map(re.escape, (*step.subjects, *context.styles, *context.motions))) or "(?!)"
    rest = re.sub(rf"(?<!\w)(?:{known})\w*(?!\w)|\b(?:and|a|the|of)\b", " ", step.prompt, flags=re.I)
    parts = [part.strip() for part in re.split(r"[.,;!?]", text)]
    mine = [
        part for part in parts if PLACE.match(part) or any(name.casefold() in part.casefold() for name in step.subjects)
    ]
    found = [place for part in mine if (place := PLACE.search(part))]
    if not step.subjects or re.search(r"\w", rest) or len(found) != 1 or context.history:
        return step
    return step.model_copy(update={"prompt": f"{step.prompt} {found[0]['where']}"})


def with_whose_lap(step: GenerateImage | Animate, names: Iterable[str]) -> GenerateImage | Animate:
    """`Hugo on Mum's lap`: she is in the picture too."""
    behind = r"(?= *(?:[,.;:!?]|$)| (?:and|in|on|at|by|with|under|while|as|of|near|next)\b)"  # no `head scarf`
    lap = rf"(?<!\w)(?P<who>{'|'.join(map(re.escape, names)) or '(?!)'})['’]s? (?:\w+ )?(?:{_BODY}){behind}"
    also = [found["who"] for found in re.finditer(lap, step.prompt)]
    if isinstance(step, Animate) and step.image_ref:
        return step
    return step.model_copy(update={"subjects": tuple(dict.fromkeys([*step.subjects, *also]))})


def _english(scene: str, names: Sequence[str]) -> bool:
    """Whether every word of it is known, after a translation word by word."""
    rest = re.sub("|".join(map(re.escape, names)) or "(?!)", " ", scene)
    return all(word in english_words() for word in re.findall(r"[^\W\d_]+", rest.lower()))


def only_somebody(context: PlanContext, text: str) -> GenerateImage | None:
    """The picture of `draw Nana`, `a portrait of Nana and Theo please`: who is known, and nothing else is said."""
    ways = [re.escape(name) for name in sorted(context.subjects, key=len, reverse=True)]
    names = "|".join(ways) or "(?!)"
    who = rf"(?P<who>(?:{names})(?:(?:, | and | with |, and )(?:{names}))*)"
    order = r"(?P<order>(?:draw|paint|sketch|show|make|create|do)(?: me| us)? )?"
    picture = r"(?:(?:an? |the |another |one )?(?:\w+ )?(?P<what>picture|portrait|drawing|image|sketch|pic) of )?"
    asked = rf"(?:{_POLITE}[,! ]+)*(?:(?:can|could|would) you )?(?:please )?{order}{picture}"
    found = re.fullmatch(rf"{asked}{who}(?:[, ]+{_POLITE})*[ .!?]*", text, re.I)
    if found is None or not (found["order"] or found["what"]):
        return None
    said = re.compile("|".join(rf"(?<!\w)(?:{one})(?!\w)" for one in ways), re.I).findall(found["who"])
    folded = {one.casefold() for one in said}
    subjects = tuple(name for name in context.subjects if name.casefold() in folded)
    shown = "a portrait of " if (found["what"] or "").lower() == "portrait" else ""
    return GenerateImage(prompt=shown + listed(subjects), subjects=subjects)


def described(context: PlanContext, text: str, subjects: tuple[str, ...]) -> str:
    """The scene of an order to set something in motion."""
    return _scene(
        re.sub(r"\banimate\b", "draw", text, flags=re.I), GenerateImage(prompt="", subjects=subjects), context
    )


def _scene(text: str, step: GenerateImage, context: PlanContext) -> str:
    """The request without its order, style, numbers and politeness; empty when it is more than a scene."""
    if step.layout or len(text.split()) > MOST_WORDS or (context.history and _LEANING.match(text)):
        return ""
    quotes = QUOTED.findall(text)
    # `Use seed 77 and draw Rex`
    seeded = rf"^(?:please )?(?:use|using|with|take) (?:the |a )?{SEED.pattern}(?:,|:)?(?: and)? (?={_DRAWING}\b)"
    scene = QUOTED.sub("“”", SEED.sub("", re.sub(seeded, "", text, flags=re.I)))
    for style in sorted(context.styles, key=len, reverse=True):
        scene = _without_style(scene, style, style in step.styles)
    scene = _CLOSING.sub("", _opening().sub("", scene.strip(), count=1))
    scene = _amounts().sub("", scene)
    scene = " ".join(re.sub(r" ?[,.;]+(?= ?[,.;])", "", scene).split()).strip(" ,.;")
    for name in step.subjects:
        mine = rf"\b(?:my|our|the) (?:\w+ )?{re.escape(context.subjects.get(name) or '(?!)')}\b"
        known = rf"(?<!\w){re.escape(name)}(?!\w)"
        said = known if re.search(known, scene, re.I) else mine
        scene = re.sub(said, name.replace("\\", r"\\"), scene, count=1, flags=re.I)
    if re.match(rf"{_DRAWING}\b", scene, re.I) or any(name not in scene for name in step.subjects):
        return ""
    if _TOLD.search(scene):
        return ""
    first = min((scene.index(name) for name in step.subjects), default=len(scene))
    rest = scene[:first] + _BACK.sub(" ", scene[first:])
    unclear = [whole(key) for key in ("pointing", "turned_down", "apart", "taken_back", "everyone", "then")]
    if any(pattern.search(rest) for pattern in (*unclear, _SLANG, _BEFORE, _SENTENCES)):
        return ""
    return re.sub("“”", lambda _: quotes.pop(0), scene)


def _without_style(scene: str, style: str, used: bool) -> str:
    """Without the words that name the style; a style that is not used may be a word of the scene."""
    name = re.escape(style)
    ways = [rf",? ?\b(?:in|using|with|as) (?:the |an? |my )?{name}(?: style| look)?{_ENDS}"]
    if used:
        ways += [rf"(?:[,.;:]+|^) *{name}(?: style)?{_ENDS}", rf"\b{name}(?: style)?[:,]? (?=\w)", rf" {name}$"]
    for way in ways:
        scene = re.sub(way, " ", scene, count=1, flags=re.I)
    return scene


@functools.cache
def _numbers() -> str:
    return rf"(?:\d{{1,2}}|{'|'.join(alternatives('numbers', number) for number in keys('numbers'))})"


@functools.cache
def _amounts() -> re.Pattern[str]:
    number = _numbers()
    behind = rf"(?:x ?\d+|{number} (?:different )?{_PICTURE}|{number} of (?:them|those))"
    return re.compile(rf" {number} times\b|[,;.]* (?:and )?{behind}$", re.I)


@functools.cache
def _opening() -> re.Pattern[str]:
    amount = rf"(?:(?:an?|the|another|some|{_numbers()}) )?(?:(?:new|nice|cute|quick|different) )?"
    return re.compile(
        rf"(?:{_POLITE}[,!.]* )*(?:{_ASKING}[,:]? )?(?:me |us )?(?:{_DRAWING}[,:]? )?(?:me |us |up )?(?:please )?"
        rf"(?:{amount}{_PICTURE} (?:of|with|showing|where) )?",
        re.I,
    )


def _stems(text: str) -> set[str]:
    """What of a text a picture shows, whatever its endings."""
    return {
        word.replace("y", "i")[:3]
        for word in re.findall(r"[^\W_]+", text.casefold())
        if not whole("small").fullmatch(word)
    }
