"""A wish is kept as it was said, with the last word on its number."""

from __future__ import annotations

import pytest

from limner.agent.plan import PlanContext, SetPreference
from limner.agent.wished import as_said, wish_of_a_style


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


@pytest.mark.parametrize(
    ("wish", "text", "kept"),
    [
        (
            "from now on",
            "Learn it as mud, draw Ada, and make mud my default from now on",
            "make mud my default from now on",
        ),
        ("always", "draw Ada, always use felt please", "always use felt please"),
        ("as a standard", "Ada in a tree; felt as my standard!", "felt as my standard"),
        # It names one, there is none, it is no lasting wish, or there are two.
        ("always felt", "Ada in a tree. always use felt", ""),
        ("from now on", "Ada in felt. Make everything wide from now on", ""),
        ("likes tea", "Ada in a tree. always use felt", ""),
        ("every time", "felt every time, and Ada every time", ""),
        ("from now on Ada", "from now on felt for Ada", ""),
    ],
)
def test_a_wish_says_of_which_style_it_is(wish: str, text: str, kept: str) -> None:
    assert wish_of_a_style(wish, PlanContext(subjects={"Ada": "woman"}, styles=("felt",)), text) == kept


@pytest.mark.parametrize(
    ("text", "planned", "kept"),
    [
        ("always morning light, scratch that, evening light", "always morning light", "always evening light"),
        ("remember I like tea, no, coffee", "I like tea", "I like coffee"),
        ("remember I like tea, I mean coffee", "I like tea", "I like coffee"),
        ("always a red hat - no, a blue hat", "always a red hat", "always a blue hat"),
        ("always ink... make that felt", "always ink", "always felt"),
        ("always wide pictures, or rather tall pictures!", "always wide pictures", "always tall pictures"),
        ("always ink, no wait, felt", "always ink", "always felt"),
        # No correction, of something else, or nothing that it could stand for.
        ("from now on draw everything flat, no shadows", "draw everything flat", "draw everything flat"),
        ("remember I like tea, no sugar", "I like tea", "I like tea"),
        ("always black and white, no colour please", "always black and white", "always black and white"),
        ("remember I like dogs. No cats", "I like dogs", "I like dogs"),
        ("I like small pictures, rather bright", "likes small pictures", "likes small pictures"),
        ("remember Ada hates cake, sorry Ada", "Ada hates cake", "Ada hates cake"),
        ("always morning light, scratch that, a great big red hat", "always morning light", "always morning light"),
        ("always morning light, scratch that, evening light", "always evening light", "always evening light"),
        ("always wide frames, no, pictures of cats", "always wide frames", "always wide frames"),
    ],
)
def test_a_wish_has_the_words_that_came_last(text: str, planned: str, kept: str) -> None:
    assert as_said(SetPreference(text=planned), text, ("Ada",)).text == kept
