"""The odd shapes of ordinary wishes: keyword lists, one place only, one picture each, names that are just words."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import article, ing
from limner.agent.llm.recipes.catalogue import Draft, fresh_name, new_draft, spoken
from limner.agent.llm.recipes.draw import ONE, PLACES, STYLED, request
from limner.agent.llm.recipes.example import Piece, a_style, draw, question
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.move import forms
from limner.agent.llm.recipes.scenes import change, place, scene, thing
from limner.agent.llm.recipes.words import words
from limner.agent.plan import Animate, Answer, EditImage, SetPreference, Step
from limner.agent.stated import listed

WORDS_TOO = {
    "Rose": ("a [red |single |]rose in [a vase|the snow|a book]", "roses on a [table|wall]"), "Lily": ("a lily on a pond", "water lilies"),
    "Bear": ("a bear in a river", "a teddy bear on a shelf"), "Star": ("a star over a village", "stars above a barn"), "Moon": ("the moon over a [lake|city]",),
    "Storm": ("a storm at sea", "a ship in a storm"), "Summer": ("a summer meadow", "a beach in summer"), "Autumn": ("an autumn forest", "leaves in autumn"),
    "Dawn": ("a harbor at dawn", "a mountain at dawn"), "Fox": ("a fox in the snow, not my fox", "a wild fox"), "Duck": ("a rubber duck", "three wild ducks on a pond"),
    "Honey": ("a jar of honey",), "Ginger": ("a gingerbread house",), "Maple": ("a maple tree",), "Cherry": ("a cherry pie", "a cherry tree"), "Peach": ("a bowl of peaches",),
    "Cloud": ("a cloud shaped like a [ship|heart|whale]",), "Snow": ("snow on a roof", "a village in the snow"), "Lake": ("a quiet lake",), "River": ("a river in a valley",),
    "Sky": ("a pink sky over the sea",), "King": ("a chess king",), "Queen": ("a queen on a throne, any queen",), "Penny": ("an old penny on a table",), "Bean": ("a jar of beans",),
    "Toast": ("a slice of toast",), "Pumpkin": ("a carved pumpkin",), "Cookie": ("a plate of cookies",), "Pearl": ("a pearl in a shell",), "Basil": ("a pot of basil",), "Robin": ("a robin on a fence post",),
}  # fmt: skip
HOW_TO = (
    "how do i draw a [cat|horse|hand]", "what is a [cartoon|seed|style|motion]?", "what does [frames|seed|gif] mean", "is 3d better than flat?", "which style is the best",
    "why is it so slow", "did you finish?", "are you done", "who made you", "what's your name", "can you hear me", "do you keep my photos?", "is my data safe", "how long does it take", "that's not funny",
    "never mind", "forget it, doesn't matter", "stop", "cancel that", "wait", "no", "yes", "nothing, thanks", "just testing", "i'm back", "you're funny", "i'm not sure yet", "give me a second",
)  # fmt: skip
ABOUT_ME = (
    "my name is [Sam|Kim|Alex|Dana]", "call me [boss|Captain|Jo]", "i'm [colour-blind|vegetarian|left-handed|allergic to cats]", "i turned [thirty|fifty] yesterday", "i moved to [Rome|Boston|Leeds]",
    "i have [two kids|a new job|a red car]", "my [wife|husband|son|sister] is called [Ann|Max|Lou]", "we got married in [May|June]", "my shop sells [tea|shoes|books]",
)  # fmt: skip


def terse(w: Writer) -> tuple[Draft, Piece]:
    """`rex, beach at sunset, inkwash, x3`."""
    draft = new_draft(w, 1, 4)
    names = w.some(list(draft.subjects), 2 if w.chance(0.25) else 1, 1)
    seen, styles = scene(w, len(names) > 1).plain, a_style(w, draft, 0.5)
    count = w.pick([2, 3, 4, 6]) if w.chance(0.3) else None
    seed = w.rng.randint(1, 999) if w.chance(0.15) else None
    parts = [w.pick([" + ", ", ", " & ", " and "]).join(names), seen, *styles]
    parts += [w.pick([f"x{count}", f"{count}x", f"{count} pics", f"{count}"])] if count and seed is None else []
    parts += [f"seed {seed}"] if seed is not None else []
    if w.chance(0.25):
        parts[1:] = w.rng.sample(parts[1:], len(parts) - 1)
    if parts[-1].isdigit():
        parts[-1] += " of them"
    more = {"count": count} if count and seed is None else {"seed": seed} if seed is not None else {}
    return draft, Piece(w.pick([", ", ", ", " - ", " / ", ". "]).join(parts), [draw(names, seen, styles, **more)])


def one_placed(w: Writer) -> tuple[Draft, Piece]:
    """One subject with a place, beside something nobody taught; or three in a row."""
    draft = new_draft(w, 1, 4)
    if len(draft.subjects) > 2 and w.chance(0.4):
        a, b, c = w.rng.sample(list(draft.subjects), 3)
        seen = scene(w, True).plain
        text = w.fill(
            "[put |draw |]{a} [on the left|left], {b} [in the middle|in the center|center] and {c} [on the right|right], {s}",
            a=a,
            b=b,
            c=c,
            s=seen,
        )
        return draft, Piece(text, [draw([a, b, c], seen, layout={a: "left", b: "center", c: "right"})])
    name, side = w.pick(list(draft.subjects)), w.pick(["left", "right", "left", "right", "top", "bottom", "center"])
    where, seen, other = w.pick(PLACES[side]), scene(w).plain, article(thing(w))
    if w.chance(0.5) and side in ("left", "right"):
        away = "right" if side == "left" else "left"
        text = w.say(ONE, b=f"{name} {where} and {other} {w.pick(PLACES[away])}")
        return draft, Piece(text, [draw([name], f"and {other}", layout={name: side})])
    text = w.say(ONE, b=w.fill("{n} {s}, [{n} |]{w}", n=spoken(w, draft, name), s=seen, w=where))
    return draft, Piece(text, [draw([name], seen, layout={name: side})])


def one_each(w: Writer) -> tuple[Draft, Piece]:
    """`one picture of each` becomes a step for each; a list of scenes too."""
    draft = new_draft(w, 2, 4)
    names = w.rng.sample(list(draft.subjects), min(len(draft.subjects), w.pick([2, 2, 3])))
    if w.chance(0.5):
        seen, styles = scene(w).plain, a_style(w, draft, 0.25)
        who = listed(names)
        text = w.fill(
            "[one picture each of {w} {s}|a separate picture of {w} {s}|{w} {s}, one picture each|draw {w} {s}, separately|{w} {s}, each in their own picture]",
            w=who,
            s=seen,
        )
        return draft, Piece(
            text + (" " + w.say(STYLED, s=styles[0]) if styles else ""), [draw([name], seen, styles) for name in names]
        )
    scenes = [scene(w).plain for _ in names]
    bodies = [f"{name} {seen}" for name, seen in zip(names, scenes, strict=True)]
    opening = w.fill(
        "[{n} pictures: |draw these: |i need {n} pictures. |{n} separate pictures please: |first ]",
        n={2: "two", 3: "three"}[len(names)],
    )
    steps: list[Step] = [draw([name], seen) for name, seen in zip(names, scenes, strict=True)]
    return draft, Piece(opening + w.pick([", then ", "; ", ", and one of "]).join(bodies), steps)


def just_words(w: Writer) -> tuple[Draft, Piece]:
    """A subject's name as an ordinary word: the subject is not meant."""
    draft = new_draft(w, 1, 3)
    name = w.pick(list(WORDS_TOO))
    draft.add(w, name, w.pick(words("kinds", "animal")))
    seen, styles = w.fill(w.pick(WORDS_TOO[name])), a_style(w, draft, 0.2)
    plain = seen.split(",")[0]
    if w.chance(0.35):
        doing = scene(w).plain
        return draft, Piece(request(w, f"{name} {doing}", styles, None, None), [draw([name], doing, styles)])
    return draft, Piece(request(w, seen, styles, None, None), [draw([], plain, styles)])


def belonging(w: Writer) -> tuple[Draft, Piece]:
    """`Rex in Mo's bed`: the owner of a thing is not in the picture."""
    draft = new_draft(w, 2, 4)
    a, b = w.rng.sample(list(draft.subjects), 2)
    seen = w.fill(
        "[in|on|under|next to|wearing|stealing|with|eating from|hiding behind] {b}'s [bed|chair|hat|bowl|car|blanket|bike|lunch|sofa|house|scarf|toy]",
        b=b,
    )
    return draft, Piece(
        request(w, f"{spoken(w, draft, a)} {seen}", a_style(w, draft, 0), None, None), [draw([a], seen)]
    )


def photo_edit(w: Writer) -> tuple[Draft, Piece]:
    """A change to the attached picture, or to nothing at all."""
    draft, what = new_draft(w, 0, 3), change(w)
    text = w.fill(
        "[{c} in this [photo|picture]|in the attached picture, {c}|{c} here please|can you {c} in the [photo|attachment]|take this photo and {c}]",
        c=what,
    )
    if w.chance(0.3):
        return draft, Piece(text, question("Please attach the picture."))
    draft.attachments = "1 image"
    return draft, Piece(text, [EditImage(image_ref="attached", instruction=what)])


def not_moving(w: Writer) -> tuple[Draft, Piece]:
    """Stills that speak of motion, and clips that say so sideways."""
    draft = new_draft(w, 1, 3)
    name = w.pick(list(draft.subjects))
    verb = w.pick(draft.motions or ["run"])
    pair = forms(w, verb)
    where = place(w).plain
    doing = pair[0] if pair else ing("run")
    if w.chance(0.55) or not draft.motions or not pair:
        text = w.fill(
            "[don't animate it, i only want a still of {n} {d} {p}|a still picture of {n} {d} {p}|{n} {d} {p}, no animation|just a [picture|drawing], not a clip: {n} {d} {p}|draw {n} {d} {p}|a poster of {n} {d} {p}]",
            n=name,
            d=doing,
            p=where,
        )
        return draft, Piece(text, [draw([name], f"{doing} {where}")])
    text = w.fill(
        "[{n} {d} {p}, like moving|{n} {p}, and [he|she|it] should really {v}|not a still: {n} {d} {p}|{n} {d} {p} but as something that moves|i want to see {n} actually {v} {p}]",
        n=name,
        d=doing,
        v=pair[1],
        p=where,
    )
    prompt = (
        f"{name} {ing(verb) if ' ' not in verb else pair[0]} {where}"
        if verb not in ("slide left", "slide right")
        else f"{name} {'sliding ' + verb.split()[1]} {where}"
    )
    return draft, Piece(text, [Animate(prompt=prompt, subjects=(name,), motion=verb)])


def no_style(w: Writer) -> tuple[Draft, Piece]:
    """A memory or the words say what to leave out."""
    draft = new_draft(w, 1, 3)
    if not draft.styles:
        return no_style(w)
    name, style, seen = w.pick(list(draft.subjects)), w.pick(draft.styles), scene(w).plain
    draft.memory.append(w.fill("[User prefers the {s} style|Default style: {s}|User likes everything in {s}]", s=style))
    text = w.fill(
        "[{n} {w}, [without|but not in|not in] {s} [this time|for once|]|no {s} [this time|today], {n} {w}|{n} {w} in no special style]",
        n=name,
        w=seen,
        s=style,
    )
    return draft, Piece(text, [draw([name], seen)])


def small_talk(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 3)
    if w.chance(0.3):
        fact = w.say(ABOUT_ME)
        return draft, Piece(w.fill("[|by the way |fyi ]") + fact, [SetPreference(text=fact)])
    return draft, Piece(w.say(HOW_TO), [Answer(text="I can only help with pictures and animations.")])


def long_names(w: Writer) -> tuple[Draft, Piece]:
    """Part of a name, from its front, back or middle, misspelt possessives, or with a title."""
    draft = new_draft(w, 1, 3)
    full = w.pick(
        [
            "Margaret",
            "Sebastian",
            "Alexander",
            "Elizabeth",
            "Bartholomew",
            "Josephine",
            "Valentina",
            "Leonardo",
            "Christopher",
            "Angelina",
            "Theodore",
            "Maximilian",
            "Isabella",
            "Rosalinda",
            "Florentina",
            "Ferdinand",
            "Wilhelmina",
            "Montgomery",
            "Antoinette",
            "Bernadette",
        ]
    )
    short = w.pick([full[:4], full[:5], full[:3], full[-4:].capitalize(), full[-5:].capitalize()])
    if any(full[:2] == name[:2] for name in draft.subjects):
        draft.subjects.clear()
    draft.add(w, full, w.pick([*words("kinds", "animal"), "woman", "man"]))
    seen, styles = scene(w).plain, a_style(w, draft, 0.2)
    said = w.fill("[{s}|{s}|{s}|little {s}|our {s}|good old {s}]", s=short)
    return draft, Piece(request(w, f"{said} {seen}", styles, None, None), [draw([full], seen, styles)])


def two_unknown(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 0, 3)
    a = fresh_name(w, draft)
    text = request(
        w,
        f"{a} and [his|her|my] [friend|brother] ".replace("[his|her|my]", w.pick(["his", "her", "my"])).replace(
            "[friend|brother]", w.pick(["friend", "brother"])
        )
        + scene(w, True).plain,
        [],
        None,
        None,
    )
    return draft, Piece(text, question(f"Who is {a}? Please attach photos."))
