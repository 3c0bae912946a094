"""What is taught and what it is called, where the request says so and a small model made something else of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from limner.agent.kind_told import as_told
from limner.agent.lexicon import whole
from limner.agent.names import fold, mentioned
from limner.agent.outright import introduction
from limner.agent.plan import (
    Animate,
    AskUser,
    GenerateImage,
    LearnMotion,
    LearnStyle,
    LearnSubject,
    Plan,
    PlanContext,
    Step,
)
from limner.agent.stated import stated_count, with_subjects

Learn = LearnSubject | LearnStyle | LearnMotion
_WHAT = r"(?:it|him|her|them|this|that|these|those|the (?:style|look|motion|move))"
_FILED = (
    r"(?:learn|memori[sz]e|save|keep|store|file) (?:\S+ ){1,6}?as"
    r"(?! (?:well|soon|usual|always|before|if|is|you|an?|the|my|our|it|long)\b)"
)
_NAME = r"(?:[\"“](?=[^\"”]{2,30}[\"”]))?[\"“']?(?P<name>(?<=[\"“])[^\"”]+|[^\s,.;:!?\"”]+)"
_CALLED = re.compile(
    rf"\b(?:(?:call(?:ed)?|nam(?:e|ed|ing)|known as)(?: {_WHAT})?|{_FILED})[: ]+"
    rf"{_NAME}",
    re.I,
)
# What follows here is the name, whatever else in the sentence could be one.
_AS = re.compile(rf"\b{_FILED} {_NAME}", re.I)
_MINE = re.compile(
    r"\b(?:my|our) (?:\w+ ){0,2}?(?P<noun>\w+)(?=[,.;!?]|$| (?:called|named|and|from|who|which)\b)", re.I
)
_MY_NAMED = re.compile(r"\b(?:[Mm]y|[Oo]ur) (?P<noun>[a-z]+),? (?:called |named )?(?P<name>[A-ZÀ-Þ]\w+)(?=[,.;!]|$)")
_NOT = re.compile(
    r"\b(?:no need to|don['’]?t|do not|without|never|not to|rather than) (?:learn|sav|stor|memori[sz])\w*", re.I
)
_MOTION = re.compile(r"\b(?:motions?|movements?|moves?|dance|gesture)\b", re.I)
_STYLE = re.compile(r"\b(?:style|look|drawings?|paintings?|art)\b", re.I)
_NO_NAME = re.compile(
    r"(?:(?:please|learn|save|remember|this|these|that|it|i|you|me|the|an?|my|new|style|look|motion|subject|photos?|pictures?|images?|files?"
    r"|clips?|videos?)\W*)+",
    re.I,
)
_LEARN = re.compile(
    r"\b(?:learn\w*|memori[sz]e|save|store|(?:keep|remember) (?:him|her|it|them|this|these|those|what|how))\b", re.I
)
_IT = re.compile(
    r"\b(?:with|in|using) (?:it|that|this|the new one|(?:that|this|the new) (?:style|look))\b"
    r"|\btry (?:it|that)(?: out)?(?: \w+){0,2}? (?:on|with|for)\b",
    re.I,
)
_OF_IT = re.compile(r"\b(?:draw|paint|sketch|of|show|put|make) (?:it|him|her|them)\b", re.I)
# What asks to draw who was just learned.
_SEEN = (
    r"\b(?:(?:let|lemme) (?:me |us )?see|(?:i(?:['’]d| would) (?:love|like) to|i want to|can i) see|show (?:me|us))"
    r" (?:him|her|it|them|{name}) (?P<scene>[^.,;!?]+)"
)
# `first draw him in a teacup`, `can you put him on a skateboard`
_DRAWN = (
    r"\b(?:draw|paint|sketch|put|(?:picture|drawing|image|portrait) of) (?:him|her|it|them|{name})"
    r" (?P<scene>(?:in|on|at|as|with|under|inside|wearing|\w+ing) [^.,;!?]+)"
)
_NOT_NOW = re.compile(r"\b(?:no need|not|never|don['’]?t|later|tomorrow|yet|when|once|if|so that|before|after)\b", re.I)
# `what he'd look like driving a bus`, where he is to be shown.
_LIKE = (
    r"\b(?:what|how) (?:he|she|it|they|{name})(?:['’]d| would)(?: maybe| perhaps)? look (?:like )?"
    r"(?P<scene>(?:in|on|at|as|with|under|inside|\w{{2,}}ing)\b[^.,;!?]+).*\b(?:show|draw|paint|let['’]?s see"
    r"|let (?:me|us) see)\b"
)
_PAINTED = re.compile(
    r"\b(?:that|this)(?:['’]s| is) (?:how|the way) (?:[\w'’]+[ -]){1,5}?(?:paint|draw|sketch|illustrat"
    r"|doodl)(?:s|e|es|ed)?\b",
    re.I,
)
_NO_SCENE = re.compile(r"(?:when|if|once|again|some|one|first|after|before|please|how|what|as soon|too|now)\b", re.I)
# Before or behind a name that is spelt anew: `ugh: Figaro`, `Figaro, that's how it's spelled`.
_ANEW = (
    r"(?:\b(?:ugh|oops|no|nope|sorry|argh|wait|rather|actually|correction|i mean(?:t)?"
    r"|(?:it|that)(?:['’]s| is) (?:spelled|spelt|written)|with an? [\"“]?\w[\"”]?|typo"
    r"|autocorrect)[\s,.:;!–-]*(?:(?:it|that|s?he|(?:(?:his|her|its|the) )?name)(?:['’]s| is) )?{name}(?!\w)"
    r"|(?<!\w){name},? (?:(?:with|without|only|just) )+(?:an?|the|one|two|no|single|double)+ [\"“]?[a-z][\"”]?(?!\w)"
    r"|(?<!\w){name}(?:\*|,? (?:that(?:['’]s| is) how|is how|is the (?:right )?spelling)))"
)
_BEHIND = re.compile(
    r" (?:please|pls|plz|thanks|thx|ok|okay|now|then|too|instead|maybe|lol|right|again|will|would|you|for|and|if|or)$",
    re.I,
)
# A name longer than this is a piece of the sentence.
MOST_WORDS = 3
# As alike as a capitalised word of the request must be to be the name that was misread.
NEAR = 0.7


def taught(plan: Plan, context: PlanContext, text: str, translated: bool = False) -> Plan:
    """The plan with what is learned named as the request names it; a `translated` one may have lost part of a name."""
    called = next((one for one in reversed(list(_CALLED.finditer(text))) if one["name"] != "I"), None)
    if "image" in context.attachments and any(_asks_for_photos(step) for step in plan.steps):
        return Plan(steps=(_shown(called["name"] if called else "", text),))
    learns = [step for step in plan.steps if isinstance(step, Learn)]
    if not learns:
        return plan
    rest = [step for step in plan.steps if not isinstance(step, Learn)]
    if rest and _NOT.search(text):
        return plan.model_copy(update={"steps": tuple(rest)})
    if any(_NO_NAME.fullmatch(one.name) or _only_a_kind(one, text) or _taken(one, context, text) for one in learns):
        return Plan(steps=(_shown(called["name"] if called else "", text),))
    steps = list(plan.steps)
    for one in learns:
        known = translated and len(one.name.split()) > 1 and mentioned(one.name.split()[0], text)
        known = known or bool(re.search(rf"[\"“'‘]{re.escape(one.name)}[\"”'’]", text))
        name = one.name if known else _own_name(one.name, text, called["name"] if called and len(learns) == 1 else "")
        name = _spelt_anew(name, text)
        if not (translated or known or any(fold(part)[:3] in fold(text) for part in name.split())):
            return Plan(steps=(_shown("", text),))  # a name that nobody said
        steps = [_renamed(_of_its_kind(step, text), one.name, name) for step in steps]
    steps = [_as_motion(step, text) if translated else as_told(_as_motion(step, text), text) for step in steps]
    steps = _with_it(_drawn_as_asked(_shown_too(steps, text), text), text)
    return plan.model_copy(update={"steps": tuple(steps)})


def _taken(step: Learn, context: PlanContext, text: str) -> bool:
    """`photos of my grandson, learn him` is about nobody who is known already."""
    return isinstance(step, LearnSubject) and step.name in context.subjects and not mentioned(step.name, text)


def _only_a_kind(step: Learn, text: str) -> bool:
    """`my favourite bike` is called nothing yet."""
    kind = isinstance(step, LearnSubject) and fold(step.name) == fold(step.class_noun)
    return (
        kind and not re.search(rf"(?<!\w){re.escape(step.name.capitalize())}(?!\w)", text) and not _CALLED.search(text)
    )


def _spelt_anew(name: str, text: str) -> str:
    """The name as it is spelt again, behind a word that takes the first spelling back."""
    behind = text[text.find(name) + len(name) :] if name in text else ""
    others: list[str] = re.findall(r"(?<!\w)[A-ZÀ-Þ]\w+", behind)
    for other in dict.fromkeys(others):
        alike = difflib.SequenceMatcher(None, fold(name), fold(other)).ratio() >= NEAR
        if alike and fold(other) != fold(name) and re.search(_ANEW.replace("{name}", re.escape(other)), behind, re.I):
            return other
    return name


def _shown_too(steps: list[Step], text: str) -> list[Step]:
    """With the picture in which who was learned is to be seen: `get to know him and then let me see him in a boat`."""
    if len(steps) != 1 or not isinstance(learned := steps[0], LearnSubject):
        return steps
    name = learned.name
    ways = [_SEEN.replace("{name}", re.escape(name)), _LIKE.format(name=re.escape(name))]
    drawn = re.search(_DRAWN.replace("{name}", re.escape(name)), text, re.I)
    sentence = (
        re.split(r"[.!?;]", text[: drawn.start()])[-1] + re.split(r"[.!?;]", text[drawn.start() :])[0] if drawn else ""
    )
    found = next((one for way in ways if (one := re.search(way, text, re.I | re.S))), None)
    found = found or (drawn if not _NOT_NOW.search(sentence) else None)
    if found is None or _NO_SCENE.match(found["scene"]):
        return steps
    return [learned, GenerateImage(prompt=f"{name} {found['scene'].strip()}", subjects=(name,))]


def _drawn_as_asked(steps: list[Step], text: str) -> list[Step]:
    """Who was learned is in the picture of `it`; where no picture is asked for, none is drawn."""
    names = [step.name for step in steps if isinstance(step, LearnSubject)]
    if len(names) != 1:
        return steps
    if not whole("shows").search(text) and not any(_told_after(step, names[0], text) for step in steps):
        return [step for step in steps if not isinstance(step, GenerateImage)]
    drawn = [step for step in steps if isinstance(step, GenerateImage)]
    if len(drawn) != 1 or names[0] in drawn[0].subjects or not _OF_IT.search(text):
        return steps
    return [with_subjects(step, (names[0], *step.subjects)) if step is drawn[0] else step for step in steps]


def _told_after(step: Step, name: str, text: str) -> bool:
    """Whether the scene is what the request goes on with, once it has said whom to learn."""
    if not isinstance(step, GenerateImage):
        return False
    learn = _LEARN.search(text) or re.search(re.escape(name), text, re.I)
    rest = text[learn.end() :].casefold() if learn else ""
    scene = re.sub(re.escape(name), " ", step.prompt.casefold())
    told = any(word[:4] in rest for word in re.findall(r"[^\W\d_]{4,}", scene))
    return told or (step.count > 1 and step.count == stated_count(text))


def _with_it(steps: list[Step], text: str) -> list[Step]:
    """A picture drawn `with it`, after a style was learned, is in that style."""
    styles = [step.name for step in steps if isinstance(step, LearnStyle)]
    told = any(isinstance(step, GenerateImage) and styles[:1] == list(step.styles) for step in steps)
    if told or len(styles) != 1 or not _IT.search(text):
        return steps
    return [
        step.model_copy(update={"styles": (styles[0],)})
        if isinstance(step, GenerateImage) and not step.styles
        else step
        for step in steps
    ]


def _of_its_kind(step: Step, text: str) -> Step:
    """`my vase Willow` is a vase, if the kind that was planned was never said."""
    if not isinstance(step, LearnSubject):
        return step
    if _whole(step.class_noun, text):
        own = re.search(rf"\b(?:[Mm]y|[Oo]ur) (?P<noun>[a-z]+) {re.escape(step.name)}(?!\w)", text)
        # `the coat` of a sentence about something else; `Rex is a poodle` is about Rex.
        other = (
            own
            and not _whole(step.class_noun, own[0])
            and not re.search(
                rf"\b(?:an?|my|our|old|young|little|big) (?:\w+ ){{0,2}}?{re.escape(step.class_noun)}(?!\w)", text, re.I
            )
        )
        return step.model_copy(update={"class_noun": own["noun"]}) if own and other else step
    met = introduction(text)
    said = re.search(
        rf"\b(?:my|our) (?:\w+ )??(?P<noun>\w+),? (?:called |named )?{re.escape(step.name)}(?!\w)", text, re.I
    )
    noun = met[1] if met and met[0].casefold() == step.name.casefold() else said["noun"].lower() if said else ""
    mine = [found["noun"].lower() for found in _MINE.finditer(text)]
    noun = noun or (mine[0] if len(mine) == 1 and mine[0].startswith(step.class_noun.casefold()[:3]) else "")
    return step.model_copy(update={"class_noun": noun}) if noun else step


def _whole(noun: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(noun)}(?:s|es)?(?!\w)", text, re.I))


def _asks_for_photos(step: Step) -> bool:
    return isinstance(step, AskUser) and "attach" in step.question.lower()


def _shown(name: str, text: str) -> Step:
    """What the photos that did come along are to teach."""
    noun, both = _MINE.search(text), _MY_NAMED.search(text)
    if both and not name:
        return LearnSubject(name=both["name"], class_noun=both["noun"].lower())
    if name and noun:
        return LearnSubject(name=name, class_noun=noun["noun"].lower())
    if name and _STYLE.search(text):
        return LearnStyle(name=name)
    return AskUser(question="What shall I call it, and what is it: a dog, a mug, a style?")


def _own_name(name: str, text: str, called: str) -> str:
    """The name as the request spells it."""
    bare = re.sub(r"^(?:s?he|it|this|that)(?:['’]s| is) ", "", name, flags=re.I)
    if called and fold(called) != fold(bare) and fold(called).startswith(fold(bare)):
        return called
    if called and _called_otherwise(bare, called, text):
        return bare
    filed = _AS.search(text)
    two = re.search(
        rf"\bcall (?:it|this|that|him|her) (?P<name>{re.escape(called or '(?!)')} [a-z]+)[.! ]*$", text, re.I
    )
    if called and two and not _BEHIND.search(two["name"]):
        return two["name"]
    if called and re.search(rf"[\"“]{re.escape(called)}[\"”]", text):
        return called
    if filed and _called_otherwise(bare, filed["name"], text):
        return bare
    if filed and called and not fold(bare).startswith(fold(filed["name"])):
        return filed["name"]
    if fold(bare) in fold(text) and len(bare.split()) <= MOST_WORDS:
        titled = re.search(rf"(?<!\w){re.escape(bare)} [A-ZÀ-Þ]\w+", text) if whole("titles").fullmatch(bare) else None
        return titled[0] if titled else bare
    words = re.findall(r"[^\s,.;:!?\"“”]+", text)
    spelt = next((word for word in words if _squashed(word) == _squashed(bare)), "")
    near = difflib.get_close_matches(bare, [word for word in words if word[:1].isupper()], 1, NEAR)
    mine = _MY_NAMED.search(text)
    return spelt or called or (near[0] if near else mine["name"] if mine else bare)


def _called_otherwise(name: str, called: str, text: str) -> bool:
    """`"tea stain". Hmm. "tea wash" sounds nicer`: the name that takes the first one back."""
    rest = text[text.rfind(called) + len(called) :]
    back = (
        r"\b(?:no|nope|hm+|wait|actually|sorry|rather|instead|bah|ugh|better|nicer|make (?:it|that)|go with"
        r"|scratch that)\b"
    )
    return fold(name) != fold(called) and name in rest and bool(re.search(back, rest, re.I))


def _squashed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _renamed(step: Step, old: str, new: str) -> Step:
    def names(given: Sequence[str]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in given)

    match step:
        case LearnSubject() | LearnStyle() | LearnMotion() if step.name == old:
            return step.model_copy(update={"name": new})
        case GenerateImage() | Animate():
            update: dict[str, object] = {"subjects": names(step.subjects), "styles": names(step.styles)}
            update["prompt"] = step.prompt.replace(old, new)
            if isinstance(step, Animate):
                update["motion"] = names((step.motion,))[0]
            return step.model_copy(update=update)
    return step


def _as_motion(step: Step, text: str) -> Step:
    """`learn the moonwalk motion` teaches no style, and `this is how my aunt used to paint` nobody."""
    if isinstance(step, LearnSubject) and _PAINTED.search(text):
        return LearnStyle(name=step.name)
    if isinstance(step, LearnStyle) and _MOTION.search(text) and not _STYLE.search(text):
        return LearnMotion(name=step.name)
    return step
