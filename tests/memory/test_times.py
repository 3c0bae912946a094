"""Time words become the interval a person means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from limner.memory import times

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("the style I liked last week", "2026-11-16", "2026-11-23"),
        ("the one from Tuesday", "2026-11-17", "2026-11-18"),
        ("yesterday's dog", "2026-11-22", "2026-11-23"),
        ("in October", "2026-10-01", "2026-11-01"),
        ("in December", "2025-12-01", "2026-01-01"),
        ("2 weeks ago", "2026-11-09", "2026-11-16"),
        ("between Monday and Thursday", "2026-11-16", "2026-11-20"),
        ("last weekend", "2026-11-21", "2026-11-23"),
        ("on the 3rd of May", "2026-05-03", "2026-05-04"),
        ("May 5th, 2025", "2025-05-05", "2025-05-06"),
        ("last summer", "2026-06-01", "2026-09-01"),
        ("in 2024", "2024-01-01", "2025-01-01"),
        ("2026-11-02", "2026-11-02", "2026-11-03"),
        ("Tuesday last week", "2026-11-17", "2026-11-18"),
        ("before October", "1970-10-01", "2026-10-01"),
        ("on 12.11.2026", "2026-11-12", "2026-11-13"),
        ("the day before yesterday", "2026-11-21", "2026-11-22"),
    ],
)
def test_words_name_an_interval(text: str, start: str, end: str) -> None:
    found = times.interval(text, NOW)
    assert found is not None
    assert (found.start.date().isoformat(), found.end.date().isoformat()) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "draw Biscuit on the beach",
        "may I have a dog",
        "the second one",
        "31 February",
        "a marching band in the sun",
        "",
    ],
)
def test_other_words_name_none(text: str) -> None:
    assert times.interval(text, NOW) is None


def test_a_vague_day_is_written_out() -> None:
    assert "[22 November 2026]" in times.spoken_dates("Yesterday we met Biscuit", NOW)
    assert times.spoken_dates("We met Biscuit", NOW) == "We met Biscuit"
