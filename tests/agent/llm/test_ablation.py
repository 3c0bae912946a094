"""Short trainings that differ in the written requests alone: what each arm takes, and which are still to run."""

from __future__ import annotations

import itertools
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
import torch

from limner.agent.plan import Plan, render_plan

pytest.importorskip("wonderwords", reason="the word list of the recipe")
from limner.agent.llm.recipes.ablation import Arm, Result, document, measured, trained
from limner.agent.llm.recipes.authored import Row, rows
from limner.agent.llm.recipes.mixture import stream
from limner.agent.llm.recipes.train import Pair, Settings, Student

RECIPE = tomllib.loads(files("limner.agent.llm.recipes").joinpath("recipe.toml").read_text(encoding="utf-8"))[
    "ablation"
]
ARMS = [Arm(**arm) for arm in RECIPE["arms"]]
HELD: dict[str, list[Pair]] = {"authored": [([1], [2])] * 3, "invented": [([1], [2])]}


class Small(Student):
    """One table instead of 135 million weights: it learns which token is wanted, whatever was asked."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)
        self.table = torch.nn.Parameter(torch.zeros(8))

    def loss(self, pairs: list[Pair]) -> torch.Tensor:
        wanted = torch.tensor([token for _, target in pairs for token in target])
        return torch.nn.functional.cross_entropy(self.table.expand(len(wanted), -1), wanted)


def test_smaller_parts_lie_within_larger_ones() -> None:
    parts = [{row.request for row in Arm("", "", 1, share).rows()} for share in (1, 1 / 2, 1 / 8, 1 / 64)]
    assert parts[0] == {row.request for row in rows() if not row.held}
    assert all(small < large for large, small in itertools.pairwise(parts))
    assert [len(part) / len(parts[0]) for part in parts[1:3]] == pytest.approx([1 / 2, 1 / 8], rel=0.2)


def test_the_recipe_compares_seeds_size_and_breadth() -> None:
    taken = {arm.name: arm.rows() for arm in ARMS}
    assert next(arm for arm in ARMS if arm.name == "all").seeds == [1, 2, 3]
    assert not taken["invented only"] and taken["eighth"]
    (author,) = (arm.author for arm in ARMS if arm.author != "*")
    page = files("limner.agent.llm.recipes").joinpath("written", f"{author}.jsonl").read_text(encoding="utf-8")
    his = [Row.model_validate_json(line) for line in page.splitlines()]
    assert list(taken["one author"]) == [row for row in his if not row.held]
    assert not any(row.held for found in taken.values() for row in found)


def test_only_the_chosen_rows_are_drawn() -> None:
    chosen = [row for row in Arm("", "", 1).rows() if row.fixed and not row.history and len(row.plan) == 1][:5]
    drawn = itertools.islice((one for one in stream(1, written=chosen) if one.intent == "authored"), 20)
    assert {render_plan(one.plan) for one in drawn} <= {render_plan(Plan(steps=row.steps())) for row in chosen}


def test_an_arm_trains_its_steps_down_to_the_end_of_the_rate() -> None:
    settings = Settings(rate=0.5, warmup=2, batch=2, bucket=8)
    losses = trained(Small(), itertools.cycle([([1], [5])]), settings, 12)
    assert len(losses) == 12
    assert losses[-1] < losses[0] / 2
    assert trained(Small(), iter(()), settings, 0) == []


def test_what_is_measured_is_not_measured_again(tmp_path: Path) -> None:
    log, calls = tmp_path / "log.jsonl", list[tuple[str, int]]()
    arms = [Arm("all", "", 4, seeds=(1, 2)), Arm("none", "", 4, share=0)]

    def measure(arm: Arm, seed: int) -> tuple[float | None, dict[str, float]]:
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append((arm.name, seed))
        return 1.0, {"authored": 2.0, "invented": seed}

    def results(*asked: Arm, held: str = "same") -> list[Result]:
        return list(measured(asked, log, held, measure))[-1]

    with pytest.raises(KeyboardInterrupt):
        results(*arms)
    assert calls == [("all", 1), ("none", 1)]
    calls.clear()
    first = results(*arms)
    assert calls == [("all", 2)]
    assert results(*arms) == first
    assert [one.run.seed for one in first] == [1, 1, 2]
    results(Arm("none", "", 5, share=0))
    assert calls == [("all", 2), ("none", 1)]
    calls.clear()
    results(*arms[1:], held="other")
    assert calls == [("none", 1)]


def test_the_page_has_means_and_what_seeds_differ_by(tmp_path: Path) -> None:
    arms = [Arm("none", "nothing", 0, share=0), Arm("all", "everything", 4, seeds=(1, 2)), Arm("later", "", 4)]
    found = list(
        measured(arms[:2], tmp_path / "log.jsonl", "", lambda arm, seed: (seed / 2, {"authored": seed, "invented": 3}))
    )[-1]
    page = document(arms, found, Settings(), HELD)
    assert "| none | nothing | 0 | - | 0 | 1 | 0.500 | 1.000 | 3.000 |" in page
    assert "| 4 | 2 | 0.750 (0.500-1.000) | 1.500 (1.000-2.000) | 3.000 (3.000-3.000) |" in page
    assert "later" not in page
    assert max(map(len, page.splitlines())) <= 160
