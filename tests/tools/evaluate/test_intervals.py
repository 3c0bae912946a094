"""Shares and their intervals."""

from limner.tools.evaluate.intervals import Share, share


def test_the_interval_holds_the_share_and_narrows_with_more() -> None:
    few, many = Share(8, 10), Share(800, 1000)
    assert few.interval[0] < few.value < few.interval[1]
    assert many.interval[1] - many.interval[0] < few.interval[1] - few.interval[0]


def test_all_hits_are_not_certainty() -> None:
    assert share([True] * 10).interval[0] < 0.75


def test_nothing_measured_says_nothing() -> None:
    assert share([]).interval == (0.0, 1.0)
