"""What happens in a picture: fragments that follow a subject's name, with their other verb forms."""

from __future__ import annotations

from dataclasses import dataclass

from limner.agent.english import article, ing, past, third
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.words import adjectives, nouns, words

OPEN = (
    "with {a}",
    "next to {a}",
    "holding {a}",
    "on {a}",
    "in {a}",
    "inside {a}",
    "looking at {a}",
    "made of {n}",
    "dreaming of {a}",
    "carrying {a} and {b}",
    "sitting on {a} near {b}",
    "chasing {a} through {b}",
    "turning into {a}",
    "under {a}",
    "building {a} out of {n}",
    "painting {a}",
    "full of {n}",
    "buried in {n}",
    "covered with {n}",
    "afraid of {a}",
    "behind {a}",
    "between {a} and {b}",
    "pushing {a}",
    "stuck in {a}",
    "reading about {n}",
    "dressed as {a}",
    "sharing {a}",
    "guarding {a} from {b}",
)


@dataclass(frozen=True)
class Scene:
    """`plain` is what the plan's prompt says after the names; the verb forms serve stories."""

    plain: str
    past: str = ""
    third: str = ""
    base: str = ""


def thing(w: Writer) -> str:
    return (w.pick(adjectives()) + " " if w.chance(0.35) else "") + w.pick(nouns())


def open_scene(w: Writer) -> Scene:
    return Scene(w.fill(w.pick(OPEN), a=article(thing(w)), b=article(thing(w)), n=w.pick(nouns())))


def deed(w: Writer) -> Scene:
    """An action, with all its forms, sometimes at a place."""
    base = w.pick(words("scene", "act"))
    if w.chance(0.12):
        base = (
            w.fill("[find|carry|drop|paint|push|chase|eat|break|draw|lift|hug|kick|hide|wash] ")
            + " "
            + article(thing(w))
        )
    where = " " + w.pick(words("scene", "place")) if w.chance(0.3) else ""
    return Scene(ing(base) + where, past(base) + where, third(base) + where, base + where)


def scene(w: Writer, several: bool = False) -> Scene:
    roll = w.rng.random()
    # A few scenes of any words at all teach copying; more of them crowd out what people wish for.
    if roll < 0.08:
        return open_scene(w)
    if roll < 0.45:
        return deed(w)
    if roll < 0.6:
        return Scene("wearing " + w.pick(words("scene", "wear")) + (" " + place(w).plain if w.chance(0.4) else ""))
    if roll < 0.72:
        role = w.pick(words("scene", "role"))
        return Scene(
            (f"as {role}s" if several else f"as {article(role)}") + (" " + place(w).plain if w.chance(0.4) else "")
        )
    if roll < 0.78:
        return Scene("with " + w.pick(words("scene", "hold")) + (" " + place(w).plain if w.chance(0.4) else ""))
    return place(w)


def place(w: Writer) -> Scene:
    where = w.pick(words("scene", "place"))
    if w.chance(0.05):
        where = w.fill("[in|on|under|behind|near|inside]") + " " + article(thing(w))
    return Scene(where + (" " + w.pick(words("scene", "time")) if w.chance(0.3) else ""))


def nobody(w: Writer) -> str:
    if w.chance(0.8):
        return w.pick(words("scene", "nobody"))
    return w.fill("{a} [on|in|next to|behind|under|and|made of|full of] {b}", a=article(thing(w)), b=article(thing(w)))


def change(w: Writer) -> str:
    """An edit instruction in the imperative."""
    colour, part = w.pick(words("scene", "colour")), w.pick(words("scene", "part"))
    return w.fill(
        w.pick(
            (
                "make the {p} {c}",
                "change the {p} to {c}",
                "turn the {p} {c}",
                "remove the {p}",
                "make it [darker|brighter|warmer|colder|softer|sharper]",
                "add [a moon|more clouds|a rainbow|some birds|snow|a tree|stars|a hat|a house|flowers|a border|{a}]",
                "blur the {p}",
                "make the {p} [bigger|smaller|cloudy|darker|fluffy|shiny|longer|shorter|glow]",
                "make it black and white",
                "replace the background with [a beach|a forest|a city|mountains|space|{a}]",
                "put {wear} on [him|her|it]",
                "give [him|her|it] {wear}",
                "take away the {n}",
                "move [him|her|it] to the [left|right]",
                "replace the {p} with {a}",
                'write "{sign}" [on it|above|at the bottom]',
            )
        ),
        p=part,
        c=colour,
        a=article(thing(w)),
        n=w.pick(nouns()),
        wear=w.pick(words("scene", "wear")),
        sign=w.pick(words("scene", "sign")),
    )
