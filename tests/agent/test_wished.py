"""A wish is kept as it was said, with the last word on its number."""

from __future__ import annotations

import pytest

from limner.agent.plan import SetPreference
from limner.agent.wished import as_said


@pytest.mark.parametrize(
    ("text", "planned", "kept"),
    [
        (
            "from today on give me four variations each time. Hmm four is a lot. Make that two each time.",
            "always give me four variations",
            "always give me two variations",
        ),
        ("always 3 pictures, no, 2 please", "always 3 pictures", "always 2 pictures"),
        (
            "remember: from now on please never again text in my pictures",
            "always draw in the felt style",
            "remember: from now on please never again text in my pictures",
        ),
        ("remember I like frames around my pictures", "likes roses", "remember I like frames around my pictures"),
        ("always draw three trees, no two alike", "always three trees", "always three trees"),
        ("Ada turned 4 and she always wears a red hat", "Ada always wears a red hat", "Ada always wears a red hat"),
        ("no more captions please", "never any caption", "never any caption"),
    ],
)
def test_a_wish_is_kept_as_it_was_said(text: str, planned: str, kept: str) -> None:
    assert as_said(SetPreference(text=planned), text, ("Ada",)).text == kept
