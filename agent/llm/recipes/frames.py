"""Wishes put together from parts that vary on their own: greeting, reason, order of the parts, register, taking back."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import ing
from limner.agent.llm.recipes.catalogue import Draft, fresh_name, new_draft, spoken
from limner.agent.llm.recipes.draw import PLACES
from limner.agent.llm.recipes.example import Piece, a_style, draw, number_words
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.move import forms, is_verb
from limner.agent.llm.recipes.repairs import forms_of
from limner.agent.llm.recipes.scenes import change, deed, place, scene, thing
from limner.agent.llm.recipes.stories import day
from limner.agent.llm.recipes.talk import fact_or_rule
from limner.agent.llm.recipes.teach import attached, lesson
from limner.agent.llm.recipes.words import nouns, words
from limner.agent.plan import Animate, EditImage, Forget, GenerateImage
from limner.agent.stated import listed

GREETING = ("hello dear", "good morning", "hi there", "hey", "good evening", "excuse me", "hi limner", "sorry to bother you", "dear sir or madam", "um", "ok so", "right", "hey bot", "hiya")  # fmt: skip
REASON = (
    "it's for [my gran|the newsletter|our wedding|my homework|a sprint recap|the shop window|a school play|my thesis|the kids' room]", "i need it [by noon|tomorrow|for the printer]", "my [boss|teacher|daughter] asked for it", "[for|as] a [birthday card|poster|mug|book cover|t-shirt|slide|flyer|thank-you note]",
    "i've always wanted that", "we lost a bet", "[he|she|it] turns [one|ten|forty] [today|on Friday]", "my {t} broke and this will cheer me up", "so i can print it", "the wall looks empty",
)  # fmt: skip
CLOSING = ("if you have a minute", "no rush", "many thanks", "ta", "much appreciated", "take your time", "asap", "so we have a choice", "go", "now", "that's all", "you're a star", "kind regards", "ty", "chop chop")  # fmt: skip
ASK = (
    "i would like {b}", "could you make {b}", "would you mind drawing {b}", "can we get {b}", "please produce: {b}", "i'd be happy about {b}", "maybe you could do {b}", "what i want is {b}", "picture this: {b}", "how do you feel about drawing {b}", "it should show {b}", "let there be {b}", "{b}", "{b}",
    "a [small|quick|nice|simple|big] [drawing|picture|sketch|illustration] of {b}", "is there any chance of {b}", "i was hoping for {b}", "make me something with {b}", "one with {b}", "i need to see {b}", "on the [card|poster|cover] there should be {b}", "today it's {b}", "all i want is {b}", "you know what would be fun? {b}",
)  # fmt: skip
SLANG = (
    "yo [gimme|lemme get] a [dope|cute|crazy] pic of {b}", "kinda wanna see {b}", "{b} would [slap|be fire|be iconic], [whip that up|make it happen|do it]", "[bro|dude|fam] {b}, [fr fr|asap|pls|trust]", "ngl i need {b}", "deadass [draw|make] {b}", "{b} pls n ty", "gotta have {b} lol", "can i get uhh {b}", "bet. {b}", "{b} but make it [cute|epic]", "imma need {b} rn", "whack {b} on a [tee|mug] for us",
    "{b} or we riot", "serve me {b}", "im begging u, {b}", "chuck us {b} will ya", "feelin {b} today",
)  # fmt: skip
NO = (", no wait, ", "... no, ", " - sorry, ", ", i mean ", ", hang on, ", " er, ", ", or no, ", ". no! ", ", oops, ", " hmm, actually ", ", forget that, ", ", make that ", ", let's say ", ", correction: ", " nah ", ". wait. ", ", better: ")  # fmt: skip
MARKS = (
    ("first ", "after that ", "and to close "), ("first ", "then ", "and last but not least "), ("start with ", "go on with ", "and end with "), ("one: ", "two: ", "three: "), ("- ", "- ", "- "), ("to begin with ", "next ", "and at last "), ("", "", "and "), ("", "then ", "then "), ("", "and ", "and also "), ("", "after that ", "finally "), ("i want ", "i also want ", "and i want "), ("", "next up ", "and lastly "), ("please ", "once that's done ", "and afterwards "), ("", "", ""),
)  # fmt: skip
JOINS = (", ", "; ", ". ", " ", ", ", ".\n", "\n", "... ")


def framed(w: Writer) -> tuple[Draft, Piece]:
    """One picture; greeting, reason, wish, style, count, seed and closing come and go by themselves, in many orders."""
    draft = new_draft(w, 1, 4)
    names = w.some(list(draft.subjects), 2 if w.chance(0.25) else 1, 1)
    seen, styles = scene(w, len(names) > 1).plain, a_style(w, draft, 0.4)
    more: dict[str, int] = {}
    if w.chance(0.25):
        more["count"] = w.pick([2, 2, 3, 4, 5, 6, 8, 12])
    if w.chance(0.1):
        more["seed"] = w.rng.randint(1, 999)
    body = f"{listed([spoken(w, draft, name) for name in names])} {seen}"
    wish = w.say(SLANG, b=body) if w.chance(0.3) else w.say(ASK, b=body)
    extras = []
    if styles:
        extras.append(w.fill("[in {s}|{s} style|style: {s}|{s} please|i'd like {s} for it|make it {s}|with {s}|use the {s} look]", s=styles[0]))  # fmt: skip
    if "count" in more:
        extras.append(w.fill("[{n} pictures|{n} of them|count: {d}|{n} options|{n} versions|make it {n} pictures|{d} of those please]", n=number_words(w, more["count"]), d=str(more["count"])))  # fmt: skip
    if "seed" in more:
        extras.append(w.fill("[seed {k}|seed: {k}|with seed {k}]", k=str(more["seed"])))
    w.rng.shuffle(extras)
    mark = w.pick([", ", ". ", ". ", " - ", ", "])
    parts = [wish, *extras]
    if w.chance(0.3):
        parts.insert(w.pick([0, len(parts)]), w.say(REASON, t=w.pick(nouns())))
    if w.chance(0.35):
        parts.insert(0, w.pick(GREETING))
    if w.chance(0.3):
        parts.append(w.pick(CLOSING))
    return draft, Piece(mark.join(parts), [draw(names, seen, styles, **more)])


def keyed(w: Writer) -> tuple[Draft, Piece]:
    """`subject: Rex / where: the beach / style: ink`; and words one after another with full stops."""
    draft = new_draft(w, 1, 3)
    name, where, styles = w.pick(list(draft.subjects)), place(w).plain, a_style(w, draft, 0.6)
    count = w.pick([None, None, 2, 3])
    if w.chance(0.5):
        parts = [f"{w.pick(['subject', 'who', 'name'])}: {name}", f"{w.pick(['scene', 'where', 'place'])}: {where}"]
        parts += [f"style: {style}" for style in styles] + ([f"{w.pick(['count', 'number'])}: {count}"] if count else [])  # fmt: skip
        text = w.pick([". ", "; ", " / ", ", ", "\n"]).join(parts)
    else:
        parts = [name, where, *[w.fill("[{s}|{s} style]", s=style) for style in styles]]
        parts += [f"{count} {w.pick(['pics', 'pictures', 'of them'])}"] if count else []
        text = w.pick([". ", "! ", " -- ", "... "]).join(parts) + w.pick(["", ".", ". thanks"])
    return draft, Piece(text, [draw([name], where, styles, **({"count": count} if count else {}))])


def taken_back(w: Writer) -> tuple[Draft, Piece]:
    """Up to two parts of a wish are said wrong and mended: who, where, what, style, number, motion."""
    draft = new_draft(w, 2, 4)
    name, wrong = w.rng.sample(list(draft.subjects), 2)
    seen, roll = scene(w).plain, w.rng.random()
    said = spoken(w, draft, name)
    verbs = [(motion, pair) for motion in draft.motions if (pair := forms(w, motion))]
    if roll < 0.3 and len(verbs) > 1:
        (_, first), (motion, second) = w.rng.sample(verbs, 2)
        where = place(w).plain
        text = w.fill("[make|let|have] ", ) + f" {said} {first[1]}{w.pick(NO)}{w.pick(['', '', second[1] + '. '])}{second[1]} {where}"  # fmt: skip
        doing = forms_of(motion) if is_verb(motion) or " " in motion or motion in ("zoom", "sway") else ing(motion)
        return draft, Piece(text, [Animate(prompt=f"{name} {doing} {where}", subjects=(name,), motion=motion)])
    if roll < 0.45:
        text = w.fill("[draw|paint|i want|do|] ") + f" {wrong}{w.pick(NO)}{said} {seen}"
        return draft, Piece(text, [draw([name], seen)])
    if roll < 0.55 and len(draft.styles) == 2:
        used = w.pick(draft.styles)
        left = next(style for style in draft.styles if style != used)
        text = f"{said} {seen}" + w.fill("[. not {u}, the other style|, not in {u} but the other one| in the style that isn't {u}|, the other style[ please|], not {u}]", u=used)  # fmt: skip
        return draft, Piece(text, [draw([name], seen, [left])])
    styles: list[str] = []
    more: dict[str, int] = {}
    text = f"{said} {seen}"
    if w.chance(0.6) or len(draft.styles) < 2:
        first_count, second_count = w.rng.sample([2, 3, 4, 5, 6, 8], 2)
        more["count"] = second_count
        text = w.fill("{x} [pics|pictures|drawings] of ", x=number_words(w, first_count)) + f" {text}{w.pick(NO)}" + w.fill("[make it|only|rather|i need|just] {n}[ pictures| of them|]", n=number_words(w, second_count))  # fmt: skip
    if len(draft.styles) > 1 and (not more or w.chance(0.5)):
        first_style, second_style = w.rng.sample(draft.styles, 2)
        styles = [second_style]
        text += w.pick([", and in ", " in ", ", in "]) + f"{first_style}{w.pick(NO)}{second_style}"
    return draft, Piece(text, [draw([name], seen, styles, **more)])


def one_in_a_story(w: Writer) -> tuple[Draft, Piece]:
    """Several people do several things; one picture of one of them is wanted, said at the front, in the middle or last."""
    draft = new_draft(w, 2, 4)
    name, other = w.rng.sample(list(draft.subjects), 2)
    seen, styles = (deed(w) if w.chance(0.6) else scene(w)).plain, a_style(w, draft, 0.25)
    happened = [day(w), w.fill("{o} {p}", o=w.pick([other, "my grandson", "the neighbour", "everybody", "my boss"]), p=deed(w).past), w.fill("[the whole time|meanwhile|and then] {a} {p}", a=w.pick([name, other, "the dog next door"]), p=deed(w).past)]  # fmt: skip
    w.rng.shuffle(happened)
    happened = happened[: w.pick([1, 2, 2, 3])]
    wish = w.fill(
        "[anyway, |so |well, |long story, but |ok, |now |and ||][could you|can you|would you|please|i'd love it if you could] [paint|draw|sketch|make] {x}, {a} {s}",
        x=w.pick(["just this", "one thing", "me something", "only one moment"]), a=w.pick([f"{name} all alone", f"only {name}", f"just {name}", name]), s=seen,
    ) if w.chance(0.4) else w.fill(
        "[anyway, |so |well, |long story short, |ok, |now |all that to say: ||][i'd fancy a sketch of|paint|can you draw|please make a picture of|could i get|i want|what about|give me] [only |just |]{a} {s}", a=name, s=seen,
    )  # fmt: skip
    if styles:
        wish += w.pick([" in ", ", in "]) + styles[0]
    more = {"count": w.pick([2, 3, 4])} if w.chance(0.12) else {}
    if more:
        wish += w.pick([" and ", ", "]) + w.fill(
            "[{n} of them|{n} versions|{n} pictures please]", n=number_words(w, more["count"])
        )
    sentences = [*happened, wish]
    if w.chance(0.2):
        sentences = [wish, *happened]
    elif w.chance(0.15) and len(happened) > 1:
        sentences = [happened[0], wish, *happened[1:]]
    joined = w.pick([". ", ". ", ". ", " and ", "! ", "... ", ", "]).join(one.rstrip(".?! ") for one in sentences)
    return draft, Piece(joined + w.pick(["", ".", ", bless you", " please", "?"]), [draw([name], seen, styles, **more)])  # fmt: skip


def third_of_all(w: Writer) -> tuple[Draft, Piece]:
    """Three orders of different kinds behind each other, with marks of many kinds between."""
    draft = new_draft(w, 2, 4)
    while not draft.motions:
        draft = new_draft(w, 2, 4)
    pieces, roll = [], w.rng.random()
    if roll < 0.3:
        what = w.pick(["subject", "style", "style"])
        text, step, name = lesson(w, draft, what)
        draft.attachments = attached(w)
        who = name if what == "subject" else w.pick(list(draft.subjects))
        where, styles = place(w).plain, [name] if what == "style" else a_style(w, draft, 0.3)
        with_it = w.fill("[with it|in it|that way|like that|in {s}]", s=name) if what == "style" else (f"in {styles[0]}" if styles else "")  # fmt: skip
        made = draw([who], where, styles)
        pieces = [Piece(text, [step]), Piece(f"draw {who} {where} {with_it}".strip(), [made]), after(w, draft, made)]
    elif roll < 0.5:
        pieces = [erased_other(w, draft), fact_or_rule(w, draft), one_picture(w, draft)]
        w.rng.shuffle(pieces)
    elif roll < 0.75:
        first, what = one_picture(w, draft), change(w)
        drawn = first.steps[0]
        assert isinstance(drawn, GenerateImage)
        pieces = [first, Piece(what, [EditImage(image_ref="last", instruction=what)]), moved_after(w, draft, drawn)]
    else:
        pieces = [one_picture(w, draft), one_picture(w, draft), w.pick([one_picture, one_clip])(w, draft)]
        w.rng.shuffle(pieces)
    marks = w.pick(MARKS)
    join = w.pick(JOINS)
    text = join.join((mark + one.text).strip() for mark, one in zip(marks, pieces, strict=True))
    lead = w.pick(["", "", "", "three wishes: ", "ok, listen: ", "to do: ", "hi! "])
    return draft, Piece(lead + text, [step for one in pieces for step in one.steps])


def one_picture(w: Writer, draft: Draft) -> Piece:
    name, seen, styles = w.pick(list(draft.subjects)), scene(w).plain, a_style(w, draft, 0.25)
    verb = w.pick(["", "", "draw ", "paint ", "a picture of ", "give me ", "show "])
    return Piece(f"{verb}{name} {seen}" + (f" in {styles[0]}" if styles else ""), [draw([name], seen, styles)])


def one_clip(w: Writer, draft: Draft) -> Piece:
    name, motion, where = w.pick(list(draft.subjects)), w.pick(draft.motions), place(w).plain
    verb = forms(w, motion)
    if verb is None:
        return Piece(w.fill("[animate {n} with {m}|{n} doing the {m}, animated|a clip of {n} doing the {m}] {p}", n=name, m=motion, p=where), [Animate(prompt=f"{name} {where}", subjects=(name,), motion=motion)])  # fmt: skip
    text = w.fill("[a clip of {n} {g} {p}|{n} {g} {p} in a gif|animate {n} {g} {p}|make {n} {v} {p}|a little animation of {n} {g} {p}]", n=name, g=verb[0], v=verb[1], p=where)  # fmt: skip
    return Piece(text, [Animate(prompt=f"{name} {forms_of(motion)} {where}", subjects=(name,), motion=motion)])


def after(w: Writer, draft: Draft, made: GenerateImage) -> Piece:
    what = change(w)
    if w.chance(0.4):
        return Piece(what, [EditImage(image_ref="last", instruction=what)])
    return moved_after(w, draft, made)


def moved_after(w: Writer, draft: Draft, made: GenerateImage) -> Piece:
    motion = w.pick(draft.motions)
    verb, who = forms(w, motion), w.pick(["him", "her", "it", "that"])
    text = w.fill("[make|let|have] {x} {v}", x=who, v=verb[1]) if verb and w.chance(0.6) else w.fill("animate {x} [doing the|with the|with] {m}", x=who, m=motion)  # fmt: skip
    step = Animate(prompt=made.prompt, subjects=made.subjects, styles=made.styles, motion=motion, image_ref="last")
    return Piece(text, [step])


def erased_other(w: Writer, draft: Draft) -> Piece:
    if draft.styles and w.chance(0.5):
        gone = w.pick(draft.styles)
        return Piece(w.fill("[throw away|forget|drop|delete] the {x} style", x=gone), [Forget(what=gone)])
    gone = f"what i {w.pick(['said', 'told you'])} about {w.pick(nouns())}"
    return Piece(w.fill("[forget|erase|delete] {x}", x=gone), [Forget(what=gone)])


def counted_frames(w: Writer) -> tuple[Draft, Piece]:
    """Lengths of clips in words, and slang for clips."""
    draft = new_draft(w, 1, 3)
    while not draft.motions:
        draft = new_draft(w, 1, 3)
    name, motion, where = w.pick(list(draft.subjects)), w.pick(draft.motions), place(w).plain
    frames, said = w.pick([(12, "a dozen"), (24, "two dozen"), (36, "three dozen"), (6, "half a dozen"), (8, "eight"), (10, "ten"), (16, "sixteen"), (20, "twenty"), (30, "thirty"), (48, "48"), (32, "32")])  # fmt: skip
    verb = forms(w, motion)
    doing = f"{name} {verb[0]} {where}" if verb and w.chance(0.5) else f"{name} doing the {motion} {where}"
    text = w.fill(
        "[{f} frames of {d}|{d}, {f} frames [is plenty|will do|no more|please]|[bro|yo] {d} would slap, whip that up, {f} frames|a [gif|clip|loop] of {d} in {f} frames|i want {f} frames: {d}|[clip|gif]: {d} ({f} frames)]",
        f=said, d=doing,
    )  # fmt: skip
    prompt = f"{name} {forms_of(motion)} {where}" if verb else f"{name} {where}"
    return draft, Piece(text, [Animate(prompt=prompt, subjects=(name,), motion=motion, frames=frames)])


def liked(w: Writer) -> tuple[Draft, Piece]:
    """`in the style i liked`: memory says which."""
    draft = new_draft(w, 1, 3)
    while len(draft.styles) < 2:
        draft = new_draft(w, 1, 3)
    name, seen = w.pick(list(draft.subjects)), scene(w).plain
    good, bad = w.rng.sample(draft.styles, 2)
    draft.memory.append(w.fill("[User liked {k} pictures in {s}|User liked the picture in {s}|User loves {s}|User's favorite style is {s}]", k=str(w.rng.randint(1, 9)), s=good))  # fmt: skip
    if w.chance(0.5):
        draft.memory.append(f"User disliked {w.rng.randint(1, 4)} pictures in {bad}")
    w.rng.shuffle(draft.memory)
    text = w.fill("{n} {s} [in the style i [liked|like|love|liked so much]|in my favourite style|with that look i liked|, the style i like best]", n=spoken(w, draft, name), s=seen)  # fmt: skip
    return draft, Piece(text, [draw([name], seen, [good])])


def grouped(w: Writer) -> tuple[Draft, Piece]:
    """Groups by what their members are, with one more, or all but some with the reason why."""
    draft = new_draft(w, 3, 5)
    seen, styles = scene(w, True).plain, a_style(w, draft, 0.2)
    out = w.pick(list(draft.subjects))
    kept = [name for name in draft.subjects if name != out]
    said = f"{w.pick(['the', 'my'])} {draft.subjects[out]}" if draft.alone(out) and w.chance(0.35) else out
    text = w.fill(
        "[[class|group|family] [photo|picture|shot], |][everyone|everybody|all of them|the whole crew|the lot|all my subjects] [except {x} (busy today)|but not {x}, she's travelling|minus {x}, who is ill|except {x}|without {x}], {s}",
        x=said, s=seen,
    )  # fmt: skip
    return draft, Piece(text + (f", {styles[0]}" if styles else ""), [draw(kept, seen, styles)])


# What people call several of different kinds together, and the kinds they mean by it.
TOGETHER = {"animal": ("animals", "pets", "creatures", "critters", "beasts"), "person": ("people", "humans")}


def by_sort(w: Writer) -> tuple[Draft, Piece]:
    """`all my animals but not the goat`, `the people`, `the boys and Ada`: groups across kinds."""
    draft, sort = Draft(), w.pick(["animal", "animal", "person"])
    for kind in w.rng.sample(words("kinds", sort), w.pick([2, 3, 3, 4])):
        draft.add(w, fresh_name(w, draft), kind)
    members = list(draft.subjects)
    for kind in w.rng.sample(words("kinds", w.pick(["object", "person" if sort == "animal" else "animal"])), w.pick([1, 2])):  # fmt: skip
        draft.add(w, fresh_name(w, draft), kind)
    members = [name for name in draft.subjects if name in members]
    seen, called = scene(w, True).plain, w.pick(TOGETHER[sort])
    text = w.fill("[all |][my|our|the] {c}", c=called)
    if len(members) > 2 and w.chance(0.5):
        out = w.pick(members)
        members = [name for name in members if name != out]
        said = f"{w.pick(['the', 'my'])} {draft.subjects[out]}" if w.chance(0.6) else out
        text += " " + w.fill("[but not|except|apart from|without|other than|minus] {x}[,|]", x=said)
    elif w.chance(0.3):
        other = w.pick([name for name in draft.subjects if name not in members])
        members = [*members, other]
        text += f" and {other}"
    return draft, Piece(w.say(ASK, b=f"{text} {seen}"), [draw(members, seen)])


def beside(w: Writer) -> tuple[Draft, Piece]:
    """Places in the picture in telegraph style; a ground for all."""
    draft = new_draft(w, 2, 4)
    a, b = w.rng.sample(list(draft.subjects), 2)
    p, q = w.pick([("left", "right"), ("right", "left"), ("top", "bottom"), ("bottom", "top")])
    ground = w.fill("[with a plain {c} background|on {c} ground|in front of a {t}|{s}]", c=w.pick(words("scene", "colour")), t=thing(w), s=scene(w, True).plain)  # fmt: skip
    text = w.fill("[{a} {p}, {b} {q}, {g}|{g}, {a} {p}, {b} {q}|{a} goes {p}, {b} goes {q}, {g}|{p}: {a}, {q}: {b}, {g}|{g}; {a} has to be {p} and {b} {q}]", a=a, b=b, p=w.pick(PLACES[p]), q=w.pick(PLACES[q]), g=ground)  # fmt: skip
    return draft, Piece(text, [draw([a, b], ground, layout={a: p, b: q})])
