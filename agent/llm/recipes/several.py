"""Requests of two to four steps, and stories that hold one somewhere inside."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.llm.recipes.catalogue import Draft, new_draft, spoken
from limner.agent.llm.recipes.draw import picture
from limner.agent.llm.recipes.example import Piece, a_style, draw, number_words
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.move import animated, forms
from limner.agent.llm.recipes.scenes import change, deed, scene, thing
from limner.agent.llm.recipes.talk import erased, fact_or_rule
from limner.agent.plan import Animate, EditImage, Forget, GenerateImage, Step

THEN = (" and then ", " then ", ", then ", ". then ", ". now ", ", and after that ", ". also ", "; ", ". ", ", and finally ", ". next, ", ". afterwards ", " and also ", " plus ", ". oh and ", ", and ")  # fmt: skip
STORY = (
    "so {w} {a} {past} and {aside}, [can you|could you|please] draw that", "{w} {a} {past}. {aside}. [draw|paint|sketch] [that|it|this|that moment] [please|for me|]",
    "you won't believe it, {w} {a} {past}! {aside}, i need a picture of that", "{aside}. {w} {a} {past}, [paint|draw] me that moment please",
    "it's {a}'s birthday on [Sunday|Friday], {aside}, so a card with {pro} {ing} would be [just the thing|great|perfect]",
    "ok so basically {aside} and i need {a} {ing} [asap|by tomorrow|for my blog]", "my {rel} always says {a} {third}, {aside}, [let's|please|could we] have a picture of it",
    "{aside}, and {a}, you know, {third} all the time. draw {pro} {ing}", "i had a dream that {a} {past}. [draw it|could you paint the dream|make that a picture]",
    "once upon a time {a} {past}. draw the beginning", "long story short: {a} {past}, {aside}. picture please", "i've been [sad|ill|stressed] all week. maybe {a} {ing} would cheer me up?",
    "{a} used to [love this|do this all the time]: {base}. {aside}. could you make a drawing of {pro} doing that", "remember when {a} {past}? {aside}. i want that on paper",
    "for [the funeral booklet|our wedding|the school magazine|her retirement]: {a} {ing}, because {aside}", "{aside}. anyway. {a} {ing}, please",
)  # fmt: skip
ASIDE = (
    "my husband was furious", "honestly it was hilarious", "we laughed so much", "the neighbours complained", "nobody was hurt", "i cried a little", "it rained all day",
    "my phone died so there is no photo", "the kids still talk about it", "my mother nearly fainted", "i have a deadline", "what a mess", "i'm so tired today",
    "we were late again", "the vet says it's fine", "it made my day", "typical", "you should have seen it", "i can't sleep", "grandma would love it", "the bus was late", "work is crazy right now",
)  # fmt: skip
WHEN = (
    "yesterday",
    "last weekend",
    "this morning",
    "the other day",
    "last night",
    "on tuesday",
    "at the party",
    "an hour ago",
    "years ago",
    "last summer",
)


def _then_again(w: Writer, draft: Draft, made: GenerateImage) -> Piece | None:
    """A second step that builds on the picture of the first."""
    roll = w.rng.random()
    if roll < 0.4 and draft.motions:
        motion = w.pick(draft.motions)
        verb = forms(w, motion)
        text = (
            w.fill(
                "[make it {v}|animate it {g}|make a [gif|clip] of it {g}|let it {v}|set it in motion, {g}|animate [him|her|it|that] {g}|turn it into a clip {g}|have [him|her] {v}]",
                v=verb[1],
                g=verb[0],
            )
            if verb
            else f"animate it with {motion}"
        )
        step = Animate(prompt=made.prompt, subjects=made.subjects, styles=made.styles, motion=motion, image_ref="last")
        return Piece(text, [step])
    if roll < 0.7:
        what = change(w)
        return Piece(what, [EditImage(image_ref="last", instruction=what)])
    styles = [style for style in draft.styles if style not in made.styles]
    if styles and roll < 0.86:
        style = w.pick(styles)
        return Piece(
            w.fill("[the same in {s}|again in {s}|one in {s} too|do it in {s} as well]", s=style),
            [made.model_copy(update={"styles": (style,), "count": 1})],
        )
    others = [name for name in draft.subjects if name not in made.subjects]
    if others and len(made.subjects) == 1:
        other, seen = w.pick(others), made.prompt.removeprefix(made.subjects[0]).strip()
        return Piece(
            w.fill("[the same with {o}|one of {o} too|again with {o}|and {o} doing the same]", o=other),
            [draw([other], seen, made.styles)],
        )
    return None


def several(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 4)
    wanted = w.rng.choices((2, 3, 4), (60, 30, 10))[0]
    pieces: list[Piece] = []
    while len(pieces) < wanted:
        roll, last = w.rng.random(), pieces[-1].steps[-1] if pieces else None
        piece: Piece | None
        if isinstance(last, GenerateImage) and roll < 0.45:
            piece = _then_again(w, draft, last)
        elif roll < 0.6:
            piece = picture(w, draft, plain=w.chance(0.7))
        elif roll < 0.75 and draft.motions:
            piece = animated(w, draft)
        elif roll < 0.88:
            piece = fact_or_rule(w, draft)
        else:
            piece = erased(w, draft) if not pieces else None
            if (
                piece
                and any(isinstance(step, Forget) and step.what in draft.subjects for step in piece.steps)
                and len(draft.subjects) < 2
            ):
                piece = None
        if piece:
            pieces.append(piece)
    if w.chance(0.15) and wanted > 1:
        heads = w.pick(
            (
                ("first ", "second ", "third ", "fourth "),
                ("1. ", "2. ", "3. ", "4. "),
                ("1) ", "2) ", "3) ", "4) "),
                ("a) ", "b) ", "c) ", "d) "),
            )
        )
        text = w.pick([" ", "; ", ", ", ". "]).join(
            head + piece.text for head, piece in zip(heads, pieces, strict=False)
        )
    else:
        text = pieces[0].text
        for piece in pieces[1:]:
            text += w.pick(THEN) + piece.text
    steps = [step for piece in pieces for step in piece.steps]
    return draft, Piece(w.pick(["", "", "", "ok ", "please "]) + text, steps)


def two_groups(w: Writer) -> tuple[Draft, Piece]:
    """`two of Rex as a queen and one of Mo as her guard`: one request, several pictures with their own counts."""
    draft = new_draft(w, 2, 4)
    a, b = w.rng.sample(list(draft.subjects), 2)
    one, two, n = scene(w).plain, scene(w).plain, w.pick([1, 1, 2, 3, 4])
    first = (
        f"{number_words(w, n)} [of {a}|pictures of {a}]"
        if n > 1
        else "[a picture of {a}|one of {a}|{a}]".replace("{a}", a)
    )
    second = w.fill("[one of {b}|a picture of {b}|{b}|another [one |]of {b}]", b=b)
    text = w.fill(
        "[draw |make |i want |] {x} {s}, and {y} {t}[| as a second picture| in a separate picture]",
        x=w.fill(first),
        s=one,
        y=second,
        t=two,
    )
    steps: list[Step] = [draw([a], one, (), count=n), draw([b], two)]
    return draft, Piece(text, steps)


def told(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 4)
    name, seen, styles = w.pick(list(draft.subjects)), deed(w), a_style(w, draft, 0.15)
    if w.chance(0.15):
        return aside_only(w, draft, name)
    text = w.say(
        STORY, w=w.pick(WHEN), a=spoken(w, draft, name), past=seen.past, third=seen.third, ing=seen.plain, base=seen.base,
        aside=w.pick(ASIDE), pro=w.pick(["him", "her", "it"]), rel=w.pick(["sister", "dad", "wife", "boss", "kid"]),
    )  # fmt: skip
    more: dict[str, int] = {}
    if styles:
        text += w.fill("[ in {s}| - {s} style|, {s} please]", s=styles[0])
    elif w.chance(0.15):
        more["count"] = w.pick([2, 3, 4])
        text += w.fill(
            ". [maybe {n} so that i can choose|{n} versions please|like {n} of them]", n=number_words(w, more["count"])
        )
    return draft, Piece(text, [draw([name], seen.plain, styles, **more)])


def aside_only(w: Writer, draft: Draft, name: str) -> tuple[Draft, Piece]:
    seen = scene(w).plain
    text = w.fill(
        "{x}, {y}, so [draw|paint|make|i want] {a} {s}, [it's for {t}|you know why|that would help|no rush]",
        x=w.pick(ASIDE),
        y=w.pick(ASIDE),
        a=spoken(w, draft, name),
        s=seen,
        t=thing(w),
    )
    return draft, Piece(text, [draw([name], seen)])
