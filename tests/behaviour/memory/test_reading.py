"""What rules alone read out of plain sentences, and what the embedded planner hears beyond them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from limner.agent.extractor import PlanningExtractor
from limner.agent.plan import PlanContext, SetPreference
from limner.agent.planner import load_planner
from limner.memory import rules
from limner.memory.extraction import from_model

# A sentence and the word its claim must hold; the first half is said outright, the second in passing.
STATED = {
    "I hate neon": "neon",
    "please never add text to pictures": "text",
    "my favourite style is line": "line",
    "I always want square pictures": "square",
    "I can't stand lens flares": "flares",
    "no more watermarks please": "watermarks",
    "from now on use autumn colours": "autumn",
    "I prefer close-ups": "close-ups",
    "remember that I live in Oslo": "oslo",
    "use less purple": "purple",
    "I'm not a fan of busy backgrounds": "backgrounds",
    "pastel colours make me happy": "pastel",
    "borders annoy me": "borders",
    "teal is my colour": "teal",
    "I have a soft spot for watercolour": "watercolour",
    "sepia bores me to death": "sepia",
    "keep backgrounds plain in the future": "plain",
    "I would rather not see people in my pictures": "people",
    "gold looks cheap to me": "gold",
    "my garden is full of tulips": "tulips",
}
ORDERS = ("draw a fox in neon", "draw a teal castle", "draw a house with borders", "draw a dog in sepia, twice")
STYLES = ("3d", "flat", "line", "cartoon")


@pytest.mark.slow
def test_rules_are_the_floor_and_nobody_takes_an_order_for_a_taste(evidence: Callable[[str, str], None]) -> None:
    planner = load_planner("embedded:planner")
    context = PlanContext(styles=STYLES, motions=("bounce",))

    def by_rule(text: str) -> str:
        return " ".join(one.text for one in rules.read(text, {})).casefold()

    def by_planner(text: str) -> str:
        steps = planner.plan(context, text).steps
        return " ".join(step.text for step in steps if isinstance(step, SetPreference)).casefold()

    told = {text: (by_rule(text), by_planner(text)) for text in (*STATED, *ORDERS)}
    ruled = {text for text, word in STATED.items() if word in told[text][0]}
    heard = {text for text, word in STATED.items() if word in told[text][1]}
    false = [sum(bool(told[text][place]) for text in ORDERS) for place in (0, 1)]
    extractor = PlanningExtractor(planner)

    def beside(text: str) -> str:
        """What is read of it when an order comes first, with every claim checked against the words."""
        found = from_model(f"Draw a fox in the snow. {text}", {}, extractor)
        return " ".join(one.text for one in found).casefold() + by_rule(f"Draw a fox in the snow. {text}")

    mixed = [text for text, word in STATED.items() if word in beside(text)]
    false.append(sum(bool(beside(text)) for text in ORDERS))
    evidence(
        "Reading, by `pytest -m slow tests/behaviour/memory`",
        f"{len(STATED)} sentences that state something, half of them in passing, and {len(ORDERS)} orders that state "
        "nothing.\n\n| reader | read | orders taken for a taste |\n|---|---|---|\n"
        f"| rules | {len(ruled)} | {false[0]} |\n"
        f"| the embedded planner's set_preference | {len(heard)} | {false[1]} |\n"
        f"| both | {len(ruled | heard)} | |\n"
        f"| both, behind an order in the same turn, each claim checked | {len(mixed)} | {false[2]} |\n",
    )
    assert len(ruled) >= len(STATED) // 2
    assert heard - ruled, "a model that adds nothing to the rules is not worth asking"
    assert len(mixed) > len(ruled) and false == [0, 0, 0]
