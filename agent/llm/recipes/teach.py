"""Requests that teach: subjects, styles and motions from attachments, alone or used at once."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import article, plural
from limner.agent.llm.recipes.catalogue import Draft, fresh_name, new_draft, new_motion, new_style
from limner.agent.llm.recipes.draw import request
from limner.agent.llm.recipes.example import Piece, a_style, draw
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.scenes import nobody, place, scene
from limner.agent.llm.recipes.words import nouns, pairs, words
from limner.agent.plan import Animate, LearnMotion, LearnStyle, LearnSubject, Step

SUBJECT = (
    "this is my {k} {n}, learn {p}", "[learn|add|save|remember] my {k} {n}", "these are [photos|pictures|pics] of my {k} {n}",
    "meet {n}, my {k}[, remember {p}|! learn {p}|.]", "here are [pictures|photos] of {n}, my {k}", "add {n} the {k} from these [photos|pics]",
    "please learn {n}, {ak}", "i uploaded photos of my {k}, {p}'s called {n}", "train on these pictures of {n} ({k})",
    "this {k} is [called |named |]{n}", "my new {k} is named {n}, here are some shots", "learn {n} from these, it's my {k}",
    "save {n} as a new subject, {ak}", "study these photos of my {k}, named {n}", "introduce {n}: my {k}. learn {p}",
    "get to know my {k} {n}", "so you know what {n} looks like, here's my {k}", "{n} is my {k}, learn {p} [please|pls]",
    "i'd like you to recognise my {k} {n} from now on", "the [pics|photos] are of my {k} {n}; teach yourself what {p} looks like",
    "here's my {k} {n}, learn [the face|the look|{p}] pls", "[this one|these] [is|are] {n}, {ak}. [learn|remember] {p}",
    "attached: {n}, our {k}. please learn {p}", "new [family member|friend]! {n} the {k}, photos attached",
)  # fmt: skip
STYLE = (
    "learn this style as {n}", "learn these {m} as {n}", "here are some {m}, learn the style and call it {n}",
    "this is my {n} style, remember it", "save this look as {n}", "add a new style {n} from these {m}",
    "these {m} are in a style i call {n}, learn it", "pick up the style of these {m}, name it {n}",
    "train on these {m}: style name {n}", "copy the look of these {m}, name: {n}", "learn '{n}' from the attached {m}",
    "i attached {m} by [a friend|my sister|my dad|me|a local artist]. learn [that look|the look] [and call it|as] {n}",
    "memorize the art style in these {m}, it's called {n}", "from these {m} learn how {n} looks",
    "i want to use the look of these {m} later, name it {n}", "style to learn: {n} ({m} attached)", "teach yourself {n} from these {m}", "{n} is what i call the look of these {m}, keep it",
    "keep the look of [the|these] {m} as {n}", "these {m} are {n}, [learn|save] the style", "new style: {n}, from the {m} i sent", "study the {m}, the style is {n}", "get the hang of these {m}, [it's|that's] {n}",
)  # fmt: skip
MOTION = (
    "learn this motion as {n}", "learn this movement, call it {n}", "this clip shows {n}, learn it", "remember this move as {n}",
    "save [this|the] [motion|movement|move] [in this clip |]as {n}", "here's a video of the {n} move, learn it", "add the motion {n} from this clip",
    "learn how to {n} from this video", "pick up the {n} movement from these clips", "train a motion called {n} on this",
    "store this [dance|action|movement|gesture] under the name {n}", "i want you to learn the {n} [dance|action|movement|gesture]",
    "learn this dance move as {n}", "[watch|study] this clip and learn {n}", "the way it moves here: call that {n}",
)  # fmt: skip
MADE = (
    "paintings", "drawings", "pictures", "illustrations", "sketches", "images", "comics", "photos", "prints", "posters", "watercolors", "postcards", "scans", "doodles", "collages", "stickers", "cards", "pages", "scribbles", "woodcuts", "murals", "tiles", "stamps", "labels",
)  # fmt: skip
AND = (
    " and then ",
    " then ",
    ", then ",
    ". then ",
    " and ",
    ". now ",
    ", and after that ",
    ". also ",
    "; ",
    ". ",
    ", ",
    " & ",
)


def attached(w: Writer, what: str = "image") -> str:
    number = w.rng.randint(1, 12)
    return f"{number} {what}{'s' if number > 1 else ''}"


def lesson(w: Writer, draft: Draft, what: str) -> tuple[str, Step, str]:
    """How somebody asks for one to be learnt, the step, and the new name."""
    if what == "style":
        name = new_style(w, draft.styles)
        made = w.pick(MADE) if w.chance(0.7) else plural(w.pick(nouns()))
        return w.say(STYLE, n=name, m=made), LearnStyle(name=name), name
    if what == "motion":
        name = new_motion(w, draft.motions)
        return w.say(MOTION, n=name), LearnMotion(name=name), name
    name, roll = fresh_name(w, draft), w.rng.random()
    if roll < 0.3:
        said = w.pick(list(pairs("kinds", "relation")))
        noun = pairs("kinds", "relation")[said][0]
    else:
        noun = said = w.pick(words("kinds", "animal" if roll < 0.75 else "object"))
    text = w.say(SUBJECT, k=said, n=name, p=w.pick(["him", "her", "it", "them"]), ak=article(said))
    return text, LearnSubject(name=name, class_noun=noun), name


def teaching(w: Writer) -> tuple[Draft, Piece]:
    draft, what = new_draft(w), w.pick(["subject", "subject", "subject", "style", "motion"])
    text, step, _ = lesson(w, draft, what)
    draft.attachments = attached(w, "clip" if what == "motion" else "image")
    return draft, Piece(text, [step])


def taught_and_used(w: Writer) -> tuple[Draft, Piece]:
    draft, what = new_draft(w), w.pick(["subject", "subject", "style", "motion"])
    text, step, name = lesson(w, draft, what)
    draft.attachments = attached(w, "clip" if what == "motion" else "image")
    join = w.pick(AND)
    if what == "subject":
        styles, count = a_style(w, draft, 0.3), w.pick([None, None, None, None, 2, 3, 4])
        others = w.some(list(draft.subjects), 1) if w.chance(0.2) else []
        said = name if w.chance(0.6) or others else w.pick(["him", "her", "it"])
        seen = scene(w, bool(others)).plain
        body = f"{said}{' and ' + others[0] if others else ''} {seen}"
        more = {"count": count} if count else {}
        return draft, Piece(
            text + join + request(w, body, styles, count, None), [step, draw([name, *others], seen, styles, **more)]
        )
    if what == "style":
        names = w.some(list(draft.subjects), 1)
        seen = scene(w).plain if names else nobody(w)
        body = " ".join([*names, seen])
        ask = "[use it to draw {b}|draw {b} in it|draw {b} in that style|use it for {b}|make {b} with it|paint {b} like that|{b} in {n}]"
        return draft, Piece(text + join + w.fill(ask, b=body, n=name), [step, draw(names, seen, [name])])
    if not draft.subjects:
        draft.subjects[fresh_name(w, draft)] = "dog"
    who, where = w.pick(list(draft.subjects)), place(w).plain if w.chance(0.5) else ""
    ask = "[animate {o} doing it|make {o} do it|make a clip of {o} doing that|apply it to {o}|show {o} doing the {n}|let {o} do it] {p}"
    text += join + w.fill(ask, o=who, n=name, p=where)
    return draft, Piece(text, [step, Animate(prompt=f"{who} {where}".strip(), subjects=(who,), motion=name)])
