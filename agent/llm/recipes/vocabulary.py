"""The trimmed vocabulary: tokens the planner meets, closed under merges, plus one token for each piece of plan syntax."""

# ruff: noqa: E501  (tables of phrasings are read a phrasing at a time, not wrapped)

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# The fixed pieces of contexts and plans (the last two are tokens of the base already). As single tokens they shorten a plan by a third, and with it the wait.
SYNTAX = (
    "styles: ", "\nmotions: ", "\nsubjects: ", "subjects: ", "\nattached: ", "\nmemory ", "\nearlier: ", "\nrequest: ", "request: ", "\nplan:\n",
    " -> ", 'generate_image(prompt="', 'animate(prompt="', 'edit_image(image_ref="', 'learn_subject(name="', 'learn_style(name="',
    'learn_motion(name="', 'recall(query="', 'set_preference(text="', 'forget(what="', 'ask_user(question="', 'reply(text="',
    '", subjects=["', '"], styles=["', '", styles=["', '"], motion="', '", motion="', '", image_ref="', '", instruction="', '", class_noun="',
    '", frames=', '"], count=', '", count=', '"], seed=', '", seed=', ', seed=', '"], layout={"', ', layout={"', '": "left"', '": "right"',
    '": "top"', '": "bottom"', '": "center"', '", "', '")', '"])',
)  # fmt: skip
# Ids below this are the commonest pieces of the base model's own training text.
COMMON = 20000
SPECIAL = 17
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
PIECES = {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, BYTES]}


def trim(tokenizer_json: dict[str, Any], texts: Iterable[str]) -> tuple[dict[str, Any], list[list[int]]]:
    """A smaller tokenizer, and for each of its tokens the base tokens whose embeddings it starts from."""
    from tokenizers import Tokenizer

    whole = json.loads(json.dumps(tokenizer_json))
    # The conversion from GGUF loses the rule that digits stand alone, which the base model was trained with.
    whole["pre_tokenizer"] = PIECES
    reader = Tokenizer.from_str(json.dumps(whole))
    used = Counter(token for text in texts for token in reader.encode(text).ids)
    vocabulary: dict[str, int] = whole["model"]["vocab"]
    pieces = {index: piece for piece, index in vocabulary.items()}
    kept = set(range(min(COMMON, len(pieces)))) | {token for token, times in used.items() if times > 1}
    merges = [tuple(merge.split(" ") if isinstance(merge, str) else merge) for merge in whole["model"]["merges"]]
    made = {left + right: (left, right) for left, right in merges}
    waiting = list(kept)
    while waiting:
        # A token can only be reached through the two it is merged from.
        for part in made.get(pieces[waiting.pop()], ()):
            if vocabulary[part] not in kept:
                kept.add(vocabulary[part])
                waiting.append(vocabulary[part])
    order = sorted(kept)
    trimmed = {pieces[old]: new for new, old in enumerate(order)}
    small = json.loads(json.dumps(whole))
    small["model"]["vocab"] = trimmed
    small["model"]["merges"] = [[a, b] for a, b in merges if a in trimmed and b in trimmed and a + b in trimmed]
    small["added_tokens"] += [_added(len(order) + number, piece) for number, piece in enumerate(SYNTAX)]
    return small, [[old] for old in order] + [reader.encode(piece).ids for piece in SYNTAX]


def rebuilt(pieces: list[str], merges: list[list[str]]) -> dict[str, Any]:
    """The tokenizer a weight file describes: its control tokens come first, the pieces of plans after all others."""
    model = {"type": "BPE", "vocab": {piece: number for number, piece in enumerate(pieces)}, "merges": merges}
    added = [_added(number, piece, special=True) for number, piece in enumerate(pieces[:SPECIAL])]
    added += [_added(len(pieces) + number, piece) for number, piece in enumerate(SYNTAX)]
    return {"version": "1.0", "model": model, "added_tokens": added, "pre_tokenizer": PIECES, "decoder": BYTES}


def _added(number: int, piece: str, special: bool = False) -> dict[str, Any]:
    unlike = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {"id": number, "content": piece, **unlike, "special": special}


def load(path: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))
