"""Requests in Spanish, German, French, Italian, Portuguese and Dutch, word by word in English.

The embedded planner was hardly taught any other language, but reads clumsy English well. Larger models need none of
this.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from limner.agent.english import ing, plural
from limner.agent.glossary.order import PRONOUNS, Said, in_order
from limner.agent.glossary.words import LANGUAGES, Table, Word, english_words, languages_words

__all__ = ["english_words", "foreign", "glossed", "in_english", "meanings"]

# Languages that put their adjectives before the noun, as English does.
BEFORE = {"de", "nl"}
# The share of a request's own words that must be known before it is rewritten.
ENOUGH = 0.6
TOKEN = re.compile(r"\x00\d+\x00|[^\W\d_]+(?:-[^\W\d_]+)*['’]?|\d+|[^\w\s]|_")
KEPT = re.compile(
    r'"[^"]*"|“[^”]*”|«[^»]*»|@?\b(?:img|clip|up|upload)-\d+\b|\b(?:seed|semilla|graine|seme|semente)\s*[=:]?\s*\d+'
)
# Dutch ones within a word, which part none: `'t`, `'n`, `'s nachts`, `foto's`.
APOSTROPHE = re.compile(r"(?<![\w'])'(?=[tn](?![\w'])|s [a-z]+s\b)|\b(\w{2,}[aiouy])'(?=s\b)")
# Whoever is only now called so keeps the name, wherever it stands.
CALLED = re.compile(r"\b(?:(?i:se llama|heißt|s['’]appelle|si chiama|se chama|chama-se|heet|genaamd)) ([A-ZÀ-Þ]\w+)")
# `leer dit loopje als slenter`
TAUGHT_AS = re.compile(
    r"\b(?:(?i:leer|lerne?|aprend[ea]|apprends?|impara|onthoud)) [^,.;]{2,40}? (?:als|como|comme|come) (\w{3,})"
)
RELATIVE = {"que", "qui", "che", "der", "die", "das", "dat"}
# A participle after one of these, or a noun made of a verb: `a pescar`, `beim Angeln`, `en mangeant`, `aan het vissen`.
LEADING = {"a", "à", "ao", "al", "beim", "en", "zum", "de", "d'", "di", "in", "im", "aan het", "bij het", "te"}
SEVERAL = {"both", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", *map(str, range(2, 100))}
# Verbs that are no motion of the families' own, and the one they come closest to.
MOTIONS = {"jump": "hop"}
ORDERS = {
    "draw",
    "paint",
    "sketch",
    "forget",
    "erase",
    "learn",
    "remember",
    "animate",
    "make",
    "add",
    "remove",
    "colour",
}
# Whom an order is about, joined to its verb.
CLITICS = {
    "es": {"las": "them", "los": "them", "la": "her", "lo": "him", "le": "him", "me": ""},
    "it": {"lo": "him", "la": "her", "li": "them", "le": "them", "mi": ""},
    "pt": {
        "-las": "them", "-los": "them", "-la": "her", "-lo": "him", "-as": "them", "-os": "them", "-a": "her",
        "-o": "him",
    },
    "fr": {"-la": "her", "-le": "him", "-les": "them", "-moi": ""},
}  # fmt: skip
# What stands before a German noun, which its name does not.
ARTICLES = {
    "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "kein", "keine", "keinen",
    "mein", "meine", "meinen", "meinem", "meiner", "unser", "unsere", "im", "am",
    "zum", "zur", "beim", "vom", "ins", "ans",
}  # fmt: skip
PLAIN = str.maketrans("áéíóú", "aeiou")
# Written large in some languages, and no name of somebody.
FEASTS = {"christmas", "easter", "halloween"}
MARKS = frozenset(",.;:!?")
# What may follow the second part of a verb that is parted.
CLOSED_BY = {
    "en", "uit", "van", "aan", "op", "in", "bij", "naast", "voor", "met", "naar", "achter", "onder", "boven", "aub",
}  # fmt: skip
# What these describe they follow in English as well.
BEHIND = {"sitting", "lying", "standing", "dressed", "hidden", "surrounded", "covered", "asleep", "full"}
CAUSING = re.compile(
    r"\b(make|let) (?P<before>(?:\x00\d+\x00|him|her|it|the \w+|my \w+)?) ?(?P<between>[^,.;]*?)"
    r"\b(?P<verb>bounce|hop|jump|spin|wobble|shake|sway|dance|fly|swim|run)\b ?"
    r"(?P<after>(?:the )?\x00\d+\x00|my \w+|the \w+)?",
    re.IGNORECASE,
)
# What is still not said as in English once its words are, in this order; names are hidden behind their numbers.
REWORDED = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (
            r"\b(forget|erase|delete|remove|learn|use)( finally| then| now)? (?:the )?style (\x00\d+\x00)",
            r"\1\2 the \3 style",
        ),
        (r"\bwithout (?:the )?style (?=\x00)", "without a style "),
        (r"(?:(?:in|with|of) )?(?:the )?(?<!without a )\bstyle (\x00\d+\x00)", r"in \1 style"),
        (
            r"\b(make|draw|let|put|show|give|paint|forget|erase|add|remove|animate|colour|learn|change|turn)"
            r" (finally|then|now|also)\b",
            r"\2 \1",
        ),
        (r"\b(let|make) (\x00\d+\x00) (?:the )?(\x00\d+\x00) (?:do|doen|make|makes|making)\b", r"\1 \2 do \3"),
        (r"\b(let|make) (\x00\d+\x00) (?:him|it|that) (?:do|doen|make|makes|making)\b", r"\1 \2 do it"),
        (r"\bin the (?=\x00)", "in "),
        (r"\b(?:the|a) (the|an?|my|your|his|her|our|this)\b", r"\1"),
        (r"\ba (?=[aeiou])", "an "),
        (r",? (?=that \x00)", " "),
        (r",? and (the \w+) should become then ", r", then \1 should become "),
        (
            r"\b(give|put|set|make|draw|let|turn|colour)"
            r" ((?:the|that|his|her|its) \w+|\x00\d+\x00|him|her|it) (then)\b",
            r"\3 \1 \2",
        ),
    )
)
# The same of a clip.
FRAMES = (
    (re.compile(r"\b(\d+|[a-z]+teen|t\w+ty) paintings\b"), r"\1 frames"),
    (re.compile(r"\b(with|in) (\d+|[a-z]+teen|t\w+ty) pictures\b"), r"\1 \2 frames"),
)


# `him does not like rain`, of languages that have one word for both.
_WHO = {"him": "he", "her": "she", "them": "they"}
_DOING = re.compile(r"\b(?:him|her|them)(?= (?:does|do|is|are|has|have|likes|hates|loves|wants)\b)", re.I)


def in_english(text: str, names: Iterable[str]) -> str:
    """The request in English as far as its words are known, or as it is when it is English or mostly unknown.

    `names` are those of the catalogue, which stay as they are, and so does what stands in quotes.
    """
    hidden: list[str] = []
    masked = _masked(text, names, hidden)
    pieces = TOKEN.findall(masked)
    own = [piece.lower() for piece in pieces if piece[0].isalpha()]
    if not own:
        return text
    english = sum(word in english_words(every=True) for word in own)
    best, said = max(((language, _read(pieces, language)) for language in LANGUAGES), key=lambda one: _known(one[1]))
    known = _known(said)
    words = sum(len(one.raw.split()) for one in said if one.kind not in ("name", "mark"))
    if known <= english or known < ENOUGH * words:
        return text
    plain = _DOING.sub(lambda found: _WHO[found[0].lower()], _spelt(said, best))
    return re.sub(r"\x00(\d+)\x00", lambda found: hidden[int(found[1])], plain)


def foreign(text: str, names: Iterable[str]) -> bool:
    """Whether more of its words are known in another language than in English, or some are spelt as none in English."""
    return _foreign(text, tuple(names))


# Asked several times of each request.
@functools.lru_cache(maxsize=64)
def _foreign(text: str, names: tuple[str, ...]) -> bool:
    masked = _masked(text, names, [])
    if re.search(r"[à-öø-ÿß]", masked, re.IGNORECASE):
        return True
    pieces = TOKEN.findall(masked)
    english = sum(piece.lower() in english_words(every=True) for piece in pieces if piece[0].isalpha())
    return any(_known(_read(pieces, language)) > english for language in LANGUAGES)


def glossed(text: str, names: Iterable[str]) -> str:
    """The English of those of its words that are known in the language it seems to be in; empty for English."""
    if not foreign(text, names):
        return ""
    pieces = TOKEN.findall(_masked(text, names, []))
    said = max((_read(pieces, language) for language in LANGUAGES), key=_known)
    return " ".join(one.english for one in said if one.kind not in ("name", "mark", "unknown"))


def meanings(word: str) -> frozenset[str]:
    """What one word may be in English, whatever its language and ending: `zwaait`, `waves`, `winkt` are all wave."""
    low = word.lower()
    found = (languages_words(language).find(low, verb_first=True) for language in LANGUAGES)
    stem = low.removesuffix("ing") if low.endswith("ing") else low.removesuffix("s")
    own = {low, stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
    every = {*own, *(one.base or one.english for one in found if one and one.kind in ("verb", "noun"))}
    return frozenset(every | {MOTIONS[one] for one in every if one in MOTIONS})


def _masked(text: str, names: Iterable[str], hidden: list[str]) -> str:
    def hide(found: re.Match[str]) -> str:
        hidden.append(found[0])
        return f" \x00{len(hidden) - 1}\x00 "

    ways = [KEPT.pattern]
    given = [name for name in (*names, *CALLED.findall(text), *TAUGHT_AS.findall(text)) if name]
    # `la nonna` is Nonna Pia where nobody else is called so.
    parts = Counter(part for name in given if " " in name for part in name.split() if len(part) > 3)
    for name in sorted({*given, *(part for part, times in parts.items() if times == 1)}, key=len, reverse=True):
        flag = "-i" if _otherwise(name.lower()) else "i"
        ways.append(rf"(?{flag}:(?<!\w){re.escape(name)}(?!\w))")
    return APOSTROPHE.sub(r"\1", re.sub("|".join(ways), hide, text.replace("’", "'"), flags=re.IGNORECASE))


def _otherwise(name: str) -> bool:
    """Rosa is somebody, rosa may be a colour; but la abuela is the Abuela who was taught."""
    meanings = (languages_words(language).exact.get(name) for language in LANGUAGES)
    return any(word.kind != "noun" for word in meanings if word)


def _known(said: Sequence[Said]) -> int:
    return sum(len(one.raw.split()) for one in said if one.kind not in ("name", "mark", "unknown"))


def _read(pieces: list[str], language: str) -> list[Said]:
    table, said, at = languages_words(language), list[Said](), 0
    parted: dict[int, Said] = {}
    while at < len(pieces):
        piece = pieces[at]
        if at in parted:
            said.append(parted[at])
            at += len(said[-1].raw.split())
            continue
        if not piece[0].isalpha():
            said.append(Said(piece, piece, "name" if piece[0] in "\x00" or piece.isdigit() else "mark"))
            at += 1
            continue
        if found := _parted(table, pieces, at):
            first, there, parted[there] = found
            said.append(first)
            at += len(first.raw.split())
            continue
        for length in range(min(table.longest, len(pieces) - at), 1, -1):
            phrase = " ".join(pieces[at : at + length]).lower()
            if word := table.exact.get(phrase):
                break
        else:
            length, phrase = 1, piece.lower()
            after = said[-1].raw.lower() if said else ""
            # `in der Sonne`: written large it is a noun.
            large = language == "de" and piece[0].isupper()
            relative = after in RELATIVE and not large
            word = table.find(phrase, not said or relative or (language == "nl" and _doing(said[-1])))
            if word is None and language in CLITICS:
                word = _with_clitic(table, phrase, language)
            if word is None and language == "de" and after in ARTICLES and piece[0].isupper():
                word = table.tail(phrase)
            if word and language != "de" and _a_name(pieces, at) and word.english not in FEASTS:
                said.append(Said(piece, piece, "name"))
                at += 1
                continue
        at += length
        said.append(_placed(word, phrase, piece, said))
    return said


def _with_clitic(table: Table, word: str, language: str) -> Word | None:
    """`dibújala`, `disegnalo`: an order with whom it is about at its end."""
    for ending, whom in CLITICS[language].items():
        stem = word.removesuffix(ending).rstrip("-").translate(PLAIN)
        found = table.verbs.get(stem) if word.endswith(ending) and len(stem) > 2 else None
        if found:
            english = f"{found.base} {whom}".strip()
            return Word(english, "verb", base=english, finite=True)
    return None


def _a_name(pieces: Sequence[str], at: int) -> bool:
    """Whether a word that has another meaning (`Canela`, cinnamon) is written as only names are, inside a sentence."""
    before = pieces[at - 1] if at else "."
    small = sum(piece.islower() for piece in pieces)
    return pieces[at].istitle() and (before[0].isalpha() or before == ",") and small > len(pieces) / 2


def _doing(last: Said) -> bool:
    """Whether a word behind this one is a verb sooner than a noun: `Karl fietst`, `aan het vissen`."""
    return last.raw.startswith("\x00") or last.raw in ("te", "aan het", "bij het") or last.english in PRONOUNS


def _parted(table: Table, pieces: list[str], at: int) -> tuple[Said, int, Said] | None:
    """The two parts of a verb, and where the second stands: `haal de fiets weg`."""
    if pieces[at].lower() not in table.opens:
        return None
    low = [piece.lower() for piece in pieces[at:]]
    # Most specific first: `maak er een kaart van`, `maak de lucht weg`.
    firsts = [first for size in range(min(4, len(low)), 0, -1) if (first := " ".join(low[:size])) in table.parted]
    for first in firsts:
        for last, english in table.parted[first]:
            if there := _closing(table, low, len(first.split()), last.split(), "…" in english):
                before, _, behind = english.partition(" … ")
                return Said(first, before, "small"), at + there, Said(last, behind, "small")
    return None


def _closing(table: Table, low: list[str], start: int, last: list[str], anywhere: bool) -> int:
    """Where the second part stands in the same clause, at its end or `anywhere`; 0 when it does not."""
    for there in range(start, len(low)):
        if low[there] in MARKS or (low[there - 1] in ("en", "dan", "daarna") and low[there] in table.parted):
            return 0
        # `zet Karl op de bank` has a preposition, `zet Karl een hoed op` half a verb.
        after = low[there + len(last)] if there + len(last) < len(low) else "."
        if low[there : there + len(last)] == last and (anywhere or after in MARKS or after in CLOSED_BY):
            return there
    return 0


def _placed(word: Word | None, phrase: str, piece: str, before: Sequence[Said]) -> Said:
    if word is None:
        return Said(piece, piece, "unknown")
    english, last = word.english, before[-1] if before else None
    if phrase == "mal" and last is not None and last.kind != "mark":
        return Said(piece, "", "small")  # `lass sie mal`
    if word.kind == "verb":
        relative = bool(last and last.raw.lower() in RELATIVE)
        opens = (
            last is None
            or (last.kind == "mark" and last.raw in ",.;:!")
            or last.english in ("then", "please", "and then", "finally")
            # `forget the felt style, and draws Ada`: orders one after the other
            or (last.english == "and" and _ordered(before))
        )
        if _caused_by(before) and not phrase.endswith("ndo"):
            english = MOTIONS.get(word.base, word.base)
        elif not word.finite or relative:
            moves = any(one.english == "animate" for one in before)
            english = ing(MOTIONS.get(word.base, word.base) if moves else word.base)
        elif opens:
            english = word.base
    if word.kind == "noun" and last and last.english in SEVERAL:
        english = plural(word.english)
    elif word.kind == "noun" and word.plural and not (last and last.english == "a"):
        english = word.plural
    return Said(phrase, english, word.kind, word.finite, word.base)


def _ordered(before: Sequence[Said]) -> bool:
    """Whether the request opened with an order, and a new clause begins."""
    opens = before[0].kind in ("verb", "small") and before[0].english.split(" ")[0] in ORDERS
    return opens and len(before) > 1 and before[-2].kind in ("mark", "name", "noun", "adjective")


def _caused_by(before: Sequence[Said]) -> bool:
    """Whether `let` came before, or `make` with nothing after it but somebody."""
    for one in reversed(before):
        if one.english in ("let", "make", "make it"):
            return True
        if one.kind in ("noun", "verb", "mark", "unknown"):
            return any(earlier.english == "let" for earlier in before)
    return False


def _spelt(said: list[Said], language: str) -> str:
    out: list[Said] = []
    for one in in_order(said, language):
        last = out[-1] if out else None
        if last and one.kind == "name" and last.english in ("the", "a"):
            out.pop()
        elif last and one.kind == "verb" and one.english.split()[0].endswith("ing"):
            if last.raw in LEADING or last.raw in RELATIVE:
                out.pop()
        elif (
            last
            and one.kind == "adjective"
            and last.kind == "noun"
            and language not in BEFORE
            and not _stays(one, said)
        ):
            out.insert(len(out) - 1, one)
            continue
        out.append(one)
    text = " ".join(one.english for one in out if one.english)
    for pattern, instead in REWORDED:
        text = pattern.sub(instead, text)
    if re.search(r"\b(?:animate|clip|animation)\b", text):
        for pattern, instead in FRAMES:
            text = pattern.sub(instead, text)
    text = CAUSING.sub(_caused, text)
    return " ".join(re.sub(r" ([,.;:!?])", r"\1", text).split())


def _stays(one: Said, said: Sequence[Said]) -> bool:
    """`the dog sitting`; and `make the sky pink` is not `make the pink sky`."""
    clause = next((at + 1 for at in range(len(said) - 1, -1, -1) if said[at].kind == "mark"), 0)
    return one.english in BEHIND or (one is said[-1] and "make" in (said[0].english, said[clause].english))


def _caused(found: re.Match[str]) -> str:
    """`let Karl on the moon spin`, `make spin Karl` -> `let Karl spin on the moon`, `make Karl spin`."""
    who = found["before"] or (found["after"] or "").removeprefix("the ") or "it"
    after = found["after"] if found["before"] and found["after"] else ""
    return f"{found[1]} {who} {found['verb']} {found['between']} {after or ''}"
