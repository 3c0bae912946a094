"""The recipe's exact parts: evened-out latents, a UNet that follows them, an adapter the stock loader reads."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline, UNet2DConditionModel, UNetMotionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPVisionModelWithProjection

from limner.tools.diffusion.backbone import Backbone
from limner.tools.families.sticker import STICKER, letter_tokenizer
from limner.tools.recipes.sticker import eye, motion, redrawn
from limner.tools.recipes.sticker.art import Noun
from limner.tools.recipes.sticker.autoencoder import STANDARDISED, standardise
from limner.tools.recipes.sticker.clip import alike, contents, encode, grounds_of, normalise
from limner.tools.recipes.sticker.drift import Drift
from limner.tools.recipes.sticker.ip_adapter import Adapted, pair
from limner.tools.recipes.sticker.shards import Shards
from limner.tools.recipes.sticker.unet import change_basis, draw_steps, scheduler, v_loss
from limner.tools.recipes.sticker.world import STYLES, World


@pytest.fixture
def world() -> World:
    rng = np.random.default_rng(0)
    nouns = [Noun("dog", "trained", "🐕", ("hound",)), Noun("apple", "trained", "🍎", ())]
    art = {s: {n.name: rng.integers(0, 256, (128, 128, 4)).astype(np.uint8) for n in nouns} for s in STYLES}
    return World(art, nouns, seed=5, single=1.0)


@torch.no_grad()
def test_a_unet_follows_a_change_of_its_latents_exactly(tiny_folder: Path) -> None:
    unet = UNet2DConditionModel.from_pretrained(tiny_folder / "unet", low_cpu_mem_usage=False)
    generator = torch.Generator().manual_seed(1)
    z, text = (torch.randn(shape, generator=generator) for shape in ((2, 8, 16, 16), (2, 24, 32)))
    change = torch.eye(8) + 0.3 * torch.randn((8, 8), generator=generator)
    before = unet(z, 500, text).sample
    change_basis(unet, change)
    after = unet(torch.einsum("ij,njhw->nihw", change, z), 500, text).sample
    assert torch.allclose(after, torch.einsum("ij,njhw->nihw", change, before), atol=1e-4)


@pytest.mark.slow
@torch.no_grad()
def test_standardised_latents_are_even_and_decode_to_the_same(tiny_folder: Path, tmp_path: Path, world: World) -> None:
    vae = AutoencoderTiny.from_pretrained(tiny_folder / "vae", low_cpu_mem_usage=False)
    with torch.no_grad():
        weights = dict(vae.encoder.named_parameters())[f"layers.{len(vae.encoder.layers) - 1}.weight"]
        weights[0] *= 20  # one direction that drowns the others, well inside the clamp
        weights *= 0.02
    vae.save_pretrained(tmp_path / "vae")
    pixels = torch.from_numpy(np.stack([world.sample().pixels for _ in range(8)]))
    pixels = pixels.permute(0, 3, 1, 2).float().div(127.5).sub(1)
    standardise({"evenness": 0.0}, world, tmp_path, seed=0)
    even = AutoencoderTiny.from_pretrained(tmp_path / "vae", low_cpu_mem_usage=False)
    flat = (even.encode(pixels).latents * STANDARDISED).permute(1, 0, 2, 3).flatten(1)
    assert torch.linalg.eigvalsh(torch.cov(flat)).max() < 2
    inside = (..., slice(16, -16), slice(16, -16))  # the decoder's padding means another colour at the border
    before, after = (v.decode(v.encode(pixels).latents).sample[inside] for v in (vae, even))
    assert (before - after).abs().mean() < 0.05 * before.std()


def test_the_decoder_learns_from_what_the_unet_redraws_and_the_encoder_stays(
    tiny_folder: Path, tmp_path: Path, world: World
) -> None:
    shutil.copytree(tiny_folder, tmp_path / "pipeline")
    shutil.copytree(tiny_folder / "vae", tmp_path / "vae")
    shutil.copytree(tiny_folder / "ip_adapter" / "image_encoder", tmp_path / "clip" / "image_encoder")
    before = AutoencoderTiny.from_pretrained(tmp_path / "vae").state_dict()
    (tmp_path / "eye").mkdir()
    save_file(eye.of_pictures().state_dict(), tmp_path / "eye" / "pictures.safetensors")
    config = {"images": 4, "redrawn": 3, "most_left": 2, "share": 0.5, "noise": 0.03, "alike": 0.3, "batch": 2}
    redrawn.train(config | {"style_weight": 0.05, "lr": 1e-3, "steps": 2}, world, tmp_path, seed=0)
    after = AutoencoderTiny.from_pretrained(tmp_path / "vae").state_dict()
    changed = {name.split(".")[0] for name in after if not torch.equal(before[name], after[name])}
    assert changed == {"decoder"}
    seen = torch.load(tmp_path / "redrawn" / "pairs.pt")
    assert not torch.equal(seen["clean"][: len(seen["redrawn"])], seen["redrawn"])


def test_the_eye_hears_the_style_that_a_caption_says() -> None:
    tokenizer = letter_tokenizer(24)
    said = ["a glossy 3d dog", "a flat drawing of a cat", "an ink outline of a cat", "a dog", "a dog in cartoon style"]
    assert eye.Named(tokenizer)(encode(tokenizer, said)).tolist() == [0, 1, 2, -1, 3]


def test_a_missed_style_counts_where_one_was_said_and_little_in_noise() -> None:
    torch.manual_seed(0)
    judge, seen = eye.of_latents(8), torch.randn(3, 8, 16, 16)
    told = torch.tensor([0, 1, -1])
    alone = torch.nn.functional.cross_entropy(judge(seen), told.clamp(min=0), reduction="none")
    loss = eye.missed(judge, seen, told, torch.tensor([1.0, 0.25, 1.0]))
    assert torch.allclose(loss, (alone[0] + 0.25 * alone[1]) / 3)
    dearer = eye.missed(judge, seen, told, torch.tensor([1.0, 0.25, 1.0]), torch.tensor([1.0, 3.0, 1.0, 1.0]))
    assert torch.allclose(dearer, (alone[0] + 3 * 0.25 * alone[1]) / 3)


@pytest.mark.slow
def test_the_eyes_learn_what_tells_styles_apart(tiny_folder: Path, tmp_path: Path, blank: Shards) -> None:
    shutil.copytree(tiny_folder / "vae", tmp_path / "vae")
    shutil.copytree(tiny_folder / "tokenizer", tmp_path / "clip" / "tokenizer")
    shades = dict(zip(eye.STYLES, ((250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)), strict=True))
    sprites = {s: {"dog": np.full((128, 128, 4), (*rgb, 255), np.uint8)} for s, rgb in shades.items()}
    config = {"images": 32, "batch": 4, "lr": 5e-3, "steps": 2, "pictures_batch": 8, "pictures_steps": 16}
    eye.train(config, sprites, World(sprites, [Noun("dog", "trained", "🐕", ())], 2, 1.0), tmp_path, seed=1)
    judge = eye.load(eye.of_pictures(), tmp_path, "pictures")
    shown = normalise(torch.from_numpy(np.stack([sprites[s]["dog"][..., :3] for s in eye.STYLES])))
    assert judge(shown).argmax(1).tolist() == [0, 1, 2, 3]
    assert not any(p.requires_grad for p in judge.parameters())


@pytest.fixture
def blank(tmp_path: Path) -> Shards:
    """A shard of nothing but zeros, of a dog."""
    (tmp_path / "shards").mkdir()
    said = encode(letter_tokenizer(24), ["a 3d render of a dog"]).numpy().astype(np.int16).repeat(520, 0)
    latents = np.zeros((520, 8, 16, 16), np.float16)
    np.savez(tmp_path / "shards" / "000.npz", latents=latents, ids=said, nouns=np.array(["dog"] * 520))
    return Shards(tmp_path / "shards")  # 512 held back


@pytest.mark.parametrize(("guess", "apart"), [(0.0, 0.0), (0.5, 0.4)])
def test_what_sampling_comes_to_is_the_noise_that_was_put_in_and_the_model_s_errors(
    blank: Shards, guess: float, apart: float
) -> None:
    torch.manual_seed(3)
    noise, empty = scheduler(), encode(letter_tokenizer(24), [""])

    def sure(noisy: torch.Tensor, t: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """The velocity of one who takes the clean latent for `guess` everywhere."""
        signal = noise.alphas_cumprod[t].view(-1, 1, 1, 1)
        velocity: torch.Tensor = (signal.sqrt() * noisy - guess) / (1 - signal).sqrt()
        return velocity

    clean, ids, steps, eps = Drift(sure, noise, blank, empty, (8, 8)).batch(40)
    assert clean.abs().max() == 0 and ids.shape == (40, 24) and steps.max() < 999 - 8 * 40
    late = steps < 200
    assert late.any() and (eps[late].mean() > apart if guess else eps[late].mean().abs() < 0.05)
    assert guess or 0.95 < eps.std() < 1.05
    # The way back from there is what is learned: who knows it has no loss.
    loss, reached = v_loss(lambda noisy, t, ids: noise.get_velocity(clean, eps, steps), noise, clean, ids, steps, eps)
    assert loss.shape == (40,) and loss.max() < 1e-6 and (reached - clean).abs().max() < 1e-4


@torch.no_grad()
def test_more_steps_redrawn_leave_less_of_the_picture(tiny_folder: Path) -> None:
    backbone = Backbone(StableDiffusionPipeline.from_pretrained(tiny_folder), STICKER)
    generator = torch.Generator().manual_seed(2)
    clean, said = torch.randn((2, 8, 16, 16), generator=generator), backbone.encode_text(["a dog", "an apple"])
    empty = backbone.encode_text([""])
    drawn = [redrawn.redraw(backbone, clean, said, empty, left, generator) for left in (1, 6)]
    far = [(one - clean).abs().mean() for one in drawn]
    assert 0 < far[0] < far[1]


def test_timesteps_are_drawn_where_shapes_are_decided() -> None:
    torch.manual_seed(0)
    drawn = draw_steps(4000, 1.0)
    assert drawn.min() >= 0
    assert drawn.max() < 1000
    assert 600 < drawn.float().mean() < 750


def test_an_untold_picture_changes_nothing_and_the_stock_loader_reads_what_is_saved(
    tiny_folder: Path, tmp_path: Path
) -> None:
    def fresh() -> StableDiffusionPipeline:
        return StableDiffusionPipeline.from_pretrained(
            tiny_folder, safety_checker=None, requires_safety_checker=False, low_cpu_mem_usage=False
        )

    encoder = CLIPVisionModelWithProjection.from_pretrained(tiny_folder / "ip_adapter" / "image_encoder")
    model = Adapted(fresh().unet, encoder)
    with torch.no_grad():
        for weight in model.layers.parameters():
            weight.normal_()
    model.save(tmp_path)
    pipe = fresh()
    pipe.load_ip_adapter(
        str(tmp_path), subfolder="", weight_name="ip-adapter.safetensors", image_encoder_folder="image_encoder"
    )
    z, text, seen = torch.randn(1, 8, 16, 16), torch.randn(1, 24, 32), torch.randn(1, 3, 128, 128)
    with torch.no_grad():
        ours = model(z, torch.tensor([400]), text, seen, torch.ones(1))
        embeds = pipe.image_encoder(pixel_values=seen).image_embeds[:, None]
        theirs = pipe.unet(z, 400, text, added_cond_kwargs={"image_embeds": [embeds]}).sample
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_pair_shows_one_thing_twice_and_half_of_its_captions_name_nothing(world: World) -> None:
    captions = [pair(world, world.rng).caption for _ in range(60)]
    nameless = sum(not any(word in c for word in ("dog", "hound", "apple")) for c in captions)
    assert 15 < nameless < 45


def test_a_hard_batch_shares_its_style_and_few_grounds(world: World) -> None:
    samples = [world.sample() for _ in range(400)]
    picked = [samples[int(n)] for n in alike(grounds_of(samples), 32)]
    assert len(picked) == 32
    assert len({s.style for s in picked}) == 1
    assert len({s.place for s in picked}) <= 3
    assert len({s.objects for s in picked}) > 1


def test_captions_of_one_content_count_as_one(world: World) -> None:
    samples = [world.sample() for _ in range(400)]
    numbers = contents(samples).tolist()
    told = {(s.style, s.place, tuple(o.noun for o in s.objects), s.relation, s.motion) for s in samples}
    assert len(set(numbers)) == len(told)
    captions = {(number, s.caption) for number, s in zip(numbers, samples, strict=True)}
    assert len(captions) > len(told)  # one content is said in more than one way


@pytest.mark.slow
def test_the_motion_adapter_and_its_lora_go_on_from_what_was_written(
    tiny_folder: Path, tmp_path: Path, world: World
) -> None:
    shutil.copytree(tiny_folder, tmp_path / "pipeline")
    config = {
        "heads": 2,
        "words_rank": 2,
        "clips": 9,
        "alive": 1,
        "batch": 1,
        "steps": 2,
        "twins": 0.5,
        "first_steps": 0.5,
    }
    np.savez(tmp_path / "animated.npz", dog=np.stack([world.art["3d"]["dog"]] * 16))
    files = ("motion_lora/pytorch_lora_weights.safetensors", "motion_adapter/diffusion_pytorch_model.safetensors")

    def trained(lr: float) -> list[dict[str, torch.Tensor]]:
        shutil.rmtree(tmp_path / "motion", ignore_errors=True)  # no checkpoint: only what was written
        motion.train(config | {"lr": lr, "save_every": 1}, world, tmp_path, seed=1)
        return [load_file(tmp_path / file) for file in files]

    first, again = trained(1e-2), trained(0.0)
    assert any(v.abs().max() > 0 for k, v in first[0].items() if "lora_B" in k)
    for one, two in zip(first, again, strict=True):
        assert one.keys() == two.keys()
        assert all(torch.equal(one[k], two[k]) for k in one)


def test_the_motion_modules_and_their_words_are_trained_and_nothing_else(tiny_folder: Path) -> None:
    still = UNet2DConditionModel.from_pretrained(tiny_folder / "unet", low_cpu_mem_usage=False)
    moving = UNetMotionModel.from_unet2d(still, motion.build(still, {"heads": 2}))
    motion.learn(moving, 4)
    trained = {name for name, weight in moving.named_parameters() if weight.requires_grad}
    assert trained
    assert trained == {name for name, _ in moving.named_parameters() if "motion_modules" in name or ".lora_" in name}
    assert any("motion_modules" in name for name in trained)
    assert any(".lora_" in name for name in trained)
