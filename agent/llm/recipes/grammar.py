"""A paraphrase grammar: `[a|b]` chooses, `{slot}` fills in, and some phrasings are kept out of training by name."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
CHOICE = re.compile(r"\[([^\[\]]*)\]")
# One phrasing in this many is never trained on, whichever words fill it.
HELD_ONE_IN = 8


class Writer:
    """A seeded writer: of trained phrasings, or only of the held-out ones."""

    def __init__(self, seed: int, held: bool = False) -> None:
        self.rng, self.held = random.Random(seed), held

    def pick(self, options: Sequence[T]) -> T:
        return self.rng.choice(options)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def some(self, options: Sequence[T], most: int, least: int = 0) -> list[T]:
        number = self.rng.randint(min(least, len(options)), min(most, len(options)))
        return self.rng.sample(list(options), number)

    def say(self, templates: Sequence[str], **slots: str) -> str:
        """One of the templates this writer may use, with its choices made and its slots filled."""
        allowed = [one for one in templates if held_out(one) == self.held] if len(templates) >= 6 else templates
        return self.fill(self.pick(allowed or templates), **slots)

    def fill(self, template: str, **slots: str) -> str:
        while CHOICE.search(template):
            template = CHOICE.sub(lambda found: self.pick(found[1].split("|")), template)
        for name, value in slots.items():
            template = template.replace("{" + name + "}", value)
        return " ".join(template.split()).replace(" ,", ",").replace(" .", ".")


def held_out(template: str) -> bool:
    return zlib.crc32(template.encode()) % HELD_ONE_IN == 0
