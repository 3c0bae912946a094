"""Corrections and settled questions: what the person says of a fact itself, written to the journal like all else."""

from __future__ import annotations

from limner.memory import facts, rules
from limner.memory.book import Book
from limner.memory.journal import clean
from limner.memory.problem import MemoryProblem
from limner.memory.values import Fact, Observation


def correct(book: Book, user: str, fact_id: str, text: str, turn_id: str | None) -> list[Fact]:
    """Close a fact the person calls wrong, and put what is right in its place; empty text only closes it."""
    number = book.number_in(fact_id, "fact")
    rows = facts.read(book, "n = ?", (number,))
    if not rows:
        raise MemoryProblem(f"there is no {fact_id}; `limner memory show` lists the facts with their ids")
    old = rows[0]
    if not old.live:
        instead = f"; correct {old.superseded_by}, which took its place" if old.superseded_by else ""
        raise MemoryProblem(f"{fact_id} no longer holds ({old.why_closed}){instead}")
    evidence = turn_id or next(ref for ref in old.evidence if ref.startswith("turn-"))
    turn = book.number_in(evidence, "turn")
    with book.write() as db:
        retract = Observation(text="retracted", facet=old.facet, slot=facts.RETRACTED, value=old.id, source="person")
        facts.journalled(book, user, turn, retract)
        if not text:
            return []
        new = Observation(
            text=clean(text),
            facet=old.facet,
            polarity=old.polarity,  # type: ignore[arg-type]
            subject=old.subject,
            slot=old.slot,
            value="" if not old.slot else rules.value_of(text, old.slot),
            source="person",
        )
        fresh = facts.journalled(book, user, turn, new)
        db.execute("UPDATE fact SET superseded_by = ? WHERE n = ?", (fresh, number))
    return facts.read(book, "n = ?", (fresh,))


def settle(book: Book, user: str, question_id: str, turn_id: str, *, rival: bool) -> list[Fact]:
    """The person's answer to a question: the rival claim is right, or what was known is; said again, by them."""
    asked = next((one for one in facts.questions(book) if one.id == question_id), None)
    if asked is None:
        raise MemoryProblem(f"there is no open question {question_id}; it was settled or forgotten")
    if rival:
        right = asked.rival.model_copy(update={"source": "person"})
    else:
        (known,) = facts.read(book, "n = ?", (book.number_in(asked.fact_id, "fact"),))
        fields = ("text", "facet", "polarity", "subject", "slot", "value")
        right = Observation.model_validate({name: getattr(known, name) for name in fields} | {"source": "person"})
    with book.write():
        fresh = facts.journalled(book, user, book.number_in(turn_id, "turn"), right)
    return facts.read(book, "n = ?", (fresh,))
