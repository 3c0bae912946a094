"""Finds what "him", "the second one", "the one from Tuesday" or "the style I liked last week" stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel

from limner.agent.counted_back import counted_back
from limner.agent.handles import HANDLE, Seen, best, canonical, kind_of, label, named
from limner.agent.messages import Question
from limner.agent.phrases import (
    CLIP,
    CLOSE,
    EMPTY,
    FEMALE,
    HE,
    IT,
    JUST_DRAWN,
    LIKED,
    LOOKS_LIKE,
    MALE,
    ORDINALS,
    PAIR,
    PEOPLE,
    SHE,
    STILL,
    STYLE,
    THEY,
    THING,
    WHEN,
)
from limner.memory import Hit

Interval = tuple[datetime, datetime]
# Before "it": one picture is needed, whatever the planner makes of the rest.
CHANGES = re.compile(r"\b(?:animate|make|turn|change|edit|colou?r|paint|redraw)\s+$", re.I)
# How much more alike the best must be than the next for it to be meant without asking.
CLEARLY = 0.01
MOST_ALIKE = 4


class Referent(BaseModel, frozen=True):
    """A phrase, what it stands for, and the memories that say so."""

    phrase: str
    handles: tuple[str, ...]
    why: str
    evidence: tuple[str, ...] = ()


class Resolution(BaseModel, frozen=True):
    """What was found; with a question, nothing may run before its answer."""

    referents: tuple[Referent, ...] = ()
    question: Question | None = None

    def handles(self, *kinds: str) -> tuple[str, ...]:
        return tuple(h for one in self.referents for h in one.handles if kind_of(h) in kinds)


@dataclass(frozen=True)
class Scene:
    """What the resolver may look at: everything seen (oldest first), this session, now, and how time words are read."""

    session: str
    now: datetime
    seen: Sequence[Seen]
    # Subjects of this session's turns, newest turn first.
    mentioned: Sequence[Sequence[str]] = ()
    interval: Callable[[str, datetime], Interval | None] = lambda text, now: None
    # Pictures that look like a handle, or like what came along for "", best first.
    alike: Callable[[str], Sequence[Hit]] = lambda handle: ()
    given: dict[str, str] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Seen]:
        return [one for one in self.seen if one.kind in kinds]

    def here(self, *kinds: str) -> list[Seen]:
        """Of this session; when it has none yet, of all."""
        return [one for one in self.of(*kinds) if one.session == self.session] or self.of(*kinds)


class _Tie(Exception):  # noqa: N818  (control flow: it carries the one question)
    def __init__(self, phrase: str, candidates: Sequence[Seen], why: str = "") -> None:
        choices = tuple(label(one) for one in candidates[-6:])
        listed = ", ".join(choices[:-1]) + f" or {choices[-1]}" if len(choices) > 1 else "".join(choices)
        self.question = Question(
            text=why or f"Which one do you mean by “{phrase}”: {listed}?", choices=choices, phrase=phrase
        )


def resolve(text: str, scene: Scene, learning: bool = False) -> Resolution:
    """Every referring phrase of `text`; a tie or an unknown handle becomes one question. `learning`: new files came."""
    found: list[Referent] = []
    rest = text
    try:
        for step in (
            _alike,
            _counted_back,
            _explicit,
            _liked,
            _same_style,
            _timed,
            _ordinal,
            _described,
            _class_noun,
            _pronoun,
        ):
            if learning and step in (_class_noun, _pronoun, _described):
                continue  # "this is my dog Rex, draw him": the new one is meant
            for one, span in step(rest, scene):
                found.append(one)
                rest = rest[: span[0]] + "\0" * (span[1] - span[0]) + rest[span[1] :]
    except _Tie as tie:
        return Resolution(referents=tuple(found), question=tie.question)
    return Resolution(referents=tuple(found))


Found = Iterable[tuple[Referent, tuple[int, int]]]


def _alike(text: str, scene: Scene) -> Found:
    for match in re.finditer(LOOKS_LIKE, text, re.I):
        handle = canonical(match["handle"]) if match["handle"] else ""
        hits = {hit.id: hit for hit in scene.alike(handle)}
        seen = {one.handle: one for one in scene.seen}
        fitting = [seen[name] for name in hits if name in seen]
        if not re.fullmatch("ones?", match["thing"], re.I):
            fitting = _of_thing(fitting, match["thing"])
        if not fitting:
            raise _Tie(match[0], [], f"I have nothing to compare for “{match[0]}”. Attach the picture it looks like?")
        best = hits[fitting[0].handle]
        near = [one for one in fitting if best.score - hits[one.handle].score < CLEARLY]
        if best.kind == "same":
            near = near[:1]
        yield _single(match[0], near[:MOST_ALIKE][::-1], "looks most like it"), match.span()


def _counted_back(text: str, scene: Scene) -> Found:
    if found := counted_back(text, [one.handle for one in scene.here("image", "clip")]):
        yield Referent(phrase=text[slice(*found[1])], handles=found[:1], why="counted back"), found[1]


def _explicit(text: str, scene: Scene) -> Found:
    known = {one.handle.casefold(): one for one in scene.seen}
    for match in HANDLE.finditer(text):
        handle = canonical(match[0])
        if handle not in known:
            kind = kind_of(handle)
            newest = [one for one in scene.seen if one.kind == kind][-4:]
            near = ", ".join(one.handle for one in newest) or "none yet"
            raise _Tie(match[0], newest, f"There is no {handle}. The latest of that kind: {near}. Which one?")
        yield Referent(phrase=match[0], handles=(known[handle].handle,), why="named"), match.span()


def _liked(text: str, scene: Scene) -> Found:
    pattern = (
        rf"\b(?:the|that|my) (?:{STYLE}|{THING}) {LIKED}(?:,? {WHEN})?|\bmy fav(?:ou?rite|e) (?:{STYLE}|{STILL})\b"
        r"(?! (?:is|are)\b)"
    )
    for match in re.finditer(pattern, text, re.I):
        phrase = match[0]
        liked = _within([one for one in scene.seen if one.liked], match["when"] or "", scene)
        if re.search(STYLE, phrase, re.I):
            yield _one_style(phrase, liked, scene, bool(match["most"]) or "fav" in phrase.lower()), match.span()
        else:
            wanted = _of_thing(liked, match["thing"] or "one")
            yield _single(phrase, wanted, "liked" + (f" {match['when']}" if match["when"] else "")), match.span()


def _one_style(phrase: str, liked: Sequence[Seen], scene: Scene, most: bool) -> Referent:
    votes: dict[str, list[Seen]] = {}
    for one in liked:
        for style in [one.name] if one.kind == "style" else one.styles:
            votes.setdefault(style, []).append(one)
    if most and votes:
        top = max(len(ones) for ones in votes.values())
        votes = {style: ones for style, ones in votes.items() if len(ones) == top}
    if len(votes) != 1:
        styles = [one for one in scene.seen if one.kind == "style"]
        shown = [Seen(handle=named("style", name), kind="style", at=scene.now, name=name) for name in votes] or styles
        said = "I have no note of a style you liked then" if not votes else f"“{phrase}” may be more than one"
        listed = ", ".join(label(one) for one in shown[-8:])
        raise _Tie(phrase, shown, f"{said}. Which style: {listed}?" if shown else f"{said}. Which style shall I use?")
    style, ones = next(iter(votes.items()))
    evidence = tuple(dict.fromkeys(e for one in ones for e in (*one.evidence, one.turn_id) if e))
    why = f"you liked {', '.join(one.handle for one in ones[-3:])}"
    return Referent(phrase=phrase, handles=(named("style", style),), why=why, evidence=evidence)


def _same_style(text: str, scene: Scene) -> Found:
    same = rf"\b(?:the same|that|same) {STYLE}(?: as)?(?: before)?(?: {WHEN})?"
    then = rf"\bthe {STYLE} (?:(?:that )?(?:i|we|you) used )?(?:from |of |on )?{WHEN}"
    for match in (*re.finditer(same, text, re.I), *re.finditer(then, text, re.I)):
        styled = [one for one in _within(scene.of("image", "clip"), match["when"] or "", scene) if one.styles]
        if styled and not match["when"]:
            styled = [one for one in styled if one.session == scene.session] or styled
        if styled:
            last = styled[-1]
            handles = tuple(named("style", style) for style in last.styles)
            why = f"the style of {last.handle}"
            yield Referent(phrase=match[0], handles=handles, why=why, evidence=_cite(last)), match.span()


def _timed(text: str, scene: Scene) -> Found:
    before = rf"\b(?:the|that) (?:(?P<words>\w+) )?{THING} (?:(?:you|we|i) (?:made|drew|did) )?(?:from |of |on )?{WHEN}"
    after = rf"\b{WHEN} {THING}"
    for pattern in (before, after):
        for match in re.finditer(pattern, text, re.I):
            when = re.sub(r"'s$", "", match["when"])
            made = _of_thing(_within(scene.of("image", "clip", "upload"), when, scene), match["thing"])
            word = (match.groupdict().get("words") or "").lower()
            if word in ORDINALS or word in ("last", "latest", "newest"):
                made = _at(made, word)
            elif word:
                made = best(made, {word})
            yield _single(match[0], made, when), match.span()


def _ordinal(text: str, scene: Scene) -> Found:
    words = "|".join(ORDINALS)
    pattern = rf"\b(?:the|that|your|my) (?P<place>{words}|last|latest|newest|previous|other) {THING}?(?:\b|$)"
    for match in re.finditer(pattern, text, re.I):
        if match["thing"] is None:
            continue
        place, thing = match["place"].lower(), match["thing"]
        made = _of_thing(scene.here("image", "clip"), thing)
        if not made:
            raise _Tie(match[0], [], f"There is nothing yet that “{match[0]}” could be. What shall I draw?")
        if place in ORDINALS:
            batch = _last_batch(made)
            made = batch if ORDINALS[place] < len(batch) else made
        picked = _at(made, place)
        if not picked:
            raise _Tie(
                match[0], made, f"There are only {len(made)}: {', '.join(label(one) for one in made)}. Which one?"
            )
        yield _single(match[0], picked, f"the {place}"), match.span()


def _last_batch(made: Sequence[Seen]) -> list[Seen]:
    """What the newest turn that made several made; counting words point there, also after a turn that made one."""
    for last in reversed(made):
        batch = [one for one in made if one.turn_id == last.turn_id]
        if len(batch) > 1:
            return batch
    return []


def _described(text: str, scene: Scene) -> Found:
    front = rf"\b(?:the|that) (?P<words>(?:[\w-]+ ){{1,3}}){THING}\b"
    behind = rf"\b(?:the|that) {THING} (?:with|of|on|in|at|where|from|by) (?P<words>(?:[\w'-]+ ?){{1,4}})"
    for pattern in (behind, front):
        for match in re.finditer(pattern, text, re.I):
            words = set(re.findall(r"\w+", match["words"].lower())) - EMPTY
            made = best(_of_thing(scene.here("image", "clip", "upload"), match["thing"]), words)
            made = made or best(_of_thing(scene.of("image", "clip", "upload"), match["thing"]), words)
            if made:  # words that fit nothing seen may describe a new picture: not for the resolver to refuse
                yield _single(match[0], made, "fits " + ", ".join(sorted(words))), match.span()


def _class_noun(text: str, scene: Scene) -> Found:
    subjects = scene.of("subject")
    known = {noun.lower() for one in subjects for noun in (one.class_noun, one.corrected) if noun}
    nouns = sorted(known | CLOSE, key=len, reverse=True)
    names = "|".join(re.escape(one.name) for one in subjects)
    pattern = rf"\b(?:my|our) (?P<noun>{'|'.join(map(re.escape, nouns))})\b" + (
        rf"(?!,? (?:called |named )?(?:{names})\b)" if names else ""
    )
    for match in re.finditer(pattern, text, re.I):
        if re.match(r",? (?:called |named )?[A-Z]\w+", text[match.end() :]):
            continue  # "my dog Rex": the name decides, also when it is not known
        noun = match["noun"].lower()
        fitting = [one for one in subjects if noun in (one.class_noun.lower(), one.corrected.lower())]
        if not fitting and noun not in known:
            if PEOPLE & {noun} and subjects:
                continue  # "my wife" may be a Nana known as a woman: the planner and its memories decide
            raise _Tie(match[0], [], f"I don't know your {noun} yet. Attach 3 to 6 photos and tell me the name?")
        yield _single(match[0], fitting, f"your only {noun}"), match.span()


def _pronoun(text: str, scene: Scene) -> Found:
    subjects = {one.handle: one for one in scene.of("subject")}
    for match in re.finditer(rf"\b(?:{PAIR}|him|he|his|her|she|hers|it|its|them|they|their|both)\b", text, re.I):
        word = "both" if re.fullmatch(PAIR, match[0], re.I) else match[0].lower()
        before = text[: match.start()]
        if any(
            re.search(rf"(?<!\w){re.escape(one.name)}(?!\w)", before, re.I) for one in subjects.values() if one.name
        ):
            continue  # the sentence itself says who
        if re.search(JUST_DRAWN, before, re.I | re.S):
            continue
        if word in IT:
            yield from _it(match, scene)
            continue
        fits = [one for one in subjects.values() if word in THEY or _may_be(one, word)]
        recent = next((turn for turn in scene.mentioned if any(one.handle in turn for one in fits)), ())
        candidates = [one for one in fits if one.handle in recent] or fits
        if word in THEY and len(candidates) == 1 and (word == "both" or candidates[0].class_noun not in PEOPLE):
            candidates = _with_the_one_before(candidates[0], fits, scene)  # met or drawn one after the other
        if not candidates:
            continue
        if word in THEY:
            handles = tuple(one.handle for one in candidates)
            yield (
                Referent(phrase=match[0], handles=handles, why="named last", evidence=_cite(*candidates)),
                match.span(),
            )
            continue
        yield _single(match[0], candidates, "named last" if recent else "the only one"), match.span()
        return  # one "him" is all of them


def _with_the_one_before(last: Seen, fits: Sequence[Seen], scene: Scene) -> list[Seen]:
    for turn in scene.mentioned:
        if any(one.handle in turn and one is not last for one in fits):
            return [one for one in fits if one.handle in turn or one is last]
    return [last]


def _it(match: re.Match[str], scene: Scene) -> Found:
    made = [one for one in scene.of("image", "clip", "upload") if one.session == scene.session]
    batch = [one for one in made if one.turn_id == made[-1].turn_id] if made else []
    if len(batch) > 1 and batch[-1].kind != "upload" and CHANGES.search(match.string[: match.start()]):
        raise _Tie(match[0], batch)
    if len(batch) == 1:  # several: a question only when a step really needs one picture (see `latest`)
        yield (
            Referent(phrase=match[0], handles=(batch[0].handle,), why="made last", evidence=_cite(*batch)),
            match.span(),
        )


def latest(scene: Scene, kinds: tuple[str, ...] = ("image",)) -> Referent:
    """The picture that "last" stands for in a plan; raises `AmbiguousError` when the last turn made several."""
    made = scene.here(*kinds) or scene.here("upload")
    batch = [one for one in made if one.turn_id == made[-1].turn_id] if made else []
    try:
        return _single("the last one", batch, "made last")
    except _Tie as tie:
        raise AmbiguousError(tie.question) from tie


class AmbiguousError(Exception):
    """More than one thing fits; carries the one question to ask."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.text)
        self.question = question


def _may_be(one: Seen, word: str) -> bool:
    group = next(group for group in (HE, SHE) if word in group)
    if one.pronouns:
        return bool(group & set(one.pronouns))
    noun = one.class_noun.lower().split()[-1:] or [""]
    return not (noun[0] in MALE and group is SHE) and not (noun[0] in FEMALE and group is HE)


def _single(phrase: str, candidates: Sequence[Seen], why: str) -> Referent:
    if len(candidates) == 1:
        return Referent(phrase=phrase, handles=(candidates[0].handle,), why=why, evidence=_cite(*candidates))
    if candidates:
        raise _Tie(phrase, candidates)
    raise _Tie(phrase, [], f"I found nothing that “{phrase}” could be ({why}). Can you say it another way?")


def _cite(*ones: Seen) -> tuple[str, ...]:
    return tuple(dict.fromkeys(e for one in ones for e in (*one.evidence, one.turn_id) if e))


def _within(ones: Sequence[Seen], when: str, scene: Scene) -> list[Seen]:
    if not when:
        return list(ones)
    if when.lower() in ("last time", "last session"):
        earlier = [one.session for one in scene.seen if one.session and one.session != scene.session]
        return [one for one in ones if earlier and one.session == earlier[-1]]
    interval = scene.interval(when, scene.now)
    return [one for one in ones if interval and interval[0] <= one.at < interval[1]]


def _of_thing(ones: Sequence[Seen], thing: str) -> list[Seen]:
    if re.fullmatch(CLIP, thing, re.I):
        return [one for one in ones if one.kind == "clip"]
    if thing.lower().startswith("photo"):
        return [one for one in ones if one.kind == "upload"] or [one for one in ones if one.kind == "image"]
    if re.fullmatch(STILL, thing, re.I):
        return [one for one in ones if one.kind == "image"]
    return [one for one in ones if one.kind in ("image", "clip")]


def _at(ones: Sequence[Seen], place: str) -> list[Seen]:
    if place in ORDINALS:
        return list(ones[ORDINALS[place] : ORDINALS[place] + 1])
    if place in ("previous", "other"):
        return list(ones[-2:-1])
    return list(ones[-1:])
