"""Orthogonal Adaptation as learned: the shared factor stays frozen, and two subjects cannot hear each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from limner.tools import Engine, Library
from limner.tools.compose.orthogonal_adaptation import NUMBERS, RANK, free_slot
from limner.tools.diffusion.hearing import hearing
from limner.tools.diffusion.orthogonal import crosstalk, deltas, extracted, merged
from limner.tools.learning import Lesson


@pytest.mark.usefixtures("short_lessons")
def test_two_subjects_of_one_owner_are_orthogonal_and_come_apart_again(
    engine: Engine, library: Library, photos: list[Path]
) -> None:
    learned = [
        engine.learn(
            "subject", name, photos, owner="ann", library=library, class_noun="dog", method="orthogonal_adaptation"
        )
        for name in ("Rex", "Tom")
    ]
    assert [artifact.recipe["slot"] for artifact in learned] == [0, 1]
    basis = hearing(engine.still()[0], RANK, NUMBERS.tokens)
    states = [load_file(artifact.weights) for artifact in learned]
    for slot, state in enumerate(states):
        for key, factor in state.items():
            if "lora_A" in key:
                assert torch.equal(factor, basis.factor(factor.shape[1], slot, RANK))
    one, two = (deltas(state, scale=0.8) for state in states)
    assert crosstalk(one, two) < 1e-6
    back = extracted(merged([one, two]), basis, 0, RANK)
    assert all(torch.allclose(back[layer], one[layer], atol=1e-6) for layer in one)


def test_a_kept_training_is_not_taken_up_after_its_directions_were_given_away(
    library: Library, photos: list[Path]
) -> None:
    lesson = Lesson("subject", "Rex", tuple(photos), "ann")
    with library.staging() as staged:
        (staged / "adapter.safetensors").write_bytes(b"weights")
        tom = library.add(
            staged,
            owner="ann",
            kind="subject",
            name="Tom",
            tool="orthogonal_adaptation",
            family="x",
            recipe={"slot": 0},
        )
    later = replace(lesson, siblings=(tom,))
    assert lesson.fingerprint("orthogonal_adaptation", "") != later.fingerprint("orthogonal_adaptation", "")


def test_a_forgotten_subjects_directions_are_used_again() -> None:
    assert free_slot([]) == 0
    assert free_slot([0, 2]) == 1
