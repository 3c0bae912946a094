"""People who talk over many sessions: likes, corrections, forgets and dates, all made up, with the right answers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from limner.memory import Memory

STYLES = ["inkwash", "neonpop", "risograph", "watercolour", "linocut", "pastel"]
PLACES = ["beach", "forest", "snow", "city", "desert", "garden", "harbour", "rooftop"]
NAMES = ["Biscuit", "Mochi", "Saffron", "Pickle", "Juno", "Otto"]
KINDS = ["whippet", "corgi", "cat", "parrot", "pony", "hamster"]
COLOURS = ["neon", "teal", "beige", "purple", "sepia", "gold"]
COMPOSITION = ["text", "borders", "watermarks", "lens flares", "busy backgrounds"]


@dataclass
class Person:
    """What is true of one person, as it was last said."""

    user: str
    kinds: dict[str, str] = field(default_factory=dict)
    taste: dict[str, int] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    pictures: list[tuple[str, datetime, str, str, bool | None]] = field(default_factory=list)
    """Handle, time, place, style, liked."""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def live(memory: Memory, clock: Clock, person: Person, sessions: int, chance: random.Random) -> None:
    """One person's sessions, some days apart."""
    for session in range(sessions):
        name = f"{person.user}-{session}"
        for _ in range(chance.randint(3, 6)):
            chance.choice([introduce, taste, draw, draw, draw])(memory, clock, person, name, chance)
            clock.now += timedelta(minutes=chance.randint(1, 20))
        clock.now = clock.now.replace(hour=9, minute=0) + timedelta(days=chance.randint(1, 4))


def say(memory: Memory, user: str, session: str, text: str) -> str:
    turn = memory.record_turn(user, session, text)
    memory.extract(user, turn.id)
    return turn.id


def introduce(memory: Memory, clock: Clock, person: Person, session: str, chance: random.Random) -> None:
    name, kind = chance.choice(NAMES), chance.choice(KINDS)
    known = person.kinds.get(name)
    turn = say(memory, person.user, session, f"No, {name} is a {kind}" if known else f"This is my {kind} {name}")
    memory.put_handle(person.user, f"@{name.lower()}", kind="subject", turn_id=turn)
    if known and known != kind:
        person.stale.add(f"{name}|{known}")
    person.stale.discard(f"{name}|{kind}")
    person.kinds[name] = kind


def taste(memory: Memory, clock: Clock, person: Person, session: str, chance: random.Random) -> None:
    thing, polarity = chance.choice(COLOURS + COMPOSITION), chance.choice([1, -1])
    say(memory, person.user, session, f"I love {thing}" if polarity > 0 else f"I don't like {thing}")
    person.taste[thing] = polarity


def draw(memory: Memory, clock: Clock, person: Person, session: str, chance: random.Random) -> None:
    place, style = chance.choice(PLACES), chance.choice(STYLES)
    liked = chance.choice([True, False, None])
    turn = memory.record_turn(person.user, session, f"draw a lighthouse in the {place}, {style}")
    handle = memory.new_handle(person.user, "image")
    caption = f"a lighthouse in the {place}"
    memory.put_handle(person.user, handle, kind="image", caption=caption, styles=[f"style:{style}"], turn_id=turn.id)
    memory.record_outcome(turn.id, plan_text=f"generate_image(prompt={caption!r})", handles=[handle])
    if liked is not None:
        memory.record_feedback(person.user, handle, liked)
    person.pictures.append((handle, clock.now, place, style, liked))


def referents(person: Person, now: datetime, chance: random.Random) -> list[tuple[str, set[str]]]:
    """Questions about dated and liked pictures, with every right answer."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    spans: dict[str, Callable[[datetime], bool]] = {
        "yesterday": lambda at: today - timedelta(days=1) <= at < today,
        "last week": lambda at: monday - timedelta(days=7) <= at < monday,
        "in the last 3 weeks": lambda at: at >= today - timedelta(days=21),
        "in March": lambda at: at.month == 3,
    }
    for back in range(1, 8):
        day = today - timedelta(days=back)
        spans[f"on {day:%A}"] = lambda at, day=day: day <= at < day + timedelta(days=1)  # type: ignore[misc]
    asked = []
    for words, holds in spans.items():
        made = [one for one in person.pictures if holds(one[1])]
        if made:
            asked.append((f"show me the picture from {words}", {one[0] for one in made}))
        if liked := [one for one in made if one[4]]:
            counts = [one[3] for one in liked]
            most = {f"style:{style}" for style in counts if counts.count(style) == max(map(counts.count, counts))}
            asked.append((f"use the style I liked {words}", most))
            place = chance.choice(liked)[2]
            asked.append((f"the {place} picture I liked {words}", {one[0] for one in liked if one[2] == place}))
    return asked
