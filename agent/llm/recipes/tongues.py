"""Requests in Spanish, German, French, Italian and Portuguese; prompts come out in English, names as they are."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from limner.agent.english import ing
from limner.agent.llm.recipes.catalogue import Draft, distract, fresh_name, new_draft, past_turn
from limner.agent.llm.recipes.example import Piece, a_style, draw, question
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.plan import (
    Animate,
    Answer,
    EditImage,
    Forget,
    GenerateImage,
    LearnSubject,
    Recall,
    SetPreference,
    Step,
)

LANGUAGES = ("es", "de", "fr", "it", "pt")
MOTIONS = ("bounce", "hop", "spin", "shake", "sway", "wobble")


@functools.cache
def _texts() -> Mapping[str, Any]:
    phrases, more = (
        tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
        for name in ("tongues.toml", "tongues_words.toml")
    )
    return phrases | more | {language: phrases[language] | more[language] for language in LANGUAGES}


@functools.cache
def rows(table: str, language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """English and its ways to be said in the language."""
    lines = [line.split("|") for line in _texts()[table].strip().splitlines()]
    return tuple((line[0], tuple(line[1 + LANGUAGES.index(language)].split(";"))) for line in lines)


class Tongue:
    """One language in the hands of a writer."""

    def __init__(self, w: Writer, language: str) -> None:
        self.w, self.language, self.phrases = w, language, _texts()[language]

    def say(self, key: str, **slots: str) -> str:
        return self.w.say(self.phrases[key], **slots)

    def pair(self, table: str) -> tuple[str, str]:
        english, ways = self.w.pick(rows(table, self.language))
        return english, self.w.pick(ways)

    def scene(self) -> tuple[str, str]:
        roll = self.w.rng.random()
        if roll < 0.3:
            return self.act()
        if roll < 0.55:
            english, said = self.pair("more_scenes")
            if self.w.chance(0.2):
                second, also = self.pair("scenes")
                english, said = f"{english} {second}", f"{said} {also}"
            return english, said
        if roll < 0.7:
            thing, named = self.pair("things")
            joint, joined = self.pair("joints")
            # French joins `de` to the article: près d'un arbre.
            return f"{joint} {thing}", f"{joined}{named}" if joined.endswith("'") else f"{joined} {named}"
        english, said = self.pair("scenes")
        if self.w.chance(0.3):
            second, also = self.pair("scenes")
            english, said = f"{english} {second}", f"{said} {also}"
        return english, said

    def moving(self, motion: str) -> tuple[str, str]:
        """The motion as a participle, in English and as it is said."""
        row = _texts()[motion].split("|")
        return row[0], self.w.pick(row[1 + LANGUAGES.index(self.language)].split(";"))

    def act(self) -> tuple[str, str]:
        """Something done to a thing, which may have a colour."""
        (deed, done), (thing, named) = self.pair("acts"), self.pair("objects")
        return deed.replace("{o}", thing), done.replace("{o}", named)

    def listed(self, names: list[str]) -> str:
        return f" {self.phrases['and']} ".join(names)


def foreign(w: Writer) -> tuple[Draft, Piece]:
    tongue = Tongue(w, w.pick(LANGUAGES))
    draft = new_draft(w, 1, 4)
    kinds = (
        picture,
        of_kind,
        everyone,
        without,
        sides,
        clip,
        kept,
        looked_up,
        erased,
        chat,
        taught,
        stranger,
        again,
        twice,
        made_to,
        told,
        corrected,
        changed,
        nobody,
        refused,
    )
    weights = (26, 8, 8, 4, 5, 4, 8, 4, 6, 6, 4, 6, 8, 7, 8, 7, 5, 10, 3, 3)
    return draft, w.rng.choices(kinds, weights)[0](tongue, draft)


def picture(t: Tongue, draft: Draft) -> Piece:
    names = t.w.some(list(draft.subjects), 2 if t.w.chance(0.3) else 1, 1)
    english, said = t.scene()
    styles, count = a_style(t.w, draft, 0.3), t.w.pick([None, None, None, 2, 3, 4, 5])
    distract(t.w, draft)
    who = t.say("pair", a=names[0], b=names[1]) if len(names) == 2 else t.listed(names)
    body = f"{who} {said}"
    number = t.w.pick([str(count), t.phrases["numbers"][count - 2]]) if count else ""
    text = t.say("many", n=number, b=body) if count else t.say("draw", b=body)
    text += " " + t.say("style", s=styles[0]) if styles else ""
    return Piece(text, [draw(names, english, styles, **({"count": count} if count else {}))])


def of_kind(t: Tongue, draft: Draft) -> Piece:
    english_kind, said_kind = t.pair("kinds")
    known = [name for name, noun in draft.subjects.items() if noun == english_kind]
    name = known[0] if known else t.w.pick(list(draft.subjects))
    for other in known[1:]:
        del draft.subjects[other]
    draft.subjects[name] = english_kind
    english, said = t.scene()
    return Piece(t.say("draw", b=f"{said_kind} {said}"), [draw([name], english)])


def everyone(t: Tongue, draft: Draft) -> Piece:
    names, (english, said) = list(draft.subjects), t.scene()
    if len(names) < 3:
        return Piece(t.say("all", s=said), [draw(names, english)]) if len(names) > 1 else picture(t, draft)
    out = t.w.pick(names)
    return Piece(t.say("except", x=out, s=said), [draw([name for name in names if name != out], english)])


def without(t: Tongue, draft: Draft) -> Piece:
    if len(draft.subjects) < 2:
        return picture(t, draft)
    (a, x), (english, said) = t.w.rng.sample(list(draft.subjects), 2), t.scene()
    return Piece(t.say("without", a=a, x=x, s=said), [draw([a], english)])


def sides(t: Tongue, draft: Draft) -> Piece:
    if len(draft.subjects) < 2:
        return picture(t, draft)
    (a, b), (english, said) = t.w.rng.sample(list(draft.subjects), 2), t.scene()
    return Piece(t.say("sides", a=a, b=b, s=said), [draw([a, b], english, layout={a: "left", b: "right"})])


def clip(t: Tongue, draft: Draft) -> Piece:
    motions = [motion for motion in MOTIONS if motion in draft.motions]
    if not motions:
        return picture(t, draft)
    motion, name, (english, said) = t.w.pick(motions), t.w.pick(list(draft.subjects)), t.pair("scenes")
    going, moving = t.moving(motion)
    prompt = f"{name} {going} {english}"
    return Piece(t.say("animate", a=name, g=moving, p=said), [Animate(prompt=prompt, subjects=(name,), motion=motion)])


def kept(t: Tongue, draft: Draft) -> Piece:
    if draft.styles and t.w.chance(0.35):
        style = t.w.pick(draft.styles)
        return Piece(t.say("always", s=style), [SetPreference(text=f"always use {style}")])
    name, (english, said) = t.w.pick(list(draft.subjects)), t.pair(t.w.pick(["facts", "more_facts"]))
    return Piece(t.say("remember", f=said.replace("{n}", name)), [SetPreference(text=english.replace("{n}", name))])


def looked_up(t: Tongue, draft: Draft) -> Piece:
    name = t.w.pick(list(draft.subjects))
    return Piece(t.say("about", n=name), [Recall(query=name)])


def erased(t: Tongue, draft: Draft) -> Piece:
    if draft.styles and t.w.chance(0.35):
        style = t.w.pick(draft.styles)
        return Piece(t.say("forget_style", x=style), [Forget(what=style)])
    name = t.w.pick(list(draft.subjects))
    return Piece(t.say("forget", x=name), [Forget(what=name)])


def chat(t: Tongue, draft: Draft) -> Piece:
    if t.w.chance(0.6):
        return Piece(t.say("thanks"), [Answer(text="You're welcome!")])
    return Piece(t.say("chat"), [Answer(text="I can only help with pictures and animations.")])


def taught(t: Tongue, draft: Draft) -> Piece:
    english, said = t.pair("kinds")
    noun, name = said.split()[-1], fresh_name(t.w, draft)
    text = t.say("learn", k=noun, n=name)
    if t.w.chance(0.3):
        return Piece(text, question(f"Please attach photos of {name}."))
    draft.attachments = f"{t.w.rng.randint(2, 9)} images"
    return Piece(text, [LearnSubject(name=name, class_noun=english)])


def stranger(t: Tongue, draft: Draft) -> Piece:
    name, (_, said) = fresh_name(t.w, draft), t.scene()
    return Piece(t.say("draw", b=f"{name} {said}"), question(f"Who is {name}? Please attach photos."))


def again(t: Tongue, draft: Draft) -> Piece:
    """Follow-ups to a picture that was asked for in the same language."""
    name, (english, said), styles = t.w.pick(list(draft.subjects)), t.scene(), a_style(t.w, draft, 0.25)
    made = draw([name], english, styles)
    draft.history = [past_turn(t.w, draft, made, t.say("draw", b=f"{name} {said}"))]
    others = [one for one in draft.subjects if one != name]
    new_styles = [style for style in draft.styles if style not in styles]
    roll = t.w.rng.random()
    if others and roll < 0.3:
        other = t.w.pick(others)
        return Piece(t.say("swap", o=other, n=name), [draw([other], english, styles)])
    if new_styles and roll < 0.55:
        style = t.w.pick(new_styles)
        return Piece(t.say("restyle", s=style), [draw([name], english, [style])])
    if roll < 0.7:
        count = t.w.rng.randint(2, 6)
        number = t.w.pick([str(count), t.phrases["numbers"][count - 2]])
        return Piece(t.say("more", n=number), [draw([name], english, styles, count=count)])
    change, how = t.pair("changes")
    return Piece(how, [EditImage(image_ref=draft.history[-1].result, instruction=change)])


def twice(t: Tongue, draft: Draft) -> Piece:
    """Two or three wishes; a clip or a change may build on the picture before it."""
    text, steps = "", list[Step]()
    for number in range(t.w.pick([2, 2, 3])):
        last = steps[-1] if steps else None
        if isinstance(last, GenerateImage) and last.count == 1 and t.w.chance(0.6):
            piece = t.w.pick((_then_moved, _then_changed))(t, draft, last)
        else:
            piece = t.w.pick((picture, kept, erased) if not number else (picture, picture, clip, made_to))(t, draft)
        text += (t.w.pick(t.phrases["join"]) if text else "") + piece.text
        steps += piece.steps
    return Piece(text, steps)


def _then_moved(t: Tongue, draft: Draft, made: GenerateImage) -> Piece:
    motions = [motion for motion in MOTIONS if motion in draft.motions]
    if not motions:
        return _then_changed(t, draft, made)
    motion = t.w.pick(motions)
    text = t.say("move_it", g=t.moving(motion)[1])
    clip = Animate(prompt=made.prompt, subjects=made.subjects, styles=made.styles, motion=motion, image_ref="last")
    return Piece(text, [clip])


def _then_changed(t: Tongue, draft: Draft, made: GenerateImage) -> Piece:
    english, said = change(t)
    return Piece(said, [EditImage(image_ref="last", instruction=english)])


def change(t: Tongue) -> tuple[str, str]:
    """An edit in English and as it is said."""
    roll = t.w.rng.random()
    if roll < 0.25:
        return t.pair("changes")
    (part, named), (thing, shown) = t.pair("parts"), t.pair("objects")
    if roll < 0.65:
        colour, coloured = t.pair("colours")
        return f"make the {part} {colour}", t.say("recolour", p=named, c=coloured)
    if roll < 0.83:
        return f"remove the {part}", t.say("gone", p=named)
    return f"add {thing}", t.say("plus", o=shown)


def made_to(t: Tongue, draft: Draft) -> Piece:
    """`lass Emil springen`: a clip asked for by a verb."""
    rows_here = [row for row in rows("causes", t.language) if row[0] in draft.motions]
    if not rows_here:
        return picture(t, draft)
    motion, ways = t.w.pick(rows_here)
    name, (english, said) = t.w.pick(list(draft.subjects)), t.scene()
    text, prompt = t.w.pick(ways).replace("{a}", name), f"{name} {ing(motion)}"
    if t.w.chance(0.65):
        text, prompt = f"{text} {said}", f"{prompt} {english}"
    return Piece(text, [Animate(prompt=prompt, subjects=(name,), motion=motion)])


def told(t: Tongue, draft: Draft) -> Piece:
    name, (english, said), styles = t.w.pick(list(draft.subjects)), t.scene(), a_style(t.w, draft, 0.15)
    x, y = t.w.rng.sample(t.phrases["aside"], 2)
    text = t.say("story", x=x, y=y, a=name, s=said) + (" " + t.say("style", s=styles[0]) if styles else "")
    return Piece(text, [draw([name], english, styles)])


def corrected(t: Tongue, draft: Draft) -> Piece:
    """Somebody else after all, another number, or no clip."""
    names, (english, said), roll = list(draft.subjects), t.scene(), t.w.rng.random()
    a = t.w.pick(names)
    if len(names) > 1 and roll < 0.45:
        x = t.w.pick([name for name in names if name != a])
        return Piece(t.say("who_instead", a=a, x=x, s=said), [draw([a], english)])
    if roll < 0.75:
        wrong, right = t.w.rng.sample(range(2, 7), 2)
        numbers = t.phrases["numbers"]
        text = t.say("count_instead", b=f"{a} {said}", x=numbers[wrong - 2], n=numbers[right - 2])
        return Piece(text, [draw([a], english, count=right)])
    return Piece(t.say("still", a=a, s=said), [draw([a], english)])


def changed(t: Tongue, draft: Draft) -> Piece:
    """An edit of the last picture."""
    name, (english, said) = t.w.pick(list(draft.subjects)), t.scene()
    draft.history = [past_turn(t.w, draft, draw([name], english), t.say("draw", b=f"{name} {said}"))]
    what, how = change(t)
    return Piece(how, [EditImage(image_ref=draft.history[-1].result, instruction=what)])


def nobody(t: Tongue, draft: Draft) -> Piece:
    (english, said), styles = t.pair("nobody"), a_style(t.w, draft, 0.3)
    text = t.say("draw", b=said) + (" " + t.say("style", s=styles[0]) if styles else "")
    return Piece(text, [draw([], english, styles)])


def refused(t: Tongue, draft: Draft) -> Piece:
    """What is not drawn, and what is too little to draw."""
    name = t.w.pick(list(draft.subjects))
    if t.w.chance(0.5):
        return Piece(t.say("unsafe", n=name), [Answer(text="I can't make that picture.")])
    if len(draft.motions) > 1 and t.w.chance(0.5):
        return Piece(t.say("which", a=name), question(f"Which motion: {', '.join(draft.motions[:3])}?"))
    return Piece(t.say("vague"), question("What would you like me to make?"))
