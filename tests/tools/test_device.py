"""The device a person asked for."""

from __future__ import annotations

import pytest

from limner.tools import Engine, ToolError


@pytest.mark.parametrize("device", ["nope", "cuda:99"])
def test_a_device_that_is_not_there_is_a_word_not_a_crash(device: str) -> None:
    with pytest.raises(ToolError, match=r"cannot be used here .*choose auto or cpu"):
        Engine.load("sticker", device)
