"""Requests for clips: with taught motions, the native ones, their synonyms, and lengths in frames."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import ing, third
from limner.agent.llm.recipes.catalogue import NATIVE_MOTIONS, SYNONYMS, Draft, distract, new_draft, spoken
from limner.agent.llm.recipes.draw import STYLED
from limner.agent.llm.recipes.example import Piece, a_style
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.scenes import place
from limner.agent.plan import Animate
from limner.agent.stated import listed

NAMED = (
    "animate {a} {p} with {m}", "animate {a} with the {m} motion {p}", "use the {m} motion on {a} {p}",
    "a clip of {a} {p} using {m}", "apply {m} to {a} {p}", "[make|i want] a video of {a} {p}, motion {m}",
    "{a} doing the {m} {p}, animated", "[make|let|have] {a} do the {m} [thing |dance |move |]{p}",
    "i want {a} to do the {m} {p}", "a [short clip|gif|loop]: {a} does the {m} [thing |move |]{p}",
    "[gif|clip|animation] of {a} {p}, {m}", "{m} motion, {a} {p}", "{a} {p}, motion: {m}", "animate {a} {p}, {m} please",
)  # fmt: skip
DOING = (
    "animate {a} {g} {p}", "[make|do|i want|give me|i need] a gif of {a} {g} {p}", "a [short |little |]clip of {a} {g} {p}",
    "a video of {a} {g} {p}", "an animation of {a} {g} {p}", "gif of {a} {g} {p}", "can you animate {a} {g} {p}",
    "i want a [clip|gif|video] where {a} {t} {p}", "show {a} {g} {p} as a [gif|clip|loop|animation]",
    "bring {a} to life {g} {p}", "i'd love a looping gif where {a} {t} {p}", "[make|have|let] {a} {v} {p}",
    "{a} {g} {p}, animated", "{a} {g} {p} as [a gif|a clip|an animation]", "[make|let] {a} {v} {p} in a little movie",
    "i [want|need|would like] to see {a} {v} {p}, moving", "[please|pls] make {a} {v} {p}", "could {a} {v} {p}?",
    "animation: {a} {t} {p}", "a moving picture of {a} {g} {p}", "film {a} {g} {p}", "make {a} move: {g} {p}",
)  # fmt: skip
FRAMES = (", {f} frames", "with {f} frames", "({f} frames)", ", {f} frames please", ", make it {f} frames", "in {f} frames",
          "and {f} frames long", ", frames: {f}")  # fmt: skip
SOMEWHERE = (
    "across the room",
    "across the floor",
    "over a fence",
    "through the forest",
    "down the street",
    "around the garden",
)


def forms(w: Writer, motion: str) -> tuple[str, str] | None:
    """A motion as `bouncing`, `bounce`; None for names that are not verbs."""
    if motion in NATIVE_MOTIONS:
        if motion in SYNONYMS and w.chance(0.35):
            return w.pick(SYNONYMS[motion])
        return NATIVE_MOTIONS[motion]
    return (
        (ing(motion), motion) if motion.isalpha() and len(motion) < 9 and motion.islower() and is_verb(motion) else None
    )


def is_verb(motion: str) -> bool:
    from limner.agent.llm.recipes.words import words

    return motion in words("motions", "verb")


def animated(w: Writer, draft: Draft, names: list[str] | None = None) -> Piece:
    motion = w.pick(draft.motions)
    if names is None:
        names = w.some(list(draft.subjects), 2 if w.chance(0.08) else 1, 1)
    where = (w.pick(SOMEWHERE) if w.chance(0.2) else place(w).plain) if w.chance(0.65) else ""
    verb, said = forms(w, motion), listed([spoken(w, draft, name) for name in names])
    if not names:
        said = w.fill("[a ball|a leaf|a boat|a red balloon|a little fish|an old car|the moon]")
    if verb and w.chance(0.85):
        text = w.say(DOING, a=said, g=verb[0], v=verb[1], t=third(verb[1]), p=where)
        prompt = f"{listed(names) or said} {ing(motion) if is_verb(motion) or motion in NATIVE_MOTIONS else ''} {where}"
    else:
        text = w.say(NAMED, a=said, m=motion, p=where)
        prompt = f"{listed(names) or said} {where}"
    styles = a_style(w, draft, 0.22)
    text += " " + w.say(STYLED, s=styles[0]) if styles else ""
    frames = w.pick([8, 12, 16, 20, 24, 30, 32, 48]) if w.chance(0.2) else None
    text += " " + w.say(FRAMES, f=str(frames)) if frames else ""
    plain = " ".join(prompt.split())
    return Piece(
        text, [Animate(prompt=plain, subjects=tuple(names), styles=tuple(styles), motion=motion, frames=frames)]
    )


def moving(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 4)
    while not draft.motions:
        draft = new_draft(w, 1, 4)
    distract(w, draft)
    return draft, animated(w, draft, [] if w.chance(0.04) else None)
