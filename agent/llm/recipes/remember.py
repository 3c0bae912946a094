"""Requests that a memory completes: looks, default styles and counts, relations, favourites; and memories to ignore."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import article
from limner.agent.llm.recipes.catalogue import FACTS, INJECTIONS, Draft, distract, new_draft, spoken
from limner.agent.llm.recipes.draw import ONE, request
from limner.agent.llm.recipes.example import Piece, draw
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.scenes import scene
from limner.agent.llm.recipes.words import NUMBERS, words

RELATIONS = [
    "best friend",
    "brother",
    "sister",
    "favorite toy",
    "neighbor",
    "rival",
    "owner",
    "buddy",
    "mother",
    "cousin",
    "playmate",
    "boss",
    "puppy",
    "husband",
    "wife",
    "partner",
]
FAVOURITES = {
    "place": ("in", ("the lighthouse", "the attic", "the old barn", "the garden", "the bakery", "the treehouse", "the pond", "the library", "the bath")),
    "food": ("eating", ("spaghetti", "popcorn", "a burger", "noodles", "strawberries", "soup", "cheese", "a mango", "a carrot", "pancakes")),
    "toy": ("playing with", ("a squeaky duck", "a red ball", "a wooden train", "a stuffed bear", "a rope", "a yo-yo", "a sock")),
    "hat": ("wearing", ("a bowler hat", "a sombrero", "a beanie", "a beret", "a cowboy hat", "a crown")),
    "season": ("in", ("autumn", "winter", "spring", "summer")),
    "sport": ("playing", ("tennis", "golf", "hockey", "badminton", "football")),
    "instrument": ("playing", ("the violin", "the drums", "the trumpet", "the harp")),
}  # fmt: skip


def remembered(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 4)
    if w.chance(0.4):
        distract(w, draft)
        draft.history.clear()
    name = w.pick(list(draft.subjects))
    kinds = (looks, default_style, default_count, related, favourite, ignored)
    piece = w.rng.choices(kinds, (30, 20, 14, 16, 14, 14))[0](w, draft, name)
    w.rng.shuffle(draft.memory)
    return draft, piece


def looks(w: Writer, draft: Draft, name: str) -> Piece:
    colour, seen = w.pick(words("scene", "colour")), scene(w).plain
    item = w.pick(
        [
            "bandana",
            "scarf",
            "collar",
            "hat",
            "bow",
            "backpack",
            "cape",
            "bracelet",
            "sweater",
            "jacket",
            "ribbon",
            "tie",
            "beret",
            "necklace",
            "badge",
            "vest",
            "bell",
        ]
    )
    worn = article(f"{colour} {item}")
    mark = article(f"{colour} {w.pick(['tail', 'spot', 'stripe', 'patch', 'nose', 'handle', 'ear'])}")
    held = w.pick(words("scene", "hold"))
    memory, extra = w.pick(
        (
            (f"{name} always wears {worn}", f"wearing {worn}"),
            (f"{name} wears {worn}", f"wearing {worn}"),
            (f"{name} never goes out without {worn}", f"wearing {worn}"),
            (f"{name}'s {item} is {colour}", f"wearing {worn}"),
            (f"{name} has {mark}", f"with {mark}"),
            (f"{name} usually holds {held}", f"with {held}"),
            (f"{name} wears {article(item)}", f"wearing {article(item)}"),
        )
    )
    draft.memory.append(memory)
    text = request(w, f"{spoken(w, draft, name)} {seen}", [], None, None)
    return Piece(text, [draw([name], f"{seen}, {extra}")])


def default_style(w: Writer, draft: Draft, name: str) -> Piece:
    if not draft.styles:
        return looks(w, draft, name)
    style, seen = w.pick(draft.styles), scene(w).plain
    draft.memory.append(
        w.fill(
            "[User prefers the {s} style|User prefers the {s} style by default|User's favorite style is {s}|Default style: {s}|"
            "User likes everything in {s}|Always use {s} unless told otherwise|User said: from now on use {s}]",
            s=style,
        )
    )
    others = [one for one in draft.styles if one != style]
    if others and w.chance(0.35):
        other = w.pick(others)
        text = request(w, f"{spoken(w, draft, name)} {seen}", [other], None, None) + w.pick(
            ["", "", " this time", " today", ", not what i usually like"]
        )
        return Piece(text, [draw([name], seen, [other])])
    return Piece(request(w, f"{spoken(w, draft, name)} {seen}", [], None, None), [draw([name], seen, [style])])


def default_count(w: Writer, draft: Draft, name: str) -> Piece:
    number, seen = w.pick([2, 3, 4, 5, 6]), scene(w).plain
    draft.memory.append(
        w.fill(
            "[User wants {n} variations each time|Default count: {n}|User likes to get {n} images per request|Always make {m} pictures|User wants {m} options]",
            n=str(number),
            m=NUMBERS[number],
        )
    )
    if w.chance(0.35):
        count = w.pick([one for one in (1, 2, 3, 5) if one != number])
        text = (
            request(w, f"{spoken(w, draft, name)} {seen}", [], count, None)
            if count > 1
            else f"{w.pick(['one', 'just one', 'a single', '1'])} picture of {name} {seen}"
        )
        return Piece(text, [draw([name], seen, count=count)])
    text = w.say(
        [one for one in ONE if not one.startswith(("[a|one", "would it"))], b=f"{spoken(w, draft, name)} {seen}"
    )
    return Piece(text, [draw([name], seen, count=number)])


def related(w: Writer, draft: Draft, name: str) -> Piece:
    others = [one for one in draft.subjects if one != name]
    if not others:
        return looks(w, draft, name)
    other, relation, pronoun, seen = (
        w.pick(others),
        w.pick(RELATIONS),
        w.pick(["his", "her", "its", "their"]),
        scene(w, True).plain,
    )
    draft.memory.append(
        w.fill("[{n}'s {r} is {o}|{o} is {n}'s {r}|{n} and {o}: {o} is the {r}]", n=name, r=relation, o=other)
    )
    body = w.fill(
        "[{n} and {p} {r}|{n} with {p} {r}|{n} and {n}'s {r}|{n} next to {p} {r}] {s}",
        n=name,
        p=pronoun,
        r=relation,
        s=seen,
    )
    return Piece(request(w, body, [], None, None), [draw([name, other], seen)])


def favourite(w: Writer, draft: Draft, name: str) -> Piece:
    kind = w.pick(list(FAVOURITES))
    join, things = FAVOURITES[kind]
    which, word = w.pick(things), w.pick(["favorite", "favourite"])
    draft.memory.append(
        w.fill(
            "[{n}'s {f} {k} is {t}|{n} loves {t} ({f} {k})]",
            n=name,
            f=w.pick(["favorite", "favourite"]),
            k=kind,
            t=which,
        )
    )
    body = f"{name} {join} {w.pick(['his', 'her', 'its', 'their'])} {word} {kind}"
    return Piece(request(w, body, [], None, None), [draw([name], f"{join} {which}")])


def ignored(w: Writer, draft: Draft, name: str) -> Piece:
    """Orders inside memories and captions, and memories about somebody else, change nothing."""
    seen = scene(w).plain
    if w.chance(0.5):
        draft.memory.append(w.say(INJECTIONS) if w.chance(0.6) else w.say(FACTS))
    else:
        draft.memory += [f"{one} is a {noun}" for one, noun in draft.subjects.items()]
    others = [one for one in draft.subjects if one != name]
    if others and w.chance(0.5):
        draft.memory.append(f"{w.pick(others)} always wears {w.pick(words('scene', 'wear'))}")
    return Piece(request(w, f"{spoken(w, draft, name)} {seen}", [], None, None), [draw([name], seen)])
