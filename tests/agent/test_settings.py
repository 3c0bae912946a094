"""File, then environment, then flags; mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.agent.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_flags_win_over_environment_over_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "limner.toml").write_text('user = "file"\nfamily = "file"\nplanner = "file"\n')
    monkeypatch.setenv("LIMNER_FAMILY", "environment")
    monkeypatch.setenv("LIMNER_PLANNER", "environment")
    found = Settings.load(planner="flag", seed=None)
    assert (found.user, found.family, found.planner, found.seed) == ("file", "environment", "flag", None)


def test_yaml_works_too_and_a_given_file_must_exist(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("user: ana\nseed: 3\n")
    assert Settings.load(tmp_path / "mine.yaml").seed == 3
    with pytest.raises(SettingsError, match=r"no configuration file"):
        Settings.load(tmp_path / "gone.toml")


def test_mistakes_are_named(tmp_path: Path) -> None:
    (tmp_path / "limner.toml").write_text('usr = "ana"\n')
    with pytest.raises(SettingsError, match=r"no setting called 'usr'.*user"):
        Settings.load()
    (tmp_path / "limner.toml").write_text("user = [\n")
    with pytest.raises(SettingsError, match=r"cannot read limner.toml"):
        Settings.load()
    (tmp_path / "limner.toml").unlink()
    with pytest.raises(SettingsError, match=r"seed"):
        Settings.load(seed=-1)
