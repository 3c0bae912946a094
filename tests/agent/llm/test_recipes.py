"""The request generator: deterministic, valid, broad, and clean of every evaluation request."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from limner.agent.english import ing, past, third
from limner.agent.llm.recipes.grammar import Writer
from limner.agent.plan import parse_plan, render_plan

pytest.importorskip("wonderwords", reason="the word list of the recipe")
from limner.agent.llm.recipes.mixture import INTENTS, Contamination, stream

SUITES = sorted((Path(__file__).parents[2] / "behaviour" / "planner" / "suites").glob("*.jsonl"))


def test_the_same_seed_writes_the_same_requests() -> None:
    first, second = ([one.text for one in itertools.islice(stream(7), 30)] for _ in range(2))
    assert first == second


def test_every_intent_writes_plans_that_survive_the_guard() -> None:
    for intent in INTENTS:
        for one in itertools.islice(stream(3, only=[intent]), 5):
            assert parse_plan(render_plan(one.plan)) == one.plan


def test_held_out_phrasings_are_not_trained_on() -> None:
    templates = [f"phrasing {n}" for n in range(40)]
    trained = {Writer(seed).say(templates) for seed in range(300)}
    held = {Writer(seed, held=True).say(templates) for seed in range(300)}
    assert held
    assert not trained & held


def test_evaluation_requests_do_not_leak() -> None:
    assert len(SUITES) >= 3
    guard = Contamination(str(path) for path in SUITES)
    item = json.loads(SUITES[0].read_text(encoding="utf-8").splitlines()[0])
    assert guard.leaks(item["request"].upper() + "!", item["context"]["subjects"])
    sample = itertools.islice(stream(11, evaluation=[str(path) for path in SUITES]), 50)
    assert not any(guard.leaks(one.text, one.context.subjects) for one in sample)


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("lie on the grass", "lying|lay|lies"),
        ("dig", "digging|dug|digs"),
        ("wash", "washing|washed|washes"),
        ("fly", "flying|flew|flies"),
    ],
)
def test_verbs_bend(base: str, forms: str) -> None:
    assert "|".join(bent(base).split()[0] for bent in (ing, past, third)) == forms
