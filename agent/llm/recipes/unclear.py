"""Requests that need a question: unknown names, ties, missing attachments, nothing to refer to."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import ing, third
from limner.agent.llm.recipes.catalogue import Draft, distract, fresh_name, new_draft, new_motion, new_style
from limner.agent.llm.recipes.draw import request
from limner.agent.llm.recipes.example import Piece, a_style, question
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.move import DOING, NAMED, is_verb
from limner.agent.llm.recipes.scenes import change, place, scene
from limner.agent.llm.recipes.teach import lesson
from limner.agent.llm.recipes.words import words

VAGUE = (
    "do the thing", "make something", "[draw|make] it", "surprise", "again", "animate", "draw", "the usual", "do it", "more", "you know what i want",
    "make it nicer", "continue", "like last time", "fix it", "one more", "the other one please", "bigger", "i want that", "no, the other", "hmm",
)  # fmt: skip
NO_REFERENT = (
    "draw {p} {s}", "make {p} {v}", "animate {p}", "another one of {p}", "change {p}", "make {p} bigger", "do {p} again",
    "show me {p} {s}", "[can you|please] draw {p} {s}", "put {p} {s}", "same with {p}",
)  # fmt: skip
WHICH_MOTION = (
    "animate {n}", "make {n} move", "[make|i want] a [clip|gif|video|animation] of {n}", "bring {n} to life", "turn {n} into a gif",
    "[can you|please] animate {n} {s}", "{n} {s}, animated",
)  # fmt: skip
UNNAMED = {
    "subject": ("learn my {k}", "learn my new {k}", "learn my face", "remember what i look like", "learn a new subject", "learn how {k} looks", "please get to know my {k}"),
    "style": ("learn my [drawing|painting] style", "learn a new style", "copy my art style", "learn how i [draw|paint]", "pick up my style"),
    "motion": ("learn a new motion", "learn this move", "learn a movement", "learn how [he|she|it] [dances|moves|walks]", "learn my dance"),
}  # fmt: skip


def unknown_subject(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 4)
    distract(w, draft)
    name, seen, styles = fresh_name(w, draft), scene(w).plain, a_style(w, draft, 0.2)
    roll = w.rng.random()
    if draft.subjects and roll < 0.3:
        known = w.pick(list(draft.subjects))
        body = w.fill(
            "[{x} and {k}|{k} and {x}|{k} with {x}|{x} next to {k}] {s}", x=name, k=known, s=scene(w, True).plain
        )
        text = request(w, body, styles, None, None)
    elif draft.motions and roll < 0.42:
        motion = w.pick(draft.motions)
        text = w.say(NAMED, a=name, m=motion, p=place(w).plain if w.chance(0.5) else "")
    else:
        text = request(w, f"{name} {seen}", styles, w.pick([None, None, None, 2, 3]), None)
    return draft, Piece(text, question(f"Who is {name}? Please attach photos."))


def unknown_style(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 3)
    style, name = new_style(w, draft.styles), w.pick(list(draft.subjects))
    text = request(w, f"{name} {scene(w).plain}", [], None, None) if w.chance(0.7) else name
    text += w.fill(
        " [in {s} style|in the {s} style|, {s} style|using the {s} style|in my {s} style|with the {s} look|, style {s}|in style {s}]",
        s=style,
    )
    return draft, Piece(text, question(f"I don't know the style {style}. Can you attach examples?"))


def unknown_motion(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 3)
    motion, name = new_motion(w, draft.motions), w.pick(list(draft.subjects))
    where = place(w).plain if w.chance(0.4) else ""
    if is_verb(motion) and w.chance(0.5) and motion != "jump":
        text = w.say(DOING, a=name, g=ing(motion), v=motion, t=third(motion), p=where)
    else:
        text = w.say(NAMED, a=name, m=motion, p=where)
    return draft, Piece(text, question(f"I don't know the motion {motion}. Can you attach a clip?"))


def a_tie(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 3)
    first = w.pick(list(draft.subjects))
    noun, other = draft.subjects[first], fresh_name(w, draft)
    draft.add(w, other, noun)
    same = [name for name in draft.subjects if draft.subjects[name] == noun]
    body = w.fill("[my|my|the|our] [|||little|old] {k} {s}", k=noun, s=scene(w).plain)
    text = request(w, body, a_style(w, draft, 0.2), None, None)
    return draft, Piece(text, question(f"Which {noun} do you mean: {' or '.join(same)}?"))


def nothing_attached(w: Writer) -> tuple[Draft, Piece]:
    draft, what = new_draft(w), w.pick(["subject", "subject", "style", "motion"])
    if w.chance(0.35):
        text, name = w.say(UNNAMED[what], k=w.pick(words("kinds", "animal"))), f"the {what}"
    else:
        text, _, name = lesson(w, draft, what)
    if w.chance(0.25):
        text += w.pick([" and ", " then "]) + request(w, f"it {scene(w).plain}", [], None, None)
    needed = {"subject": "photos", "style": "examples", "motion": "a clip"}[what]
    return draft, Piece(text, question(f"Please attach {needed} of {name}."))


def no_referent(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 0 if w.chance(0.6) else 3)
    pronoun, roll = w.pick(["him", "her", "it", "them", "that one"]), w.rng.random()
    if roll < 0.3:
        return draft, Piece(w.say(VAGUE), question("What would you like me to make?"))
    if roll < 0.55:
        return draft, Piece(w.fill("[|please |can you |now ]") + change(w), question("Which picture do you mean?"))
    if len(draft.subjects) > 1:
        kinds = set(draft.subjects.values())
        pronoun = pronoun if len(kinds) > 1 and pronoun in ("it", "that one") else "it"
    text = w.say(NO_REFERENT, p=pronoun, s=scene(w).plain, v=w.pick(words("motions", "verb")))
    return draft, Piece(text, question("Who or what do you mean?"))


def which_motion(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 4)
    while len(draft.motions) < 2:
        draft = new_draft(w, 1, 4)
    text = w.say(WHICH_MOTION, n=w.pick(list(draft.subjects)), s=place(w).plain)
    return draft, Piece(text, question(f"Which motion: {', '.join(draft.motions[:3])}?"))


def unclear(w: Writer) -> tuple[Draft, Piece]:
    kinds = (unknown_subject, unknown_style, unknown_motion, a_tie, nothing_attached, no_referent, which_motion)
    return w.rng.choices(kinds, (30, 14, 10, 16, 14, 12, 6))[0](w)
