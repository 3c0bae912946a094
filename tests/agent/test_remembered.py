"""What memory tells of how somebody looks and what they like best is drawn, unless the request says otherwise."""

from __future__ import annotations

import pytest

from limner.agent.because import with_reasons
from limner.agent.plan import GenerateImage, MemoryLine, PastTurn, Plan, PlanContext, parse_plan
from limner.agent.remembered import as_remembered

SUBJECTS = {"Biscuit": "dog", "Saffron": "cat", "Rusty": "dog"}


def prompt(planned: str, text: str, *memory: str, subjects: tuple[str, ...] = ("Biscuit",), past: str = "") -> str:
    lines = tuple(MemoryLine(id=f"m{number}", text=line) for number, line in enumerate(memory))
    history = (PastTurn(user=past),) if past else ()
    context = PlanContext(subjects=SUBJECTS, styles=("inkwash",), motions=("spin",), memory=lines, history=history)
    (step,) = as_remembered(Plan(steps=(GenerateImage(prompt=planned, subjects=subjects),)), context, text).steps
    assert isinstance(step, GenerateImage)
    return step.prompt


@pytest.mark.parametrize(
    ("memory", "words"),
    [
        ("Biscuit always wears a red bandana", "wearing a red bandana"),
        ("Biscuit should always wear her green collar.", "wearing her green collar"),
        ("my dog Biscuit never takes off his bell", "wearing his bell"),
        ("Biscuit always has a striped tail", "with a striped tail"),
        ("Biscuit is never without his tennis ball", "with his tennis ball"),
        ("Biscuit never leaves the house without his ball", "with his ball"),
        ("Biscuit always carries a stick", "carrying a stick"),
        ("Always draw Biscuit with a blue hat with a feather", "with a blue hat with a feather"),
        ("always draw Biscuit in a yellow raincoat, please", "wearing a yellow raincoat"),
    ],
)
def test_how_somebody_always_looks_is_drawn(memory: str, words: str) -> None:
    assert prompt("Biscuit at the park", "draw Biscuit at the park", memory) == f"Biscuit at the park, {words}"


def test_of_several_it_is_said_whose_it_is_and_where_it_is_from() -> None:
    memory = ("Saffron is nine", "Biscuit always wears a red bandana")
    both = ("Biscuit", "Saffron")
    said = prompt("Biscuit and Saffron at sea", "Biscuit and Saffron at sea", *memory, subjects=both)
    assert said == "Biscuit and Saffron at sea, Biscuit wearing a red bandana"
    twins = ("Rusty always wears a red bandana", *memory)
    said = prompt("Biscuit and Rusty at sea", "at sea", *twins, subjects=("Biscuit", "Rusty"))
    assert said == "Biscuit and Rusty at sea, Biscuit wearing a red bandana, Rusty wearing a red bandana"
    lines = tuple(MemoryLine(id=f"m{number}", text=line) for number, line in enumerate(memory))
    context = PlanContext(subjects=SUBJECTS, memory=lines)
    plan = as_remembered(parse_plan('generate_image(prompt="Biscuit", subjects=["Biscuit"])'), context, "draw Biscuit")
    assert [reason.memory_ids for reason in with_reasons(plan, context, "draw Biscuit").because] == [("m1",)]


@pytest.mark.parametrize(
    ("text", "memory", "past"),
    [
        ("Biscuit without his bandana", "Biscuit always wears a red bandana", ""),
        ("Biscuit at sea, no bandana", "Biscuit always wears a red bandana", ""),
        ("Biscuit in a raincoat", "Biscuit always wears a red bandana", ""),
        ("Biscuit dressed as a knight", "Biscuit always wears a red bandana", ""),
        ("Biscuit again", "Biscuit always wears a red bandana", "Biscuit without the bandana"),
        ("Biscuit at sea", "Biscuit always wears a scarf in winter", ""),
        ("Biscuit at sea", "Biscuit always wears boots when it rains", ""),
        ("Biscuit at sea", "Biscuit always has a cold", ""),
        ("Biscuit at sea", "Biscuit always has to nap", ""),
        ("Biscuit at sea", "Always draw Biscuit in inkwash", ""),
        ("Biscuit at sea", "Always draw Biscuit with an inkwash look", ""),
        ("Biscuit at sea", "Saffron always wears a bell", ""),
        ("Biscuit at sea", "Dogs always wear collars", ""),
        ("Biscuit with a bandana", "Biscuit always wears a red bandana", ""),
    ],
)
def test_what_is_said_otherwise_or_not_always_seen_is_left_out(text: str, memory: str, past: str) -> None:
    assert prompt(text, text, memory, past=past) == text


def test_a_look_that_was_given_up_is_left_out() -> None:
    given_up = "Biscuit no longer wears the bandana"
    assert prompt("Biscuit", "draw Biscuit", "Biscuit always wears a red bandana", given_up) == "Biscuit"


@pytest.mark.parametrize(
    ("planned", "memory", "drawn"),
    [
        ("Saffron in her favourite place", "Saffron's favorite place is the greenhouse", "Saffron in the greenhouse"),
        ("Saffron in its favorite spot", "saffron’s favourite place is the greenhouse.", "Saffron in the greenhouse"),
        ("Saffron in the sun", "Saffron's favorite place is the greenhouse", "Saffron in the sun, in the greenhouse"),
        ("Saffron in her favourite place", "The greenhouse is Saffron's favourite place", "Saffron in the greenhouse"),
    ],
)
def test_a_favourite_is_called_by_its_name(planned: str, memory: str, drawn: str) -> None:
    assert prompt(planned, "Saffron in her favourite place", memory, subjects=("Saffron",)) == drawn


def test_favourites_of_others_and_not_asked_for_are_no_matter() -> None:
    memory = ("Saffron's favourite toy is a mouse", "Rusty's favourite toy is a bone")
    both, text = ("Saffron", "Rusty"), "Saffron and Rusty with Rusty's favourite toy"
    assert prompt(text, text, *memory, subjects=both) == "Saffron and Rusty with a bone"
    assert prompt("Saffron asleep", "Saffron asleep", *memory, subjects=("Saffron",)) == "Saffron asleep"
    text = "Saffron on a hill; keep that as her favourite toy"
    assert prompt("Saffron on a hill", text, *memory, subjects=("Saffron",)) == "Saffron on a hill"
    text = "Saffron with her favourite blanket"
    assert prompt(text, text, *memory, subjects=("Saffron",)) == text


@pytest.mark.parametrize(
    ("text", "memory", "seed"),
    [
        ("Biscuit at sea, with my lucky seed", ("my lucky seed is 77",), 77),
        ("our favourite seed: Biscuit at sea", ("the favourite seed is 77", "Biscuit is 9"), 77),
        ("Biscuit at sea with a new seed", ("my lucky seed is 77",), None),
        ("Biscuit at sea, use our own seed", ("our own seed is 77",), 77),
        ("take my lucky seed: Biscuit at sea", ("my lucky seed is 77",), 77),
        ("Biscuit planting my lucky seed", ("my lucky seed is 77",), None),
        ("Biscuit eats my favourite seed", ("my favourite seed is 77",), None),
        ("Biscuit at sea, our lucky day", ("my lucky seed is 77",), None),
        ("Biscuit at sea with my usual seed", ("seed 77 is lucky", "seed 12 is for cats"), None),
        ("Biscuit at sea with my usual seed", ("I am 77",), None),
    ],
)
def test_a_seed_of_mine_is_the_one_that_memory_tells(text: str, memory: tuple[str, ...], seed: int | None) -> None:
    lines = tuple(MemoryLine(id=f"m{number}", text=line) for number, line in enumerate(memory))
    drawn = GenerateImage(prompt="Biscuit at sea", subjects=("Biscuit",))
    (step,) = as_remembered(Plan(steps=(drawn,)), PlanContext(subjects=SUBJECTS, memory=lines), text).steps
    assert isinstance(step, GenerateImage) and step.seed == seed
    two = Plan(steps=(drawn, drawn))
    assert as_remembered(two, PlanContext(subjects=SUBJECTS, memory=lines), text) == two


@pytest.mark.parametrize(
    ("planned", "drawn"),
    [
        ("Biscuit holding her lucky charm", "Biscuit holding her lucky charm, a wooden acorn"),
        (
            "Biscuit with Biscuit's lucky charm by a well",
            "Biscuit with Biscuit's lucky charm, a wooden acorn, by a well",
        ),
        ("Biscuit holding her charm", "Biscuit holding her charm"),
        ("Biscuit with a wooden acorn, her lucky charm", "Biscuit with a wooden acorn, her lucky charm"),
        ("Biscuit holding a lucky charm", "Biscuit holding a lucky charm"),
        ("Biscuit, her lucky charm on her lucky charm box", "Biscuit, her lucky charm on her lucky charm box"),
    ],
)
def test_what_somebody_has_is_drawn_as_memory_tells(planned: str, drawn: str) -> None:
    for line in ("Biscuit's lucky charm is a wooden acorn", "biscuit’s lucky charm is a wooden acorn."):
        assert prompt(planned, planned, line) == drawn
    assert prompt(planned, planned, "Saffron's lucky charm is a wooden acorn") == planned


def test_a_favourite_is_no_thing_of_its_own() -> None:
    planned = "Biscuit holding her toy"
    assert prompt(planned, planned, "Biscuit's favourite toy is a wooden duck") == planned
    assert prompt(planned, planned, "Biscuit's toy is a wooden duck") == f"{planned}, a wooden duck"


ENEMY = "Biscuit's sworn enemy is Saffron"


@pytest.mark.parametrize(
    ("planned", "line", "drawn", "who"),
    [
        ("Biscuit staring at her sworn enemy", ENEMY, "Biscuit staring at Saffron", ("Biscuit", "Saffron")),
        ("Biscuit with Biscuit's sworn enemy", ENEMY, "Biscuit with Saffron", ("Biscuit", "Saffron")),
        (
            "Biscuit on his favourite toy",
            "Biscuit's favourite toy is Rusty.",
            "Biscuit on Rusty",
            ("Biscuit", "Rusty"),
        ),
        # Somebody else's, several, only theirs, or shown already.
        ("Biscuit with his enemy", ENEMY, "Biscuit with his enemy", ("Biscuit",)),
        ("Biscuit with his sworn enemy's hat", ENEMY, "Biscuit with his sworn enemy's hat", ("Biscuit",)),
        ("Biscuit with his sworn enemies", ENEMY, "Biscuit with his sworn enemies", ("Biscuit",)),
        ("Rusty with his sworn enemy", ENEMY, "Rusty with his sworn enemy", ("Rusty",)),
        (
            "Biscuit and Saffron, his sworn enemy",
            ENEMY,
            "Biscuit and Saffron, his sworn enemy",
            ("Biscuit", "Saffron"),
        ),
        # A cake of some sort.
        (
            "Biscuit with her favourite cake",
            "Biscuit's favourite cake is plum cake",
            "Biscuit with plum cake",
            ("Biscuit",),
        ),
        ("Biscuit with a cake", "Biscuit's favourite cake is plum cake", "Biscuit with a cake", ("Biscuit",)),
        ("Biscuit with a plum cake", "Biscuit's favourite cake is plum cake", "Biscuit with a plum cake", ("Biscuit",)),
    ],
)
def test_who_or_what_is_somebodys_own_is_drawn(planned: str, line: str, drawn: str, who: tuple[str, ...]) -> None:
    subjects = tuple(name for name in SUBJECTS if name in planned)
    context = PlanContext(subjects=SUBJECTS, memory=(MemoryLine(id="m1", text=line),))
    step = GenerateImage(prompt=planned, subjects=subjects)
    assert as_remembered(Plan(steps=(step,)), context, planned).steps == (GenerateImage(prompt=drawn, subjects=who),)
