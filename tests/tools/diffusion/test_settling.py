"""A learned word ends where its drawings are most like the photos, and never worse than its noun."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from limner.tools import Engine, Library
from limner.tools.base import silent
from limner.tools.diffusion.concept_tokens import Concepts, initial_rows
from limner.tools.diffusion.settling import SHARES, drawn, settled

CAPTIONS = ["a cartoon of a <rex> in the snow"]


def see(images: Sequence[Image.Image]) -> Tensor:
    pixels = np.stack([np.asarray(image.convert("RGB").resize((16, 16)), np.float32).ravel() for image in images])
    return torch.nn.functional.normalize(torch.from_numpy(pixels) - 127, dim=1)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_word_goes_as_far_as_its_drawings_grow_more_like_the_photos(
    engine: Engine, tmp_path: Path, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.tools.diffusion.settling.EACH", 1)
    backbone, _ = engine.still()
    (reader,) = backbone.encoders
    noun = initial_rows(*reader, "dog", 2)
    trained = noun + 5 * torch.randn(noun.shape, generator=torch.Generator().manual_seed(0))
    file = tmp_path / "tokens.safetensors"
    Concepts({"<rex>": [trained]}).save(file)
    with torch.no_grad():
        photos = drawn(backbone, CAPTIONS, Concepts({"<rex>": [noun + share * (trained - noun)]}), 3)

    assert settled(backbone, see, file, "dog", CAPTIONS, photos, 3, silent) == share
    assert torch.allclose(Concepts.load([file]).rows["<rex>"][0], noun + share * (trained - noun), atol=1e-5)


@pytest.mark.usefixtures("short_lessons")
def test_textual_inversion_tells_how_far_it_went(engine: Engine, library: Library, photos: list[Path]) -> None:
    rex = engine.learn(
        "subject", "Rex", photos, owner="ann", library=library, class_noun="dog", method="textual_inversion"
    )
    assert rex.recipe["share"] in SHARES
