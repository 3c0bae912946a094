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
