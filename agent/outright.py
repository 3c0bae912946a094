"""What a request says in so many words, where a small planner made something else of it in a long conversation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from limner.agent.explicit import named_in
from limner.agent.handles import Seen
from limner.agent.kinds import of_kind
from limner.agent.lexicon import alternatives, keys, opening, whole
from limner.agent.names import mentioned
from limner.agent.plan import (
    Animate,
    AskUser,
    EditImage,
    Forget,
    GenerateImage,
    LearnSubject,
    Plan,
    PlanContext,
    Recall,
    SetPreference,
    Step,
)
from limner.agent.referents import Resolution
from limner.agent.stated import with_subjects
from limner.agent.telling import ABOUT_ME

LAST_TURN = "the last turn"
_PLEASE = r"(?:(?:please|now|ok(?:ay)?|and|so|hey|hi|hello|can you|could you)[,!.]? )*"
_UNDO = re.compile(
    rf"{_PLEASE}(?:(?:undo|revert|deshaz|deshacer|annule|annuler|annulla|desfaz|desfazer)"
    r"(?: (?:that|it|this|(?:the|that) last (?:one|thing|step|turn|picture|image|clip)|eso|lo|ça|cela|isso))?"
    r"|take (?:that|it) back|(?:mach (?:das |es )?)?rückgängig(?: machen)?"
    r"|(?:maak|draai) (?:dat|het|dit) (?:ongedaan|terug))(?:,? please)?",
    re.I,
)
_FORGET = re.compile(
    r"(?:please |can you |could you )?(?:forget|erase) (?:all |everything )?(?:about )?(?P<what>.+)", re.I
)
_ALL = re.compile(
    rf"{_PLEASE}(?:forget|erase|delete) (?:absolutely |really )?"
    r"(?:everything|all of it|it all|all (?:my |your )?(?:data|memor(?:y|ies)))"
    r"(?: (?:that )?(?:you (?:know|remember|have) )?(?:about|of|on) me)?(?:,? please)?",
    re.I,
)
_ME = re.compile(r"me|myself|mich|mir|mij|m[ií]|moi|mim", re.I)
_CHANGE = re.compile(r"(?:please |now |ok(?:ay)?,? )*(?:make|turn|change) (\S+) (?:to |into )?(.+)", re.I)
_KNOWN = re.compile(
    rf"[¿ ]*{_PLEASE}(?:what (?:do|can) you (?:still )?(?:know|remember|recall) (?:about|of)"
    r"|was weißt du (?:noch )?(?:über|von)|wat weet je (?:nog )?(?:over|van)"
    r"|qué (?:sabes|recuerdas) (?:de|sobre)|que sais-tu (?:de|sur)|qu'est-ce que tu sais (?:de|sur)"
    r"|(?:che )?cosa (?:sai|ricordi) (?:di|su)|o que (?:sabes|você sabe|lembras) (?:de|sobre)) (?P<whom>.+)",
    re.I,
)
# Not "I'd like" and not "I like it": that is a wish, and a thumb. One clause, so that no order hides behind it.
_TASTE = re.compile(
    r"(?:(?:oh|yes|no|by the way),? )?i (?:(?:really|just|absolutely|do|always|also) )*"
    r"(?:like|love|adore|prefer|enjoy|hate|dislike|don['’]?t (?:really )?like|do not like|can['’]?t stand)"
    r" (?!to\b|it\b|this\b|that\b|(?:img|clip)-?\d)[^,;.!?]+",
    re.I,
)
_ORDER = re.compile(r"\b(?:draw|paint|make|animate|show|create|put|use|do)\b", re.I)
# "draw Bella on the beach": somebody in particular. Titles and figures of their own come with more words than one.
_SOMEBODY = re.compile(
    rf"(?i:{_PLEASE}(?:draw|paint|sketch|animate)(?: me)?) (?P<name>[A-ZÀ-Þ][\w'-]*[a-zß-ÿ])"
    r"(?: (?:in|on|at|as|with|by|near|under|into|and|riding|wearing|sitting|sleeping|hopping|bouncing)\b.*)?",
)
# "vergiss ihn": whom, only the conversation tells, and that is too little to erase somebody.
_FORGET_WHOM = re.compile(
    rf"(?:{alternatives('erase', 'orders')})?(?:olvídalo|olvídala|oublie-le|oublie-la|dimenticalo|dimenticala|esquece-o"
    r"|(?<= )(?:ihn|sie|es|ihm|hem|haar|él|ella|lui|elle|ele|ela))",
    re.I,
)
_NOTHING = re.compile(
    rf"{_PLEASE}(?:draw|paint|make|sketch|create)(?: me)?(?: (?:something|anything|a (?:picture|drawing|image)))?"
    r"(?: (?:for me|please))?",
    re.I,
)
_JUST = re.compile(r"(?:no,? )?(?:now |ok(?:ay)?,? )?(?:just|only|nur|alleen|s[oó]lo|seulement|solo|só|apenas)\b", re.I)
_THIS_TIME = re.compile(r"\b(?:this|that) time\b", re.I)
_AGAIN_BUT = re.compile(
    rf"{_PLEASE}(?:again|once more|(?:the )?same(?: (?:one|thing|again))?)[, ]+(?:(?:but|and|only|now|this time)[, ]+)*"
    r"(?P<rest>(?:at|in|on|with|under|by|near) .+?)(?:,? please)?",
    re.I,
)
_STYLED = re.compile(
    r"\bin the style of (?P<of>[^\W\d_][\w'-]*(?: [A-Z]\w+)?)"
    r"|(?:\bin (?:the |an? )?|, ?)(?P<before>[^\W\d_][\w'-]*) style\b",
    re.I,
)
# What the base draws under a capital letter; nobody's pet.
_FIGURES = frozenset(
    {"santa", "saturn", "earth", "mars", "venus", "jupiter", "pluto", "christmas", "halloween", "easter"}
)
_BACK = re.compile(r"^(?:(?:do|draw|make|try|the) )?(?:it|this|that|one|same)?[ ,]*(?:again|once more)?[ ,]*", re.I)


def outright(plan: Plan, text: str, resolution: Resolution, context: PlanContext, seen: Sequence[Seen]) -> Plan:
    """The plan, or what the request says outright in its place."""
    plain = text.strip().rstrip(".!?")
    if _UNDO.fullmatch(plain):
        return Plan(steps=(Forget(what=LAST_TURN),))
    if _NOTHING.fullmatch(plain):
        return Plan(steps=(AskUser(question="What shall I draw?"),))
    if met := introduction(text):
        return _introduced(plan, *met) if "image" in context.attachments else plan
    if _ALL.fullmatch(plain):
        return Plan(steps=(Forget(what="everything"),))
    known = _KNOWN.fullmatch(plain)
    if known and _ME.fullmatch(known["whom"]):
        return Plan(steps=(Recall(query=ABOUT_ME),))
    if known and not any(isinstance(step, Recall) for step in plan.steps):
        return Plan(steps=(Recall(query=known["whom"]),))
    forget = _FORGET.fullmatch(plain)
    if forget and not any(isinstance(step, AskUser) or _asked_to_forget(step, plain) for step in plan.steps):
        return Plan(steps=(Forget(what=forget["what"]),))
    if _FORGET_WHOM.fullmatch(plain) and not any(isinstance(step, Forget | AskUser) for step in plan.steps):
        return _sure([one.name for one in seen if one.kind == "subject" and one.turn_id])
    draws = [step for step in plan.steps if isinstance(step, GenerateImage | Animate | EditImage)]
    if draws and _TASTE.fullmatch(plain) and not _ORDER.search(plain):
        return Plan(steps=(SetPreference(text=plain),))
    plan = _changed(plan, plain, resolution)
    plan = plan.model_copy(update={"steps": tuple(_said_now(step, text, context) for step in plan.steps)})
    if len(plan.steps) == 1:
        named = _of_the_named(plan.steps[0], text, context)
        plan = plan.model_copy(update={"steps": (_elsewhere(named, plain, context),)})
    return _stranger(plan, plain, context) or _strange_style(plan, text, context) or _unasked(plan, text, seen) or plan


def _asked_to_forget(step: Step, plain: str) -> bool:
    """Whether a step forgets something of the request, and not what stands elsewhere in the conversation."""
    return isinstance(step, Forget) and bool(_words(step.what) & _words(plain) or not _words(step.what))


def introduction(text: str) -> tuple[str, str] | None:
    """The name and the kind of somebody who is introduced, when the whole text does that and nothing else."""
    plain = "".join(c for c in text if unicodedata.category(c) != "Cf").replace("\ufe0f", "")
    found = next((one for pattern in _INTRODUCTIONS if (one := pattern.fullmatch(plain.strip()))), None)
    if found is None:
        return None
    name, noun = " ".join(found["name"].split()), found["noun"].casefold()
    if whole("no_kind").fullmatch(noun.split()[-1]) or whole("no_name").fullmatch(name):
        return None
    return (name[:1].upper() + name[1:] if name.islower() else name), _in_english(noun)


_WORD = r"[^\W\d_](?:[\w'’-]*\w)?"
# Words of any script, or a single sign like 🦊; what follows "my dog" may be written small, a first word may not.
_NAME = rf"(?P<name>(?:{_WORD}(?: {_WORD})??|[^\w\s.,;:!?'\"()-]+))"
_NOUN = rf"(?P<noun>{_WORD}(?: {_WORD})??)"
_MY = (
    r"(?:my|our|meine?n?|unsere?n?|mi|nuestr[oa]|mon|ma|notre|(?:il |la )?mi[oa]|(?:il |la )?nostr[oa]"
    r"|(?:o |a )?(?:meu|minha|noss[oa])|mijn|m'n|onze|ons)"
)
_THIS = (
    r"(?:(?:hey|hi|hello|hallo|hoi|hola|salut|ciao|olá|ok|okay|and|also|so|now|look|y|und|et|e|en)[,!.]? )*"
    r"(?:(?:this|that|here) is|here's|that's|meet|say hello to|(?:these|here) are(?: (?:some|a few|\w+))?"
    r"(?: (?:photos|pictures|pics|images) of)?|das (?:hier )?ist|hier ist|est[ea] es|esto es|voici|c'est"
    r"|quest[oa] è|ecco|est[ea] é|isto é|(?:dit|dat|hier)(?: hier)? is|hier zijn)"
)
_HE = r"(?:(?:he|she|it)(?:'s| is)|who is|er ist|sie ist|es|hij is|zij is|ze is|dat is)"
_TAIL = (
    r"(?:[\s,;.!:)(-]*(?:and )?(?:(?:please|can you|could you|bitte|alsjeblieft|por favor|s'il te plaît|per favore) )*"
    r"(?:remember|learn|save|keep|memori[sz]e|merk|lern|recuérdal[oa]|aprend\w*|apprends|impara|retiens|ricordal[oa]|lembra"
    r"|onthoud|leer)"
    r"\b[^,;.!?]*)?[\s.!?:)(;-]*"
)
_INTRODUCTIONS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_THIS} {_MY} {_NOUN}(?:,? (?:called|named|namens|genaamd))?,? {_NAME}{_TAIL}",
        rf"{_THIS} {_NAME} ?,? (?:{_HE} )?{_MY} {_NOUN}{_TAIL}",
    )
)


def _in_english(noun: str) -> str:
    """The key of the lexicon for a kind that was said in another language; otherwise the word itself."""
    if noun in keys("kinds"):
        return noun
    own = (key for key in keys("kinds") if (said := opening("kinds", key)) and said.fullmatch(noun))
    longer = (key for key in keys("kinds") if (said := opening("kinds", key)) and said.match(noun))
    return next(own, next(longer, noun)) if " " not in noun and not whole("kept_kinds").fullmatch(noun) else noun


def _introduced(plan: Plan, name: str, noun: str) -> Plan:
    """Learn under the name that was said, whatever else was planned: the request asks for nothing more."""
    learns = [step for step in plan.steps if isinstance(step, LearnSubject)]
    if len(learns) == 1 and mentioned(name, learns[0].name):
        return Plan(steps=(learns[0].model_copy(update={"name": name, "class_noun": noun}),), say=plan.say)
    return Plan(steps=(LearnSubject(name=name, class_noun=noun),))


def _changed(plan: Plan, plain: str, resolution: Resolution) -> Plan:
    pictures, change = resolution.handles("image", "upload"), _CHANGE.fullmatch(plain)
    drawn = len(plan.steps) == 1 and isinstance(plan.steps[0], GenerateImage)
    if change and drawn and len(pictures) == 1 and change[1] == pictures[0]:
        return Plan(steps=(EditImage(image_ref=pictures[0], instruction=f"make it {change[2]}"),))
    return plan


def _said_now(step: Step, text: str, context: PlanContext) -> Step:
    """An edit whose wish is copied from an earlier request gets the words of this one."""
    if not isinstance(step, EditImage):
        return step
    wish, now = _words(step.instruction), _words(text)
    copied = wish and not wish & now and any(wish <= _words(turn.user) for turn in context.history)
    rest = _BACK.sub("", re.sub(r"\b(?:img|clip|upload)-\d+\b", "it", text.strip().rstrip(".!")), count=1)
    return step.model_copy(update={"instruction": re.sub(r"^(?:but|and|now) ", "", rest)}) if copied and rest else step


def _of_the_named(step: Step, text: str, context: PlanContext) -> Step:
    """Only whom the request names: a small model takes over who was in the picture before."""
    if not isinstance(step, GenerateImage | Animate) or not step.subjects or whole("company").search(text):
        return step
    kinds = of_kind(text, context.subjects) if _JUST.match(text.strip()) else ()
    named = named_in(text, context.subjects) or kinds
    pointed = whole("pointing").search(_THIS_TIME.sub(" ", text)) or whole("everyone").search(text)
    if len(named) != 1 or pointed or set(named) == set(step.subjects):
        return step
    return with_subjects(step, named)


def _elsewhere(step: Step, plain: str, context: PlanContext) -> Step:
    """ "Again but at night", with the night that got lost in a copy of the step before."""
    found = _AGAIN_BUT.fullmatch(plain)
    if found is None or not isinstance(step, GenerateImage | Animate):
        return step
    lost = not _words(found["rest"]) & _words(step.prompt)
    if not lost or any(mentioned(style, found["rest"]) for style in context.styles):
        return step
    return step.model_copy(update={"prompt": f"{step.prompt} {found['rest']}"})


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2} - {
        "the",
        "and",
        "but",
        "with",
        "again",
    }


def _stranger(plan: Plan, plain: str, context: PlanContext) -> Plan | None:
    """A question instead of a picture of somebody nobody introduced."""
    found = _SOMEBODY.fullmatch(plain)
    if found is None or found["name"].casefold() in _FIGURES:
        return None
    name, known = found["name"], [*context.subjects, *context.styles, *context.motions]
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    if not drawn or any(step.subjects for step in drawn) or any(mentioned(name, one) for one in known):
        return None
    return Plan(steps=(AskUser(question=f"I don't know {name} yet. Attach 3 to 6 photos and say who that is?"),))


def _strange_style(plan: Plan, text: str, context: PlanContext) -> Plan | None:
    """A question instead of a picture without the style that was asked for."""
    found = _STYLED.search(text)
    drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
    if found is None or not drawn or any(step.styles for step in drawn):
        return None
    name = found["of"] or found["before"]
    if whole("any_style").fullmatch(name) or any(mentioned(style, text) for style in context.styles):
        return None
    known = ", ".join(context.styles[:8])
    question = f"I don't know the style {name}. I know {known}; another I can learn from a few pictures. Which one?"
    return Plan(steps=(AskUser(question=question),))


def _unasked(plan: Plan, text: str, seen: Iterable[Seen]) -> Plan | None:
    """A question instead of erasing somebody or something that the request does not name."""
    for step in plan.steps:
        if not isinstance(step, Forget):
            continue
        own = [one.name for one in seen if one.name and one.turn_id and mentioned(one.name, step.what)]
        if own and not any(mentioned(name, text) for name in own):
            return _sure(own[:1])
    return None


def _sure(names: Sequence[str]) -> Plan:
    if len(names) == 1:
        return Plan(steps=(AskUser(question=f"Shall I really forget {names[0]}? Say “forget {names[0]}” if so."),))
    known = f" I know {', '.join(names)}." if names else ""
    return Plan(steps=(AskUser(question=f"What exactly shall I forget?{known}"),))
