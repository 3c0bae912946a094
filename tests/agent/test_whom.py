"""Who is meant by a kind, an owner, a description."""

from __future__ import annotations

import pytest

from limner.agent.plan import MemoryLine, PlanContext
from limner.agent.whom import all_of_a_kind, meant

SUBJECTS = {"Nero": "cat", "Bianca": "cat", "Olaf": "parrot", "Grace": "girl", "Rex": "dog", "Patch": "dog"}
LINES = ("Rex is Grace's dog", "Patch wears an eyepatch")
CONTEXT = PlanContext(
    subjects=SUBJECTS, memory=tuple(MemoryLine(id=f"m{n}", text=line) for n, line in enumerate(LINES))
)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("both cats chasing wool", ("Nero", "Bianca")),
        ("my two cats and the parrot at sea", ("Nero", "Bianca", "Olaf")),
        ("all my dogs in the snow", ("Rex", "Patch")),
        ("three cats in the snow", ()),
        ("all my cats in the snow, minus the older one", ()),
        ("two cats in a tree", ()),
        ("my cats in a box. not bianca though", ("Nero",)),
        ("all the cats but Nero", ("Bianca",)),
        ("my cats in a box, but Nero in a hat", ("Nero", "Bianca")),
        ("My two dogs: one hates baths. That one in the bath", ()),
        ("All the kids, all the dogs, one bathtub", ()),
        ("the cat in the snow", ()),
        ("my cats birthday is tomorrow, a card with just him", ()),
        ("the cats building a house and Grace laughing", ("Nero", "Bianca", "Grace")),
        ("a gif of both dogs", ("Rex", "Patch")),
        ("a portrait of my two cats", ("Nero", "Bianca")),
        ("a video of all my cats asleep", ("Nero", "Bianca")),
        ("two photos of both dogs", ("Rex", "Patch")),
        ("the tail of both dogs", ()),
        ("the name of both cats", ()),
        ("a picture of either of both dogs", ()),
        ("a picture of two cats", ()),
        ("none of the cats", ()),
    ],
)
def test_all_of_a_kind_are_those_there_are(text: str, who: tuple[str, ...]) -> None:
    assert all_of_a_kind(CONTEXT, text) == who


def test_an_owner_stands_for_who_is_theirs() -> None:
    found = meant(CONTEXT, "a portrait of Grace's dog")
    assert found is not None and (found.name, found.owner, found.words) == ("Rex", "Grace", "Grace's dog")
    assert meant(CONTEXT, "Grace's cat asleep") is None


def test_a_description_stands_for_whom_a_memory_describes() -> None:
    found = meant(CONTEXT, "my dog in a bathtub, the one with the eyepatch")
    assert found is not None and (found.name, found.words) == ("Patch", ", the one with the eyepatch")
    assert meant(CONTEXT, "the one with the hat") is None
