"""Requests of two to four steps, and stories that hold one somewhere inside."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.llm.recipes.catalogue import Draft, new_draft, spoken
from limner.agent.llm.recipes.draw import ONE, picture
from limner.agent.llm.recipes.example import Piece, a_style, draw, number_words
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.move import animated, forms
from limner.agent.llm.recipes.scenes import change, deed, scene, thing
from limner.agent.llm.recipes.talk import erased, fact_or_rule
from limner.agent.llm.recipes.teach import attached, lesson
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


def in_a_row(w: Writer) -> tuple[Draft, Piece]:
    """Three or four wishes that hang together: taught, drawn, changed and moved; or said, drawn and drawn again."""
    draft = new_draft(w, 2, 4)
    kinds = (taught_drawn_moved, drawn_changed_moved, cleared_kept_drawn, a_list, one_after_another)
    pieces = w.rng.choices(kinds, (20, 25, 15, 25, 15))[0](w, draft)
    roll = w.rng.random()
    if roll < 0.2:
        mark = w.pick(["{n}) ", "{n}. ", "{n}: ", "({n}) "])
        heads = [mark.replace("{n}", str(number)) for number in range(1, 5)]
        text = w.pick([" ", ", ", "; "]).join(head + one.text for head, one in zip(heads, pieces, strict=False))
    elif roll < 0.35:
        heads = [
            "first ",
            *(w.pick(["then ", "after that ", "next ", "second ", "now "]) for _ in pieces[2:]),
            w.pick(["finally ", "last ", "at the end "]),
        ]
        text = w.pick([", ", ". ", "; "]).join(head + one.text for head, one in zip(heads, pieces, strict=False))
    else:
        text = pieces[0].text
        for number, one in enumerate(pieces[1:], 2):
            join = w.pick([", ", " and "]) if number < len(pieces) and w.chance(0.3) else w.pick(THEN)
            text += join + one.text
    return draft, Piece(text, [step for one in pieces for step in one.steps])


def taught_drawn_moved(w: Writer, draft: Draft) -> list[Piece]:
    text, step, name = lesson(w, draft, "subject")
    draft.attachments = attached(w)
    said, seen, styles = w.pick([name, name, "him", "her", "it"]), scene(w).plain, a_style(w, draft, 0.35)
    made = draw([name], seen, styles)
    pieces = [
        Piece(text, [step]),
        Piece(
            f"{w.pick(['draw', 'paint', 'show', 'make a picture of', 'put'])} {said} {seen}"
            + (f" in {styles[0]}" if styles else ""),
            [made],
        ),
    ]
    then = _then_again(w, draft, made)
    return [*pieces, then] if then else pieces


def drawn_changed_moved(w: Writer, draft: Draft) -> list[Piece]:
    """A picture, a change to it, and a clip of it."""
    names = w.some(list(draft.subjects), 2 if w.chance(0.2) else 1, 1)
    seen, styles = scene(w, len(names) > 1).plain, a_style(w, draft, 0.25)
    made = draw(names, seen, styles)
    said = " and ".join(spoken(w, draft, name) for name in names)
    first = Piece(w.say(ONE, b=f"{said} {seen}") + (f" in {styles[0]}" if styles else ""), [made])
    what = change(w)
    pieces = [first, Piece(what, [EditImage(image_ref="last", instruction=what)])]
    moves = [motion for motion in draft.motions if forms(w, motion)]
    if moves:
        motion = w.pick(moves)
        verb = forms(w, motion) or ("", "")
        who = w.pick(["him", "her", "it", "that", "them" if len(names) > 1 else "it"])
        text = w.fill(
            "[make {w} {v}|let {w} {v}|animate {w} {g}|have {w} {v}|turn it into a [gif|clip] {g}]",
            w=who,
            v=verb[1],
            g=verb[0],
        )
        pieces.append(
            Piece(
                text,
                [
                    Animate(
                        prompt=made.prompt, subjects=made.subjects, styles=made.styles, motion=motion, image_ref="last"
                    )
                ],
            )
        )
    return pieces if w.chance(0.75) or len(pieces) < 3 else [pieces[0], pieces[2]]


def cleared_kept_drawn(w: Writer, draft: Draft) -> list[Piece]:
    """Something forgotten, something remembered, something drawn, in any of these numbers."""
    pieces = []
    if w.chance(0.55):
        gone = w.pick(
            [
                "what i said about {t}",
                "my last order",
                "the rule about {t}",
                "my old address",
                "what i told you about {t}",
                "my favourite {t}",
            ]
        ).replace("{t}", thing(w).split()[-1])
        pieces.append(Piece(w.fill("[forget|delete|erase|drop] {g}", g=gone), [Forget(what=gone)]))
    pieces.append(fact_or_rule(w, draft))
    pieces.append(picture(w, draft, plain=True))
    if w.chance(0.4) or len(pieces) < 3:
        last = pieces[-1].steps[-1]
        then = _then_again(w, draft, last) if isinstance(last, GenerateImage) else None
        pieces.append(then or picture(w, draft, plain=True))
    return pieces


def a_list(w: Writer, draft: Draft) -> list[Piece]:
    """Three pictures; the last may be of both before."""
    names = w.rng.sample(list(draft.subjects), 2)
    pieces = []
    for name in names:
        seen, styles = scene(w).plain, a_style(w, draft, 0.2)
        pieces.append(Piece(f"{name} {seen}" + (f" in {styles[0]}" if styles else ""), [draw([name], seen, styles)]))
    seen = scene(w, True).plain
    together = w.pick(["both of them", "the two of them", "both together", "then both", " and ".join(names)])
    pieces.append(Piece(f"{together} {seen}", [draw(names, seen)]) if w.chance(0.6) else picture(w, draft, plain=True))
    return pieces


def one_after_another(w: Writer, draft: Draft) -> list[Piece]:
    """The same scene again in another style, with another subject, or once more."""
    name, other = w.rng.sample(list(draft.subjects), 2)
    seen, styles = scene(w).plain, list(draft.styles)
    first = draw([name], seen, styles[:1] if w.chance(0.5) else ())
    pieces = [
        Piece(
            w.say(ONE, b=f"{spoken(w, draft, name)} {seen}") + (f" in {first.styles[0]}" if first.styles else ""),
            [first],
        )
    ]
    fresh = [style for style in styles if style not in first.styles]
    if fresh:
        style = w.pick(fresh)
        pieces.append(
            Piece(
                w.fill("[the same in {s}|again in {s}|once more in {s}|that in {s} too]", s=style),
                [first.model_copy(update={"styles": (style,)})],
            )
        )
    latest = pieces[-1].steps[-1]
    text = w.fill("[the same with {o}|{o} like that too|and {o} doing it|that again with {o}]", o=other)
    pieces.append(Piece(text, [draw([other], seen, latest.styles if isinstance(latest, GenerateImage) else ())]))
    return pieces


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
        text += " " + w.fill("[in {s}|- {s} style|, {s} please]", s=styles[0])
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
