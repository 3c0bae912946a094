"""Follow-ups: the same again with one change, edits, clips of pictures, answers to questions, complaints."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

from limner.agent.english import third
from limner.agent.llm.recipes.catalogue import Draft, fresh_name, handle, new_draft, past_turn
from limner.agent.llm.recipes.draw import ONE
from limner.agent.llm.recipes.example import Piece, a_style, draw, number_words, question
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.llm.recipes.move import forms
from limner.agent.llm.recipes.scenes import change, place, scene
from limner.agent.plan import Animate, AskUser, EditImage, GenerateImage, PastTurn, Plan, Step, render_plan
from limner.agent.stated import listed

RESTYLE = (
    "now in {s}", "same but in {s}", "same [thing|one|picture] in {s}", "now [do |]the same in {s}[| style]", "do that again in {s}", "redo it in {s}",
    "can i see that in {s}", "same picture, {s} style", "try it in {s}", "again but {s}", "switch the style to {s}", "and in {s}[?| please]",
    "repeat that using {s}", "change the style to {s}", "how would it look in {s}", "instead of that look use {s}", "give it the {s} treatment, same scene",
    "same scene but {s}", "i want it in {s}", "let me see a {s} version", "what about {s}?", "make it {s}", "{s} this time", "without that look, use {s}",
)  # fmt: skip
SWAP = (
    "now with {o} instead", "same with {o}", "replace {n} with {o}", "do the same with {o}", "now {o}", "same thing but with {o}",
    "and now {o} please", "use {o} instead of {n}", "what about {o}?", "change it to {o}", "now make it {o}", "swap {n} for {o}",
    "let {o} have a go", "{o} instead", "not {n}, {o}", "i meant {o}", "sorry, wrong one, {o}", "swap in {o}[| instead]", "[and|now] [the same |]for {o}",
)  # fmt: skip
ADD = (
    "add {o}", "now with {o} too", "same but with both {n} and {o}", "put {o} in it too", "add {o} next to [him|her|it]", "again, with {o} as well",
    "include {o} too", "and {o} should join", "i want {o} there too", "can {o} be in it as well", "[try it|again] with {o} next to [him|her|it]",
    "with {o} as well", "{o} should be there too", "now together with {o}",
)  # fmt: skip
MORE = (
    "{n} more", "[give me|i want|show me|make|do] {n} more [|please|like that|of those|of these]", "i'd like {n} more", "love it, {n} more", "again, {n} times",
    "do {n} variations of that", "[great|nice|lovely]! {n} more versions", "can [i|you] [have|give me] {n} [others like this|more of those]", "more of these, {n}",
    "make it {n}", "actually {n}", "{n} of those", "{n} other versions [please|of it]", "another {n}", "same again x{d}", "and {n} of the same",
)  # fmt: skip
MOVE = (
    "[now |ok now |]animate [it|him|her|that|this|the picture]{x} {g}", "now make [him|her|it|them] {v}{x}", "make [it|him|her|them] {v}", "let [it|him|her] {v}{x}",
    "now a [gif|clip] of that {g}", "can [it|he|she] {v}?", "turn [that|it|this] into a [clip|gif] {g}", "i want to see [it|him|her] {v}{x}", "and now {g}",
    "have [him|her|it] {v} [there|in it]", "set it in motion: {g}", "{g} now", "the same as a [clip|gif], {g}",
)  # fmt: skip
MOVE_BY_NAME = (
    "now animate it with {m}", "animate that with {m}", "make it move with {m}", "turn that into a clip with {m}", "use {m} on it",
    "apply {m} to that", "the {m} motion on that one", "[now |]do the {m} with [him|her|it|that]",
)  # fmt: skip
WHERE = (
    "now {p}",
    "same but {p}",
    "[put|draw] {t} {p}",
    "this time {p}",
    "again, but {p}",
    "{p} instead",
    "{t} again, {p}",
    "what about {p}",
    "no, {p}",
    "move {t}: {p}",
)
COMPLAINT = (
    "i said {s}[!!| !|, not that]", "no, {s}", "that's wrong, i wanted {s}", "[hmm |]not what i asked: {s}", "wrong. {s}. do it over", "no no no, {s} please",
    "[ugh|argh], {s}! try again",
)  # fmt: skip
SUFFIX = (
    "",
    "",
    "",
    " in that one",
    " in the last picture",
    " in the last one",
    " please",
    " in that picture",
    " there",
)
PREFIX = ("", "", "", "can you ", "please ", "now ", "ok, ", "could you ", "nice, but ", "great, now ", "hmm, ")


def first_turn(w: Writer, draft: Draft) -> tuple[GenerateImage, PastTurn]:
    names = w.some(list(draft.subjects), 2 if w.chance(0.2) else 1, 1)
    seen = scene(w, len(names) > 1).plain
    step = draw(names, seen, a_style(w, draft, 0.35))
    said = w.say(ONE, b=f"{listed(names)} {seen}") + (f" in {step.styles[0]}" if step.styles else "")
    return step, past_turn(w, draft, step, said)


def follow(w: Writer) -> tuple[Draft, Piece]:
    draft = new_draft(w, 1, 4)
    while len(draft.styles) < 2 or not draft.motions:
        draft = new_draft(w, 1, 4)
    if w.chance(0.15):
        draft.history.append(first_turn(w, draft)[1])
    step, turn = first_turn(w, draft)
    draft.history.append(turn)
    if w.chance(0.12):
        draft.referents = {w.pick(["it", "that one", "him", "her"]): turn.result}
    kinds = (restyled, swapped, added, more, edited, moved, elsewhere, answered, complained, older, fresh, repeated)
    return draft, w.rng.choices(kinds, (16, 11, 8, 9, 20, 14, 6, 8, 4, 6, 5, 6))[0](w, draft, step)


def _again(step: GenerateImage, **change: object) -> GenerateImage:
    return GenerateImage.model_validate({**step.model_dump(), "count": 1, **change})


def _scene_of(step: GenerateImage) -> str:
    return step.prompt.removeprefix(listed(step.subjects)).strip()


def restyled(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    style = w.pick([style for style in draft.styles if style not in step.styles])
    if len(draft.styles) == 2 and step.styles and w.chance(0.5):
        return Piece(w.fill("[now |]the other style[| please]"), [_again(step, styles=[style])])
    return Piece(w.say(RESTYLE, s=style), [_again(step, styles=[style])])


def swapped(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    others = [name for name in draft.subjects if name not in step.subjects]
    if not others or len(step.subjects) > 1:
        return restyled(w, draft, step)
    other = w.pick(others)
    return Piece(w.say(SWAP, o=other, n=step.subjects[0]), [draw([other], _scene_of(step), step.styles)])


def added(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    others = [name for name in draft.subjects if name not in step.subjects]
    if not others:
        return more(w, draft, step)
    other = w.pick(others)
    return Piece(
        w.say(ADD, o=other, n=listed(step.subjects)), [draw([*step.subjects, other], _scene_of(step), step.styles)]
    )


def more(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    number = w.pick([2, 3, 4, 5, 6, 8])
    return Piece(w.say(MORE, n=number_words(w, number), d=str(number)), [_again(step, count=number)])


def edited(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    result, what, roll = draft.history[-1].result, change(w), w.rng.random()
    if roll < 0.12:
        what = w.fill(
            "the {p} should be {c}",
            p=w.pick(["sky", "hat", "water", "background", "coat"]),
            c=w.pick(["red", "blue", "darker", "bigger"]),
        )
        return Piece(what, [EditImage(image_ref=result, instruction=what)])
    if roll < 0.2:
        text = w.fill("[in|on|for] {r} ", r=result) + what if w.chance(0.5) else what + f" in {result}"
        return Piece(text, [EditImage(image_ref=result, instruction=what)])
    if roll < 0.3:
        second = change(w)
        return Piece(f"{what} and {second}", [EditImage(image_ref=result, instruction=f"{what} and {second}")])
    said = (
        w.fill("[get rid of|lose|erase|drop] the {x}", x=what.removeprefix("remove the "))
        if what.startswith("remove the ")
        else what
    )
    return Piece(w.pick(PREFIX) + said + w.pick(SUFFIX), [EditImage(image_ref=result, instruction=said)])


def moved(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    if w.chance(0.14):
        # Nobody said how it should move: with one motion it is that, else it is asked.
        text = w.fill(
            "[animate it|make it move|turn [it|that] into a [clip|video|gif]|what about a video?|bring it to life|now as a gif]"
        )
        if len(draft.motions) > 1:
            return Piece(text, question(f"Which motion: {', '.join(draft.motions[:3])}?"))
        only = Animate(
            prompt=step.prompt,
            subjects=step.subjects,
            styles=step.styles,
            motion=draft.motions[0],
            image_ref=draft.history[-1].result,
        )
        return Piece(text, [only])
    motion = w.pick(draft.motions)
    verb, result = forms(w, motion), draft.history[-1].result
    if verb and w.chance(0.75):
        text = w.say(MOVE, g=verb[0], v=verb[1], t=third(verb[1]), x=w.pick(["", "", " there", " please"]))
    else:
        text = w.say(MOVE_BY_NAME, m=motion)
    clip = Animate(prompt=step.prompt, subjects=step.subjects, styles=step.styles, motion=motion, image_ref=result)
    return Piece(text, [clip])


def elsewhere(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    where = place(w).plain
    pronoun = "them" if len(step.subjects) > 1 else w.pick(["him", "her", "it"])
    return Piece(w.say(WHERE, p=where, t=pronoun), [draw(step.subjects, where, step.styles)])


def answered(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    first, other = w.pick(list(draft.subjects)), fresh_name(w, draft)
    noun = draft.subjects[first]
    draft.add(w, other, noun)
    draft.referents = {}
    seen, styles = scene(w).plain, a_style(w, draft, 0.2)
    asked = render_plan(Plan(steps=(AskUser(question=f"Which {noun} do you mean: {first} or {other}?"),)))
    said = f"draw my {noun} {seen}" + (f" in {styles[0]}" if styles else "")
    draft.history = [PastTurn(user=said, calls=(asked,), result="")]
    chosen = w.pick([first, other])
    text = w.fill("[{c}|{c}|{c} please|i mean {c}|the {c} one|{c} of course|{c}!|oh, {c}|that would be {c}]", c=chosen)
    if w.chance(0.12):
        return Piece(w.fill("[both|both of them|the two of them|both please]"), [draw([first, other], seen, styles)])
    return Piece(text, [draw([chosen], seen, styles)])


def complained(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    said = scene(w).plain
    wrong = draw(step.subjects, place(w).plain, step.styles)
    draft.history[-1] = past_turn(w, draft, wrong, f"draw {listed(step.subjects)} {said}")
    draft.referents = {}
    return Piece(w.say(COMPLAINT, s=said), [draw(step.subjects, said, step.styles)])


def older(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    """`the first one`, `img-4`, or the one told apart by what is in it."""
    before, turn = first_turn(w, draft)
    draft.history = [turn, past_turn(w, draft, step, f"draw {step.prompt}")]
    draft.referents = {}
    what = change(w)
    if turn.result == draft.history[-1].result:
        return edited(w, draft, step)
    which = w.fill(
        "[the first one|the first picture|the one before|{h}|the one {s}|the picture {s}|the older one]",
        h=turn.result,
        s=_scene_of(before),
    )
    return Piece(
        w.fill("[in {w}, {c}|{c} in {w}|{w}: {c}|take {w} and {c}]", w=which, c=what),
        [EditImage(image_ref=turn.result, instruction=what)],
    )


def fresh(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    """A new request that only looks like a follow-up, or one about a resolved word."""
    name = w.pick(list(draft.subjects))
    seen, styles = scene(w).plain, a_style(w, draft, 0.3)
    if w.chance(0.1):
        draft.referents = {}
        return Piece(
            w.fill("[start over|let's start over|start again from scratch|scrap that|no, all wrong, start over]"),
            question("What shall I draw instead?"),
        )
    if w.chance(0.35):
        draft.referents = {}
        text = (
            w.fill(
                "[start over|scrap that|forget that|forget the last one|new idea|let's start over|leave that|ignore that|delete that thought][:|,| -] [draw |paint |]"
            )
            + f" {name} {seen}"
        )
        return Piece(text + (f" in {styles[0]}" if styles else ""), [draw([name], seen, styles)])
    pronoun = w.pick(["him", "her", "it"])
    draft.referents = {pronoun: w.pick([f"@{name.lower()}", name])} if " " not in name else {}
    said = pronoun if draft.referents else name
    steps: list[Step] = [draw([name], seen, styles)]
    return Piece(w.say(ONE, b=f"{said} {seen}") + (f" in {styles[0]}" if styles else ""), steps)


def repeated(w: Writer, draft: Draft, step: GenerateImage) -> Piece:
    """Once more as it was, without its style, with fewer in it, or all that were drawn so far in one."""
    roll = w.rng.random()
    if len(step.subjects) > 1 and roll < 0.4:
        gone = w.pick(step.subjects)
        kept = [name for name in step.subjects if name != gone]
        text = w.fill(
            "[now without {g}|the same without {g}|only {k} this time|leave {g} out|{g} should not be in it, again please|just {k}]",
            g=gone,
            k=listed(kept),
        )
        return Piece(text, [draw(kept, _scene_of(step), step.styles)])
    if step.styles and roll < 0.6:
        text = w.fill(
            "[same without the {s} style|without {s}|no style this time|the same but plain|drop the {s} look]",
            s=step.styles[0],
        )
        return Piece(text, [_again(step, styles=())])
    before, turn = first_turn(w, draft)
    if roll < 0.75 and not set(before.subjects) & set(step.subjects):
        draft.history = [turn, past_turn(w, draft, step, f"draw {step.prompt}")]
        draft.referents = {}
        text = w.fill(
            "[now both together|put them together in one picture|both in the same picture|now the two of them together|combine them into one picture]"
        )
        names = [*before.subjects, *step.subjects]
        return Piece(text, [draw(names, _scene_of(step), step.styles)])
    text = w.fill(
        "[again|once more|try again|another one|one more|do it again|redo that|a different one|same again|i don't like it, try again|give it another go|retry]"
    )
    return Piece(text, [_again(step)])


def clip_again(w: Writer) -> tuple[Draft, Piece]:
    """The same clip with another motion or subject."""
    draft = new_draft(w, 2, 4)
    while len(draft.motions) < 2:
        draft = new_draft(w, 2, 4)
    (a, b), (m, n) = w.rng.sample(list(draft.subjects), 2), w.rng.sample(draft.motions, 2)
    prompt = f"{a} {place(w).plain}"
    clip = Animate(prompt=prompt, subjects=(a,), motion=m)
    calls = (render_plan(Plan(steps=(clip,))),)
    draft.history = [PastTurn(user=f"animate {prompt} with {m}", calls=calls, result=handle(w, "clip"))]
    if w.chance(0.2):
        frames = w.pick([8, 12, 16, 24, 32])
        said = w.fill(
            "[make it {f} frames|longer, {f} frames|again with {f} frames|{f} frames please|the same in {f} frames]",
            f=str(frames),
        )
        return draft, Piece(said, [clip.model_copy(update={"frames": frames})])
    if w.chance(0.5):
        verb = forms(w, n)
        said = w.fill(
            "[again but {v}|same, {v} this time|now {v}|{v} instead|and with {v}?|the same with {v}]",
            v=verb[0] if verb and w.chance(0.6) else n,
        )
        return draft, Piece(said, [clip.model_copy(update={"motion": n})])
    swapped_prompt = b + prompt.removeprefix(a)
    return draft, Piece(w.say(SWAP, o=b, n=a), [clip.model_copy(update={"prompt": swapped_prompt, "subjects": (b,)})])
