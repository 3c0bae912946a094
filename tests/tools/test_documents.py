"""Every method is in the document that lists them."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.tools import all_tools

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"


@pytest.mark.parametrize("name", sorted(all_tools()))
def test_a_method_is_listed_with_its_paper(name: str) -> None:
    row = next((line for line in METHODS.read_text("utf-8").splitlines() if line.startswith(f"| `{name}` |")), "")
    assert row and all_tools()[name].card.paper in row
