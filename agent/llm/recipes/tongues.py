"""Requests in Spanish, German, French, Italian and Portuguese; prompts come out in English, names as they are."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from limner.agent.llm.recipes.catalogue import Draft, distract, fresh_name, new_draft, past_turn
from limner.agent.llm.recipes.example import Piece, a_style, draw, question
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.plan import Animate, Answer, EditImage, Forget, LearnSubject, Recall, SetPreference, Step

LANGUAGES = ("es", "de", "fr", "it", "pt")
MOTIONS = ("bounce", "hop", "spin", "shake", "sway", "wobble")


@functools.cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("tongues.toml").read_text(encoding="utf-8"))


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
        if self.w.chance(0.3):
            thing, named = self.pair("things")
            joint, joined = self.pair("joints")
            # French joins `de` to the article: près d'un arbre.
            return f"{joint} {thing}", f"{joined}{named}" if joined.endswith("'") else f"{joined} {named}"
        english, said = self.pair("scenes")
        if self.w.chance(0.3):
            second, also = self.pair("scenes")
            english, said = f"{english} {second}", f"{said} {also}"
        return english, said

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
    )
    return draft, w.rng.choices(kinds, (30, 10, 9, 4, 5, 8, 8, 4, 7, 7, 4, 7, 12, 5))[0](tongue, draft)


def picture(t: Tongue, draft: Draft) -> Piece:
    names = t.w.some(list(draft.subjects), 2 if t.w.chance(0.25) else 1, 1)
    english, said = t.scene()
    styles, count = a_style(t.w, draft, 0.3), t.w.pick([None, None, None, 2, 3, 4, 5])
    distract(t.w, draft)
    body = f"{t.listed(names)} {said}"
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
    row = _texts()[motion].split("|")
    moving = t.w.pick(row[1 + LANGUAGES.index(t.language)].split(";"))
    prompt = f"{name} {row[0]} {english}"
    return Piece(t.say("animate", a=name, g=moving, p=said), [Animate(prompt=prompt, subjects=(name,), motion=motion)])


def kept(t: Tongue, draft: Draft) -> Piece:
    if draft.styles and t.w.chance(0.35):
        style = t.w.pick(draft.styles)
        return Piece(t.say("always", s=style), [SetPreference(text=f"always use {style}")])
    name, (english, said) = t.w.pick(list(draft.subjects)), t.pair("facts")
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
    first = t.w.pick((picture, kept, erased))(t, draft)
    second = t.w.pick((picture, clip))(t, draft)
    steps: list[Step] = [*first.steps, *second.steps]
    return Piece(first.text + t.w.pick(t.phrases["join"]) + second.text, steps)
