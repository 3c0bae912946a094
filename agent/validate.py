"""The deterministic guard between any planner and the tools: names are closed, the impossible becomes one question."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from limner.agent.all_styles import all_meant
from limner.agent.asked_for import asked_for
from limner.agent.explicit import invented_name, named_in, with_stated_numbers
from limner.agent.given_up import spared
from limner.agent.glossary import glossed
from limner.agent.hearsay import without_orders
from limner.agent.kept_out import kept_out, without
from limner.agent.kinds import grouped, kind_meant, kind_said, of_kind
from limner.agent.left_out import left_out, others_meant
from limner.agent.lexicon import says, whole
from limner.agent.listed import as_listed
from limner.agent.names import closest, fold, in_another_name, mentioned, without_longer
from limner.agent.once_each import PER_STYLE
from limner.agent.own_kind import known_as, mistaken, of_own_kind, without_nouns
from limner.agent.phrases import PEOPLE, PETS
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
    Position,
    Step,
)
from limner.agent.stated import (
    QUOTED,
    as_stated,
    erasure,
    moving,
    refused,
    styled,
    with_subjects,
)
from limner.agent.styles_said import style_described, style_said
from limner.agent.unread import unread, untold

MOST_STEPS = 8
# A handle as memory numbers them; the planner may name one the user typed even when the history shown has scrolled on.
HANDLE = re.compile(r"\b(?:img|clip|up|upload)-?\d+\b", re.IGNORECASE)
STYLE_WORD = re.compile(r"\b(?:style|look|stil|estilo|stile)\b", re.IGNORECASE)
# `the cat that isn't Biff`
NOT_THIS = re.compile(r"\b(?:isn['’]?t|is not|not|except|besides|but)\b", re.IGNORECASE)
CLAIM = re.compile(
    r"\bhere(?:'s| is| are) (?:your|the|a|an|some)\b.*\b(?:picture|image|drawing|clip|animation|photo|portrait)s?\b"
    r"|\bI(?:'ve| have)? (?:just )?(?:drawn|drew|made|painted|created|generated|animated|sketched|rendered)\b"
    r"|\b(?:picture|image|drawing|clip|animation)s? (?:is|are) (?:ready|done|below|attached)\b",
    re.IGNORECASE,
)


class UnclearError(Exception):
    """A step that cannot run; the message is the question to the user."""


@dataclass
class Checked:
    """A plan that is safe to run, and what was wrong with the one that came in (for the planner's repair round)."""

    plan: Plan
    complaints: list[str] = field(default_factory=list)


def validate(plan: Plan, context: PlanContext, text: str, asked: str = "") -> Plan:
    """The plan with every name from the catalogue and no step twice, or a plan of one question."""
    return check(plan, context, text, asked).plan


def ask(question: str) -> Plan:
    """A plan that does nothing but ask."""
    return Plan(steps=(AskUser(question=question),))


def check(plan: Plan, context: PlanContext, text: str, asked: str = "") -> Checked:
    """Validate, and say what had to be changed; `asked` is the request before it was put into English."""
    told, context = {line.id for line in context.memory}, without_orders(context)
    orders = told - {line.id for line in context.memory}
    gone, text = kept_out(text, context.subjects)
    plan, guard = without(plan, gone, context.subjects, text), _Guard(context, text, asked, gone)
    if no := refused(plan, text, asked):
        return Checked(no, ["that is never drawn"])
    plan = moving(plan, context, text) or plan
    plan = erasure(plan, (*context.subjects, *context.styles, *context.motions), text) or plan
    try:
        others = {name: kind for name, kind in context.subjects.items() if name not in gone}
        plan = as_listed(with_stated_numbers(plan, text), context.styles, text)
        stated = as_stated(plan, others, text, guard.evidence)
        steps = guard.steps(stated)
    except UnclearError as unclear:
        return Checked(ask(str(unclear)), [*guard.complaints, str(unclear)])
    # Reasons point at steps by number; once steps moved they would point at the wrong ones.
    because = plan.because if len(steps) == len(plan.steps) else ()
    because = tuple(reason for reason in because if orders.isdisjoint(reason.memory_ids))
    return Checked(Plan(steps=tuple(steps), say=guard.say or plan.say, because=because), guard.complaints)


# `draw my sister`, of whom nobody was told.
_KIN = re.compile(
    r"\b(?:draw|paint|sketch|animate|show me|(?:picture|drawing|portrait|sketch) of) (?:my|our) "
    r"(?P<who>sister|brother|cousin|aunt|uncle|niece|nephew|boss|neighbou?r|teacher|husband|wife|boyfriend|girlfriend"
    r"|partner|mother|father|mum|mom|dad|grandma|grandpa|grandmother|grandfather|son|daughter|friend|flatmate"
    r"|roommate)\b(?!['’]s)",
    re.I,
)


class _Guard:
    def __init__(self, context: PlanContext, text: str, asked: str, gone: Sequence[str] = ()) -> None:
        self.context, self.text = context, text
        # `Rex isn't in it` leaves everyone else in it.
        self.others = {name for name in context.subjects if name not in gone} if gone else set()
        self.subjects = list(context.subjects)
        self.styles, self.motions = list(context.styles), list(context.motions)
        self.heard = f"{text} {asked}"
        said = " ".join([self.heard, *context.referents.values()])
        names = (*self.subjects, *self.styles, *self.motions)
        read = glossed(asked or text, names)
        past = " ".join(" ".join([turn.user, *turn.calls]) for turn in context.history)
        # A kind whose word in the request's language is not known here cannot be missed in it.
        told = untold(context.subjects.values(), asked or text, names)
        self.evidence = " ".join([said, read, *told, past, *(line.text for line in context.memory)])
        self.unread = unread(asked or text, names)
        results = " ".join(turn.result for turn in context.history)
        self.handles: list[str] = HANDLE.findall(results) + HANDLE.findall(said)
        self.made = False
        self.shown: set[str] = set()
        self.forgotten: set[str] = set()
        self.taught: set[tuple[str, str]] = set()
        self.say = ""
        self.complaints: list[str] = []

    def steps(self, plan: Plan) -> list[Step]:
        questions = [step for step in plan.steps if isinstance(step, AskUser)]
        if questions:
            if len(plan.steps) > 1:
                self.complaints.append("ask_user must be the only step")
            if name := mistaken(questions[0].question, self.context):
                self.complaints.append(f"{name} is known")
                raise UnclearError(f"I know {name}. What shall I do with {name}?")
            return [questions[0]]
        drawn = [step for step in plan.steps if isinstance(step, GenerateImage | Animate)]
        self.shown = {name for step in drawn for name in step.subjects}
        kept: list[Step] = []
        for step in plan.steps:
            if isinstance(step, Answer) and len(plan.steps) > 1:
                self.say = self.say or step.text
                continue
            checked = self.step(step)
            if checked in kept:
                self.complaints.append(f"{step.tool} is called twice with the same arguments")
            else:
                kept.append(checked)
        acts = any(not isinstance(step, Answer) for step in kept)
        if not acts and CLAIM.search(" ".join([plan.say, *(s.text for s in kept if isinstance(s, Answer))])):
            raise UnclearError("I have not drawn anything for that yet. What shall I draw?")
        if not kept:
            raise UnclearError("What would you like me to do?")
        if len(kept) > MOST_STEPS:
            raise UnclearError(f"That is {len(kept)} things at once; which {MOST_STEPS} shall I do first?")
        return kept

    def step(self, step: Step) -> Step:
        step = of_own_kind(step, self.subjects, self.styles)
        if isinstance(step, GenerateImage | Animate):
            step = without_nouns(styled(step, self.styles), self.subjects, self.styles, self.text)
        match step:
            case LearnSubject() | LearnStyle() | LearnMotion():
                return self.learn(step)
            case GenerateImage():
                self.made = True
                styles = self.meant_styles(step.styles)
                step = self.drawn(step)
                assert isinstance(step, GenerateImage)
                step = self.counted(step)
                subjects, layout = self.layout(step.subjects, step.layout)
                return step.model_copy(update={"subjects": subjects, "styles": styles, "layout": layout})
            case Animate():
                motion = self.name(step.motion, self.motions, "motion")
                styles, step = self.meant_styles(step.styles), self.drawn(step)
                assert isinstance(step, Animate)
                picture = self.picture(step.image_ref) if step.image_ref else None
                self.made = True
                update = {"styles": styles, "motion": motion, "image_ref": picture}
                return step.model_copy(update=update)
            case EditImage():
                picture = self.picture(step.image_ref)
                self.made = True
                return step.model_copy(update={"image_ref": picture})
            case Forget():
                if not says(QUOTED.sub(" ", self.heard), "erase", "words") or spared(step.what, self.heard):
                    raise UnclearError(f"Shall I really erase {step.what}?")
                self.forgotten.add(fold(step.what))
        return step

    def learn(self, step: LearnSubject | LearnStyle | LearnMotion) -> Step:
        what, pool, needs, word = {
            LearnSubject: ("subject", self.subjects, "image", "3 to 6 photos"),
            LearnStyle: ("style", self.styles, "image", "a few pictures in that style"),
            LearnMotion: ("motion", self.motions, "clip", "a short clip"),
        }[type(step)]
        if needs not in self.context.attachments and not (needs == "clip" and "video" in self.context.attachments):
            name = f" {step.name}" if step.name else ""
            raise UnclearError(f"To learn the {what}{name} I need {word}. Can you attach them?")
        if not step.name.strip():
            raise UnclearError(f"What shall I call this {what}?")
        if (what, fold(step.name)) in self.taught:
            raise UnclearError(f"You name two of them {step.name}. What shall I call each {what}?")
        self.taught.add((what, fold(step.name)))
        self.forgotten.discard(fold(step.name))
        pool.append(step.name)
        return step

    def names(self, given: Iterable[str], pool: list[str], what: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.name(name, pool, what) for name in given))

    def drawn(self, step: GenerateImage | Animate) -> GenerateImage | Animate:
        """The step with whom the conversation speaks of; whom nothing speaks of stands for somebody else."""
        given = self.names(step.subjects, self.subjects, "subject")
        subjects = tuple(dict.fromkeys([*given, *self.named(step.prompt)]))
        known = ", ".join(list(self.context.subjects)[:8]) or "nobody yet"
        stranger = f"Who do you mean? I know {known}; anybody else I can learn from a few photos."
        if not subjects and invented_name(step.prompt, self.evidence, self.subjects):
            raise UnclearError(stranger)
        if not subjects and (kin := _KIN.search(self.text)) and not of_kind(kin["who"], self.context.subjects):
            raise UnclearError(stranger)
        self.one_of_several(subjects)
        meant = tuple(name for name in subjects if self.spoken_of(name, subjects, step))
        if len(meant) == len(subjects):
            return step.model_copy(update={"subjects": subjects})
        self.complaints += [f"nobody spoke of {name}" for name in subjects if name not in meant]
        instead = meant or self.undrawn()
        if not meant and (len(subjects) > 1 or len(instead) != 1):
            raise UnclearError(stranger)
        return with_subjects(step.model_copy(update={"subjects": subjects}), instead)

    def counted(self, step: GenerateImage) -> GenerateImage:
        asked = asked_for(step, self.context, self.heard, self.unread)
        if asked.count < step.count:
            self.complaints.append(f"nobody asked for {step.count} pictures")
        return asked

    def one_of_several(self, drawn: Sequence[str]) -> None:
        """`draw my dog`, where there are two, no word says which and neither is drawn."""
        kinds = Counter(self.context.subjects.values())
        for kind in (kind for kind, many in kinds.items() if kind and many > 1):
            same = [name for name, noun in self.context.subjects.items() if noun == kind]
            mine = re.search(rf"(?<!of )\b(?:my|our) {re.escape(kind)}(?!\w|['’])", QUOTED.sub(" ", self.text), re.I)
            if mine and not any(name in drawn or mentioned(name, self.evidence) for name in same):
                raise UnclearError(f"Which {kind} do you mean: {' or '.join(same)}?")

    def of_a_group(self, kind: str, subjects: Sequence[str]) -> bool:
        """Whether a word of several speaks of them; of one alone only where nobody else is of that group."""
        alone = sum(grouped(of, self.heard) for of in self.context.subjects.values() if of) == 1
        return (len(subjects) > 1 or alone) and grouped(kind, self.heard)

    def spoken_of(self, name: str, subjects: Sequence[str], step: GenerateImage | Animate) -> bool:
        kind = self.context.subjects.get(name, "")
        if not kind or mentioned(name, self.evidence) or self.of_a_group(kind, subjects):
            return True
        if self.others == set(subjects):
            return True
        same = [other for other, noun in self.context.subjects.items() if noun == kind]
        others = [one for one in same if one != name]
        if whole("other").search(self.text) and all(mentioned(one, self.evidence) for one in others):
            return True
        if others and NOT_THIS.search(self.text) and all(mentioned(one, self.text) for one in others):
            return True
        open_to_us = set(same) - left_out(self.context.subjects, self.text) <= self.shown
        if not (open_to_us or whole("left_open").search(self.text)) and kind_said(kind, self.text):
            self.complaints.append(f"{kind} may be {' or '.join(same)}")
            raise UnclearError(f"Which {kind} do you mean: {' or '.join(same)}?")
        if kind_meant(kind, self.evidence) or others_meant(subjects, self.context.subjects, self.text):
            return True
        guessed = mentioned(name, step.prompt) or kind_said(kind, step.prompt)
        everyone, somebody = whole("everyone").search(self.text), whole("whom").search(self.text)
        mine = whole("own").search(self.text)
        return bool(guessed and (everyone or ((somebody or mine) and not self.undrawn())))

    def undrawn(self) -> tuple[str, ...]:
        """Whom the request names and no step draws, where it turns nobody down."""
        text = QUOTED.sub(" ", self.text)
        if whole("turned_down").search(text):
            return ()
        return tuple(
            name
            for name in self.context.subjects
            if name not in self.shown
            and fold(name) not in self.forgotten
            and re.search(
                rf"(?<!\w){re.escape(name)}(?!\w|['’]s\b)", without_longer(name, self.context.subjects, text), re.I
            )
        )

    def named(self, prompt: str) -> tuple[str, ...]:
        """Whom a prompt names; not a street in Paris, where Paris is a girl, and not David Bowie for a cat."""

        def a_place(name: str) -> bool:
            alive = self.context.subjects.get(name, "") in PETS | PEOPLE
            return alive and not re.search(rf"(?<!\b[Ii]n )(?<!\w){re.escape(name)}(?!\w)", prompt)

        def another(name: str) -> bool:
            return a_place(name) or in_another_name(name, self.subjects, prompt)

        return tuple(name for name in named_in(prompt, self.subjects) if not another(name))

    def meant_styles(self, given: Iterable[str]) -> tuple[str, ...]:
        """The styles; one that was never spoken of is dropped, or asked about when another style was named."""
        meant = []
        for name in self.names(given, self.styles, "style"):
            spoken = mentioned(name, self.evidence) or style_said(name, self.evidence)
            spoken = spoken or style_described(name, self.context.styles, self.text)
            other = whole("other_style").search(self.text) or PER_STYLE.search(self.text) or all_meant(self.text)
            if name not in self.context.styles or spoken or other or self.unread:
                meant.append(name)
                continue
            self.complaints.append(f"nobody spoke of the style {name}")
            if STYLE_WORD.search(self.text):
                raise UnclearError(f"Which style do you mean? I know {', '.join(self.styles[:8])}.")
        return tuple(meant)

    def name(self, given: str, pool: list[str], what: str) -> str:
        """The catalogue's own spelling of a name, or a question that shows what there is."""
        hits = closest(given, pool)
        if len(hits) == 1:
            if fold(hits[0]) in self.forgotten:
                raise UnclearError(f"Shall I forget {hits[0]}, or use it? Both at once cannot be.")
            return hits[0]
        if hits:
            raise UnclearError(f"Which {what} do you mean: {' or '.join(hits)}?")
        self.complaints.append(f"there is no {what} called {json.dumps(given, ensure_ascii=False)}")
        known = ", ".join(pool[:8]) + (" ..." if len(pool) > 8 else "")
        if pool and known_as(given, (*self.subjects, *self.styles, *self.motions)):
            raise UnclearError(f"Which {what} do you mean? I know {known}.")
        mend = "attach a clip" if what == "motion" else "attach a few pictures"
        choice = f"I know {known}. Which one, or will you {mend}?" if pool else f"Can you {mend} so that I learn it?"
        raise UnclearError(f"I don't know the {what} {given} yet. {choice}")

    def layout(
        self, subjects: tuple[str, ...], places: Mapping[str, Position]
    ) -> tuple[tuple[str, ...], dict[str, Position]]:
        closed = {self.name(name, self.subjects, "subject"): place for name, place in places.items()}
        return tuple(dict.fromkeys([*subjects, *closed])), closed

    def picture(self, ref: str) -> str:
        wanted = ref.strip().lower().replace("-", "")
        if wanted == "attached" and "image" in self.context.attachments:
            return "attached"
        for handle in reversed(self.handles):
            if handle.lower().replace("-", "") == wanted:
                return handle
        if self.made:
            return "last"
        if self.handles:
            if wanted not in ("last", ""):
                self.complaints.append(f"there is no picture {ref}")
            return self.handles[-1]
        if "image" in self.context.attachments:
            return "attached"
        raise UnclearError("Which picture do you mean? I have not made one in this conversation yet.")
