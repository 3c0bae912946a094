"""Random-weight models of every family but sticker's own, all very small: shapes and plumbing are real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from limner.tools.families.sticker import _random_ip_adapter, letter_tokenizer


def _config(tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
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


def _vae(**settings: Any) -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(32, 32),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        **settings,
    )


def random_sdxl(folder: Path) -> Path:
    """Two text encoders, pooled text and size conditioning."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    tokenizer = letter_tokenizer(24)
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
    config = _config(tokenizer)
    StableDiffusionXLPipeline(
        _vae(),
        CLIPTextModel(config),
        CLIPTextModelWithProjection(config),
        tokenizer,
        tokenizer,
        unet,
        EulerDiscreteScheduler(beta_schedule="scaled_linear"),
        add_watermarker=False,
    ).save_pretrained(folder)
    vision = CLIPVisionConfig(
        hidden_size=64,
        intermediate_size=64,
        projection_dim=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=64,
        patch_size=32,
    )
    _random_ip_adapter(folder / "ip_adapter", unet, CLIPVisionModelWithProjection(vision), 64)
    return folder


def random_sd3(folder: Path) -> Path:
    """A diffusion transformer with joint attention and a flow target, two CLIP encoders, no T5."""
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline
    from transformers import CLIPTextModelWithProjection

    torch.manual_seed(0)
    tokenizer = letter_tokenizer(24)
    config = _config(tokenizer)
    transformer = SD3Transformer2DModel(
        sample_size=32,
        patch_size=4,
        in_channels=4,
        out_channels=4,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=4,
        joint_attention_dim=64,
        caption_projection_dim=32,
        pooled_projection_dim=64,
        pos_embed_max_size=32,
    )
    StableDiffusion3Pipeline(
        transformer,
        FlowMatchEulerDiscreteScheduler(shift=3.0),
        _vae(shift_factor=0.06),
        CLIPTextModelWithProjection(config),
        tokenizer,
        CLIPTextModelWithProjection(config),
        tokenizer,
        None,
        None,
    ).save_pretrained(folder)
    return folder
