"""The right lines come back, dated, within the budget, and the right pictures are meant."""

from __future__ import annotations

from limner.memory import Memory
from limner.memory.postings import Tokenizer
from tests.memory.conftest import Clock, draw, say


def test_subject_and_preferences_come_whole_and_others_stay_out(memory: Memory) -> None:
    for text in ("This is my dog Biscuit", "Mochi is a cat", "I love watercolour", "I hate neon", "I live in Oslo"):
        say(memory, "ana", text)
    found = memory.recall("ana", "draw Biscuit on the beach", subjects=["Biscuit"])
    texts = [line.text for line in found.lines if line.kind != "turn"]
    assert {"Biscuit is the user's dog", "User likes watercolour", "User dislikes neon"} <= set(texts)
    assert "Mochi is a cat" not in [line.text for line in found.lines if line.kind == "profile"]
    assert all(line.evidence and line.why for line in found.lines)


def test_the_budget_holds(memory: Memory) -> None:
    for number in range(60):
        say(memory, "ana", f"I love style number {number} with a long name that takes many words to say in full")
    for budget in (0, 20, 150):
        assert memory.recall("ana", "draw a dog in a style", budget_words=budget).words <= budget


def test_the_style_liked_last_week(memory: Memory, clock: Clock) -> None:
    draw(memory, "ana", "a fox", style="style:inkwash", liked=True)
    draw(memory, "ana", "a fox", style="style:neonpop", liked=False)
    clock.advance(days=7)
    draw(memory, "ana", "a fox", style="style:risograph", liked=True)
    found = memory.recall("ana", "use the style I liked last week")
    assert found.handles == ("style:inkwash",)
    assert found.interval is not None


def test_the_beach_one_and_the_one_from_tuesday(memory: Memory, clock: Clock) -> None:
    beach = draw(memory, "ana", "Biscuit on the beach")  # a Tuesday
    clock.advance(days=1)
    snow = draw(memory, "ana", "Biscuit in the snow")
    clock.advance(days=5)
    assert memory.recall("ana", "animate the beach one").handles == (beach,)
    assert memory.recall("ana", "animate the one from Tuesday").handles == (beach,)
    assert memory.recall("ana", "the picture from Wednesday").handles == (snow,)
    assert memory.recall("ana", "draw a dog").handles == ()


def test_handles_are_counted_once_and_filtered(memory: Memory, clock: Clock) -> None:
    first = draw(memory, "ana", "a fox", subject="@fox", liked=True)
    clock.advance(days=1)
    second = draw(memory, "ana", "a 100% dog", style="inkwash")
    assert (first, second) == ("img-1", "img-2")
    assert [one.handle for one in memory.handles("ana", liked=True)] == [first]
    assert [one.handle for one in memory.handles("ana", style="style:inkwash")] == [second]
    assert [one.handle for one in memory.handles("ana", subject="fox")] == [first]
    assert [one.handle for one in memory.handles("ana", since=clock.now)] == [second]
    assert [one.handle for one in memory.handles("ana", text="100%")] == [second]
    memory.forget("ana", second)
    assert memory.new_handle("ana", "image") == "img-3"


def test_a_job_that_was_killed_before_it_used_its_handle_gets_it_again(memory: Memory) -> None:
    assert [memory.new_handle("ana", "image", "a job") for _ in range(2)] == ["img-1", "img-1"]
    assert memory.new_handle("ana", "clip", "a clip") == "clip-1"
    assert memory.new_handle("ana", "image", "another job") == "img-2"
    assert memory.new_handle("ana", "image") == "img-3"


def test_pictures_are_found_by_pixels(memory: Memory) -> None:
    for name, vector in (("img-1", [1.0, 0.0]), ("img-2", [0.0, 2.0])):
        memory.put_handle("ana", name, kind="image", image_vector=vector)
    assert [hit.id for hit in memory.similar("ana", [0.1, 1.0], k=1)] == ["img-2"]


def test_a_turn_of_which_nothing_is_left_is_not_recalled(memory: Memory) -> None:
    memory.put_handle("ana", "@biscuit", kind="subject")
    say(memory, "ana", "Biscuit sleeps")
    say(memory, "ana", "Biscuit sleeps. The sofa is blue")
    memory.forget("ana", "@biscuit")
    told = [line.text for line in memory.recall("ana", "who sleeps on the sofa").lines]
    assert told and all("sofa" in line for line in told)


def test_search_says_each_thing_once(memory: Memory) -> None:
    say(memory, "ana", "I hate neon")
    memory.profile("ana")
    texts = [hit.text for hit in memory.search("ana", "neon")]
    assert len(texts) == len(set(texts)) == 2


def test_a_word_kept_becomes_the_terms_it_became_at_first() -> None:
    tokenizer = Tokenizer()
    words = ["running", "naïve_dogs", "running", "café"]
    wanted = {term for _, term, _ in tokenizer.counts([(1, " ".join(words))])}
    assert tokenizer.terms(words) == wanted == tokenizer.terms(words)
    tokenizer.forget()
    assert tokenizer.terms(words[:1]) == {"run"}
