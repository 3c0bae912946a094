"""The open loop draws what the stock pipeline draws, comes back to its noise, and is moved by a loss."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from limner.tools import Engine, GenerateSpec
from limner.tools.diffusion.backbone import Backbone
from limner.tools.diffusion.sampler import (
    Branch,
    LatentGuidance,
    Stage,
    StagePolicy,
    classifier_free,
    invert,
    noised,
    predicted,
    sample,
    schedule,
)


@pytest.fixture
def backbone(engine: Engine) -> Backbone:
    return engine.still()[0]


def policy(backbone: Backbone, scale: float = 4.0) -> StagePolicy:
    with torch.no_grad():
        return classifier_free(backbone.encode_text(["a dog"]), backbone.encode_text([""]), scale)


def noise(backbone: Backbone, seed: int) -> Tensor:
    side = backbone.latent_side
    return torch.randn(1, backbone.latent_channels, side, side, generator=torch.Generator().manual_seed(seed))


def stock(engine: Engine, latent: Tensor, steps: int) -> Tensor:
    found: Tensor = engine.pipe(
        "a dog", num_inference_steps=steps, guidance_scale=4.0, latents=latent, output_type="latent"
    ).images
    return found


def test_it_draws_what_the_stock_pipeline_draws(engine: Engine, backbone: Backbone) -> None:
    latent = noise(backbone, 3)
    mine = sample(backbone, policy(backbone), latent, 5)
    assert torch.allclose(mine, stock(engine, latent, 5), atol=1e-4)


def test_guidance_is_rescaled_as_the_stock_pipeline_does(engine: Engine, backbone: Backbone) -> None:
    latent = noise(backbone, 3)
    with torch.no_grad():
        calmer = classifier_free(backbone.encode_text(["a dog"]), backbone.encode_text([""]), 4.0, rescale=0.7)
    mine = sample(backbone, calmer, latent, 5)
    theirs = engine.pipe(
        "a dog", num_inference_steps=5, guidance_scale=4.0, guidance_rescale=0.7, latents=latent, output_type="latent"
    ).images
    assert torch.allclose(mine, theirs, atol=1e-4)
    assert not torch.allclose(mine, stock(engine, latent, 5), atol=1e-2)


def test_it_follows_a_flow_as_the_stock_pipeline_does(sd3_folder: Path) -> None:
    from limner.tools.families import family

    pipe = family("sd3").load(sd3_folder)
    backbone = Backbone(pipe, family("sd3"))
    latent = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    mine = sample(backbone, policy(backbone, 3.0), latent, 4)
    theirs = pipe(
        "a dog", num_inference_steps=4, guidance_scale=3.0, latents=latent, height=16, width=16, output_type="latent"
    ).images
    assert torch.allclose(mine, theirs, atol=1e-4)


def test_branches_are_one_weighted_sum(backbone: Backbone) -> None:
    latent, t = noise(backbone, 0), torch.tensor([500])
    with torch.no_grad():
        conds = [backbone.encode_text([said]) for said in ("a dog", "a cat", "")]
        branches = [Branch(c, w) for c, w in zip(conds, (2.0, 0.5, -1.5), strict=True)]
        together = predicted(backbone, Stage(branches), latent, t)
        alone = [backbone.predict(latent, t, cond) for cond in conds]
    assert torch.allclose(together, 2 * alone[0] + 0.5 * alone[1] - 1.5 * alone[2], atol=1e-4)


@pytest.mark.slow
def test_inversion_comes_back_nearer_with_more_steps(backbone: Backbone) -> None:
    words = policy(backbone, 1.0)
    clean = sample(backbone, words, noise(backbone, 2), 10)

    def missed(steps: int) -> float:
        again = sample(backbone, words, invert(backbone, words, clean, steps), steps)
        return float((again - clean).norm() / clean.norm())

    assert missed(50) < missed(5)


def test_a_stage_decides_about_noise_and_only_eta_needs_a_generator(backbone: Backbone) -> None:
    calm, latent = policy(backbone), noise(backbone, 4)

    def wild(done: float) -> Stage:
        return Stage(calm(done).branches, eta=1.0 if done < 0.5 else 0.0)

    seeded = [sample(backbone, wild, latent, 4, generator=torch.Generator().manual_seed(s)) for s in (0, 0, 1)]
    assert torch.equal(seeded[0], seeded[1])
    assert not torch.allclose(seeded[0], seeded[2])
    assert torch.equal(sample(backbone, calm, latent, 4), sample(backbone, calm, latent, 4))


def test_guidance_lowers_its_loss(backbone: Backbone) -> None:
    words, latent = policy(backbone), noise(backbone, 5)

    def brightness(clean: Tensor) -> Tensor:
        return clean[:, 0].mean()

    plain = brightness(sample(backbone, words, latent, 4))
    guided = brightness(sample(backbone, words, latent, 4, guidance=LatentGuidance(brightness, 0.2, until=1.0)))
    assert guided < plain


def test_levels_run_from_noise_to_picture(backbone: Backbone) -> None:
    times, levels = schedule(backbone, noise(backbone, 0), 4)
    assert len(levels) == len(times) + 1
    sigmas = [float(sigma) for _, sigma in levels]
    assert sigmas == sorted(sigmas, reverse=True) and sigmas[-1] < 0.05


def test_a_given_picture_is_changed_by_its_strength(engine: Engine, backbone: Backbone, tmp_path: Path) -> None:
    words, clean = policy(backbone), 0.3 * noise(backbone, 9)

    def moved(strength: float) -> float:
        start, generator = 1 - strength, torch.Generator().manual_seed(0)
        latent = noised(backbone, clean, 10, start, generator)
        return float((sample(backbone, words, latent, 10, start=start) - clean).norm())

    assert moved(0.1) < moved(0.5) < moved(1.0)
    Image.new("RGB", (128, 128), "red").save(tmp_path / "red.png")
    heard: list[tuple[int, int]] = []
    spec = GenerateSpec(prompt="a dog", init_image=tmp_path / "red.png", strength=0.5, steps=10)
    made = engine.generate(spec, progress=lambda _, done, of: heard.append((done, of)))[0]
    assert heard == [(n, 5) for n in range(1, 6)]
    assert made.image.size == (128, 128)
    assert engine.generate(spec)[0].image.tobytes() == made.image.tobytes()
