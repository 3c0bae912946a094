"""Names as they are spelt: the ones just given, which no dictionary may touch, and known ones with a letter wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from limner.agent.names import fold
from limner.agent.slips import is_word

_LEARN = (
    r"(?:learn|memori[sz]e|save|store|keep|lern|merk|speicher|behalt|apprend|apprends|mémorise|garde|enregistre|retiens"
    r"|aprend|guarda|memoriza|graba|impara|memorizza|salva|registra|decora|guarde|leer|bewaar|onthoud|sla)\w*"
)
# `white as the snow` gives no name.
_ARTICLE = r"(?:the|an?|it|la|las|los?|el|una?|une|les?|il|gli|os?|as|uma?|de[rnm]|das|ein\w*|de|het|een)"
# What a name that is given stands behind. `como` and `als` say also what somebody looks like, so only after `learn`.
_GIVEN = re.compile(
    r"\b(?:(?:sous|avec) le nom(?: de)?|(?:con|bajo) el nombre(?: de)?|com o nome(?: de)?|(?:con il|col) nome(?: di)?"
    r"|(?:unter|mit) dem namen|(?:onder|met) de naam|under the name(?: of)?|nomm(?:e|ons)-l[ea]|appelle-l[ea]"
    r"|llám[ae]l[oa]|chiamal[oa]|chama-lh?[eoa]|nenn(?:e|en wir)? (?:es|ihn|sie|das)|noem (?:het|hem|haar|dit|dat))"
    r"[ :]+[\"“«]?(?P<name>\w[\w-]*)"
    rf"|\b{_LEARN}\b(?:[ ,]+[\w'’-]+){{0,6}}?[ ,]+(?:como|come|als|comme|as)[ :]+"
    rf"(?!{_ARTICLE}\b)[\"“«]?(?P<so>\w[\w-]*)",
    re.I,
)
# `mein Hamster Krümel`, in languages where only names and, in German, nouns are written large.
_MINE = re.compile(
    r"\b(?:[Mm]ein|[Uu]nser)\w* (?:[a-zäöüß]+ )?[A-ZÄÖÜ][a-zäöüß]+,?"
    r" (?P<de>(?!(?:Im|In|Am|Auf|Und|Mit|Beim|Als|Auch)\b)[A-ZÄÖÜ]\w+)"
    r"|\b(?:[Mm](?:i|on|a|io|ia|eu|inha|ijn)|[Nn](?:otre|uestr[oa]|oss[oa]|ostr[oa])|[Oo]n(?:s|ze))"
    r" [a-zà-ÿ]+,? (?P<so>[A-ZÀ-Þ]\w+)"
)
_ALIKE = 0.88
_SHORTEST = 5


def given(text: str) -> tuple[str, ...]:
    """`Learn this style under the name of brouillard`: brouillard, which is no fog."""
    named = [found["name"] or found["so"] for found in _GIVEN.finditer(text)]
    return (*named, *(found["de"] or found["so"] for found in _MINE.finditer(text)))


def respelt(text: str, names: Iterable[str]) -> str:
    """`Sorren on a tightrope`, where Soren is known and Sorren is no word."""
    known = {part: part for name in names for part in name.split() if len(part) >= _SHORTEST - 1}

    def right(found: re.Match[str]) -> str:
        word = found[0]
        if word in known or is_word(word.lower()):
            return word
        near = [
            part
            for part in known
            if fold(part)[:1] == fold(word)[:1]
            and fold(word) not in (f"{fold(part)}a", f"{fold(part)}e")  # Daniela is not Daniel
            and difflib.SequenceMatcher(None, fold(part), fold(word)).ratio() >= _ALIKE
        ]
        return near[0] if len(near) == 1 else word

    return re.sub(rf"(?<![\w'’@-])[A-ZÀ-Þ][^\W\d_]{{{_SHORTEST - 1},}}(?![\w-])", right, text)
