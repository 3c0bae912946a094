"""An adapter that another erases is helped, within its budget, and only if it helps."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from limner.tools import Artifact, Engine, GenerateSpec, Library
from limner.tools.diffusion import balance


def louder(artifact: Artifact, by: float) -> None:
    """The same directions with a greater change."""
    state = load_file(artifact.weights)
    generator = torch.Generator().manual_seed(len(artifact.name))
    noisy = {k: torch.randn(t.shape, generator=generator) * by if "lora_B" in k else t for k, t in state.items()}
    save_file(noisy, artifact.weights)


@pytest.mark.slow
@pytest.mark.usefixtures("short_lessons")
def test_scales_move_within_their_budget_and_the_receipt_says_from_where(
    engine: Engine, library: Library, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = []
    for name, by in (("Rex", 0.1), ("Tommy", 0.2)):
        made = engine.learn("subject", name, photos, owner="ann", library=library, class_noun="dog", seed=len(name))
        louder(made, by)
        tools.append(engine.choose("subject", name, library, "ann").model_copy(update={"sha256": name * 8}))
    spec = GenerateSpec(prompt="Rex and Tommy", tools=tuple(tools), steps=1)
    monkeypatch.setattr(balance, "ERASED", 2.0)  # nothing counts as erased
    rex, tommy = engine.generate(spec)[0].applied
    assert (rex.asked_scale, tommy.asked_scale) == (None, None)
    lost = max(rex.interference["Tommy"], tommy.interference["Rex"])
    monkeypatch.setattr(balance, "ERASED", lost - 0.01)
    moved = engine.generate(spec)[0].applied
    assert any(row.asked_scale == 1.0 for row in moved)
    assert all(balance.QUIETER <= row.scale <= balance.LOUDER for row in moved)
    assert max(moved[0].interference["Tommy"], moved[1].interference["Rex"]) < lost
    # What was asked is untouched: the next picture starts from it again.
    assert engine.generate(spec)[0].applied == moved
