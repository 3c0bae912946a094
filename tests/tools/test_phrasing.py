"""Names become triggers in the middle of any sentence."""

from __future__ import annotations

import pytest

from limner.tools.phrasing import introduce, mentions, placeholder


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Biscuit on the beach", "a <biscuit> dog on the beach"),
        ("my dog Biscuit on the beach", "a <biscuit> dog on the beach"),
        ("@biscuit at night", "a <biscuit> dog at night"),
        ("Biscuit the dog, happy", "a <biscuit> dog, happy"),
        ("a cartoon of the dog in the snow", "a cartoon of a <biscuit> dog in the snow"),
        ("him in the snow", "a <biscuit> dog in the snow"),
        ("on the beach", "a <biscuit> dog on the beach"),
        ("Biscuit's birthday, with Biscuit", "a <biscuit> dog's birthday, with a <biscuit> dog"),
        ("Biscuits on a plate, the dog looks", "Biscuits on a plate, a <biscuit> dog looks"),
    ],
)
def test_a_subject_is_introduced_where_it_is_meant(said: str, meant: str) -> None:
    assert introduce(said, "Biscuit", "dog", "<biscuit> dog") == meant


def test_a_name_in_any_script_is_found() -> None:
    assert introduce("小黑 in the snow", "小黑", "cat", "<小黑> cat") == "a <小黑> cat in the snow"
    assert placeholder("Mr <X> Fox") == "<mr-x-fox>"


def test_words_are_whole() -> None:
    assert mentions("a cartoon of", "cartoon")
    assert not mentions("cartoonish", "cartoon")
