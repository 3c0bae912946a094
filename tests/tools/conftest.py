"""Small random-weight models, made once per session: shapes and plumbing are real, pictures are noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from limner.tools import Engine, Library
from limner.tools.training import MotionNumbers, Numbers
from tests.tools.tinies import random_sd3, random_sdxl


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from limner.tools.families.sticker import random_sticker

    return random_sticker(tmp_path_factory.mktemp("sticker"), channels=(32, 32, 64), hidden=32, width=8)


@pytest.fixture(scope="session")
def sdxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_sdxl(tmp_path_factory.mktemp("sdxl"))


@pytest.fixture(scope="session")
def sd3_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_sd3(tmp_path_factory.mktemp("sd3"))


@pytest.fixture(scope="session")
def loaded(tiny_folder: Path) -> Engine:
    from limner.tools import GenerateSpec

    engine = Engine.load("sticker", device="cpu", threads=1, folder=tiny_folder)
    # Fewer phrases to caption photos with: the words are not what these tests are about.
    engine.family = replace(engine.family, grounds=engine.family.grounds[:2], nouns=engine.family.nouns[:3])
    engine.generate(GenerateSpec(prompt="a dog", steps=1))
    return engine


@pytest.fixture
def engine(loaded: Engine) -> Iterator[Engine]:
    yield loaded
    loaded.release()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three different pictures of one thing."""
    files = []
    for number, ground in enumerate(("white", "lightblue", "green")):
        picture = Image.new("RGB", (96 + 8 * number, 96), ground)
        ImageDraw.Draw(picture).ellipse((20, 20, 70, 80), fill="brown")
        files.append(tmp_path / f"photo-{number}.png")
        picture.save(files[-1])
    return files


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    frames = []
    for number in range(6):
        frame = Image.new("RGB", (64, 64), "white")
        ImageDraw.Draw(frame).rectangle((number * 8, 20, number * 8 + 16, 40), fill="red")
        frames.append(frame)
    file = tmp_path / "slide.gif"
    frames[0].save(file, save_all=True, append_images=frames[1:], duration=100)
    return file


@pytest.fixture
def short_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every method trains two steps instead of hundreds, and looks at its drawings after one."""
    from limner.tools import all_tools
    from limner.tools.diffusion import settling

    all_tools()
    import sys

    for name, module in list(sys.modules.items()):
        numbers = getattr(module, "NUMBERS", None) if name.startswith("limner.tools.") else None
        if isinstance(numbers, Numbers):
            few = replace(numbers, steps=2, variants=2, prior_steps=1, prior_pictures=min(2, numbers.prior_pictures))
            monkeypatch.setattr(module, "NUMBERS", few)
        if isinstance(numbers, MotionNumbers):
            monkeypatch.setattr(module, "NUMBERS", replace(numbers, steps=2))
    monkeypatch.setattr(settling, "STEPS", 1)
    monkeypatch.setattr(settling, "EACH", 1)
