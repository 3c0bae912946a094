"""What pictures show is read from shapes where a style may have changed every colour."""

from __future__ import annotations

import pytest
import torch

from limner.tools import Engine, GenerateSpec
from limner.tools.diffusion.captioning import content, recoloured
from limner.tools.evaluate.material import dusk


def test_colours_mixed_the_same_way_everywhere_make_no_difference() -> None:
    generator = torch.Generator().manual_seed(0)
    like = torch.randn(1, 4, 6, 6, generator=generator)
    mix, shift = torch.randn(4, 4, generator=generator), torch.randn(4, 1, 1, generator=generator)
    tinted = torch.einsum("dc,nchw->ndhw", mix, like) + shift
    other = torch.randn(1, 4, 6, 6, generator=generator)
    back = recoloured(torch.cat([tinted, other]), like.expand(2, -1, -1, -1))
    torch.testing.assert_close(back[0], like[0], atol=1e-4, rtol=0)
    assert (back[1] - like[0]).square().mean() > 0.2


@pytest.mark.slow
def test_a_beach_at_dusk_is_a_beach() -> None:
    engine = Engine.load("sticker", "cpu")
    backbone, _ = engine.still()
    picture = dusk(engine.generate(GenerateSpec(prompt="a fox on the beach", seed=500, steps=12))[0].image)
    assert content(backbone, [picture], "", any_colours=True) == ["a fox on the beach"]
    assert content(backbone, [picture], "") != ["a fox on the beach"]
