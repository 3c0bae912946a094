"""The only one of a kind by name, where a request says `the boy` or `my truck`: a small planner knows names best."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from limner.agent.english import plural
from limner.agent.kinds import broader, kind_said
from limner.agent.names import mentioned
from limner.agent.which_of_them import NOT_THIS

# What may stand behind somebody; not `the dog house`, `the cat food`.
_BEHIND = (
    r"(?=['’]s\b| *(?:[,.;:!?)]|$)| (?!next door\b|in the moon\b)"
    r"(?:in|on|at|by|with|without|and|or|but|as|under|over|inside|into|to|from"
    r"|for|of|behind|beside|next|near|above|around|through|across|off|up|down|out|is|are|was|has|having|can|should|please|pls|left|right"
    r"|again|too|alone|only|himself|herself|itself|instead|this|that|who|\w+ing?|(?:goes|gets|wears|sits|stands|rides|looks|stays|eats|sleeps|runs|holds|plays))\b)"
)
# A change of a picture speaks of what is in it; `all but the owl` and `not the dog` are read elsewhere.
_OF_A_PICTURE = re.compile(r"\b(?:remove|erase|take [^,.;]* off|swap|replace|change|turn|recolou?r|add|shave)\b", re.I)
_KEPT_OUT = r"(?<!\bnot )(?<!\bno )(?<!\bbut )(?<!\bexcept )(?<!\bwithout )(?<!\bminus )(?<!\bbar )"


# `the older one`, told of in memory as `Ada is two years older than Bo`.
_COMPARED = {
    "older": "younger", "elder": "younger", "bigger": "smaller", "larger": "smaller", "taller": "shorter",
    "fatter": "thinner", "faster": "slower", "darker": "lighter",
}  # fmt: skip
_ALSO_CALLED = re.compile(r"\b(?:call(?:s|ed)?|known as|nick-?names?d?|short for|goes by|pet name|alias)\b", re.I)
_CHILDREN = {"daughter": "girl", "son": "boy"}


def by_memory(text: str, subjects: Mapping[str, str], memory: Sequence[str]) -> str:
    """The request with names in place of `the older one`, `the hen who lays blue eggs` and of what somebody is also
    called, where memory tells which."""
    for line in memory:
        text = _by_looks(_related(text, subjects, line), subjects, line)
        text = _compared(_by_nickname(text, subjects, line, memory), subjects, line)
    for kind in set(subjects.values()):
        alike = [name for name, of in subjects.items() if kind and of == kind]
        if len(alike) > 1:
            text = _by_letter(_described(_not_the_other(text, kind, alike), kind, alike, memory), kind, alike)
    return text


_SPOUSES = {
    "husband": "hubby|other half|better half|spouse", "wife": "wifey|missus|other half|better half|spouse",
    "partner": "other half|better half", "boyfriend": "other half|better half", "girlfriend": "other half|better half",
}  # fmt: skip


def _any_of(names: Iterable[str]) -> str:
    """One of them, as a pattern."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"


def _by_looks(text: str, subjects: Mapping[str, str], line: str) -> str:
    """`The white hamster`, where a line tells that Rocket is the white hamster."""
    names = _any_of(subjects)
    told = re.fullmatch(rf"(?P<name>{names}) is the (?P<what>[a-z]+ (?P<kind>[a-z]+))(?: one)?\.?", line.strip(), re.I)
    if told is None or mentioned(told["name"], text):
        return text
    meant = next(name for name in subjects if name.casefold() == told["name"].casefold())
    if told["kind"].lower() not in (subjects[meant].lower(), "one"):
        return text
    return _said(text, rf"(?<!\w)(?:the|my|our) {re.escape(told['what'])}{_BEHIND}", meant)


_KIN = {
    "mother": "mum|mom|mama|mummy|mommy|ma", "father": "dad|daddy|papa|pa", "grandmother": "grandma|gran|nana|granny",
    "grandfather": "grandpa|granddad|grandad", "sister": "sis", "brother": "bro|bruv", "daughter": "girl", "son": "boy",
}  # fmt: skip
# `Ida's dog bed` is a bed.
_THINGS = (
    r"(?:bed|bowl|house|hut|food|treats?|toys?|baskets?|collar|lead|leash|cage|hutch|stable|kennel|costumes?|park|show)"
)


def _related(text: str, subjects: Mapping[str, str], line: str) -> str:
    """`My other half`, `Ida's sister`, where a line tells who that is."""
    names = _any_of(subjects)
    whose = rf"(?P<of>(?:the )?user|{names})['’]s (?P<what>[a-z]+(?:[ -][a-z]+)?)"
    ways = (rf"{whose} is (?P<name>{names})\.?", rf"(?P<name>{names}) is {whose}\.?")
    said = re.split(r",|;", line)[0].strip()  # `Nell is Ida's dog, Rufus is mine`
    told = next(filter(None, (re.fullmatch(way, said, re.I) for way in ways)), None)
    if told is None:
        return text
    name, of, what = told["name"], told["of"], told["what"].lower()
    if mentioned(name, text) or what.startswith("favo"):
        return text
    theirs = "|his|her|their" if mentioned(of, text) else ""
    mine = r"(?:my|our)" if of.lower().endswith("user") else rf"(?:{re.escape(of)}['’]s{theirs})"
    words = "|".join(filter(None, (re.escape(what), _SPOUSES.get(what, ""), _KIN.get(what, ""))))
    way = rf"(?<!\w){mine} (?:{words})(?! of\b| {_THINGS}\b)(?=['’]s\b| *(?:[,.;:!?)]|$)| (?!\w+['’]s\b)\w+)"
    return _said(text, way, name) if len(re.findall(way, text, re.I)) == 1 else text


def _by_nickname(text: str, subjects: Mapping[str, str], line: str, memory: Sequence[str]) -> str:
    """`Dodo` for Dario, of whom one line tells that he is called so."""
    names = _any_of(subjects)
    given = re.search(rf"\bnickname for (?P<name>{names}) is (?P<nick>[\w' -]+)", line, re.I)
    if given:
        return _said(text, rf"(?<!\w){re.escape(given['nick'].strip())}(?!\w)", given["name"])
    if not _ALSO_CALLED.search(line):
        return text
    meant = [name for name in subjects if _names(name, line)]
    for nick in re.findall(r"(?<!\w)[A-ZÀ-Þ][\w-]{2,}", line):
        known = mentioned(nick, " ".join(subjects)) or sum(_names(nick, one) for one in memory) > 1
        if len(meant) == 1 and not known:
            text = _said(text, rf"(?<!\w){re.escape(nick)}(?!\w)", meant[0], flags=0)
    return text


def _compared(text: str, subjects: Mapping[str, str], line: str) -> str:
    """`The older one`, by a line that tells who is older than whom."""
    names = "|".join(map(re.escape, subjects)) or "(?!)"
    for more, less in _COMPARED.items():
        told = re.search(
            rf"(?P<one>{names}) is (?:[\w ]+ )?(?P<how>{more}|{less}) than (?P<other>{names})(?!\w)", line, re.I
        )
        if told is None or told["one"] == told["other"]:
            continue
        first, second = (more, less) if told["how"].lower() == more else (less, more)
        for word, name in ((first, told["one"]), (second, told["other"])):
            kind = re.escape(subjects.get(name) or "(?!)")
            of_two = rf" of (?:the|my|our) (?:two(?: {kind}s)?|{kind}s)"
            way = rf"(?<!\w)(?:the|my|our) {word}(?:(?: one| {kind})?{of_two}| one| {kind})?{_BEHIND}"
            text = _said(text, way, name)
    return text


def _not_the_other(text: str, kind: str, alike: Sequence[str]) -> str:
    """`My dog, the one that is not Nelly`: the other of two."""
    names = "|".join(map(re.escape, alike))
    way = rf"\b(?:the|my|our) (?:other )?{re.escape(kind)}{NOT_THIS}(?P<not>{names})(?!\w|['’]),?"
    told = list(re.finditer(way, text, re.I))
    named = [name for name in alike if mentioned(name, text)]
    if not told and len(named) == 1 == len(alike) - 1:  # `not Nelly this time. My other dog`
        rest = next(name for name in alike if name not in named)
        return _said(text, rf"(?<!\w)(?:the|my|our) other {re.escape(kind)}{_BEHIND}", rest)
    others = [name for name in alike if told and name.casefold() != told[0]["not"].casefold()]
    return text.replace(told[0][0], others[0]) if len(told) == len(others) == 1 else text


def _described(text: str, kind: str, alike: Sequence[str], memory: Sequence[str]) -> str:
    """`The hen who lays the blue eggs`: the one of whom memory says most of that."""
    way = rf"\b(?:the|my|our) {re.escape(kind)},? (?:who|that|which|with) (?P<what>(?:(?! and )[^,.;!?])+)"
    found = re.search(way, text, re.I)
    if found is None or any(mentioned(name, text) for name in alike):
        return text
    words = set(re.findall(r"[a-z]{4,}", found["what"].lower()))
    told = {name: max((_share(words, line) for line in memory if _names(name, line)), default=0) for name in alike}
    best, next_best = sorted(told, key=told.__getitem__, reverse=True)[:2]
    return text.replace(found[0], best, 1) if told[best] > told[next_best] else text


def _by_letter(text: str, kind: str, alike: Sequence[str]) -> str:
    """`The tortoise whose name starts with a B`"""
    way = (
        rf"\b(?:the|my) (?:{re.escape(kind)}|one) (?:(?:whose name|who|that) )?(?:starts|starting|begins|beginning)"
        r" (?:with|w/?)(?: an?)? (?P<letter>[a-z])\b"
    )
    found = re.search(way, text, re.I)
    meant = [name for name in alike if found and name.casefold().startswith(found["letter"].casefold())]
    return text.replace(found[0], meant[0]) if found and len(meant) == 1 else text


def _share(words: set[str], line: str) -> int:
    return sum(word in line.lower() for word in words)


def _names(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _said(text: str, way: str, name: str, flags: int = re.I) -> str:
    return re.sub(way, name.replace("\\", r"\\"), text, flags=flags)


def in_capitals(text: str, subjects: Iterable[str]) -> str:
    """The request with names of several words as they are spelt, and without an article: `the green van`, Green Van."""
    for name in subjects:
        if " " in name:
            said = rf"(?<!\w)(?P<any>an? (?:[a-z]+ )?)?(?:(?:the|my|our) )?{re.escape(name)}(?!\w)"
            # `a shiny green van` is anybody's.
            text = re.sub(said, lambda found, name=name: found[0] if found["any"] else name, text, flags=re.I)  # type: ignore[misc]
    return text


def _the_one_that_is_not(text: str, subjects: Mapping[str, str]) -> str:
    """`The bird that isn't the crow`: the other of two that a broader word may mean."""
    found = re.search(
        r"\b(?:the|my|our) (?P<what>[a-z]+),? (?:that|who|which)(?:['’]s not| is not| isn['’]?t)"
        r" (?:(?:the|my|our|an?) )?(?P<not>[^\W\d_]+)(?!\w|['’]),?",
        text,
        re.I,
    )
    if found is None:
        return text
    some = [name for name, kind in subjects.items() if _is(kind, found["what"].lower())]
    other = [name for name in some if found["not"].casefold() in (name.casefold(), subjects[name].casefold())]
    if len(some) != 2 or len(other) != 1:
        return text
    rest = next(name for name in some if name != other[0])
    return text.replace(found[0], rest + ("," if found[0].endswith(",") else ""), 1)


def by_name(text: str, subjects: Mapping[str, str]) -> str:
    """The request with names in place of kinds that only one subject is of, and that are said once."""
    if _OF_A_PICTURE.search(text):
        return text
    for child, kind in _CHILDREN.items():
        alone = [name for name, of in subjects.items() if of == kind]
        if len(alone) == 1 and not mentioned(alone[0], text) and child not in subjects.values():
            text = _said(text, rf"(?<!\w)(?:my|our) {child}(?!\w)", alone[0])
    text = _both_by_name(_the_one_that_is_not(text, subjects), subjects)
    for name, kind in subjects.items():
        # Of a whole catalogue, only whose kind the request has a word for.
        words = [word for word in (kind, *broader(kind)) if word and word.casefold() in text.casefold()]
        if not words:
            continue
        said_in_full = _names(name, text) or not re.search(rf"\bthe {re.escape(kind)}\b", text)
        if mentioned(name, text) and said_in_full:
            continue
        for word in words:
            found = list(re.finditer(rf"(?<!\w)(?:the|my|our) {re.escape(word)}(?!\w)", text, re.I))
            # `the boy with the boy next door` are two.
            apart = all(re.search(r"[.;!?]", text[one.end() : two.start()]) for one, two in itertools.pairwise(found))
            if not found or not apart or any(_is(of, word) for one, of in subjects.items() if one != name):
                continue
            said = rf"{_KEPT_OUT}(?<!\w)(?:the {re.escape(word)}{_BEHIND}|(?:my|our) {re.escape(word)}(?!\w))"
            text = _said(text, said, name)
    return text


_LISTED = re.compile(r"\b(?:then|next|finally|lastly|last)\b|[.;!?] \w", re.I)


def _both_by_name(text: str, subjects: Mapping[str, str]) -> str:
    """`..., then both cats on a sofa`: of a list of pictures one is of the two there are."""
    if not _LISTED.search(text):
        return text
    for kind in set(subjects.values()) - {""}:
        alike = [name for name, of in subjects.items() if of == kind]
        if len(alike) == 2 and not any(_is(of, kind) for of in subjects.values() if of != kind):
            several = rf"(?:both|the two|my two)(?: of)?(?: the| my| our)? {re.escape(plural(kind))}(?!\w|['’])"
            text = _said(text, rf"(?<!\bnot )(?<!\bof )(?<!\bor )\b{several}", " and ".join(alike))
    return text


def _is(kind: str, word: str) -> bool:
    """Whether somebody of this kind may be called so."""
    return bool(kind) and bool(kind_said(kind, word) or kind_said(word, kind) or word in broader(kind))
