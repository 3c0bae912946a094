"""What a planner sees of the user and the conversation, and its compact text form, the same for every provider."""

from __future__ import annotations

import difflib
import re
import unicodedata

from pydantic import BaseModel, ConfigDict

# A catalogue larger than this is cut to the names the request may mean: a small model reads ~400 tokens a second.
SHOWN_NAMES = 24
# Past turns shown; older ones reach the planner through memory lines.
SHOWN_TURNS = 3
SHOWN_MEMORIES = 12
# Tokens of a line; longer ones are cut: no memory or old turn is worth a page of a small model's context.
LINE = 80
# As many tokens as the embedded planner reads in some five seconds, and leave it room to answer.
MOST_TOKENS = 1000


class MemoryLine(BaseModel):
    """One recalled memory with the id that `because` may point to."""

    model_config = ConfigDict(frozen=True)
    id: str
    text: str
    date: str = ""


class PastTurn(BaseModel):
    """An earlier turn: what was said, the calls it became (rendered), and the handles that came out."""

    model_config = ConfigDict(frozen=True)
    user: str
    calls: tuple[str, ...] = ()
    result: str = ""


class PlanContext(BaseModel):
    """Everything a planner sees besides the request itself."""

    model_config = ConfigDict(frozen=True)
    subjects: dict[str, str] = {}
    styles: tuple[str, ...] = ()
    motions: tuple[str, ...] = ()
    attachments: str = ""
    memory: tuple[MemoryLine, ...] = ()
    history: tuple[PastTurn, ...] = ()
    referents: dict[str, str] = {}
    # The person was asked whether this is what is meant, and said so.
    confirmed: bool = False


def render_context(context: PlanContext, request_text: str) -> str:
    """One line a thing. Nothing a user, caption or memory says can start a line of its own."""
    said = " ".join([request_text, *(turn.user for turn in context.history), *(line.text for line in context.memory)])
    lines = []
    # What changes least comes first, so that a model's prefix cache serves the next request too.
    subjects = shortlist({name: f"{name} ({noun})" for name, noun in context.subjects.items()}, said)
    for title, names in (
        ("styles", shortlist({name: name for name in context.styles}, said)),
        ("motions", shortlist({name: name for name in context.motions}, said)),
        ("subjects", subjects),
    ):
        if names:
            lines.append(f"{title}: " + ", ".join(one_line(name) for name in names))
    if context.attachments:
        lines.append(f"attached: {one_line(context.attachments)}")
    memory = [f"memory {one_line(line.id)}: {_cut(line.text)}" for line in context.memory[:SHOWN_MEMORIES]]
    turns = [_told(turn) for turn in context.history[-SHOWN_TURNS:]]
    last = [f"{one_line(word)} = {one_line(handle)}" for word, handle in context.referents.items()]
    last.append(f"request: {one_line(request_text)}")
    room = MOST_TOKENS - sum(map(weight, [*lines, *last]))
    turns = _fitting(turns[::-1], room)[::-1]
    return "\n".join([*lines, *_fitting(memory, room - sum(map(weight, turns))), *turns, *last])


def _told(turn: PastTurn) -> str:
    calls = _cut("; ".join(_cut(call) for call in turn.calls), 3 * LINE)
    parts = [_cut(turn.user), calls, _cut(turn.result)]
    return "earlier: " + " -> ".join(part for part in parts if part)


def _cut(text: str, most: int = LINE) -> str:
    text = one_line(text)
    while weight(text) > most:
        text = text[: len(text) * most // weight(text)]
    return text


def weight(text: str) -> int:
    """How many tokens a small model reads a text as, at most: digits are one each, other scripts one a byte."""
    plain = sum(c.isascii() and not c.isdigit() for c in text)
    digits = sum(c.isascii() and c.isdigit() for c in text)
    return 1 + plain // 3 + digits + len(text.encode()) - plain - digits


def _fitting(lines: list[str], room: int) -> list[str]:
    """The first of the lines, as far as there is room."""
    kept = []
    for line in lines:
        room -= weight(line)
        if room < 0:
            break
        kept.append(line)
    return kept


def one_line(text: str) -> str:
    """Text without line breaks, control characters, what steers a terminal, or chat markers."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", " ", text)
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs", "Co") else c for c in text)
    return " ".join(re.sub(r"<\|[a-z_]{1,20}\|>", " ", plain).split())


def shortlist(shown: dict[str, str], said: str, limit: int = SHOWN_NAMES) -> list[str]:
    """The entries to show: all when they fit, else those whose name or kind may be meant, in catalogue order.

    Where none may be, the first ones, to show what there is.
    """
    if len(shown) <= limit:
        return list(shown.values())
    words = sorted(set(re.findall(r"\w+", said.lower())))
    scores = {name: _closeness(entry.lower(), words) for name, entry in shown.items()}
    meant = [name for name, score in scores.items() if score] or list(scores)
    kept = set(sorted(meant, key=lambda name: -scores[name])[:limit])
    return [entry for name, entry in shown.items() if name in kept]


def _closeness(entry: str, words: list[str]) -> float:
    best = 0.0
    for part in re.findall(r"\w+", entry):
        if part in words:
            return 1.0
        near = difflib.get_close_matches(part, words, 1, 0.75)
        best = max(best, 0.5 if near else 0.0)
    return best
