"""Dutch requests become English: verbs that are parted or stand last, small words of two meanings, compounds."""

from __future__ import annotations

import pytest

from limner.agent.context import PlanContext
from limner.agent.glossary import foreign, in_english
from limner.agent.plan import parse_plan, render_plan
from limner.agent.validate import validate

NAMES = ("Karl", "Rosa", "Oom Kees", "line", "watercolour")


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Teken Karl en Rosa aan het strand", "draw Karl and Rosa on the beach"),
        ("Rosa met een verjaardagstaart en vijf kaarsjes", "Rosa with a birthday cake and five candles"),
        ("twee foto's van Rosa met haar baby's", "two pictures of Rosa with her babies"),
        ("Rosa in een bootje, 's nachts op 't meer", "Rosa in a boat, at night on the lake"),
        ("drie plaatjes van Karl: één in de regen", "three pictures of Karl: one in the rain"),
        ("nog een keer maar zonder de hond", "again but without the dog"),
        ("Karl aan het vissen bij het meer", "Karl fishing by the lake"),
        ("Rosa in een weiland met vissen en koeien", "Rosa in a meadow with fish and cows"),
        # Verbs in two parts.
        ("Haal de fiets weg uit het plaatje", "remove the bicycle out of the picture"),
        ("zet Karl een hoge hoed op", "put on Karl a top hat"),
        ("zet Karl op de bank", "put Karl on the sofa"),
        ("Voeg een hond toe aan de laatste foto", "add a dog to the last picture"),
        ("vervang de hoed door een muts", "replace the hat with a cap"),
        ("Maak de lucht blauw en haal de boom weg", "make the sky blue and remove the tree"),
        ("geen tekst meer op mijn plaatjes", "no more text on my pictures"),
        ("maak er een sticker van", "make it a sticker"),
        ("laat me Karl zien in een ruimteschip", "show me Karl in a spaceship"),
        ("laat Karl springen in de sneeuw", "let Karl hop in the snow"),
        # Verbs at the end.
        ("Kun je Karl tekenen op een olifant?", "can you draw Karl on an elephant?"),
        ("kun je een eend tekenen die een hoed draagt", "can you draw a duck that wears a hat"),
        ("Ik wil Rosa zien op een paard", "I want to see Rosa on a horse"),
        ("kun je Karl in de kruiwagen zetten?", "can you put Karl in the wheelbarrow?"),
        ("Karl moet een rode sjaal dragen", "Karl should wear a red scarf"),
        ("een hond die op de bank slaapt", "a dog that sleeps on the sofa"),
        ("de hoed die Karl draagt", "the hat that Karl wears"),
        ("Rosa zit op een bankje een boek te lezen", "Rosa sits on a bench reading a book"),
        ("onthoud dat Karl van aardbeien houdt", "remember that Karl loves strawberries"),
        ("ik wil dat Rosa een kroon draagt", "I want that Rosa wears a crown"),
        # Small words of two meanings.
        ("teken ze terwijl ze een taart eet", "draw them while she eats a cake"),
        ("de hoed is te groot", "the hat is too big"),
        ("Karl met zijn hond voor het stadhuis", "Karl with his dog in front of the town hall"),
        ("maak de lucht op die foto wat donkerder", "make the sky on that picture a bit darker"),
        ("wat weet je over Karl?", "what do you know about Karl?"),
        ("teken alsjeblieft nooit meer bloed", "draw never again blood"),
        ("mijn hond heet Boris", "my dog is called Boris"),
        ("Oom Kees als piraat, niet in line maar in watercolour", "Oom Kees as pirate, not in line but in watercolour"),
    ],
)
def test_dutch_becomes_english(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


@pytest.mark.parametrize(
    "text",
    [
        "draw Karl in a warm bath, over the water, was he even wet",
        "a man in a hat on a bank, he had a pet rat",
        "Rosa in spring, lol k",
        "make the trap door open, then let Karl dig in the sand",
        "the baby's hat, 'n a rock 'n' roll poster",
        "we went out, met Karl and won, even last week",
        "I want Karl over the moon, he is so kind of slim",
    ],
)
def test_english_is_not_taken_for_dutch(text: str) -> None:
    assert in_english(text, NAMES) == text
    assert not foreign(text, NAMES)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Zeichne Karl mit Hut im Garten", "draw Karl with hat in the garden"),
        ("lass Karl in der Kirche tanzen", "let Karl in the church dances"),
        ("Rosa geht's gut in ihrem Bett", "Rosa geht' s good in her bed"),
    ],
)
def test_german_is_not_taken_for_dutch(text: str, english: str) -> None:
    assert in_english(text, NAMES) == english


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "Karl aan het koken, als tekenfilm",
            'generate_image(prompt="Karl cooking", subjects=["Karl"], styles=["cartoon"])',
        ),
        ("Karl aan het koken", 'generate_image(prompt="Karl cooking", subjects=["Karl"])'),
        ("het hele gezin op reis", 'generate_image(prompt="Karl and Rosa travelling", subjects=["Karl", "Rosa"])'),
        ("de hond in de tuin", 'generate_image(prompt="Karl in the garden", subjects=["Karl"])'),
        ("iedereen behalve Karl op het strand", 'generate_image(prompt="Rosa on the beach", subjects=["Rosa"])'),
        ("een filmpje: laat Rosa huppelen", 'animate(prompt="Rosa", subjects=["Rosa"], motion="hop")'),
        ("vergeet Rosa", 'forget(what="Rosa")'),
        ("drie tekeningen van Rosa", 'generate_image(prompt="Rosa", subjects=["Rosa"], count=3)'),
    ],
)
def test_a_right_plan_of_a_dutch_request_is_left_alone(text: str, plan: str) -> None:
    assert held(plan, text) == plan


@pytest.mark.parametrize(
    ("text", "plan", "kept"),
    [
        (
            "Karl aan het koken",
            'generate_image(prompt="Karl cooking", subjects=["Karl"], styles=["cartoon"])',
            'generate_image(prompt="Karl cooking", subjects=["Karl"])',
        ),
        (
            "iedereen behalve Karl op het strand",
            'generate_image(prompt="Karl and Rosa on the beach", subjects=["Karl", "Rosa"])',
            'generate_image(prompt="Rosa on the beach", subjects=["Rosa"])',
        ),
        (
            "vijf tekeningen van Rosa",
            'generate_image(prompt="Rosa", subjects=["Rosa"])',
            'generate_image(prompt="Rosa", subjects=["Rosa"], count=5)',
        ),
    ],
)
def test_a_plan_is_held_to_a_dutch_request(text: str, plan: str, kept: str) -> None:
    assert held(plan, text) == kept


def held(plan: str, text: str) -> str:
    context = PlanContext(
        subjects={"Karl": "dog", "Rosa": "girl"}, styles=("cartoon", "line"), motions=("bounce", "hop")
    )
    return render_plan(validate(parse_plan(plan), context, in_english(text, context.subjects), text))


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("teken drieënveertig katten", "draw 43 cats"),
        ("teken zestig katten", "draw 60 cats"),
        ("teken honderd honden", "draw 100 dogs"),
        ("teken Karl naast haar", "draw Karl next to her"),
        ("teken Rosa naast hem op het strand", "draw Rosa next to him on the beach"),
        ("teken Rosa naast haar hond", "draw Rosa next to her dog"),
        ("van nu af aan alles in line", "from now on everything in line"),
        ("hartelijk dank", "thank you very much"),
        ("wat kun je allemaal?", "what can you do?"),
    ],
)
def test_numbers_neighbours_and_small_talk(text: str, english: str) -> None:
    assert in_english(text, ("Karl", "Rosa", "line")) == english
