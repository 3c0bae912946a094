"""MotionDirector's two paths do not leak into each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import load_file

from limner.tools import AnimateSpec, Artifact, Engine, Library, ToolError
from limner.tools.base import never, silent
from limner.tools.diffusion.motion_training import SPATIAL, fit_temporal
from limner.tools.diffusion.trainable import trainable_lora
from limner.tools.training import MotionNumbers


def test_each_path_trains_its_own_layers_and_text_attention_is_never_touched(engine: Engine) -> None:
    backbone, _ = engine.moving()
    names = [name for name, _ in backbone.denoiser.named_modules()]
    spatial = [name for name in names if re.fullmatch(SPATIAL, name)]
    temporal = [name for name in names if re.fullmatch(engine.family.motion_targets, name)]
    assert spatial and temporal
    assert not any("attn2" in name or "motion_modules" in name for name in spatial)
    assert all("motion_modules" in name for name in temporal)


def test_both_paths_learn_and_the_base_does_not(engine: Engine) -> None:
    backbone, _ = engine.moving()
    base = {name: tensor.clone() for name, tensor in backbone.denoiser.state_dict().items()}
    latents = torch.randn(1, 8, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    cond = backbone.encode_text(["a dog"])
    numbers = MotionNumbers(steps=3, rank=2, lr=1e-2, dual=True, beta=1.0, spatial_skip=0.0)
    with trainable_lora(backbone, {"temporal": engine.family.motion_targets, "spatial": SPATIAL}, 2, 0) as lora:
        start = {path: [p.detach().clone() for p in lora.params(path)] for path in ("temporal", "spatial")}
        fit_temporal(backbone, lora, latents, cond, numbers, 0, "learning", silent, never)
        for path, before in start.items():
            assert any(not torch.equal(a, b) for a, b in zip(before, lora.params(path), strict=True)), path
        for name, tensor in backbone.denoiser.state_dict().items():
            if ".base_layer." in name:
                assert torch.equal(tensor, base[name.replace(".base_layer.", ".")])
    assert all(torch.equal(tensor, base[name]) for name, tensor in backbone.denoiser.state_dict().items())


@pytest.mark.usefixtures("short_lessons")
def test_only_the_temporal_path_is_kept(engine: Engine, library: Library, clip: Path) -> None:
    learned = engine.learn("motion", "drift", [clip], owner="ann", library=library, class_noun="square")
    keys = load_file(learned.weights)
    assert keys and all("motion_modules" in key for key in keys)


@pytest.mark.usefixtures("short_lessons")
def test_the_way_of_the_clip_s_subject_is_kept_and_gone(engine: Engine, library: Library, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (128, 128), (90, 200, 120)) for _ in range(engine.family.frames)]
    for number, frame in enumerate(frames):
        ImageDraw.Draw(frame).rectangle((8 + 4 * number, 40, 55 + 4 * number, 87), fill=(200, 40, 40))
    frames[0].save(tmp_path / "slide.gif", save_all=True, append_images=frames[1:])
    engine.learn("motion", "drift", [tmp_path / "slide.gif"], owner="ann", library=library)
    tool = engine.choose("motion", "drift", library, "ann")
    poses = engine._poses(AnimateSpec(prompt="a dog", tools=(tool,), frames=engine.family.frames))
    across = [pose.dx for pose in poses]
    assert across == sorted(across) and abs(across[0] + across[-1]) <= 1 / 12
    assert abs(across[-1] - across[0] - 4 * (len(frames) - 1) / 48) <= 1 / 12
    assert {(pose.dy, pose.angle, pose.wide, pose.high) for pose in poses} == {(0.0, 0.0, 1.0, 1.0)}
    few = engine._poses(AnimateSpec(prompt="a dog", tools=(tool,), frames=4))
    assert few == poses[:: len(poses) // 4][:4]


def test_a_lesson_may_set_its_numbers_and_an_unknown_one_is_named(engine: Engine, library: Library, clip: Path) -> None:
    def learn(settings: dict[str, object]) -> Artifact:
        return engine.learn("motion", "drift", [clip], owner="ann", library=library, settings=settings)

    with pytest.raises(ToolError, match="no such training setting: stepps"):
        learn({"stepps": 1})
    assert learn({"steps": 1}).recipe["steps"] == 1


def test_a_still_a_missing_file_and_a_video_are_told_apart(
    engine: Engine, library: Library, photos: list[Path], tmp_path: Path
) -> None:
    def learn(*files: Path) -> None:
        engine.learn("motion", "drift", files, owner="ann", library=library)

    with pytest.raises(ToolError, match="still picture; a motion needs a clip of at least 2 frames"):
        learn(photos[0])
    with pytest.raises(ToolError, match="attach a clip"):
        learn()
    with pytest.raises(ToolError, match="does not exist"):
        learn(tmp_path / "nowhere.gif")
    with pytest.raises(ToolError, match="save it as an animated GIF"):
        learn(tmp_path / "film.mp4")
