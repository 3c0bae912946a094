"""Whom memory tells, a nickname or the only one of a kind is put by name before a small planner reads the request."""

from __future__ import annotations

import pytest

from limner.agent.by_kind import by_memory, by_name, in_capitals
from limner.agent.plan import PlanContext
from limner.agent.planner import simplified

FLOCK = {"Greta": "hen", "Berta": "hen", "Nelly": "dog", "Otis": "dog", "Dario": "man"}
MEMORY = [
    "Greta lays blue eggs and hates the rain",
    "Berta broods all summer",
    "Otis is three years older than Nelly",
    "Dario is called Dodo by his nieces",
]
HOME = {"Finn": "boy", "Mia": "girl", "Nelly": "dog", "Tweed": "truck", "Jojo": "parrot"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the older one in a cart", "Otis in a cart"),
        ("our younger dog on a pier", "Nelly on a pier"),
        ("the older of the two in a boat", "Otis in a boat"),
        ("the younger of my two with a ball", "Nelly with a ball"),
        ("the older of my two dogs on a sofa", "Otis on a sofa"),
        ("the younger dog of the two in a tent", "Nelly in a tent"),
        ("the older one's basket", "Otis's basket"),
        ("Dodo at the fair", "Dario at the fair"),
        ("the hen who lays blue eggs on a swing", "Greta"),
        ("my hen that broods, in a hat", "Berta, in a hat"),
        ("my dog, not Nelly, at sea", "Otis at sea"),
        ("the dog, the one that is not Otis, on a swing", "Nelly on a swing"),
        ("Nelly at sea. My other dog in a hut", "Nelly at sea. Otis in a hut"),
        ("no Nelly today, our other dog in a boat", "no Nelly today, Otis in a boat"),
    ],
)
def test_memory_tells_who_is_meant(text: str, named: str) -> None:
    assert by_memory(text, FLOCK, MEMORY) == named


@pytest.mark.parametrize(
    "text",
    [
        "an older dog in the rain",
        "the bigger one at sea",
        "the older man on a bench",
        "the older dog house",
        "the younger dog food bowl",
        "the younger brother of Dario",
        "my other dog in a hut",
        "my other dog with Nelly and Otis",
        "my other goat in a hut, not Nelly",
        "Otis' older sister",
        "a dodo in a park",
        "the dodo at the zoo",
        "Dodos at the fair",
        "the hen who sings on a roof",
        "the hen who lays blue eggs, beside Berta",
        "my dog Nelly at sea",
        "my goat, not Nelly, at sea",
    ],
)
def test_who_is_not_told_stays_as_it_was_said(text: str) -> None:
    assert by_memory(text, FLOCK, MEMORY) == text


def test_a_nickname_of_two_is_nobodys() -> None:
    both = ["Dario is called Dodo", "Otis chased a Dodo once"]
    assert by_memory("Dodo at sea", FLOCK, both) == "Dodo at sea"
    assert by_memory("Dodo at sea", FLOCK, ["Dario and Otis are both called Dodo"]) == "Dodo at sea"
    assert by_memory("Dodo at sea", FLOCK, ["Dario likes Dodo"]) == "Dodo at sea"


def test_two_who_are_told_the_same_of_stay_a_kind() -> None:
    same = ["Greta lays blue eggs", "Berta lays blue eggs"]
    assert by_memory("the hen who lays blue eggs", FLOCK, same) == "the hen who lays blue eggs"


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("the green van on a hill", "Green Van on a hill"),
        ("my green van, washed", "Green Van, washed"),
        ("draw green van with a roof rack", "draw Green Van with a roof rack"),
        ("the wheels of the green van", "the wheels of Green Van"),
        ("a green van on a hill", "a green van on a hill"),
        ("a shiny green van", "a shiny green van"),
        ("an old green van by the sea", "an old green van by the sea"),
        ("my green van and a green van", "Green Van and a green van"),
        ("the green vans on a hill", "the green vans on a hill"),
        ("the evergreen van", "the evergreen van"),
        ("the nelly in a box", "the nelly in a box"),
    ],
)
def test_a_name_of_several_words_is_spelt_as_it_is(text: str, spelt: str) -> None:
    assert in_capitals(text, ("Green Van", "Nelly")) == spelt


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the boy on a sledge", "Finn on a sledge"),
        ("my daughter in a tent", "Mia in a tent"),
        ("our son asleep", "Finn asleep"),
        ("the dog and the boy at sea", "Nelly and Finn at sea"),
        ("put the dog on a swing", "put Nelly on a swing"),
        ("my truck in the mud", "Tweed in the mud"),
        ("the bird on a wire", "Jojo on a wire"),
        ("no, the dog", "no, Nelly"),
        ("the dog's bowl", "Nelly's bowl"),
        ("my daughter and the girl next door", "Mia and the girl next door"),
    ],
)
def test_the_only_one_of_a_kind_is_said_by_name(text: str, named: str) -> None:
    assert by_name(text, HOME) == named


@pytest.mark.parametrize(
    "text",
    [
        "a boy on a sledge",
        "the boys in a boat",
        "the dog house by the lake",
        "the dog food on a shelf",
        "the hot dog on a plate",
        "the boy scout in the rain",
        "the boy with the boy next door",
        "Nelly, my dog, at sea",
        "my daughter Mia at sea",
        # Of a picture.
        "remove the dog",
        "replace the boy with a fox",
        "add the dog to it",
        "take the truck off the road",
        # Kept out.
        "everyone but the dog at sea",
        "not the dog in a bath",
        "all of us without the dog",
    ],
)
def test_what_is_no_name_is_left_alone(text: str) -> None:
    assert by_name(text, HOME) == text


def test_one_of_several_is_not_said_by_name() -> None:
    girls = {"Mia": "girl", "Lou": "girl", "Nelly": "dog", "Otis": "dog"}
    for text in ("my daughter in a tent", "the girl in a tent", "the dog in a tent"):
        assert by_name(text, girls) == text
    birds = {"Jojo": "parrot", "Kiki": "crow"}
    assert by_name("the bird on a wire", birds) == "the bird on a wire"
    assert by_name("the crow on a wire", birds) == "Kiki on a wire"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('the boy with a sign "the boy"', 'Finn with a sign "the boy"'),
        ("Nelly by a gate saying “beware of the dog”", "Nelly by a gate saying “beware of the dog”"),
        ('"the girl" on a cup, my daughter beside it', '"the girl" on a cup, Mia beside it'),
        ('Nelly holding «the boy» and "the truck"', 'Nelly holding «the boy» and "the truck"'),
        ('the dog by "teh bakcpack"', 'Nelly by "teh bakcpack"'),
    ],
)
def test_what_is_quoted_stays_as_it_is_written(text: str, plain: str) -> None:
    assert simplified(PlanContext(subjects=HOME), text) == plain


KIN = {"Jon": "man", "Ida": "girl", "Mia": "girl", "Kim": "woman", "Max": "dog"}


@pytest.mark.parametrize(
    ("line", "text", "named"),
    [
        ("Jon is the user's husband", "my other half in a canoe", "Jon in a canoe"),
        ("The user's husband is Jon.", "my hubby's boat", "Jon's boat"),
        ("Kim is the user's boss", "my boss at sea", "Kim at sea"),
        ("Mia is Ida's sister", "Ida's sister on a hill", "Mia on a hill"),
        ("Ida's sister is Mia", "Ida and Ida's sister", "Ida and Mia"),
        ("Mia is Ida's sister", "Ida's sister's bike", "Mia's bike"),
        ("Max is Ida's dog", "Ida's dog asleep", "Max asleep"),
        # Somebody else, something else, or named already.
        ("Mia is Ida's sister", "Mia and Ida's sister", "Mia and Ida's sister"),
        ("Mia is Ida's sister", "Kim's sister on a hill", "Kim's sister on a hill"),
        ("Jon is Mia's dad", "my dad and Mia", "my dad and Mia"),
        ("Max is Ida's dog", "Ida's dog bed", "Ida's dog bed"),
        ("Max is Ida's dog", "Ida's dogs at sea", "Ida's dogs at sea"),
        ("Jon is the user's husband", "my other half of the cake", "my other half of the cake"),
        ("Jon is the user's husband", "my other half-eaten cake", "my other half-eaten cake"),
        ("Ida's favourite toy is Max", "Ida's favourite toy", "Ida's favourite toy"),
    ],
)
def test_who_somebody_is_to_others_is_put_by_name(line: str, text: str, named: str) -> None:
    assert by_memory(text, KIN, [line]) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the boy in a tree. Then the boy at sea", "Tim in a tree. Then Tim at sea"),
        ("my dog at sea! And my dog asleep", "Max at sea! And Max asleep"),
        ("the boy with the boy next door", "the boy with the boy next door"),
        ("the dog chasing the dog", "the dog chasing the dog"),
    ],
)
def test_mentions_that_stand_apart_are_of_one(text: str, named: str) -> None:
    assert by_name(text, {"Tim": "boy", "Max": "dog"}) == named


CLAN = {"Mia": "cat", "Lou": "cat", "Rex": "dog", "Nan": "grandmother", "Gramps": "grandfather", "Finn": "boy"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Rex at sea, then both cats on a sofa", "Rex at sea, then Mia and Lou on a sofa"),
        ("Rex at sea. The two cats in a box", "Rex at sea. Mia and Lou in a box"),
        ("Rex asleep, finally both of my cats asleep", "Rex asleep, finally Mia and Lou asleep"),
        ("my two cats in a tub, then Rex", "Mia and Lou in a tub, then Rex"),
        # One picture alone, their things, some of them, or not two.
        ("both cats on a sofa", "both cats on a sofa"),
        ("Rex, then both cats' bowls", "Rex, then both cats' bowls"),
        ("Rex, then not both cats", "Rex, then not both cats"),
        ("Rex, then one of the two cats", "Rex, then one of the two cats"),
        ("Rex, then both dogs at sea", "Rex, then both dogs at sea"),
        ("Rex, then two cats at sea", "Rex, then two cats at sea"),
        ("Rex, then both catfish", "Rex, then both catfish"),
    ],
)
def test_both_of_a_kind_are_named_in_a_list(text: str, named: str) -> None:
    assert by_name(text, CLAN) == named
    three = {**CLAN, "Tab": "cat"}
    assert by_name(text, three) == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the old lady herself", "Nan herself"),
        ("the old lady on a bench", "Nan on a bench"),
        ("the old man alone on a pier", "Gramps alone on a pier"),
        ("the bloke in a boat", "Gramps in a boat"),
        ("the gentleman's hat", "Gramps's hat"),
        ("the kid on a swing", "Finn on a swing"),
        ("my dog only", "Rex only"),
        ("the child beside the old woman", "Finn beside Nan"),
        # Nobody of theirs.
        ("an old lady on a bench", "an old lady on a bench"),
        ("the lady next door with a cake", "the lady next door with a cake"),
        ("the boy next door on a bike", "the boy next door on a bike"),
        ("the man in the moon", "the man in the moon"),
        ("the old ladies on a bench", "the old ladies on a bench"),
        ("the lady bug on a leaf", "the lady bug on a leaf"),
        ("the old man and the old man", "the old man and the old man"),
        ("Nan, the old lady, at sea", "Nan, the old lady, at sea"),
    ],
)
def test_who_is_of_a_narrower_kind_is_meant_by_the_wider_word(text: str, named: str) -> None:
    assert by_name(text, CLAN) == named


def test_of_two_that_a_wider_word_fits_none_is_named() -> None:
    for text, more in (("the kid on a swing", {"Ida": "girl"}), ("the old lady on a bench", {"Vi": "grandma"})):
        assert by_name(text, {**CLAN, **more}) == text


BIRDS = {"Jojo": "parrot", "Kiki": "crow", "Nelly": "dog", "Otis": "dog"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the bird that isn't the crow on a wire", "Jojo on a wire"),
        ("my bird, who's not Jojo, on a wire", "Kiki, on a wire"),
        ("the bird which is not a parrot, asleep", "Kiki, asleep"),
        ("the dog that isnt Nelly at sea", "Otis at sea"),
        # Neither of the two, anybody's, or of the bird itself.
        ("the bird that isn't the owl on a wire", "the bird that isn't the owl on a wire"),
        ("a bird that isn't the crow on a wire", "a bird that isn't Kiki on a wire"),
        ("the bird that isn't asleep on a wire", "the bird that isn't asleep on a wire"),
        ("the cat that isn't Nelly at sea", "the cat that isn't Nelly at sea"),
    ],
)
def test_the_one_that_is_not_the_other_is_named(text: str, named: str) -> None:
    assert by_name(text, BIRDS) == named


def test_of_three_the_one_that_is_not_another_may_be_either() -> None:
    named = by_name("the bird that isn't the crow on a wire", {**BIRDS, "Owlet": "owl"})
    assert named == "the bird that isn't Kiki on a wire"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the one whose name starts with B on a swing", "Berta on a swing"),
        ("the one that begins with an O at sea", "Otis at sea"),
        ("the hen whose name starts with a G on a swing", "Greta on a swing"),
        ("the one whose name starts with Z on a swing", "the one whose name starts with Z on a swing"),
        ("the one whose hat starts with B on a swing", "the one whose hat starts with B on a swing"),
        ("one whose name starts with B on a swing", "one whose name starts with B on a swing"),
        ("the one whose name starts with Be on a swing", "the one whose name starts with Be on a swing"),
    ],
)
def test_the_one_whose_name_starts_so_is_named(text: str, named: str) -> None:
    assert by_memory(text, FLOCK, MEMORY) == named


def test_a_letter_of_two_names_is_nobodys() -> None:
    both = {"Greta": "hen", "Gilda": "hen"}
    text = "the one whose name starts with G on a swing"
    assert by_memory(text, both, []) == text
