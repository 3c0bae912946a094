"""What of a request cannot be read here: another language, or a kind whose word in it is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limner.agent.glossary import english_words, foreign
from limner.agent.lexicon import keys, whole

# Of other scripts, and small words with letters that none of the seven languages has.
_LETTERS = re.compile(
    r"[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]"
    r"|(?<![^\W_])(?:[^\W\d_A-Z])*[åøčćďđěęąłńňőřśšťůűźżžşğıțș](?:[^\W\d_])*(?!\w)"
)


def unread(text: str, names: Iterable[str]) -> bool:
    """Whether it is in a language of which the guard knows no words."""
    every = sorted((name for name in names if name), key=len, reverse=True)
    plain = re.sub("|".join(map(re.escape, every)) or "(?!)", " ", text, flags=re.IGNORECASE)
    return bool(_LETTERS.search(plain) or whole("elsewhere").search(plain))


def untold(kinds: Iterable[str], text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The kinds that may be spoken of in it without the guard seeing that."""
    every = tuple(names)
    if unread(text, every):
        return tuple(kinds)
    if not foreign(text, every):
        return ()
    told = {*keys("kinds"), *keys("alike"), *english_words()}
    return tuple(kind for kind in kinds if kind.lower() not in told)
