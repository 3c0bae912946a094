"""The backbone's arithmetic agrees with the stock schedulers and pipelines."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from diffusers import DDIMScheduler

from limner.tools import Engine
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.concept_tokens import Concepts, tokenize


@pytest.fixture
def backbone(engine: Engine) -> Backbone:
    return engine.still()[0]


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
def test_noise_targets_and_clean_estimates_agree(backbone: Backbone, kind: str) -> None:
    scheduler = DDIMScheduler(prediction_type=kind, beta_schedule="scaled_linear")

    class Pipe:
        unet = backbone.denoiser

    pipe = Pipe()
    pipe.scheduler = scheduler  # type: ignore[attr-defined]
    mine = replace(backbone, pipe=pipe)
    z0, noise, t = torch.randn(2, 8, 4, 4), torch.randn(2, 8, 4, 4), torch.tensor([10, 700])
    z_t = mine.add_noise(z0, noise, t)
    assert torch.allclose(z_t, scheduler.add_noise(z0, noise, t), atol=1e-5)
    if kind == "v_prediction":
        assert torch.allclose(mine.target(z0, noise, t), scheduler.get_velocity(z0, noise, t), atol=1e-5)
    assert torch.allclose(mine.x0_hat(mine.target(z0, noise, t), z_t, t), z0, atol=1e-3)


def test_text_is_encoded_as_the_stock_pipeline_does(backbone: Backbone) -> None:
    prompt = "a flat illustration of a dog, in the snow"
    stock, _ = backbone.pipe.encode_prompt(prompt, "cpu", 1, False)
    assert torch.equal(backbone.encode_text([prompt]).embeds, stock)


def test_a_placeholder_takes_its_rows_and_the_tokenizer_stays(backbone: Backbone) -> None:
    tokenizer, encoder = backbone.encoders[0]
    words = encoder.get_input_embeddings().weight.detach()
    (dog,) = tokenizer("dog", add_special_tokens=False).input_ids
    concepts = Concepts({"<rex>": [words[[dog]].clone()]})
    size = len(tokenizer)
    cond = backbone.encode_text(["a <rex> on the beach"], concepts)
    assert cond.spans == ({"<rex>": (2, 3)},)
    assert torch.allclose(cond.embeds, backbone.encode_text(["a dog on the beach"]).embeds, atol=1e-6)
    assert len(tokenizer) == size and words.shape == encoder.get_input_embeddings().weight.shape


def test_gradients_reach_only_the_learned_rows(backbone: Backbone) -> None:
    rows = torch.zeros(2, 32, requires_grad=True)
    torch.autograd.backward(backbone.encode_text(["a <rex> here"], Concepts({"<rex>": [rows]})).embeds.sum())
    assert rows.grad is not None and rows.grad.abs().sum() > 0
    assert backbone.encoders[0][1].get_input_embeddings().weight.grad is None


def test_placeholders_are_found_whatever_their_neighbours(backbone: Backbone) -> None:
    tokenizer = backbone.encoders[0][0]
    found = tokenize(tokenizer, ["<Rex>'s <rex-2>, here"], {"<rex>": 1, "<rex-2>": 3})
    assert set(found.spans[0]) == {"<rex>", "<rex-2>"}
    first, last = found.spans[0]["<rex-2>"]
    assert last - first == 3
