"""No test reads or writes the home of who runs it: what Limner keeps there is kept in one for the whole session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def persons_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The first test that plans adds the planner's adapter to its weights there, for all others of its worker."""
    folder = tmp_path_factory.mktemp("persons-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("USERPROFILE", str(folder))
        yield folder
    shutil.rmtree(folder, ignore_errors=True)
