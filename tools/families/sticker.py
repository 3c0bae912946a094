"""The sticker family: the small illustration model that ships with Limner, 128x128, quick on a CPU."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from limner.tools.base import ToolError
from limner.tools.families.family import Family
from limner.tools.families.integrity import verify
from limner.tools.families.poses import PHRASES, TRAINED, pose
from limner.tools.families.quiet import quiet

WEIGHTS = Path(__file__).parent.parent / "weights" / "sticker"
LORA_FILE = "pytorch_lora_weights.safetensors"  # diffusers' own name for it

STYLES = {
    "3d": "a 3d render of {}",
    "flat": "a flat illustration of {}",
    "line": "a line drawing of {}",
    "cartoon": "a cartoon of {}",
}
MOTIONS = {motion: PHRASES[motion] for motion in TRAINED}
SCENES = (
    "on the beach",
    "in a grass field",
    "in the night sky",
    "in the snow",
    "at sunset",
    "in the ocean",
    "in the desert",
    "on a city street",
    "in the forest",
    "in a room",
)
RECIPE = Path(__file__).parent.parent / "recipes" / "sticker"
COLOURS = ("white", "black", "red", "orange", "yellow", "green", "blue", "purple", "pink", "grey", "brown")


def load(folder: Path | None = None) -> Any:
    """The shipped weights, or those in `folder`; ToolError where they are not what their card says."""
    import torch
    from diffusers import StableDiffusionPipeline

    folder = folder or WEIGHTS
    verify(folder)
    with quiet():
        pipe = StableDiffusionPipeline.from_pretrained(
            folder, torch_dtype=torch.float32, local_files_only=True, safety_checker=None, requires_safety_checker=False
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def load_motion(pipe: Any, folder: Path | None = None) -> Any:
    """The same weights as a pipeline that draws frames; the words of motions are read with a LoRA of their own."""
    import torch
    from diffusers import AnimateDiffPipeline, DDIMScheduler, MotionAdapter

    adapter = (folder or WEIGHTS) / "motion_adapter"
    if not adapter.exists():
        raise ToolError(f"this model cannot animate: {adapter} is missing. Reinstall limner")
    with quiet():
        moving = AnimateDiffPipeline(
            vae=pipe.vae,
            text_encoder=pipe.text_encoder,
            tokenizer=pipe.tokenizer,
            unet=pipe.unet,
            motion_adapter=MotionAdapter.from_pretrained(adapter, torch_dtype=torch.float32),
            scheduler=DDIMScheduler.from_config(pipe.scheduler.config),
        )
        words = adapter.with_name("motion_lora")
        if words.exists():
            moving.load_lora_weights(words, weight_name=LORA_FILE, adapter_name="words")
            moving.fuse_lora()
            moving.unload_lora_weights()
    moving.set_progress_bar_config(disable=True)
    return moving


def random_sticker(
    folder: Path,
    channels: tuple[int, ...] = (64, 128, 192),
    hidden: int = 192,
    width: int = 32,
    seed: int = 0,
    motion: bool = True,
    ip_adapter: bool = True,
) -> Path:
    """Writes a pipeline of the family's shape with random weights, for tests and timing."""
    import torch
    from diffusers import (
        AutoencoderTiny,
        DDIMScheduler,
        MotionAdapter,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    try:
        tokenizer = letter_tokenizer(24)
        text_encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer),
                hidden_size=hidden,
                intermediate_size=hidden * 2,
                projection_dim=hidden,
                num_hidden_layers=2,
                num_attention_heads=2,
                max_position_embeddings=24,
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
        depth = len(channels)
        unet = UNet2DConditionModel(
            sample_size=16,
            in_channels=8,
            out_channels=8,
            down_block_types=("CrossAttnDownBlock2D",) * (depth - 1) + ("DownBlock2D",),
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (depth - 1),
            block_out_channels=channels,
            layers_per_block=1,
            cross_attention_dim=hidden,
            attention_head_dim=2,
        )
        vae = AutoencoderTiny(
            latent_channels=8, encoder_block_out_channels=(width,) * 4, decoder_block_out_channels=(width,) * 4
        )
        scheduler = DDIMScheduler(
            beta_schedule="scaled_linear",
            beta_start=0.00085,
            beta_end=0.012,
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
            timestep_spacing="trailing",
            steps_offset=1,
            clip_sample=False,
            set_alpha_to_one=False,
        )
        StableDiffusionPipeline(
            vae, text_encoder, tokenizer, unet, scheduler, None, None, requires_safety_checker=False
        ).save_pretrained(folder)
        if motion:
            adapter = MotionAdapter(
                block_out_channels=channels,
                motion_layers_per_block=1,
                motion_mid_block_layers_per_block=1,
                motion_num_attention_heads=2,
                motion_max_seq_length=32,
                motion_norm_num_groups=32,
            )
            adapter.save_pretrained(folder / "motion_adapter")
        if ip_adapter:
            vision = CLIPVisionModelWithProjection(
                CLIPVisionConfig(
                    hidden_size=hidden,
                    intermediate_size=hidden * 2,
                    projection_dim=hidden,
                    num_hidden_layers=2,
                    num_attention_heads=2,
                    image_size=128,
                    patch_size=32,
                )
            )
            _random_ip_adapter(folder / "ip_adapter", unet, vision, hidden)
    finally:
        torch.random.set_rng_state(state)
    return folder


def letter_tokenizer(length: int) -> Any:
    """A CLIPTokenizer that spells every word letter by letter, but knows the words of the family's captions."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    vocabulary = {piece: number for number, piece in enumerate([*letters, *(letter + "</w>" for letter in letters)])}
    merges: list[tuple[str, str]] = []
    words = " ".join([*STYLES.values(), *MOTIONS.values(), *SCENES, *COLOURS, "dog cat background style"])
    for word in sorted({w for w in words.split() if w.isalpha()}):
        pieces = [*word[:-1], word[-1] + "</w>"]
        while len(pieces) > 1:
            merged = pieces[0] + pieces[1]
            if merged not in vocabulary:
                vocabulary[merged] = len(vocabulary)
            if (pieces[0], pieces[1]) not in merges:
                merges.append((pieces[0], pieces[1]))
            pieces[:2] = [merged]
    for special in ("<|startoftext|>", "<|endoftext|>"):
        vocabulary[special] = len(vocabulary)
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=length)


def _random_ip_adapter(folder: Path, unet: Any, vision: Any, hidden: int) -> None:
    """The stock layout: `image_proj.*` and `ip_adapter.<site>.*` in one file, the image encoder beside it."""
    import torch
    from safetensors.torch import save_file

    tokens = 4
    weights = {
        "image_proj.proj.weight": torch.randn(tokens * hidden, hidden) * 0.05,
        "image_proj.proj.bias": torch.zeros(tokens * hidden),
        "image_proj.norm.weight": torch.ones(hidden),
        "image_proj.norm.bias": torch.zeros(hidden),
    }
    number = 1
    for name, module in unet.named_modules():
        if name.endswith("attn2"):
            inner = module.to_q.out_features
            weights[f"ip_adapter.{number}.to_k_ip.weight"] = torch.randn(inner, hidden) * 0.05
            weights[f"ip_adapter.{number}.to_v_ip.weight"] = torch.randn(inner, hidden) * 0.05
            number += 2
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / "ip-adapter.safetensors")
    vision.save_pretrained(folder / "image_encoder")


def trained_nouns() -> tuple[str, ...]:
    """What the base was trained to draw: the lists its recipe reads."""
    recipe = tomllib.loads((RECIPE / "recipe.toml").read_text("utf-8"))
    listed = tomllib.loads((RECIPE / "nouns.toml").read_text("utf-8"))
    every = tuple(noun for group in recipe["world"]["groups"] for noun in listed[group])
    return every if recipe["unet"]["wide"] else tuple(noun for noun in every if noun in recipe["unet"]["first"])


STICKER = Family(
    name="sticker",
    title="Limner sticker, 128x128 illustrations",
    load=load,
    load_motion=load_motion,
    home=WEIGHTS,
    resolution=128,
    steps=25,
    guidance=3.0,
    guidance_rescale=0.7,
    lora_targets=r".*(attentions|resnets).*\.(to_q|to_k|to_v|to_out\.0|net\.0\.proj|net\.2|conv1|conv2|proj_in|proj_out)",
    motion_targets=r".*motion_modules.*\.(to_q|to_k|to_v|to_out\.0|net\.0\.proj|net\.2)",
    styles=STYLES,
    usual_style="cartoon",
    # Where the recipe's world puts one big object, still or moving; elsewhere the base has learned less.
    placements=((0.125, 0.1875, 0.75),),
    other_openings=("picture of", "drawing of", "drawing", "sticker of", "outline of", "style", "glossy 3d"),
    motions=MOTIONS,
    pose=pose,
    nouns=trained_nouns(),
    # So small that threads wait for one another: a step of learning takes 1.4 times as long with two.
    cpu_threads=1,
    plain_ground="on a blue background",
    grounds=(*SCENES, *(f"on a {colour} background" for colour in COLOURS)),
)
