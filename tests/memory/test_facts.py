"""Facts carry evidence, newer ones supersede, and what was concluded falls with its ground."""

from __future__ import annotations

from datetime import timedelta

import pytest

from limner.memory import Memory, MemoryProblem, Observation
from tests.memory.conftest import Clock, draw, say


def test_a_correction_closes_the_old_fact_and_keeps_history(memory: Memory, clock: Clock) -> None:
    say(memory, "ana", "This is my dog Biscuit")
    before = clock.now
    clock.advance(days=1)
    say(memory, "ana", "No, Biscuit is a whippet")
    assert [fact.value for fact in memory.facts("ana", subject="@biscuit")] == ["whippet"]
    assert [fact.value for fact in memory.facts("ana", subject="@biscuit", at=before)] == ["dog"]
    old = next(fact for fact in memory.facts("ana", live=False) if not fact.live)
    assert old.superseded_by == memory.facts("ana", subject="@biscuit")[0].id


def test_a_value_changed_three_times_is_right_now_and_as_of_each_day(memory: Memory, clock: Clock) -> None:
    days = []
    for city in ("Oslo", "Rome", "Lima"):
        say(memory, "ana", f"I live in {city}")
        days.append(clock.now)
        clock.advance(days=3)
    for city, day in zip(("Oslo", "Rome", "Lima"), days, strict=True):
        assert [fact.value for fact in memory.facts("ana", at=day + timedelta(hours=1))] == [city]
    assert [fact.value for fact in memory.facts("ana")] == ["Lima"]


def test_the_other_polarity_supersedes(memory: Memory, clock: Clock) -> None:
    say(memory, "ana", "I love neon")
    clock.advance(hours=1)
    say(memory, "ana", "Use less neon")
    assert [(fact.value, fact.polarity) for fact in memory.facts("ana")] == [("neon", -1)]


def test_said_again_strengthens_and_reading_twice_adds_nothing(memory: Memory) -> None:
    turn = say(memory, "ana", "I love watercolour")
    memory.extract("ana", turn.id)
    say(memory, "ana", "I love watercolour")
    (fact,) = memory.facts("ana")
    assert fact.evidence == ("turn-1-1", "turn-1-2")
    assert memory.profile("ana")[0].support == 2


def test_what_was_concluded_falls_with_its_ground(memory: Memory, clock: Clock) -> None:
    turn = say(memory, "ana", "I live in Oslo")
    home = memory.facts("ana")[0]
    memory.observe(
        "ana", turn.id, [Observation(text="User sees snow in winter", facet="person", depends_on=(home.id,))]
    )
    clock.advance(days=1)
    say(memory, "ana", "I live in Lima")
    assert [fact.value for fact in memory.facts("ana")] == ["Lima"]


def test_a_guess_against_a_statement_asks(memory: Memory) -> None:
    turn = say(memory, "ana", "Biscuit is a whippet")
    guess = Observation(text="Biscuit is a corgi", facet="subject", subject="@biscuit", slot="kind", value="corgi")
    assert memory.observe("ana", turn.id, [guess]) == []
    (question,) = memory.questions("ana")
    assert "whippet" in question.text and "corgi" in question.text
    say(memory, "ana", "Biscuit is a corgi")
    assert memory.questions("ana") == []
    assert [fact.value for fact in memory.facts("ana")] == ["corgi"]


def test_correct_replaces_and_survives_a_rebuild(memory: Memory) -> None:
    say(memory, "ana", "Biscuit is a whippet")
    (fact,) = memory.facts("ana")
    (new,) = memory.correct("ana", fact.id, "Biscuit is a greyhound")
    assert new.value == "greyhound"
    memory.rebuild("ana")
    assert [one.value for one in memory.facts("ana")] == ["greyhound"]
    memory.correct("ana", new.id, "")
    assert memory.facts("ana") == []


def test_likes_are_counted_and_taken_back(memory: Memory) -> None:
    first = draw(memory, "ana", "a fox", style="style:inkwash", liked=True)
    draw(memory, "ana", "a dog", style="style:inkwash", liked=True)
    (line,) = memory.profile("ana", facet="style")
    assert line.support == 2 and "2 pictures" in line.text and first in line.evidence
    memory.record_feedback("ana", first, None)
    assert memory.profile("ana", facet="style")[0].support == 1


def test_no_profile_line_without_evidence_and_a_rebuild_gives_the_same(memory: Memory) -> None:
    for text in ("I love watercolour and pastels", "Biscuit is a whippet", "never add text", "I live in Oslo"):
        say(memory, "ana", text)
    facts, lines = memory.facts("ana", live=False), memory.profile("ana")
    recalled = memory.recall("ana", "draw Biscuit", subjects=["@biscuit"])
    assert all(line.evidence for line in lines)
    memory.rebuild("ana")
    assert memory.facts("ana", live=False) == facts
    assert [(one.text, one.evidence) for one in memory.profile("ana")] == [(one.text, one.evidence) for one in lines]
    again = memory.recall("ana", "draw Biscuit", subjects=["@biscuit"])
    assert [(one.text, one.why) for one in again.lines] == [(one.text, one.why) for one in recalled.lines]


def test_a_fact_that_no_longer_holds_is_not_corrected_but_what_took_its_place(memory: Memory) -> None:
    say(memory, "ana", "This is my dog Biscuit")
    old = memory.facts("ana")[0]
    say(memory, "ana", "No, Biscuit is a *whippet*")
    (now,) = memory.facts("ana")
    with pytest.raises(MemoryProblem, match=f"no longer holds.*correct {now.id}"):
        memory.correct("ana", old.id, "Biscuit is a greyhound")
    assert memory.facts("ana") == [now]
