"""Matching what somebody wrote to the names of a catalogue: exact, partial, possessive, misspelt; never invented."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Container, Iterable

from limner.agent.lexicon import whole

# Below this likeness two different names are as probable as one misspelt name.
LIKENESS = 0.75


def fold(name: str) -> str:
    """A name without case, accents, leading @ or article, trailing possessive and punctuation."""
    bare = unicodedata.normalize("NFKD", name.strip().lstrip("@")).casefold()
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    # Letters, and signs like 🦊, which is a name too; no punctuation.
    bare = "".join(c for c in bare if c.isalnum() or c.isspace() or c in "_'’`-" or unicodedata.category(c) == "So")
    bare = re.sub(r"['’`]s?$", "", bare.strip())
    return re.sub(r"^(?:the|my|our|style|motion)[\s:]+", "", bare).replace("-", " ").replace("_", " ").strip()


def closest(name: str, pool: Iterable[str]) -> tuple[str, ...]:
    """The entries of the pool that the name may mean: none, one, or several when it is a tie."""
    folded = {entry: fold(entry) for entry in pool}
    wanted = fold(name)
    if not wanted:
        return ()
    for fits in (
        lambda entry: entry == wanted,
        lambda entry: entry.replace(" ", "") == wanted.replace(" ", ""),
        lambda entry: wanted in entry.split() or entry in wanted.split(),
    ):
        hits = tuple(entry for entry, bare in folded.items() if fits(bare))
        if hits:
            return hits
    ranked = sorted(
        ((difflib.SequenceMatcher(None, wanted, bare).ratio(), e) for e, bare in folded.items()), reverse=True
    )
    near = [entry for likeness, entry in ranked if likeness >= LIKENESS and likeness > ranked[0][0] - 0.05]
    return tuple(near)


def mentioned(name: str, text: str) -> bool:
    """Whether a text contains the name, one of its words, or a near misspelling of it."""
    bare, said = fold(name), fold(re.sub(r"['’`]s\b", "", text))
    if re.search(rf"(?<!\w){re.escape(bare)}", said) or bare.replace(" ", "") in said.replace(" ", ""):
        return True
    words = [word for word in re.findall(r"\w+", said) if len(word) > 3]
    return any(
        (any(word in part or part in word for word in words) or difflib.get_close_matches(part, words, 1, LIKENESS))
        if len(part) > 3
        else _short_said(part, said)
        for part in bare.split()
    )


def _short_said(part: str, said: str) -> bool:
    """Whether `Vi` of Aunt Vi is said; a title or an article may be anybody's."""
    anybodys = len(part) < 2 or whole("small").fullmatch(part) or whole("titles").fullmatch(part)
    return not anybodys and bool(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", said))


def without_longer(name: str, names: Iterable[str], text: str) -> str:
    """The text without the longer names that have this one in them: `Mr Pickles` where Pickles is looked for."""
    inside = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    longer = sorted((one for one in names if one != name and inside.search(one)), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longer)), " ", text, flags=re.IGNORECASE) if longer else text


def in_another_name(name: str, names: Iterable[str], text: str) -> bool:
    """Whether it only stands there as part of what is no name of the catalogue: `David Bowie`, `Ash Wednesday`."""
    own = {part.lower() for one in names for part in one.split()}

    def strange(word: str) -> bool:
        ordinary = word.lower() in own or whole("small").fullmatch(word) or whole("titles").fullmatch(word)
        return word[:1].isupper() and not (ordinary or word.endswith(("ing", "ed")))

    found = list(re.finditer(rf"(?:(?P<before>\w+) )?(?<!\w){re.escape(name)}(?!\w)(?: (?P<after>\w+))?", text))
    return bool(found) and all(strange(one["before"] or "") or strange(one["after"] or "") for one in found)


def with_signs_named(text: str) -> str:
    """The text with what an emoji shows of a creature or thing in a word behind it: `🐸` and `frog`."""
    return "".join(f"{sign} {_sign(sign)} " if unicodedata.category(sign) == "So" else sign for sign in text)


def _sign(sign: str) -> str:
    return re.sub(r" (?:face|symbol)$", "", unicodedata.name(sign, "").lower())


# What follows somebody in a request: a place, a doing, a company, nothing more.
FOLLOWS = r"(?= (?:on|in|at|by|as|with|and|under|over|near|wearing|\w+ing)(?!\w)|[,.!]|$)"


def in_full(text: str, names: Iterable[str], words: Container[str]) -> str:
    """The request with the beginning of a name (`teo` of Teodor) spelt out, where it names nobody else.

    `words` are those that mean something by themselves.
    """
    every = tuple(names)
    if any(
        re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.IGNORECASE) for name in every for part in name.split()
    ):
        return text
    for found in re.finditer(rf"(?<![\w\"'’-])[^\W\d_]{{3,}}{FOLLOWS}", text):
        short = found[0].lower()
        meant = [name for name in every if name.lower().startswith(short)]
        if len(meant) == 1 and short not in words:
            return f"{text[: found.start()]}{meant[0]}{text[found.end() :]}"
    return text
