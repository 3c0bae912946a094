"""What a LoRA in training says is what PEFT says, whichever adapters take part."""

from __future__ import annotations

import torch
from peft.tuners.lora import LoraLayer

from limner.tools import Engine
from limner.tools.diffusion.trainable import trainable_lora
from tests.tools.snapshots import Snapshot


@torch.no_grad()
def test_a_training_forward_is_pefts(engine: Engine) -> None:
    backbone, _ = engine.still()
    before = Snapshot(engine.pipe)
    side, cond = backbone.latent_side, backbone.encode_text(["a dog"])
    latent = torch.randn(1, backbone.latent_channels, side, side, generator=torch.Generator().manual_seed(0))
    bare = backbone.predict(latent, torch.tensor([500]), cond)
    with trainable_lora(backbone, {"one": engine.family.lora_targets, "two": r".*to_q"}, 4, 0, alpha=2.0) as lora:
        for name in ("one", "two"):
            for param in lora.params(name):
                param.normal_(generator=torch.Generator().manual_seed(1)).mul_(0.1)
        layers = [module for module in backbone.denoiser.modules() if isinstance(module, LoraLayer)]
        for chosen in (("one", "two"), ("two",), ()):
            lora.use(*chosen)
            ours = backbone.predict(latent, torch.tensor([500]), cond)
            own = [layer.__dict__.pop("forward") for layer in layers]
            assert torch.allclose(ours, backbone.predict(latent, torch.tensor([500]), cond), atol=1e-5)
            assert torch.equal(ours, bare) == (not chosen)
            for layer, forward in zip(layers, own, strict=True):
                layer.forward = forward
    before.check()
