"""Wishes mended while they are said, and wishes told by what is not wanted."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import article, plural
from limner.agent.llm.recipes.catalogue import Draft, new_draft, spoken
from limner.agent.llm.recipes.draw import ALL, ONE, request
from limner.agent.llm.recipes.example import Piece, a_style, draw, number_words
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.move import forms
from limner.agent.llm.recipes.scenes import deed, place, scene, thing
from limner.agent.llm.recipes.words import nouns, words
from limner.agent.plan import Animate
from limner.agent.stated import listed

NO = (" - no, ", ", no, ", " no wait ", ", sorry, ", ", i mean ", " (no, make that ", "... actually ", ", or rather ", " er ", " nope, ", ", hm, better ", " scratch that, ", ", wait, ", " *", ", let me think, no: ")  # fmt: skip
OUT = (
    "{s} with everyone [but|except|besides] {x}", "everyone {s} [minus|apart from|save for] {x}", "everybody who is not {x}, {s}", "all of them {s}, {x} is [ill|away|asleep|grounded|at the vet]",
    "{s}, the whole [lot|crew|band] without {x}", "[draw|paint] them all {s}, {x} excepted", "all my subjects {s}, but {x} should not be there", "no {x} in this one, everybody else {s}", "the others {s}, {x} not",
)  # fmt: skip
ONLY = (
    "{a} {s} - and no trace of {x}", "{a} {s}. i don't want {x} in there", "{a} {s} and no sign of {x}", "leave {x} at home, {a} {s}", "{x} has the day off: {a} {s}", "{a} on [his|her|its] own {s}, {x} stays out",
    "i've seen enough of {x}, {a} {s}", "{a} {s}, this time without {x}", "{a} but not {x} {s}", "nobody but {a} {s}", "skip {x}; {a} {s}", "{a} {s} and for once not {x}",
)  # fmt: skip


def mended(w: Writer) -> tuple[Draft, Piece]:
    """One word is taken back in mid-sentence: a colour, a thing, a deed, a number, a place."""
    draft = new_draft(w, 1, 4)
    name, styles = w.pick(list(draft.subjects)), a_style(w, draft, 0.15)
    said, no, roll = spoken(w, draft, name), w.pick(NO), w.rng.random()
    close = ") " if no.startswith(" (") else w.pick([" ", " - ", ", "]) if no.startswith((" -", ",")) else " "
    if roll < 0.3:
        wrong, right = w.rng.sample(words("scene", "colour"), 2)
        what = w.pick([w.pick(words("scene", "part")), w.pick(nouns())])
        lead = w.pick(["with", "wearing", "in", "holding", "next to"])
        body, plain = (
            f"{said} {lead} {article(wrong)}{no}{article(right)}{close}{what}",
            f"{lead} {article(right)} {what}",
        )
    elif roll < 0.5:
        lead = w.pick(["with", "riding", "eating", "holding", "next to", "under", "painting", "inside"])
        wrong, right = article(thing(w)), article(thing(w))
        body, plain = f"{said} {lead} {wrong}{no}{right}{close}".rstrip(" -,"), f"{lead} {right}"
    elif roll < 0.68:
        first, second = deed(w).plain, deed(w).plain
        body, plain = f"{said} {first}{no}{second}{close}".rstrip(" -,"), second
    elif roll < 0.84:
        first, second, doing = place(w).plain, place(w).plain, deed(w).plain
        body, plain = f"{said} {doing} {first}{no}{second}{close}".rstrip(" -,"), f"{doing} {second}"
    else:
        return draft, counted(w, draft, name, said)
    return draft, Piece(request(w, body, styles, None, None), [draw([name], plain, styles)])


def counted(w: Writer, draft: Draft, name: str, said: str) -> Piece:
    wrong, right = w.rng.sample(range(2, 13), 2)
    x, n, seen = number_words(w, wrong), number_words(w, right), scene(w).plain
    text = w.fill(
        "[{x}, [actually|no|or better] [make it |] {n}, [pictures |] of {a} {s}|{x} [pics|pictures|drawings] of {a} {s}, make [it|that] {n}|i want {x}... {n} pictures of {a} {s}|{a} {s} times {x}, no, {n}|not {x} but {n} pictures of {a} {s}|{n} (not {x}) drawings of {a} {s}]",
        x=x, n=n, a=said, s=seen,
    )  # fmt: skip
    return Piece(text, [draw([name], seen, count=right)])


def many(w: Writer) -> tuple[Draft, Piece]:
    """Numbers as people say them."""
    draft = new_draft(w, 1, 4)
    name, seen, styles = w.pick(list(draft.subjects)), scene(w).plain, a_style(w, draft, 0.2)
    count, ways = w.pick(
        (
            (2, ("a couple of", "a pair of", "two", "2")), (3, ("three", "3")), (6, ("half a dozen", "six", "6")), (12, ("a dozen", "one dozen", "twelve", "12")),
            (7, ("seven", "7")), (9, ("nine",)), (10, ("ten", "10")), (15, ("fifteen", "15")), (20, ("twenty", "20")), (24, ("two dozen", "24")), (4, ("four", "4", "four different")), (5, ("five", "5", "five separate")), (8, ("eight", "8")),
        )
    )  # fmt: skip
    what = w.pick(
        [
            "pictures",
            "stickers",
            "drawings",
            "postcards",
            "versions",
            "images",
            "portraits",
            "variations",
            "sketches",
            "cards",
        ]
    )
    text = w.fill(
        "[{n} {w} of {a} {s}|[could|can] [i|we] [have|get] {n} {w} of {a} {s}?|{a} {s}, {n} {w}|i need {n} {w} of {a} {s}|{a} {s} please, {n} [of them|times|{w}]|draw {n} {w} of {a} {s}|get me {n} {w}: {a} {s}]",
        n=w.pick(ways), w=what, a=spoken(w, draft, name), s=seen,
    )  # fmt: skip
    text += " " + w.fill("[in {s}|, {s}|in {s} style]", s=styles[0]) if styles else ""
    return draft, Piece(text, [draw([name], seen, styles, count=count)])


def left_out(w: Writer) -> tuple[Draft, Piece]:
    """Everyone except one, two, or a kind; or one without another."""
    draft = new_draft(w, 3, 5)
    names, styles = list(draft.subjects), a_style(w, draft, 0.15)
    seen, roll = scene(w, True).plain, w.rng.random()
    if roll < 0.35:
        a, x = w.rng.sample(names, 2)
        seen = scene(w).plain
        return draft, Piece(
            w.say(ONLY, a=spoken(w, draft, a), x=x, s=seen) + (f" in {styles[0]}" if styles else ""),
            [draw([a], seen, styles)],
        )
    out = w.rng.sample(names, 2 if len(names) > 3 and w.chance(0.3) else 1)
    kept = [name for name in names if name not in out]
    alone = len(out) == 1 and draft.alone(out[0])
    said = w.pick(["my ", "the "]) + draft.subjects[out[0]] if alone and w.chance(0.3) else listed(out)
    text = (
        w.say(OUT, x=said, s=seen)
        if len(out) == 1
        else w.fill(f"{ALL[0]} [except|but not|without] {{x}}, {{s}}", x=said, s=seen)
    )
    return draft, Piece(
        text + (" " + w.fill("[in {s}|, {s} style]", s=styles[0]) if styles else ""), [draw(kept, seen, styles)]
    )


def of_a_kind(w: Writer) -> tuple[Draft, Piece]:
    """`all my dogs`, `the animals`: a group by kind."""
    draft = new_draft(w, 2, 4)
    first = w.pick(list(draft.subjects))
    noun = draft.subjects[first]
    while len([one for one in draft.subjects.values() if one == noun]) < 2:
        draft.add(w, w.pick(words("names", "pet")), noun)
    group = [name for name, kind in draft.subjects.items() if kind == noun]
    rest, seen = [name for name in draft.subjects if name not in group], scene(w, True).plain
    if rest and w.chance(0.3):
        body = w.fill("[everyone|all of them] except [the|my] {k} {s}", k=plural(noun), s=seen)
        return draft, Piece(body, [draw(rest, seen)])
    others = w.some(rest, 1) if w.chance(0.3) else []
    body = w.fill("[all my|my|all the|the|our] {k}", k=plural(noun)) + (f" and {others[0]}" if others else "")
    return draft, Piece(w.say(ONE, b=f"{body} {seen}"), [draw([*group, *others], seen)])


def no_clip(w: Writer) -> tuple[Draft, Piece]:
    """Changes of mind between still and clip."""
    draft = new_draft(w, 1, 3)
    while not draft.motions:
        draft = new_draft(w, 1, 3)
    name, motion, where = w.pick(list(draft.subjects)), w.pick(draft.motions), place(w).plain
    verb = forms(w, motion)
    if verb is None or w.chance(0.5):
        doing = verb[0] if verb else deed(w).plain
        text = w.fill(
            "[[not animated|no animation|no clip|not a gif], [just|only] a [drawing|picture]: {n} {d} {p}|a gif of {n} {d} {p}, no, a [picture|still] is enough|{n} {d} {p}. it must not move, a [still|drawing] please|animate - no, only draw {n} {d} {p}]",
            n=name, d=doing, p=where,
        )  # fmt: skip
        return draft, Piece(text, [draw([name], f"{doing} {where}")])
    text = w.fill(
        "[a picture of {n} {d} {p}, no, make it a [clip|gif]|draw, no, animate {n} {d} {p}|{n} {d} {p}, not as a still but as a [clip|gif]]",
        n=name,
        d=verb[0],
        p=where,
    )
    return draft, Piece(text, [Animate(prompt=f"{name} {forms_of(motion)} {where}", subjects=(name,), motion=motion)])


def forms_of(motion: str) -> str:
    """How a prompt says a motion: the native ones as they are listed, others by their verb."""
    from limner.agent.english import ing
    from limner.agent.llm.recipes.catalogue import NATIVE_MOTIONS

    return NATIVE_MOTIONS[motion][0] if motion in NATIVE_MOTIONS else ing(motion)
