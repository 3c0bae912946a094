"""What a small model often gets wrong and the request itself settles. Doubts a model's plan only, never a script's."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Sequence

from limner.agent.all_styles import in_all_styles
from limner.agent.beside_taught import with_those_beside
from limner.agent.changes_said import added_to, back_to, changed_after, changed_to, not_the_opposite, whole_change
from limner.agent.counted_turn import of_the_counted
from limner.agent.earlier import last_drawn
from limner.agent.exchanged import (
    added,
    again_with,
    again_without,
    exchanged,
    in_other_style,
    joined,
    like_the_last,
    put_right,
)
from limner.agent.explicit import named_in
from limner.agent.from_memory import line_erased
from limner.agent.given_up import only_named, other_of_two, style_erased
from limner.agent.glossary import english_words
from limner.agent.kinds import spoken_of
from limner.agent.leftovers import without_leftovers
from limner.agent.lexicon import alternatives, any_of, whole
from limner.agent.motions_said import as_picture, clip_said, in_said_motion, stated_motion
from limner.agent.names import closest, mentioned
from limner.agent.of_clause import in_its_clause
from limner.agent.once_each import once_each, the_same_in
from limner.agent.only_drawn import only_drawn
from limner.agent.own_kind import mistaken, of_own_kind
from limner.agent.own_part import in_own_parts
from limner.agent.own_words import described, only_somebody, with_whose_lap
from limner.agent.places_said import placed
from limner.agent.plan import (
    Animate,
    Answer,
    AskUser,
    EditImage,
    Forget,
    GenerateImage,
    LearnMotion,
    LearnStyle,
    LearnSubject,
    Plan,
    PlanContext,
    Recall,
    SetPreference,
    Step,
)
from limner.agent.quoted import only_quoted, quoting, whole_quote, written
from limner.agent.remarks import ELSEWHERE, in_fitting_words, without_a_wish
from limner.agent.standing import with_usual_style
from limner.agent.stated import REFUSAL
from limner.agent.taught import taught
from limner.agent.unread import unread
from limner.agent.unsaid import lasting, only_what_is_said, without_the_rest
from limner.agent.validate import HANDLE, STYLE_WORD
from limner.agent.which_of_them import POINTING, her_of_two, of_kind_asked, pointed_at
from limner.agent.which_picture import last_unless_told, set_in_motion, which_picture
from limner.agent.wished import as_said, wish_of_a_style

HELP = "I learn your subjects, styles and motions, then draw, edit and animate them."
WHICH_PICTURE = "Which picture do you mean? I have not made one in this conversation yet."
# What the model asks when it has lost its thread.
NEEDS_PHOTOS = "Please attach photos of the subject."
NOTHING_ATTACHED = "Nothing is attached that I could learn from. Please attach photos, pictures or a clip."
A_CLIP = (
    "That is a clip, and a style is learned from pictures. Shall I learn it as a motion, or will you attach pictures?"
)
_AS_STYLE = re.compile(
    r"^(?!.*\b(?:motion|move(?:ment)?|animation|dance)s?\b).*\b(?:my|drawing|as an?|the|a) (?:drawing |new )?styles?\b",
    re.I | re.S,
)
_LEARN_AS = re.compile(
    r"(?:^|[.!?;,] *)(?:(?:and|so|please|now|ok(?:ay)?),? )*learn (?:it|this|that|these|them|him|her) as \w", re.I
)
# Asked of a thing: whoever is "a fox" is any fox.
WHO_ANY = re.compile(r"Who (?:is|are) (?:an?|some|any) ")
ABILITIES = re.compile(
    r"what (?:else )?(?:can|could|do) you (?:even |actually )?(?:do|make)\b|how do(?:es)? (?:this|you) work"
    r"|what (?:(?:kinds?|sorts?) of )?(?:things?|stuff|else) can (?:i|you|we)\b"
    r"|tu sais faire quoi|que (?:sais|peux)-tu faire|qu['’]est-ce que tu (?:sais|peux) faire"
    r"|was kannst du(?: so| alles| denn| eigentlich)*(?: machen)?(?= *(?:[?!.,]|$))"
    r"|qu[eé] (?:sabes|puedes) hacer|cosa (?:sai|puoi) fare|o que (?:você )?(?:sabes?|podes?|pode) fazer"
    r"|wat kun je(?: allemaal| eigenlijk)*(?: doen| maken)?(?= *(?:[?!.,]|$))",
    re.I,
)
# Of the machine's own taste.
YOURS = re.compile(
    r"\b(?:your|ur) (?:own )?(?:fav\w*|best[- ]loved)\b|\bdo (?:you|u) (?:like|love|prefer|enjoy|dream)\b", re.I
)
_MINE = re.compile(r"\b(?:i|me|my|mine|our|ours|us|it|that|this|these|those|them|him|her)\b", re.I)
QUESTION = re.compile(rf"[¿ ]*(?:{alternatives('whole', 'asks')})\b.*", re.I | re.S)
ALIKE, NEARLY = 0.7, 0.8
# A word as long as this tells what is spoken of; as much of it stays whatever its ending (`allergy`, allergic).
LONG, STEM = 6, 5
KEEP = re.compile(
    r"[,;. ]*\b(?:please )?(?:remember|note|keep|save|write|jot) (?:that|this|it)(?: down| in mind)?[.! ]*$", re.I
)
MOST_WISHED = 14
FORGETS = re.compile(
    r"(?:please |can you |por favor,? )?(?:forget|erase|delete|vergiss|lösche?|olvida|borra|oublie|efface|dimentica"
    r"|cancella|esquece|apaga|vergeet|wis)(?: please| bitte)?,?"
    r" (?:that|what|about|dass|was|que|che|ce que|lo que|dat|wat) (?P<what>[^,.;]+)",
    re.I,
)
TOLD = re.compile(
    r"\b(?:(?:did|have) i (?:ever )?(?:say|said|tell|told|mention\w*)|i (?:have )?(?:told|said to) you"
    r"|i (?:once |already |ever )?had you (?:draw|paint|do|make)|did i (?:just |only )?dream (?:that|it))\b",
    re.I,
)
# A wish is never turned into its opposite.
POLAR = re.compile(r"\b(?:hate|dislike|love|like|never)", re.I)
DRAW = re.compile(r"(?:(?:please|can you|could you) )*(?:draw|paint|sketch) ", re.I)
ANIMATE = re.compile(r"\b(?:animate|animation|clip|gif)\b", re.I)


def settled(plan: Plan, context: PlanContext, text: str, translated: bool = False) -> Plan:
    """The plan with its doubtful steps mended from the request; of a `translated` one, not every word is known.

    A request in a language that is not read here gives nothing to mend them from.
    """
    if unread(text, (*context.subjects, *context.styles, *context.motions)):
        return plan
    own = tuple(of_own_kind(step, context.subjects, context.styles) for step in plan.steps)
    plan = plan.model_copy(update={"steps": own})
    if remark := without_a_wish(plan, text):
        return remark
    if gone := style_erased((*context.styles, *context.motions), text):
        return plan.model_copy(update={"steps": (Forget(what=gone),)})
    for known_way in (
        put_right,
        exchanged,
        joined,
        added,
        again_without,
        once_each,
        the_same_in,
        of_the_counted,
        line_erased,
        her_of_two,
    ):
        if changed := known_way(plan, context, text):
            return in_other_style(changed, context, text)
    asked_back = all(isinstance(step, Recall) for step in plan.steps)  # `that drawing of the lighthouse, which was it?`
    if POINTING.match(text) and not (
        asked_back or context.history or context.referents or context.attachments or HANDLE.search(text)
    ):
        return Plan(steps=(AskUser(question=WHICH_PICTURE),))
    learns = any(isinstance(step, LearnMotion | LearnStyle | LearnSubject | AskUser) for step in plan.steps)
    if _LEARN_AS.search(text) and not (learns or context.attachments or HANDLE.search(text)):
        return Plan(steps=(AskUser(question=NOTHING_ATTACHED),))
    if any(isinstance(step, LearnMotion) for step in plan.steps) and _AS_STYLE.search(text):
        return Plan(steps=(AskUser(question=A_CLIP),))
    plan = with_those_beside(taught(plan, context, text, translated), context, text)
    plan = pointed_at(in_its_clause(plan, context, text), context, text)
    plan = again_with(in_own_parts(plan, context, text), context)
    left = without_leftovers(plan.steps, context, text, translated)
    left = without_the_rest(changed_after(only_what_is_said(left, context, text, translated), text), text)
    alone = sum(isinstance(step, EditImage) for step in left) == 1
    # `Ada left and Bo right, then the other way round`: which place is said of which picture is not read here.
    apart = sum(isinstance(step, GenerateImage) for step in left) > 1
    settle = functools.partial(_step, context=context, text=text, alone=alone, apart=apart)
    steps = lasting([settle(step) for step in left], text)
    drawn = [at for at, step in enumerate(steps) if isinstance(step, GenerateImage | Animate)]
    if len(steps) == len(drawn) == 1:
        steps[0] = only_drawn(steps[0], context, text, translated)
    if len(steps) == len(drawn) == 1 and isinstance(only := steps[0], GenerateImage):
        steps[0] = in_all_styles(only, context, text)
    steps = [set_in_motion(step, steps[:at], context, text) for at, step in enumerate(steps)]
    quotes = written(text)
    if len(steps) == len(drawn) == len(quotes) == 1:
        steps[0] = quoting(steps[0], quotes[0])
    plan = plan.model_copy(update={"steps": tuple(steps)})
    return with_usual_style(plan, context, text) or plan


_LEARN_SOMEBODY = re.compile(
    r"(?:(?:please|hey|hi|so|(?:can|could|will|would) you),? )*(?:learn|memori[sz]e) .*\b(?:my|our|looks? like|this)\b",
    re.I,
)
LATER = re.compile(r"\b(?:we|you|i) (?:can|could|will|may)\b|\blater\b", re.I)
ONLY_THAT = re.compile(
    r"\b(?:change|alter|edit) (?:only|just) (?:that|this|it)\b"
    r"|\b(?:only|just) (?:change|alter|edit) (?:that|this|it)\b",
    re.I,
)


def _only_that(text: str) -> bool:
    """`no rain, change only that`; not `we can just change it later`."""
    return bool(ONLY_THAT.search(text)) and not (DRAW.match(text) or LATER.search(text))


def _step(step: Step, context: PlanContext, text: str, alone: bool, apart: bool) -> Step:
    match step:
        case AskUser() | Answer() if drawn := only_somebody(context, text):
            return drawn
        case AskUser():
            return _answered(step, context, text)
        case Recall() if ABILITIES.search(text):
            return Answer(text=HELP)
        case Recall() if _of_yours(context, text):
            return Answer(text=ELSEWHERE)
        case Recall() if QUESTION.fullmatch(text.strip()) and not (
            _ours(context, text) or _told(step.query, context, text) or TOLD.search(text)
        ):
            return Answer(text=ELSEWHERE)
        case Forget() if other := only_named(step.what, (*context.subjects, *context.styles, *context.motions), text):
            return Forget(what=other)
        case Forget() if other := other_of_two(
            step.what, (tuple(context.subjects), context.styles, context.motions), text
        ):
            return Forget(what=other)
        case Forget() if not _known(step.what, context, text):
            return AskUser(question=f"I keep nothing called {step.what}. What shall I erase?")
        case Recall() if _asks_otherwise(step.query, context, text) or _of_another(step.query, context, text):
            return step.model_copy(update={"query": text.strip(" ?.!")})
        case Recall():
            return step.model_copy(update={"query": _respelt(step.query, _said(context, text), text)})
        case Forget(what=old) if old not in text and "what " in old and (said := FORGETS.fullmatch(text.strip(" .!"))):
            return Forget(what=said["what"])
        case SetPreference() | GenerateImage() if said := FORGETS.fullmatch(text.strip(" .!")):
            return Forget(what=said["what"])
        case GenerateImage() if _only_that(text) and last_drawn(context):
            return EditImage(image_ref="last", instruction=ONLY_THAT.sub("", text).strip(" ,.:;!") or text)
        case GenerateImage() if (change := back_to(text)) and (meant := which_picture(context, text)):
            return EditImage(image_ref=meant, instruction=change)
        case GenerateImage() if (made := last_drawn(context)) and changed_to(step, made, context, text):
            return EditImage(image_ref="last", instruction=text.strip(" .!"))
        case Answer() if step.text == REFUSAL and last_drawn(context) and (change := added_to(text)):
            return EditImage(image_ref="last", instruction=change)
        case Answer() if step.text == ELSEWHERE and (counted := _PICTURES_WANTED.search(text)):
            scene = text.replace(counted[0], " ").strip(" .,;!")
            return GenerateImage(prompt=scene, subjects=named_in(scene, context.subjects)) if scene else step
        case Answer() if step.text == ELSEWHERE and _LEARN_SOMEBODY.match(text) and not context.attachments:
            return AskUser(question=NEEDS_PHOTOS)
        case Answer() if TOLD.search(text) and text.strip().endswith("?"):
            return Recall(query=text.strip(" ?"))
        case SetPreference() if QUESTION.fullmatch(text.strip()) and not (_ours(context, text) or KEEP.search(text)):
            return Answer(text=ELSEWHERE)
        case SetPreference() if lost := wish_of_a_style(step.text, context, text):
            return step.model_copy(update={"text": lost})
        case SetPreference() if (own := as_said(step, text, context.subjects)) != step:
            return own
        case SetPreference():
            unclear = re.search(r"\b(?:it|them|those|that)\b", step.text) and len(text.split()) <= MOST_WISHED
            if unclear or _invents(step.text, text):
                return step.model_copy(update={"text": KEEP.sub("", text).strip(" ,.;!")})
            turned = {word.lower() for word in POLAR.findall(step.text)} - {
                word.lower() for word in POLAR.findall(text)
            }
            wish = text if turned else _respelt(step.text, _said(context, text), text)
            return step.model_copy(update={"text": wish})
        case Answer() if step.text == ELSEWHERE and DRAW.match(text):
            subjects = named_in(text, context.subjects)
            scene = described(context, text, subjects)
            return GenerateImage(prompt=scene, subjects=subjects) if scene else step
        case Answer():
            return in_fitting_words(step, text)
        case GenerateImage() | Animate():
            styles = tuple(
                one
                for one in step.styles
                if not _ordinary(one, context.styles, text) and not only_quoted(one, context, text)
            )
            prompt = _as_written(_respelt(step.prompt, step.subjects or _said(context, text), text), text)
            step = step.model_copy(update={"prompt": _opening_with(prompt, step.subjects, text), "styles": styles})
            step = like_the_last(with_whose_lap(step, context.subjects), context, text)
            if isinstance(step, Animate):
                return as_picture(in_said_motion(step, context, text), context, text)
            return step.model_copy(update={"layout": placed(step, context, text, apart)})
        case EditImage():
            change = not_the_opposite(whole_quote(whole_change(step.instruction, text), text), text)
            step = step.model_copy(update={"instruction": change})
            named = alone and (which_picture(context, text) or last_unless_told(step, context, text))
            return step.model_copy(update={"image_ref": named}) if named else step
    return step


_PICTURES = alternatives("whole", "pictures")
# `A balloon over the desert. I'd like two pictures of that`
_PICTURES_WANTED = re.compile(
    rf"[.;!] +(?:i['’]d like|i (?:want|need)|give me|make(?: me)?|can i have) (?:(?:{any_of('numbers')}|\d+) "
    rf"(?:{_PICTURES})(?: (?:of (?:that|it|this)|to (?:choose|pick) from))?"
    rf"|(?:\w+ )?(?:{_PICTURES}) of (?:that|it|this))(?:,? please)?[.! ]*$",
    re.I,
)


def _answered(step: AskUser, context: PlanContext, text: str) -> Step:
    """What was asked for instead of a question that the request or the catalogue answers."""
    motion, subjects = stated_motion(text), named_in(text, context.subjects)
    if step.question == NEEDS_PHOTOS and not whole("learning").search(text):
        return Answer(text=ELSEWHERE)
    if (mistaken(step.question, context) or (WHO_ANY.match(step.question) and DRAW.match(text))) and (
        scene := described(context, text, subjects)
    ):
        return GenerateImage(prompt=scene, subjects=subjects)
    scene = described(context, text, subjects) if ANIMATE.search(text) and "motion" in step.question.lower() else ""
    if scene and motion and motion in context.motions:
        return Animate(prompt=scene, subjects=subjects, motion=motion)
    if mistaken(step.question, context) in context.motions and (clip := clip_said(context, text)):
        return clip
    only, told = of_kind_asked(step.question, context, text)
    plain = DRAW.match(text) or not (QUESTION.fullmatch(text.strip()) or text.strip().endswith("?"))
    scene = described(context, told, only) if only and plain else ""
    return GenerateImage(prompt=scene, subjects=only) if scene else step


def _ordinary(style: str, styles: Sequence[str], text: str) -> bool:
    """Whether a style nobody has is only a word of the scene: `a little red cabin`."""
    named = rf"\b(?:call|name|as) (?:(?:it|this|them) )?{re.escape(style)}(?!\w)"  # taught only now
    if style.lower() in ("plain", "none", "no style", "normal", "seed") and not closest(style, styles):
        return True
    known = closest(style, styles) or STYLE_WORD.search(text) or re.search(named, text, re.I)
    return not known and all(word in english_words() for word in style.lower().split())


def _opening_with(prompt: str, subjects: Sequence[str], text: str) -> str:
    """With the only subject in place of a name that nobody said."""
    first = re.match(r"[A-ZÀ-Þ]\w+", prompt)
    if first is None or len(subjects) != 1 or mentioned(subjects[0], prompt) or mentioned(first[0], text):
        return prompt
    return f"{subjects[0]}{prompt[first.end() :]}"


def _ours(context: PlanContext, text: str) -> bool:
    names = (*context.subjects, *context.styles, *context.motions)
    return bool(whole("ours").search(text) or HANDLE.search(text) or any(mentioned(name, text) for name in names))


def _of_yours(context: PlanContext, text: str) -> bool:
    """Whether it is asked what the machine likes, and of nobody here: `like` is no style called line."""
    names = "|".join(map(re.escape, (*context.subjects, *context.styles, *context.motions))) or "(?!)"
    return bool(YOURS.search(text)) and not (_MINE.search(text) or re.search(rf"(?<!\w)(?:{names})(?!\w)", text, re.I))


def _told(query: str, context: PlanContext, text: str) -> bool:
    """Whether a question is about what was told before: `what's on her list?`, `who had the broken umbrella?`."""
    past = " ".join([part for turn in context.history for part in (turn.user, *turn.calls)])
    past = " ".join([past, *(line.text for line in context.memory), *context.referents.values()])
    asked = [word for word in re.findall(r"\w+", query.lower()) if len(word) >= LONG]
    about = re.search(r"\b(?:her|hers|him|his|their|theirs)\b", text, re.I)
    return bool(past.strip()) and bool(about or any(word in past.lower() for word in asked))


def _asks_otherwise(query: str, context: PlanContext, text: str) -> bool:
    """Whether a question asks after something that was not said: after Livia's bike instead of her boat."""
    names = "|".join(map(re.escape, context.subjects)) or "(?!)"
    rest = re.sub(
        rf"(?<!\w)(?:{names})(?:['’]s)?(?!\w)|\b(?:what|which|user|said|told|about|when|where|does)\b",
        " ",
        query,
        flags=re.I,
    )
    words = [word[:3] for word in re.findall(r"[a-z]{4,}", rest.lower())]
    told = " ".join([text, *(line.text for line in context.memory)]).lower()
    return bool(words) and not any(word in told for word in words) and len(text.split()) <= MOST_WISHED


def _of_another(query: str, context: PlanContext, text: str) -> bool:
    """Whether a question is about somebody of whom the request does not speak, and not of whom it speaks."""
    asked = [name for name in context.subjects if mentioned(name, query)]
    meant = [name for name in context.subjects if spoken_of(name, context.subjects, text)]
    return bool(asked and meant) and not set(asked) & set(meant)


_WHATEVER_OF = re.compile(r"\bwhat(?:ever)? you(?:['’]ve| have)? (?:got|have|know|kept) (?:on|about|of)\b", re.I)


def _known(what: str, context: PlanContext, text: str) -> bool:
    if whole("kept").search(text) or HANDLE.search(text) or _WHATEVER_OF.search(text):
        return True
    lines = [line.text for line in context.memory] + [turn.user for turn in context.history]
    names = (*context.subjects, *context.styles, *context.motions)
    words = [word for word in re.findall(r"\w+", what.lower()) if len(word) > 3]
    return bool(closest(what, names)) or any(word[:STEM] in line.lower() for word in words for line in lines)


def _said(context: PlanContext, text: str) -> list[str]:
    """The one subject the request names, if it is one."""
    said = [name for name in context.subjects if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    return said if len(said) == 1 else []


def _respelt(prompt: str, subjects: Sequence[str], text: str) -> str:
    """`Odie on a boat` for a request about Odile: a name nearly written is that name."""
    for name in subjects:
        if " " in name or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", prompt):
            continue
        for word in dict.fromkeys(re.findall(r"(?<!\w)[A-ZÀ-Þ]\w+", prompt)):
            alike = difflib.SequenceMatcher(None, word.lower(), name.lower()).ratio() >= ALIKE
            if alike and word not in subjects and not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
                prompt = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _, name=name: name, prompt)  # type: ignore[misc]
    return prompt


def _as_written(prompt: str, text: str) -> str:
    """`in front of the Colossoe` for a request that has Colosseo: a place that was copied badly."""
    large = set(re.findall(r"(?<![.!?] )(?<!^)(?<!\w)[A-ZÀ-Þ]\w{4,}", text))
    for word in dict.fromkeys(re.findall(r"(?<!\w)[A-ZÀ-Þ]\w{4,}", prompt)):
        near = difflib.get_close_matches(word, large, 1, NEARLY) if word not in text else []
        prompt = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near[0], prompt) if near else prompt
    return prompt


def _invents(said: str, text: str) -> bool:
    """Whether a name stands in it that nobody wrote: `Faithke's glasses` for Femke's."""
    names = re.findall(r"(?<!\w)[A-ZÀ-Þ]\w{2,}", said)
    return any(name.casefold()[:4] not in text.casefold() and not mentioned(name, text) for name in names)
