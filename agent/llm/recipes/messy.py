"""How people really type: case, missing marks, fillers, typos, slang, shouting."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

import re

from limner.agent.llm.recipes.grammar import Writer

SLANG = {
    "you": "u", "please": "pls", "picture": "pic", "pictures": "pics", "want": "wanna see", "with": "w/", "and": "&", "because": "cuz", "for": "4",
    "thanks": "thx", "are": "r", "your": "ur", "going": "gonna", "to": "2", "okay": "k", "really": "rly",
}  # fmt: skip
BEFORE = ("hey, ", "hi! ", "ok ", "so, ", "um ", "alright, ", "yo ", "hello, ", "oh ", "well ", "sorry, ", "listen, ", "hmm ", "right, ", "quick: ", "dear limner, ", "omg ", "btw ")  # fmt: skip
AFTER = (" thanks", " thx", " please", " pls", " if you can", " ty!", " :)", " lol", " asap", " xx", " ❤️", " 😂", " thank you!!", " right now", " if it's not too much trouble", " you lazy bot", " for once")  # fmt: skip


def mess(w: Writer, text: str) -> str:
    """The text as it may arrive; quoted words keep their spelling."""
    if w.chance(0.06):
        text = " ".join(SLANG.get(word, word) if w.chance(0.7) else word for word in text.split(" "))
    if w.chance(0.08):
        text = w.pick(BEFORE) + text
    if w.chance(0.08):
        text = text.rstrip(".!?") + w.pick(AFTER)
    if w.chance(0.16):
        # Some people mistype one word in six, a few every other one.
        often = 0.45 if w.chance(0.2) else 0.16
        text = " ".join(_typo(w, word) if w.chance(often) else word for word in text.split(" "))
    roll = w.rng.random()
    if roll < 0.33:
        text = text.lower() if '"' not in text else text
    elif roll < 0.75:
        text = text[:1].upper() + text[1:]
    elif roll < 0.765 and '"' not in text:
        text = text.upper()
    if w.chance(0.07):
        text = re.sub(r"[,;:.!?'](?=\s|$)", "", text)
    elif w.chance(0.25) and text[-1:].isalnum():
        text += w.pick([".", "!", "?", "...", ".", "!!"])
    return text


def _typo(w: Writer, word: str) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    at, roll = w.rng.randrange(1, len(word) - 1), w.rng.random()
    if roll < 0.35:
        return word[:at] + word[at + 1 :]
    if roll < 0.65:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if roll < 0.85:
        return word[:at] + word[at] + word[at:]
    return word[:at] + w.pick("aeiourstn") + word[at + 1 :]
