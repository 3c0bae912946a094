"""The wheel holds every package; a forgotten one works in an editable install and is missing from the wheel."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_folder_with_code_is_a_listed_package() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"])
    found = {
        ".".join(("limner", *file.parent.relative_to(ROOT).parts))
        for top in ("agent", "tools", "memory")
        for file in (ROOT / top).rglob("*.py")
    }
    assert found == listed
