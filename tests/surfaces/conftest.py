"""Every surface test has its own folder, the fake family, and no network or model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"FAMILY": "fake", "EMBEDDER": "words", "DATA": str(tmp_path / "data"), "USER": "ana"}.items():
        monkeypatch.setenv(f"LIMNER_{name}", value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    files = []
    for number, ground in enumerate(("white", "lightblue", "green")):
        picture = Image.new("RGB", (96, 96), ground)
        ImageDraw.Draw(picture).ellipse((20, 20, 70, 80), fill="brown")
        files.append(tmp_path / f"photo-{number}.png")
        picture.save(files[-1])
    return files
