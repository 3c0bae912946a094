"""Each slot listens where its own word speaks, orthogonally to every other, and the same for all who ask the base."""

from __future__ import annotations

import pytest
import torch

from limner.tools import Engine
from limner.tools.base import ToolError
from limner.tools.diffusion.hearing import CALM, LOUDEST, beginning, clearest, hearing, listening

WIDTH, RANK = 24, 3


def energy(seed: int, loud: int | None = None) -> torch.Tensor:
    """Of rows that speak a little everywhere and, if asked, loudly in one direction."""
    rows = torch.randn(400, WIDTH, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    if loud is not None:
        rows[:, loud] *= 5
    return rows.T @ rows / len(rows)


def test_a_slot_listens_where_its_own_word_is_loud_and_no_other_is() -> None:
    spoken = [energy(1, loud=3), energy(2, loud=7), energy(3, loud=11)]
    rows = listening(energy(0, loud=20), spoken, RANK)
    assert rows.shape == (3, RANK, WIDTH)
    for slot, own in enumerate((3, 7, 11)):
        directions = torch.nn.functional.normalize(rows[slot])
        heard = [float((directions @ said @ directions.T).trace()) for said in spoken]
        assert heard[slot] > 4 * max(h for number, h in enumerate(heard) if number != slot)
        assert directions[:, own].square().sum() > 0.9 and directions[:, 20].square().sum() < 0.1


def test_directions_are_orthogonal_and_as_loud_as_a_mean_one() -> None:
    spoken = [energy(number, loud=number) for number in range(WIDTH // RANK)]  # all there is is given away
    rows = listening(energy(0), spoken, RANK)
    flat = torch.nn.functional.normalize(rows.reshape(-1, WIDTH))
    assert torch.allclose(flat @ flat.T, torch.eye(WIDTH, dtype=torch.float64), atol=1e-9)
    mean = energy(0).trace() / WIDTH
    loud = torch.stack([(part @ own @ part.T).diagonal() for part, own in zip(rows, spoken, strict=True)])
    assert torch.allclose(loud, mean.expand_as(loud), rtol=1e-6)


def test_what_nobody_says_is_not_made_loud() -> None:
    silent = torch.zeros(WIDTH, WIDTH, dtype=torch.float64)
    silent[0, 0] = 1
    rows = listening(silent, [silent, silent], RANK)
    assert rows.isfinite().all() and rows.norm(dim=2).max() <= LOUDEST + CALM


def test_the_word_that_stands_out_the_most_comes_first() -> None:
    spoken = [energy(1), energy(2, loud=7), energy(3, loud=20)]  # the last one is loud where everybody is
    assert clearest(energy(0, loud=20), spoken, RANK)[0] == 1


def test_words_of_different_slots_begin_different_ways_and_equally_far_from_their_noun() -> None:
    noun = torch.randn(1, WIDTH).repeat(2, 1)
    one, two = (beginning(noun, slot) - noun for slot in (0, 1))
    assert torch.allclose(one.norm(dim=1), 2 * noun.norm(dim=1), atol=1e-5)
    assert (torch.cat([one, two]) @ torch.cat([one, two]).T).fill_diagonal_(0).abs().max() < 1e-3


def test_a_base_says_the_same_to_all_who_ask_and_how_many_it_holds(engine: Engine) -> None:
    backbone, _ = engine.still()
    found = hearing(backbone, 12, 2)
    width = found.rows.shape[2]
    assert found.rows.shape[:2] == (width // 12, 12)
    assert sorted(found.ways) == list(range(width // 2)), "every way of beginning, the clearest first"
    other = found.factor(width + 8, 0, 12)
    assert other.shape == (12, width + 8) and torch.allclose(other @ other.T, torch.eye(12), atol=1e-5)
    with pytest.raises(ToolError, match="holds 2 modular subjects"):
        found.factor(width, 2, 12)
