"""What the request keeps is not erased, and what it names is erased under its name."""

from __future__ import annotations

import pytest

from limner.agent.given_up import given_up, only_named, other_of_two, spared, style_erased

NAMES = ("Basil", "Rex")


@pytest.mark.parametrize(
    ("what", "text", "kept"),
    [
        ("felt", "forget felt, no wait, keep it", True),
        ("felt", "delete felt! no, keep the style", True),
        ("Rex", "forget Rex. wait, actually leave him", True),
        ("Rex", "scrap Rex, sorry, keep him", True),
        ("felt", "forget felt, no, keep ink", False),
        ("felt", "forget felt and keep it out of my pictures", False),
        ("felt", "get rid of felt, keep it simple", False),
        ("ink", "forget felt, no wait, keep it", False),
    ],
)
def test_what_is_kept_on_second_thought_is_spared(what: str, text: str, kept: bool) -> None:
    assert spared(what, text) is kept


@pytest.mark.parametrize(
    ("what", "text", "name"),
    [
        ("Rosalind", "bin Basil please", "Basil"),
        ("Rosalind", "forget my friend Basil", "Basil"),
        ("Rex", "get rid of Basil", "Basil"),
        ("Rosalind", "erase the Basil style", "Basil"),
        ("Rosalind", "forget Basil and draw a hill", "Basil"),
        ("Rosalind", "please forget our old Basil for good", "Basil"),
        # What was said, more than one word, or of somebody.
        ("hats", "forget the hats Basil wears", ""),
        ("chess", "forget Basil's game", ""),
        ("chess", "forget what Basil likes", ""),
        ("Rosalind", "forget that Basil likes rain", ""),
        ("hats", "wipe all that Basil told you", ""),
        ("the blue hat", "forget Basil", ""),
        ("Rosalind", "forget Rex and forget Basil", ""),
        ("Rosalind", "draw Basil", ""),
    ],
)
def test_a_name_misread_is_the_one_that_is_named(what: str, text: str, name: str) -> None:
    assert only_named(what, NAMES, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("erase everything you know about Basil", "Basil"),
        ("forget all that you've kept on Rex", "Rex"),
        ("delete whatever you remember about our Basil, please", "Basil"),
        ("wipe anything about Basil", "Basil"),
        ("forget what you know about Basil and Rex", ""),
        ("forget everything about Basil's hat", ""),
        ("forget everything Basil told you", ""),
        ("forget everything about the game Basil likes", ""),
    ],
)
def test_everything_about_somebody_is_erased_under_their_name(text: str, name: str) -> None:
    assert only_named("Rosalind", NAMES, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bin salto for good", "salto"),
        ("bin felt for good please", "felt"),
        ("bin the felt style for good, I never use it", "felt"),
        ("scrap felt altogether. I hate it", "felt"),
        ("throw away salto forever", "salto"),
        ("bin felt", ""),
        ("bin the letter for good", ""),
        ("bin the felt hat for good", ""),
        ("bin the salto for good and draw Rex", ""),
    ],
)
def test_what_is_binned_for_good_is_erased(text: str, name: str) -> None:
    assert style_erased(("felt", "salto"), text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bin felt for good, I'm so over it", "felt"),
        ("scrap the felt style for good, it's hideous", "felt"),
        ("bin felt for good! I'm done with it", "felt"),
        ("drop felt for good but keep salto", "felt"),
        ("drop the salto move for good, felt stays", "salto"),
        ("dump felt altogether, we're just sick of it, but keep salto please", "felt"),
        ("would you bin felt for good?", "felt"),
        ("should I bin felt for good?", ""),
        ("bin felt for good, I'm over the moon", ""),
        ("drop felt for good but draw Rex", ""),
        ("bin felt for good, draw Rex and keep it simple", ""),
        ("drop felt for good, keep salto, then draw Rex", ""),
        ("drop the felt hat for good but keep salto", ""),
        ("don't drop felt for good", ""),
        ("keep felt for good", ""),
    ],
)
def test_what_is_dropped_for_good_may_be_told_why_and_what_stays(text: str, name: str) -> None:
    assert style_erased(("felt", "salto"), text) == name


STYLES = ("felt", "ink")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("keep felt, but erase the other style", "ink"),
        ("keep felt and delete my other one please", "ink"),
        ("leave felt alone and wipe the other", "ink"),
        ("not felt, forget the other style!", "ink"),
        ("erase felt and keep the other style", ""),
        ("erase the other style", ""),
        ("keep felt, but erase the other style's hat", ""),
        ("keep felt, draw the other style", ""),
        ("keep it. erase felt", ""),
    ],
)
def test_of_two_the_one_that_is_not_kept_is_erased(text: str, name: str) -> None:
    assert other_of_two("felt", (("Rex", "Basil"), STYLES, ()), text) == name


def test_of_three_or_one_there_is_no_other() -> None:
    for pool in (("felt", "ink", "clay"), ("felt",), ()):
        assert other_of_two("felt", ((), pool, ()), "keep felt, but erase the other style") == ""


@pytest.mark.parametrize(
    ("what", "text", "name"),
    [
        ("fetl style", "erase the felt style", "felt"),
        ("my fellt style", "erase my felt style", "felt"),
        ("style felf", "please wipe felt", "felt"),
        ("linen style", "erase linen but not line", ""),
        ("line style", "forget the line style but keep linen", ""),
        ("fetl style", "forget the fetl style", ""),
        ("wood style", "erase the felt style", ""),
    ],
)
def test_a_style_that_was_misspelt_is_the_one_that_is_named(what: str, text: str, name: str) -> None:
    assert only_named(what, ("felt", "line", "linen"), text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rex can go", "Rex"),
        ("Rex can go. Wipe what you know of him, please", "Rex"),
        ("Rex can go. Actually, keep him", ""),
        ("Rex can go. No wait, don't", ""),
        ("Rex can go. Draw Basil", ""),
        ("Rex can go home", ""),
    ],
)
def test_who_is_kept_or_goes_on_is_not_given_up(text: str, name: str) -> None:
    assert given_up(NAMES, text) == name
