"""Requests for pictures: plain ones, places in the picture, exclusions, corrections, quoted words."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from collections.abc import Sequence

from limner.agent.english import plural
from limner.agent.llm.recipes.catalogue import Draft, distract, kind_words, new_draft, spoken
from limner.agent.llm.recipes.example import Piece, a_style, draw, number_words
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.scenes import Scene, nobody, place, scene
from limner.agent.llm.recipes.words import words
from limner.agent.stated import listed

ONE = (
    "{b}", "{b}", "{b}", "[draw|paint|sketch|make|create|generate|do|render|illustrate] {b}",
    "[can|could|would|will] [you|u] [please ||maybe ][draw|paint|make|do|sketch] {b}", "i [want|need|would like] {b}",
    "i'd [like|love] [to see |a picture of |]{b}", "show [me|us] {b}", "[let's see|how about|what about|imagine] {b}",
    "[a|one|make a|give me a|draw me a] [picture|drawing|image|sticker|portrait|painting|pic|illustration] of {b}",
    "[please|pls|plz] [draw|make|paint] {b}", "{b}, [please|pls|can you draw that|if you can|thanks]",
    "[put|place|set] {b}", "[make|design] a [poster|card|postcard|sticker|book cover|flyer] [of|with] {b}",
    "next [up|one|picture]: {b}", "what would {b} look like", "[time for|now] {b}", "[i was thinking|maybe] {b}",
    "for my [kitchen wall|blog|friend|class|fridge|newsletter]: {b}", "[my kid wants|we want|everybody wants] {b}",
    "[surprise me with|treat me to|gimme|get me] {b}", "it would be [great|nice|lovely] to have {b}",
    "[quick one|new picture|fresh one|ok new one]: {b}", "would it be possible to [see|get|have] {b}?",
)  # fmt: skip
MANY = (
    "[draw|make|paint|do|create|give me|show me|i want|i need|can i have|generate] {n} [pictures|pics|images|drawings|versions|stickers|variations] of {b}",
    "{n} [pictures|pics|images|drawings|versions|variations|paintings|stickers|illustrations] of {b}",
    "{b}, {n} [times|versions|of them|pictures|options|variations|pics]", "{b} - {n} [of those|options|versions] please",
    "{b}. [make|do|give me] {n}[| of them| versions| options]", "{b} x{d}", "[could|can] [you|u] do {b}, like {n} of [them|those]",
    "{n} [options|takes|variants] [for|of] {b}", "i need {b} and i want {n} to [choose|pick] from",
)  # fmt: skip
STYLED = (
    "in {s}", "in {s} style", "in the {s} style", ", {s} style", "({s})", ", {s}", "in my {s} style", "with the {s} look",
    "using {s}", ", style {s}", "but make it {s}", ", {s} please", "done in {s}", ", {s} look please", "rendered in {s}",
    "with {s} vibes", "- {s}", "{s} style", ", i want it in {s}", "as {s}", ", use {s}", "à la {s}", ", go for {s}",
)  # fmt: skip
NATIVE = {
    "3d": (
        "a 3d [render|picture|model|image] of {b}",
        "[make|draw] {b} in 3d",
        "3d {b}",
        "3-d [picture|version] of {b}",
    ),
    "flat": ("a flat [illustration|drawing|picture] of {b}", "flat [picture|art] of {b}", "[draw|make] {b} flat style"),
    "line": (
        "a line [drawing|art picture] of {b}",
        "[do|make] a line drawing of {b}",
        "[draw|sketch] {b} as a line drawing",
    ),
    "cartoon": ("a cartoon of {b}", "[draw|make] a cartoon [of|with] {b}", "{b} as a cartoon", "cartoon {b}"),
}
SEEDED = (", seed {k}", "with seed {k}", "(seed {k})", ", seed={k}", ", seed: {k}", "using seed {k}", "seed {k} please")
PLACES = {
    "left": ("on the left", "to the left", "at left", "on the left side", "left"),
    "right": ("on the right", "to the right", "at right", "on the right side", "right"),
    "top": ("at the top", "on top", "up top"),
    "bottom": ("at the bottom", "below", "down at the bottom"),
    "center": ("in the middle", "in the center", "at the centre"),
}
TWO_PLACED = (
    "{a} {p} and {b} {q}, {s}", "[put|place|draw|i want] {a} {p} and {b} {q}, both {s}", "draw {a} {p}, {b} {q}, {s}",
    "{a} and {b} {s}, {a} {p} and {b} {q}", "{s}, with {a} {p} and {b} {q}", "i want {a} {p} and {b} {q} {s}",
    "place {a} {p} and {b} {q}; they are {s}", "{a} should be {p} and {b} {q}, {s}", "{s}: {a} {p}, {b} {q}",
    "can you have {a} {p}, and {b} {q}? {s}", "{p} {a}, {q} {b}, {s}", "{s} please. {a} {p}. {b} {q}.",
)  # fmt: skip
ALL = (
    "[everyone|everybody|all of them|the whole gang|all my subjects|the whole family|them all|all of us|the lot of them]",
)
EXCEPT = (
    "everyone except {x} {s}", "[everybody|all of them|the whole gang] but {x} {s}", "all of them {s} [but not|minus|without] {x}",
    "everyone {s}, [not|except for|leave out|skip|just not] {x}", "[all|everyone] except {x}, {s}", "the whole family {s}, without {x}",
    "{s} with [everyone|all of them] other than {x}", "[draw everyone|everyone] {s} ({x} stays home)",
)  # fmt: skip
NOT_THIS = (
    "{a} {s}, not {x}", "{a} {s} without {x}", "only {a} {s}, no {x}", "just {a} {s}, leave {x} out [of it|this time]",
    "not {x}, {a} {s}", "{a} (not {x}) {s}", "{a} alone {s}, don't include {x}", "no {x} this time, only {a} {s}",
    "don't draw {x}, draw {a} {s}", "forget the picture with {x}, i want {a} {s}", "{a} {s}. {x} is not in it",
)  # fmt: skip
WHO_INSTEAD = (
    "{x} {s}, no wait, {a}", "{x} - sorry i mean {a} - {s}", "draw {x} {s}. actually make that {a}", "{x}, er, {a} {s}",
    "{x} {s}... hmm no, {a} instead", "i want {x} {s} - scratch that, {a}", "{x} no {a} {s}", "{x}? no, {a} {s}",
)  # fmt: skip
PLACE_INSTEAD = (
    "{a} {x}, no wait, {s}", "{a} {x}... actually {s}", "{a} {x} - no, make that {s}", "{a} {x}, i mean {s}",
    "draw {a} {x}, hmm no {s} is better", "{a} not {x} but {s}", "{a}. first i thought {x} but {s} please",
)  # fmt: skip
COUNT_INSTEAD = (
    "[make|draw] {x}, no, {n} [pictures|versions|drawings] of {b}", "{x} pics of {b}... actually {n}", "{b}, {x} times - no, {n} times",
    "{x} or rather {n} [pictures|images] of {b}", "{b}, {x} of them. hmm, {n} is enough", "{x}, sorry, {n} pictures of {b}",
)  # fmt: skip
STYLE_INSTEAD = (
    "{b} in {x}, no, {s}", "{b} in {x}... actually use {s}", "{b}, not {x} but {s}", "{b}, {s} not {x}", "no {x} this time: {b}, {s}",
    "{b} in {s}, i don't want {x}", "i dont want {x}. {s}. {b}", "{b}, i'm tired of {x}, use {s}", "{b} [but|just] not in {x}, do {s}",
)  # fmt: skip
SIGNED = (
    '{b} holding a sign that says "{q}"', '{b} with a [banner|sign|card|flag] saying "{q}"', '{b} next to a cake with "{q}" on it',
    'a [poster|card] of {b} with the [words|text|title] "{q}"', '{b}, and write "{q}" [above|below|on the wall]',
    'write "{q}" on a [wall|cake|board] behind {b}', "{b} wearing a shirt that reads '{q}'",
)  # fmt: skip


def request(w: Writer, body: str, styles: Sequence[str], count: int | None, seed: int | None) -> str:
    """A drawing request in one of many shapes around what is to be drawn."""
    native = [style for style in styles if style in NATIVE]
    if len(styles) == 1 and native and not count and w.chance(0.45):
        text = w.fill(w.pick(NATIVE[native[0]]), b=body)
    else:
        if (count and count > 1) or (count and w.chance(0.5)):
            text = w.say(MANY, n=number_words(w, count), d=str(count), b=body)
        else:
            text = w.say(ONE, b=body)
        if len(styles) == 2:
            join = "[in {a} and {b}|mixing {a} and {b}|, combine {a} with {b}|in {a} + {b}|, both {a} and {b}|, mix {a} and {b}]"
            text += " " + w.fill(join, a=styles[0], b=styles[1])
        elif styles:
            text = (
                text + " " + w.say(STYLED, s=styles[0])
                if w.chance(0.85)
                else w.fill("[{s}:|in {s},|{s} style:] ", s=styles[0]) + text
            )
    return text + (" " + w.say(SEEDED, k=str(seed)) if seed is not None else "")


def picture(w: Writer, draft: Draft, plain: bool = False) -> Piece:
    """Any ordinary picture of this user's subjects or of nobody they know."""
    names = w.some(list(draft.subjects), 3 if w.chance(0.15) else 2 if w.chance(0.3) else 1)
    styles = a_style(w, draft, 0.3)
    if len(draft.styles) > 1 and w.chance(0.05):
        styles = w.rng.sample(draft.styles, 2)
    count = w.pick([2, 2, 3, 3, 4, 5, 6, 8, 10, 12]) if w.chance(0.16) and not plain else None
    seed = w.rng.randint(0, 9999) if w.chance(0.07) and not plain else None
    if not names or w.chance(0.08):
        names, what = [], nobody(w)
        body = what
    else:
        what = scene(w, len(names) > 1).plain
        body = f"{listed([spoken(w, draft, name) for name in names])} {what}"
    more = {key: value for key, value in (("count", count), ("seed", seed)) if value is not None}
    return Piece(request(w, body, styles, count, seed), [draw(names, what, styles, **more)])


def plain(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w)
    distract(w, draft)
    return draft, picture(w, draft)


def of_kind(w: Writer) -> tuple[Draft, Piece]:
    """`my dog` for the only dog, `both cats` for two, a stranger's kind for nobody."""
    draft = new_draft(w, 1, 4)
    alone = [name for name in draft.subjects if draft.alone(name)]
    if not alone:
        return of_kind(w)
    roll = w.rng.random()
    if roll < 0.15:
        first = w.pick(list(draft.subjects))
        twin = next(name for name in iter(lambda: w.pick(words("names", "pet")), None) if name not in draft.subjects)
        draft.add(w, twin, draft.subjects[first])
        names = [name for name in draft.subjects if draft.subjects[name] == draft.subjects[first]]
        noun, what = draft.subjects[first], scene(w, True).plain
        body = w.fill("[both|my|both my|my two|the two|all my|both of my] {n} {s}", n=plural(noun), s=what)
        return draft, Piece(request(w, body, [], None, None), [draw(names, what)])
    if roll < 0.25:
        noun = draft.subjects[w.pick(alone)]
        what = scene(w).plain
        body = w.fill(
            "[any {n}, just not mine,|a {n} (not mine)|some random {n}|a {n} that is not ours,] {s}", n=noun, s=what
        )
        return draft, Piece(request(w, body, [], None, None), [draw([], f"a {noun} {what}")])
    names = w.rng.sample(alone, min(len(alone), w.pick([1, 1, 1, 2])))
    what, styles = scene(w, len(names) > 1).plain, a_style(w, draft, 0.3)
    distract(w, draft)
    return draft, Piece(
        request(w, f"{listed([kind_words(w, draft, n) for n in names])} {what}", styles, None, None),
        [draw(names, what, styles)],
    )


def placed(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 2, 5)
    a, b = w.rng.sample(list(draft.subjects), 2)
    p, q = w.pick(
        (
            ("left", "right"),
            ("right", "left"),
            ("left", "right"),
            ("right", "left"),
            ("top", "bottom"),
            ("bottom", "top"),
            ("left", "center"),
            ("center", "right"),
        )
    )
    what, styles = scene(w, True).plain, a_style(w, draft, 0.25)
    said = {
        "a": spoken(w, draft, a),
        "b": spoken(w, draft, b),
        "p": w.pick(PLACES[p]),
        "q": w.pick(PLACES[q]),
        "s": what,
    }
    if w.chance(0.12):
        other = {"left": "right", "right": "left", "top": "bottom", "bottom": "top", "center": "left"}[p]
        said["p"] = w.fill("{o}, no[ wait|, sorry|], {p}", o=w.pick(PLACES[other]), p=said["p"])
    text = w.say(TWO_PLACED, **said)
    if {p, q} == {"left", "right"} and w.chance(0.12):
        text = w.fill("{a} {p} and {b} on the other side, {s}", **said)
    if styles:
        text += " " + w.say(STYLED, s=styles[0])
    return draft, Piece(text, [draw([a, b], what, styles, layout={a: p, b: q})])


def excluded(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 2, 5)
    names, styles = list(draft.subjects), a_style(w, draft, 0.2)
    what, roll = scene(w, True).plain, w.rng.random()
    draft_context = Draft(dict(draft.subjects))
    if roll < 0.2 or (len(names) == 2 and roll < 0.35):
        text = request(w, w.fill(ALL[0]) + " " + what, styles, None, None)
        return draft, Piece(text, [draw(names, what, styles)])
    out = w.pick(names)
    if roll < 0.62 and len(names) > 2:
        kept = [name for name in names if name != out]
        text = request(w, w.say(EXCEPT, x=spoken(w, draft_context, out), s=what), styles, None, None)
        return draft, Piece(text, [draw(kept, what, styles)])
    kept = [w.pick([name for name in names if name != out])]
    what = scene(w).plain
    text = w.say(NOT_THIS, x=out, a=spoken(w, draft, kept[0]), s=what) + (
        " " + w.say(STYLED, s=styles[0]) if styles else ""
    )
    return draft, Piece(text, [draw(kept, what, styles)])


def corrected(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 2, 4)
    a, x = w.rng.sample(list(draft.subjects), 2)
    what, roll = scene(w).plain, w.rng.random()
    if roll < 0.3:
        return draft, Piece(w.say(WHO_INSTEAD, a=a, x=x, s=what), [draw([a], what)])
    if roll < 0.5:
        return draft, Piece(w.say(PLACE_INSTEAD, a=spoken(w, draft, a), x=place(w).plain, s=what), [draw([a], what)])
    if roll < 0.72 or len(draft.styles) < 2:
        wrong, right = w.rng.sample((2, 3, 4, 5, 6), 2)
        text = w.say(
            COUNT_INSTEAD, b=f"{spoken(w, draft, a)} {what}", x=number_words(w, wrong), n=number_words(w, right)
        )
        return draft, Piece(text, [draw([a], what, count=right)])
    style, wrong_style = w.rng.sample(draft.styles, 2)
    text = w.say(STYLE_INSTEAD, b=f"{spoken(w, draft, a)} {what}", x=wrong_style, s=style)
    return draft, Piece(text, [draw([a], what, [style])])


def quoted(w: Writer) -> tuple[Draft, Piece]:
    """Words on signs are drawn, not obeyed, also when they are names, styles or orders."""
    draft = new_draft(w, 1, 3)
    name, styles = w.pick(list(draft.subjects)), a_style(w, draft, 0.2)
    words_on_it = w.pick(words("scene", "sign"))
    if w.chance(0.3):
        words_on_it = w.fill(
            "[forget {n}|no {m} here|{n} was here|delete everything|I love {m}|learn to {m}|3 for 2]",
            n=name,
            m=w.pick(draft.motions or ["dance"]),
        )
    written = w.pick([words_on_it, words_on_it.upper(), words_on_it.title()])
    said = w.say(SIGNED, b=w.pick([name, name, spoken(w, draft, name)]), q=written)
    return draft, Piece(
        said + (" " + w.say(STYLED, s=styles[0]) if styles else ""),
        [draw([name], Scene(f'with a sign "{written}"').plain, styles)],
    )
