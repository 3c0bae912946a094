"""Each family loads, draws, learns, and names what is wrong with its files."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from limner.tools import Engine, GenerateSpec, Library, ToolError
from limner.tools.families import families, family
from limner.tools.families.integrity import hashes, verify
from limner.tools.families.sticker import letter_tokenizer


@pytest.fixture(scope="module")
def sdxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two text encoders, pooled text and size conditioning, all very small."""
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    torch.manual_seed(0)
    tokenizer = letter_tokenizer(24)
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        projection_dim=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=24,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    unet = UNet2DConditionModel(
        sample_size=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(32, 64),
        layers_per_block=1,
        cross_attention_dim=64,
        attention_head_dim=2,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=32 + 6 * 8,
        use_linear_projection=True,
    )
    folder = tmp_path_factory.mktemp("sdxl")
    StableDiffusionXLPipeline(
        AutoencoderKL(
            block_out_channels=(32, 32),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
        ),
        CLIPTextModel(config),
        CLIPTextModelWithProjection(config),
        tokenizer,
        tokenizer,
        unet,
        EulerDiscreteScheduler(beta_schedule="scaled_linear"),
        add_watermarker=False,
    ).save_pretrained(folder)
    return folder


@pytest.mark.usefixtures("short_lessons")
def test_a_subject_is_learned_and_drawn_on_sdxl(sdxl_folder: Path, library: Library, photos: list[Path]) -> None:
    engine = Engine.load("sdxl", device="cpu", folder=sdxl_folder)
    engine.family = replace(engine.family, resolution=64)
    learned = engine.learn("subject", "Rex", photos, owner="ann", library=library, class_noun="dog")
    assert learned.family == "sdxl" and learned.tokens is not None
    rex = engine.choose("subject", "Rex", library, "ann")
    made = engine.generate(GenerateSpec(prompt="Rex on the beach", tools=(rex,), steps=1))[0]
    assert made.applied[0].effect > 0 and made.image.size == (64, 64)


def test_a_tool_for_another_family_is_refused(sdxl_folder: Path, library: Library) -> None:
    engine = Engine.load("sdxl", device="cpu", folder=sdxl_folder)
    from limner.tools import make_tool

    with pytest.raises(ToolError, match="native_style does not fit the sdxl family; it fits sticker"):
        engine.generate(GenerateSpec(prompt="a dog", tools=(make_tool("native_style", style="flat"),), steps=1))


def test_families_are_found_by_name() -> None:
    assert {"sticker", "sd15", "sdxl"} <= set(families())
    with pytest.raises(ToolError, match="no base family called 'flux'; choose from sticker"):
        family("flux")


def test_a_family_without_weights_says_where_to_put_them() -> None:
    with pytest.raises(ToolError, match="sd15 family ships no weights"):
        Engine.load("sd15")


def test_a_damaged_a_missing_and_a_swapped_file_are_named(tiny_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sticker"
    shutil.copytree(tiny_folder, folder)
    (folder / "card.json").write_text(json.dumps({"files": hashes(folder)}))
    verify(folder)
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    good = weights.read_bytes()
    weights.write_bytes(good[:-1] + b"\x01")
    with pytest.raises(ToolError, match=r"vae/diffusion_pytorch_model\.safetensors is damaged"):
        Engine.load("sticker", folder=folder)
    weights.unlink()
    with pytest.raises(ToolError, match=r"vae/diffusion_pytorch_model\.safetensors is missing"):
        Engine.load("sticker", folder=folder)
    with pytest.raises(ToolError, match=r"model_index\.json is missing"):
        Engine.load("sticker", folder=tmp_path / "nowhere")
