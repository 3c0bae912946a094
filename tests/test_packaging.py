"""The wheel holds every package; a forgotten one works in an editable install and is missing from the wheel."""

import tomllib
from pathlib import Path

import pytest
from setuptools.dist import Distribution

ROOT = Path(__file__).parents[1]


def test_every_folder_with_code_is_a_listed_package() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"])
    found = {
        ".".join(("limner", *file.parent.relative_to(ROOT).parts))
        for top in ("agent", "tools", "memory")
        for file in (ROOT / top).rglob("*.py")
    }
    assert found == listed


def test_weights_prompts_pages_and_licences_are_in_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    distribution = Distribution()
    distribution.parse_config_files()
    distribution.include_package_data = False  # what is listed, and not what a version control plug-in would add
    build = distribution.get_command_obj("build_py")
    build.ensure_finalized()
    packed = {(Path(folder) / name).resolve() for _, folder, _, names in build.data_files for name in names}
    needed = {
        file
        for top in ("agent", "tools", "memory")
        for file in (ROOT / top).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    }
    assert needed <= packed
    assert {"LICENSE", "NOTICE"} == set(distribution.metadata.license_files)
