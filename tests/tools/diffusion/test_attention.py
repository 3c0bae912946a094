"""Hooks change nothing until told to, see what attention sees, and keep regions apart."""

from __future__ import annotations

import pytest
import torch
from PIL import Image
from torch import Tensor

from limner.tools import Engine
from limner.tools.diffusion.attention import EditedAttention, hooked, sites
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.maps import BoxLayout, propagated, to_mask, watched
from limner.tools.diffusion.reference import referenced

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)


@pytest.fixture
def backbone(engine: Engine) -> Backbone:
    return engine.still()[0]


def predict(backbone: Backbone, latent: Tensor, said: str = "a dog") -> Tensor:
    return backbone.predict(latent, torch.tensor([500]), backbone.encode_text([said]))


@pytest.fixture
def latent(backbone: Backbone) -> Tensor:
    side = backbone.latent_side
    return torch.randn(1, backbone.latent_channels, side, side, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def test_a_hook_that_only_watches_changes_nothing_and_goes(backbone: Backbone, latent: Tensor) -> None:
    before = backbone.denoiser.attn_processors
    plain = predict(backbone, latent)
    with watched(backbone.denoiser) as store:
        assert torch.allclose(predict(backbone, latent), plain, atol=1e-5)
    assert {id(p) for p in backbone.denoiser.attn_processors.values()} == {id(p) for p in before.values()}
    assert {site.kind for site in store.seen} == {"self", "cross"}
    assert all(torch.allclose(p.sum(-1), torch.ones(())) for passes in store.seen.values() for p in passes)
    assert {site.place for site in sites(backbone.denoiser)} == {"down", "mid", "up"}


@pytest.mark.parametrize("box", [None, LEFT])
@torch.no_grad()
def test_reference_pictures_speak_through_a_hook_as_before(
    backbone: Backbone, latent: Tensor, box: tuple[float, float, float, float] | None
) -> None:
    shown = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    without = predict(backbone, latent)
    with referenced(backbone, shown, 1.0, box) as reference:
        stock = predict(backbone, latent)
        with watched(backbone.denoiser):
            assert torch.allclose(predict(backbone, latent), stock, atol=1e-5)
            reference.switch(None)
            assert torch.allclose(predict(backbone, latent), without, atol=1e-5)
            reference.switch(True)
    assert not torch.allclose(stock, without, atol=1e-3)
    assert torch.equal(predict(backbone, latent), without)


def test_maps_carry_gradients_to_the_latent(backbone: Backbone, latent: Tensor) -> None:
    leaf = latent.clone().requires_grad_(True)
    with watched(backbone.denoiser) as store:
        predict(backbone, leaf)
    seen = store.cross((2, 3), 8)
    assert seen.shape == (8, 8)
    (slope,) = torch.autograd.grad(seen.max(), leaf)
    assert slope.abs().sum() > 0


@torch.no_grad()
def test_a_word_is_not_heard_outside_its_box(backbone: Backbone, latent: Tensor) -> None:
    layout, length = BoxLayout({"dog": LEFT}), backbone.encode_text(["a dog"]).embeds.shape[1]
    store: list[Tensor] = []
    processor = EditedAttention(
        bias=lambda site, cells: layout.words_stay({"dog": (2, 3)}, length, cells),
        seen=lambda site, looked: store.append(looked),
    )
    with hooked(backbone.denoiser, processor, lambda site: site.kind == "cross"):
        predict(backbone, latent)
    for looked in store:
        side = round(looked.shape[2] ** 0.5)
        heard = looked[0, :, :, 2].reshape(-1, side, side)
        assert heard[:, :, side // 2 :].abs().max() == 0
        assert heard[:, :, : side // 2].min() > 0


@torch.no_grad()
def test_boxes_do_not_look_into_each_other_but_the_ground_sees_all() -> None:
    bias = BoxLayout({"one": (0, 0, 0.5, 0.5), "two": (0.5, 0.5, 1, 1)}).apart(16).reshape(4, 4, 4, 4)
    assert bias[0, 0, 3, 3] < -1e3 and bias[3, 3, 0, 0] < -1e3
    assert bias[0, 0, 0, 1] == 0 and bias[0, 3].abs().max() == 0


def test_no_box_vanishes_and_a_soft_one_has_no_seam() -> None:
    layout = BoxLayout({"dot": (0.4, 0.4, 0.41, 0.41), "half": LEFT})
    assert layout.masks(4)["dot"].sum() == 1
    assert layout.masks(8)["half"].sum() == 32
    soft = layout.soft("half", 64)
    assert soft[32, 10] == 1 and soft[32, 60] == 0
    assert 0.3 < soft[32, 31] < 0.7


def test_a_map_spreads_over_what_belongs_together_and_becomes_a_mask() -> None:
    affinity = torch.zeros(16, 16)
    affinity[:8, :8] = affinity[8:, 8:] = 1 / 8  # the upper and the lower half are each one thing
    spark = torch.zeros(4, 4)
    spark[0, 1] = 1.0
    spread = propagated(spark, affinity)
    assert spread[:2].min() == 1 and spread[2:].max() == 0
    masks = to_mask({"dog": spread, "ground": 1 - spread})
    assert masks["dog"][:2].all() and masks["ground"][2:].all() and not masks["dog"][2:].any()
    assert not to_mask({"one": spread, "two": spread})["one"].any()
