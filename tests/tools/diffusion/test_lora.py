"""Adapters in the weights draw what adapters beside them draw, and the weights come back as the same tensors."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from limner.tools import Engine, Library
from limner.tools.diffusion.lora import Residents


@pytest.mark.usefixtures("short_lessons")
def test_fusing_changes_the_cost_and_not_the_picture(engine: Engine, library: Library, photos: list[Path]) -> None:
    engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    backbone, residents = engine.still()
    assert isinstance(residents, Residents)
    tool = engine.choose("subject", "Rex", library, "ann")
    (name,) = residents.load([tool.use()])  # type: ignore[attr-defined]
    scales = {name: 0.7}
    residents.activate(scales)
    before = {key: (tensor.data_ptr(), tensor.clone()) for key, tensor in backbone.denoiser.state_dict().items()}
    z, t, cond = torch.randn(1, 8, 16, 16), torch.tensor([500]), backbone.encode_text(["a dog"])
    with torch.no_grad():
        beside = backbone.predict(z, t, cond)
        with pytest.raises(RuntimeError, match="stop"), residents.fused(scales):
            within = backbone.predict(z, t, cond)
            raise RuntimeError("stop")
        again = backbone.predict(z, t, cond)
        residents.activate({})
        plain = backbone.predict(z, t, cond)
    assert torch.allclose(within, beside, atol=1e-5)
    assert torch.equal(again, beside)
    assert not torch.allclose(plain, beside, atol=1e-5)
    for key, tensor in backbone.denoiser.state_dict().items():
        assert tensor.data_ptr() == before[key][0] and torch.equal(tensor, before[key][1])
