"""Each family loads, draws, learns, and names what is wrong with its files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from limner.tools import Engine, GenerateSpec, ToolError
from limner.tools.families import families, family
from limner.tools.families.integrity import hashes, verify


def test_a_tool_for_another_family_is_refused(sdxl_folder: Path) -> None:
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
    (folder / "README.md").write_text("About these weights.")
    (folder / "card.json").write_text(json.dumps({"files": hashes(folder) | {"README.md": "of an older page"}}))
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


def test_the_words_of_motions_are_read_with_a_lora_of_their_own(tiny_folder: Path, tmp_path: Path) -> None:
    """It is in the weights that draw frames, in nothing else, and leaves no adapter behind."""
    import torch
    from diffusers import AnimateDiffPipeline
    from peft import LoraConfig, get_peft_model_state_dict

    from limner.tools.families.sticker import load, load_motion
    from limner.tools.recipes.sticker.motion import WORDS

    folder = tmp_path / "sticker"
    shutil.copytree(tiny_folder, folder)
    pipe = load(folder)
    still = {k: v.clone() for k, v in pipe.unet.state_dict().items()}
    plain = load_motion(pipe, folder)
    before = {k: v.clone() for k, v in plain.unet.state_dict().items()}
    plain.unet.add_adapter(LoraConfig(r=2, lora_alpha=2, target_modules=WORDS, init_lora_weights=False))
    kept = get_peft_model_state_dict(plain.unet)
    AnimateDiffPipeline.save_lora_weights(folder / "motion_lora", unet_lora_layers=kept)

    after = load_motion(pipe, folder).unet.state_dict()
    assert after.keys() == before.keys()
    changed = {k for k in after if not torch.equal(after[k], before[k])}
    pairs = {k.removesuffix(".lora_A.weight") for k in kept if k.endswith(".lora_A.weight")}
    assert changed == {f"{site}.weight" for site in pairs}
    assert all("attn2" in site and "motion_modules" not in site for site in pairs)
    for site in pairs:
        added = kept[f"{site}.lora_B.weight"] @ kept[f"{site}.lora_A.weight"]
        assert torch.allclose(after[f"{site}.weight"], before[f"{site}.weight"] + added, atol=1e-6)
    assert all(torch.equal(pipe.unet.state_dict()[k], v) for k, v in still.items())


def test_a_small_base_takes_one_thread_unless_told_otherwise(tiny_folder: Path) -> None:
    import torch

    before = torch.get_num_threads()
    try:
        assert Engine.load("sticker", device="cpu", folder=tiny_folder).threads == 1 == torch.get_num_threads()
        assert (
            Engine.load("sticker", device="cpu", threads=2, folder=tiny_folder).threads == 2 == torch.get_num_threads()
        )
    finally:
        torch.set_num_threads(before)
