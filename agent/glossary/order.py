"""The pieces of a request, and verbs where English has them: German and Dutch put theirs last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Behind these a Dutch verb closes the clause, and what comes before it is who does that.
CLAUSES = {"terwijl", "omdat", "zodat", "waarin", "waarop", "waar", "wanneer", "toen"}
# The same in German, of which one may be no clause (`wie ein Hund`), and its pronouns.
CLOSING, AS, WHICH = {"während", "weil", "damit", "wobei", "nachdem"}, {"wie"}, {"dem", "der", "denen"}
ORDERED = {
    "draw", "paint", "sketch", "erase", "delete", "forget", "remove", "animate", "colour", "replace", "learn", "add",
}  # fmt: skip
HE = {"sie": "she", "er": "he", "es": "it"}
# Before what somebody shall do, which stands at the very end in Dutch: `can you Karl on a bench drawing`.
ASKING = ("can you", "can you please", "could you", "will you", "should", "may", "can", "will", "wants", "I want")
WANTING = {"wants", "I want"}
# Before these `het` is somebody or something, and no article.
IT = {*ASKING, "is", "was", "has", "not", "also", "again", "a bit", "a bit less", "a bit more", "some"}
# Small words that are verbs as well.
INFINITIVES = {"laten", "laten zien", "weghalen", "toevoegen"}
PRONOUNS = {"I", "you", "he", "she", "it", "we", "them", "they"}


@dataclass
class Said:
    """One piece of the request, and its English; of a verb the bare one too."""

    raw: str
    english: str
    kind: str  # name, mark, noun, adjective, verb, small, unknown
    finite: bool = False
    base: str = ""


def in_order(said: list[Said], language: str) -> list[Said]:
    if language == "de":
        return _verbs_second(_orders_first(_asked_first(said)))
    return _what_behind(_clauses_turned(_asked_first(_small_words(said)))) if language == "nl" else said


def _verbs_second(said: list[Said]) -> list[Said]:
    """`that Karl strawberries loves` -> `that Karl loves strawberries`, and what else has its verb last in German."""
    for at, one in enumerate(said):
        last, after = said[at - 1] if at else None, said[at + 1] if at + 1 < len(said) else None
        opens = last is not None and last.kind == "mark"
        # `in dem Karl schläft`, but `in dem Haus`
        related = one.raw in WHICH and last is not None and last.raw in ("in", "auf") and after and after.kind == "name"
        like = one.raw in AS and opens
        if not (one.english == "that" or related or like or one.raw in CLOSING):
            continue
        if (like or one.raw in CLOSING) and after and after.raw in HE:
            after.english = HE[after.raw]
        end = _end(said, at + 1)
        verb = next((there for there in range(end - 1, at + 1, -1) if said[there].finite), None)
        who = next((there for there in range(at + 1, end) if _is_somebody(said[there], by_name=False)), None)
        if verb is None or who is None or who > verb:
            continue
        if related and last is not None:
            last.english, one.english = last.raw.replace("auf", "on"), "which"
        elif like:
            one.english = "as"
        bare = verb - 1 > who + 1 and said[verb - 1].kind == "noun" and said[verb - 2].kind in ("noun", "name")
        said = _moved(said, verb, who + 1)
        if bare:  # `he plays in the rain violin`
            said = _moved(said, verb, who + 2)
    return said


def _orders_first(said: list[Said]) -> list[Said]:
    """`then Karl on a bench drawing` -> `then draw Karl on a bench`: an order in the infinitive, as lists have them."""
    start = 0
    while start < len(said):
        end = _end(said, start)
        verbs = [at for at in range(start, end) if said[at].kind == "verb"]
        last = said[end - 1] if end > start else None
        if (
            len(verbs) == 1
            and last is not None
            and verbs[0] == end - 1 > start
            and _infinitive(last)
            and last.base in ORDERED
        ):
            last.english = last.base
            first = start
            while first < end - 1 and said[first].english in ("then", "and", "and then", "finally", "first", "please"):
                first += 1
            said = _moved(said, end - 1, first)
        start = end + 1
    return said


def _clauses_turned(said: list[Said]) -> list[Said]:
    """`a dog that on the sofa sleeps` -> `a dog that sleeps on the sofa`; `that picture` has no verb to be moved."""
    for at, one in enumerate(said):
        related = one.raw in ("die", "dat") and at > 0 and said[at - 1].kind in ("noun", "name", "mark")
        told = one.raw == "dat" and at + 1 < len(said) and said[at + 1].kind in ("name", "small")
        if not (related or told or one.raw in CLAUSES or one.english.endswith(" that")):
            continue
        verb = next((there for there in range(at + 1, _end(said, at + 1)) if _does(said[there])), None)
        if verb is None or said[verb - 1].english == "and":
            continue
        # `the hat that Karl wears`, but `the dog that a hat wears`.
        first = range(at + 1, min(at + 2, verb)) if related else range(at + 1, verb)
        who = next((there for there in first if _is_somebody(said[there], related)), at)
        said = _moved(said, verb, who + 1)
    return said


def _small_words(said: list[Said]) -> list[Said]:
    """`ze` is she, they or them, `te` to or too, `het` the or it, `zijn` his or be, `maar` at the end nothing."""
    out: list[Said] = []
    for at, one in enumerate(said):
        after = said[at + 1] if at + 1 < len(said) else Said(".", ".", "mark")
        opened = at > 0 and (said[at - 1].raw in CLAUSES or said[at - 1].raw in ("die", "dat"))
        does = after.kind == "verb" or after.english in ASKING
        if one.raw == "ze" and (opened or does):
            one.english = "they" if does and after.raw.endswith("n") else "she"
        elif one.raw == "te" and after.kind == "adjective":
            one.english = "too"
        elif one.raw == "het" and (after.kind == "mark" or after.finite or after.english in IT):
            one.english = "it"
        elif one.raw == "zijn" and after.kind == "mark":
            one.english = "be"
        elif one.raw == "maar" and after.kind == "mark":
            continue
        out.append(one)
    return out


def _what_behind(said: list[Said]) -> list[Said]:
    """`sits a book to reading`, `a cake at the baking` -> `sits reading a book`, `baking a cake`."""
    out: list[Said] = []
    for at, one in enumerate(said):
        described = at + 1 < len(said) and said[at + 1].kind in ("noun", "adjective", "unknown")
        led = bool(out) and out[-1].raw in ("te", "aan het")
        doing = one.kind == "verb" and not one.finite and (led or (one.raw.endswith("end") and not described))
        if not doing:
            out.append(one)
            continue
        if led:
            out.pop()
        out.insert(_before_noun(out), one)
    return out


def _before_noun(said: Sequence[Said]) -> int:
    """Where the last noun begins, with what belongs to it."""
    at = len(said)
    while at and said[at - 1].kind in ("noun", "adjective"):
        at -= 1
    if at == len(said):
        return at
    while at and said[at - 1].kind == "small" and said[at - 1].english not in ("and", "then", "while", *PRONOUNS):
        at -= 1
    return at


def _asked_first(said: list[Said]) -> list[Said]:
    """`can you Karl on a bench drawing` -> `can you draw Karl on a bench`."""
    for at, one in enumerate(said):
        if one.english not in ASKING:
            continue
        start = at + 1
        while verb := next((there for there in range(start, _end(said, start)) if _infinitive(said[there])), None):
            if any(between.raw in CLAUSES or between.raw == "te" for between in said[start:verb]):
                break
            bent = said[verb].english.split()[0].endswith("ing")
            said[verb].english = said[verb].base if bent else said[verb].english
            if one.english in WANTING and start == at + 1:
                said[verb].english = f"to {said[verb].english}"
            said = _moved(said, verb, start)
            start = verb + 1
            if start < len(said) and said[start].english == "and":
                start += 1
    return said


def _end(said: Sequence[Said], start: int) -> int:
    marks = (at for at in range(start, len(said)) if said[at].kind == "mark")
    return next(marks, len(said))


def _does(one: Said) -> bool:
    return one.finite or one.english in ("is", "has") or _infinitive(one)


def _infinitive(one: Said) -> bool:
    return (
        (one.kind == "verb" and not one.finite and one.raw.endswith("n"))
        or one.raw in INFINITIVES
        or one.english == "be"
    )


def _is_somebody(one: Said, by_name: bool) -> bool:
    return one.kind == "name" or one.english in PRONOUNS or (one.kind == "noun" and not by_name)


def _moved(said: list[Said], verb: int, to: int) -> list[Said]:
    rest = [one for at, one in enumerate(said) if at != verb]
    return [*rest[:to], said[verb], *rest[to:]]
