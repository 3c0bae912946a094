"""Whom the only picture of a plan shows: who was corrected to, who is named, and nobody who is turned down."""

from __future__ import annotations

import pytest

from limner.agent.doubts import settled
from limner.agent.plan import GenerateImage, MemoryLine, PlanContext, parse_plan

CONTEXT = PlanContext(subjects={"Odile": "woman", "Pogo": "dog", "Basil": "man"}, styles=("line",))


def who(text: str, *planned: str, scene: str = "at sea") -> list[str]:
    names = ", ".join(f'"{name}"' for name in planned)
    plan = parse_plan(f'generate_image(prompt="{" and ".join(planned)} {scene}", subjects=[{names}])')
    (step,) = settled(plan, CONTEXT, text).steps
    assert isinstance(step, GenerateImage)
    return list(step.subjects)


@pytest.mark.parametrize(
    ("text", "planned", "drawn"),
    [
        ("Basil and Odile at sea, no wait, not Basil, rather Pogo", ["Pogo"], ["Odile", "Pogo"]),
        ("Basil and Odile at sea. Sorry, not Odile but Pogo", ["Pogo"], ["Pogo", "Basil"]),
        # Only one of them was named before.
        ("Basil at sea, no wait, not Basil, rather Pogo", ["Pogo"], ["Pogo"]),
        # Nobody is taken back by name.
        ("Basil and Odile at sea, no wait, at home with Pogo", ["Pogo"], ["Pogo"]),
        ("Basil and Odile at sea, not Basil's boat but, wait, Pogo's", ["Odile"], ["Odile"]),
    ],
)
def test_who_was_not_corrected_stays_with_who_comes(text: str, planned: list[str], drawn: list[str]) -> None:
    assert who(text, *planned) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Odile at sea", ["Odile"]),
        ("Odile in the rain at the old harbour by night, no umbrella", ["Odile"]),
        ("not Odile at sea", ["Pogo"]),
        ("no, not Odile at sea", ["Pogo"]),
    ],
)
def test_who_is_named_is_drawn_unless_turned_down_close_by(text: str, drawn: list[str]) -> None:
    assert who(text, "Pogo") == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Basil in a boat, just him", ["Basil"]),
        ("a drawing of only him, Basil in a boat", ["Basil"]),
        ("Basil in a boat, just him and Odile", ["Basil", "Odile"]),
        ("Basil in a boat, just him and his wife", ["Basil", "Odile"]),
        ("Basil in a boat with Odile, just him rowing", ["Basil", "Odile"]),
    ],
)
def test_just_him_is_who_alone_is_named(text: str, drawn: list[str]) -> None:
    assert who(text, "Basil", "Odile", scene="in a boat") == drawn


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("I know you expect Odile again, but no! An empty kitchen, nobody in it", "an empty kitchen"),
        ("Odile is asleep. Draw a street with nobody in sight", "a street with nobody in sight"),
        ("Odile left. Draw the harbour, not a soul in it", "the harbour, not a soul in it"),
        ("forget Odile for now; a garden with nobody at all in it", "a garden with nobody at all in it"),
    ],
)
def test_nobody_is_in_a_deserted_place(text: str, scene: str) -> None:
    plan = parse_plan(f'generate_image(prompt="Odile in {scene}", subjects=["Odile"])')
    (step,) = settled(plan, CONTEXT, text).steps
    assert isinstance(step, GenerateImage)
    assert step.subjects == () and "odile" not in step.prompt.lower()


@pytest.mark.parametrize(
    "text",
    [
        "Odile by a car with nobody in it",
        "nobody but Odile in it, the garden",
        "the garden with Odile and nobody else in it",
        "she looks at a boat, nobody in it",
        "draw her on a street, no people in sight",
        "the woman beside an empty boat, nobody in it",
        "a garden. nobody in it but her",
        "nobody listened. Odile in the garden",
        "there is somebody in it: Odile",
    ],
)
def test_who_looks_at_a_deserted_place_stays(text: str) -> None:
    assert who(text, "Odile", scene="in the garden") == ["Odile"]


def styles(text: str, *memory: str, planned: str = "") -> tuple[str, ...]:
    lines = tuple(MemoryLine(id=f"m{number}", text=line) for number, line in enumerate(memory))
    context = CONTEXT.model_copy(update={"styles": ("line", "felt"), "memory": lines})
    style = f', styles=["{planned}"]' if planned else ""
    plan = parse_plan(f'generate_image(prompt="Odile at sea", subjects=["Odile"]{style})')
    (step,) = settled(plan, context, text).steps
    assert isinstance(step, GenerateImage)
    return step.styles


@pytest.mark.parametrize(
    "text", ["Odile at sea, usual style please", "Odile at sea in my usual style", "Odile at sea. The usual look"]
)
def test_the_usual_style_is_the_one_that_memory_tells(text: str) -> None:
    assert styles(text, "draws in felt by default", "Odile loves the sea") == ("felt",)


@pytest.mark.parametrize(
    "text",
    [
        "Odile at sea, not the usual style",
        "Odile at sea, no usual style this time",
        "Odile at sea without my usual style",
        "don't use the usual style, Odile at sea",
        "forget the usual style: Odile at sea",
        "skip the usual look, Odile at sea",
        "Odile at sea, leave out every style, usual style or not",
        "Odile at sea, as usual",
        "Odile at sea with her usual stylish hat",
    ],
)
def test_a_usual_style_that_is_refused_or_not_spoken_of_is_none(text: str) -> None:
    assert styles(text, "Odile once wore felt, and her usual tea is green") == ()
    assert styles(text, "usually draws in felt, or so she said") == ()


def test_a_usual_style_that_memory_does_not_tell_is_none() -> None:
    text = "Odile at sea, usual style please"
    assert styles(text) == ()
    assert styles(text, "Odile has a felt hat") == ()
    assert styles(text, "draws in felt by default", "usually draws in line") == ()
    assert styles(text, "draws in felt by default", planned="line") == ("line",)


def scene(text: str, planned: str = "Odile in a desert", who: str = '"Odile"') -> str:
    (step,) = settled(parse_plan(f'generate_image(prompt="{planned}", subjects=[{who}])'), CONTEXT, text).steps
    assert isinstance(step, GenerateImage)
    return step.prompt


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("Odile in a desert, but scrap that, do her at the bottom of the sea", "Odile at the bottom of the sea"),
        ("Odile in a desert... never mind that, draw her riding a llama.", "Odile riding a llama"),
        ("Odile in a desert, forget that, and put her on a tram", "Odile on a tram"),
        # Something else is scrapped, or nothing is told of her instead.
        ("Odile in a desert, scrap that hat, do her hair in a bun", "Odile in a desert"),
        ("Odile in a desert. Never mind that, it is hot", "Odile in a desert"),
        ("Odile in a desert, scrap that, do her proud", "Odile in a desert"),
    ],
)
def test_who_is_scrapped_and_done_otherwise_has_the_other_scene(text: str, prompt: str) -> None:
    assert scene(text) == prompt


def test_both_are_done_otherwise() -> None:
    text = "Odile and Pogo in a desert, no, scratch that, do them on a raft"
    assert scene(text, "Odile and Pogo in a desert", '"Odile", "Pogo"') == "Odile and Pogo on a raft"
